"""The scripts for the pages of other sites, and what these are told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from booker_components import create_booking
from booker_components.web.embedding import facts, origins

from ..conftest import TUESDAY
from ..guests import BO

STATIC = Path(__file__).parents[2] / "static"
ALLOWED = ("https://partner.example", "https://*.partner.example", "http://localhost:*")


def _fits(expression: str, origin: str) -> bool:
    # What scripts and Python write alike.
    return re.fullmatch(expression, origin) is not None


@pytest.mark.parametrize(("address", "most"), [("/booker/embed.js", 3072), ("/booker/frame.js", 1536)])
def test_the_scripts_are_small(client: FlaskClient, address: str, most: int) -> None:
    """As a browser gets them; each is kept for some minutes, then asked about."""
    seen = client.get(address, headers={"Accept-Encoding": "br"})

    again = client.get(address, headers={"If-None-Match": seen.headers["ETag"], "Accept-Encoding": "br"})

    assert seen.headers["Content-Encoding"] == "br"
    assert len(seen.data) < most
    assert brotli.decompress(seen.data).strip()
    assert seen.mimetype == "text/javascript"
    assert seen.headers["Cache-Control"] == "public, max-age=300"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert again.status_code == 304


def test_any_site_may_load_the_script_of_embedding(client: FlaskClient) -> None:
    """Also one that asks everything it loads for leave."""
    assert client.get("/booker/embed.js").headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_nothing_in_the_script_needs_leave() -> None:
    """No markup written as text, no style attribute, no evaluation; it loads nothing."""
    script = (STATIC / "embed.js").read_text()

    assert not re.search(
        r"innerHTML|insertAdjacentHTML|setAttribute\(.style|eval\(|new Function|import|fetch", script
    )


def test_messages_have_one_addressee() -> None:
    """No script says anything to whoever listens."""
    for name in ("embed.js", "frame.js", "dialects.js"):
        script = (STATIC / name).read_text()
        assert not re.search(r"postMessage\([^)]*[\"']\*[\"']", script)


def test_the_frame_knows_who_may_hear(make_app: Callable[..., Flask]) -> None:
    """Its script is called with the origins of the settings, and changes with them."""
    some, none = (
        make_app(BOOKER_EMBED_ORIGINS=origins_).test_client().get("/booker/frame.js")
        for origins_ in (ALLOWED, ())
    )

    (told,) = re.findall(r"\)\(\.\.\.(\[.*\])\);\n$", some.text)
    assert json.loads(told)[0] == origins(ALLOWED)
    assert some.headers["ETag"] != none.headers["ETag"]


def test_the_words_of_others_are_where_the_frame_looks(make_app: Callable[..., Flask]) -> None:
    """Under any prefix."""
    client = make_app(prefix="/scheduling").test_client()
    (told,) = re.findall(r"\)\(\.\.\.(\[.*\])\);\n$", client.get("/scheduling/booker/frame.js").text)

    dialects = client.get(json.loads(told)[1])

    assert (dialects.status_code, dialects.mimetype) == (200, "text/javascript")


@pytest.mark.parametrize(
    ("origin", "heard"),
    [
        ("https://partner.example", True),
        ("https://a.partner.example", True),
        ("https://a.b.partner.example", True),
        ("http://localhost", True),
        ("http://localhost:8000", True),
        ("https://localhost:8000", True),
        ("http://partner.example", False),
        ("https://partner.example:8443", False),
        ("https://partnerXexample", False),
        ("https://evil-partner.example", False),
        ("https://partner.example.evil.example", False),
        ("https://evil.example/.partner.example", False),
        ("http://localhost.evil.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_origins_are_as_in_the_policy(origin: str, heard: bool) -> None:
    """Who may frame us may hear, and nobody else."""
    assert _fits(origins(ALLOWED), origin) == heard


def test_usual_ports_are_none() -> None:
    """A browser leaves them out of an origin."""
    expression = origins(["https://partner.example:443", "http://[::1]:8000", "HTTP://Partner.Example:80"])

    assert _fits(expression, "https://partner.example")
    assert _fits(expression, "http://[::1]:8000")
    assert _fits(expression, "http://partner.example")
    assert not _fits(expression, "http://[::1]")


@pytest.mark.parametrize("origin", ["null", "", "https://partner.example"])
def test_without_origins_nobody_hears(origin: str) -> None:
    """But pages of our own, which the script knows by itself."""
    assert not _fits(origins(()), origin)


def test_facts_hold_nothing_of_the_guest(app: Flask) -> None:
    """When, what and how it stands: the rest is the guest's."""
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, **BO)

    told = facts(booking, "Intro call")

    assert json.loads(told) == {
        "uid": booking.uid,
        "title": "Intro call",
        "start": "2027-02-02T08:00:00Z",
        "end": "2027-02-02T08:30:00Z",
        "status": "confirmed",
        "eventType": "intro-call",
        "recurring": False,
    }


def test_only_pages_of_those_who_are_named_may_frame(make_app: Callable[..., Flask]) -> None:
    """Beside our own."""
    client = make_app(BOOKER_EMBED_ORIGINS=list(ALLOWED)).test_client()

    policy = client.get("/book/intro-call").headers["Content-Security-Policy"]

    assert f"frame-ancestors 'self' {' '.join(ALLOWED)}" in policy
