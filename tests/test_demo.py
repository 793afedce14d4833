"""Tests of the demo app: a guest's whole way through it by plain HTTP, and the partner's own pages."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html5lib import HTMLParser

from booker_components import BookingEvent, EventKind, get_event_types, list_bookings
from booker_components.examples import EXAMPLES
from demo_app import create_app, seed
from demo_app.__main__ import port
from demo_app.gallery import LANGUAGES
from demo_app.heard import HeardEvents
from demo_app.letterbox import open_letterbox

from .ports import held_port

ROOT = Path(__file__).resolve().parent.parent
VISIBLE = [example.name for example in EXAMPLES if not example.hidden]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Give a demo app with a folder of its own; its events are delivered when the test asks for it."""
    demo = create_app(
        {"INSTANCE_PATH": str(tmp_path / "instance"), "BOOKER_DISPATCH": "none", "TESTING": True}
    )
    yield demo
    demo.extensions["booker"].storage.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser without scripts."""
    return app.test_client()


def links(page: str, pattern: str) -> list[str]:
    """Give the addresses of the links whose address matches *pattern*, in the page's order."""
    return [unescape(found) for found in re.findall(rf'<a [^>]*href="({pattern})"', page)]


def fields(page: str, **typed: str) -> dict[str, str]:
    """Give what the page's POST form sends: its hidden fields and what is typed."""
    (form,) = re.findall(r'<form[^>]* method="post".*?</form>', page, re.DOTALL)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in hidden} | typed


def post(client: FlaskClient, address: str, **typed: str) -> str:
    """Send the form of the page at *address*; give where the answer leads."""
    answer = client.post(address, data=fields(client.get(address).text, **typed))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_home_links_to_every_booker(app: Flask, client: FlaskClient) -> None:
    """The home page leads to /book/<slug> of every event type, and each answers."""
    with app.app_context():
        slugs = [event_type.slug for event_type in get_event_types()]

    found = links(client.get("/").text, '/book/[^"]+')

    assert found == [f"/book/{slug}" for slug in slugs]
    assert [client.get(address).status_code for address in found] == [200] * len(slugs)


def test_guest_books_moves_and_cancels_without_scripts(app: Flask, client: FlaskClient) -> None:
    """Day, time, form, booking page, move, cancel: every step answers, and the slot goes and comes back."""
    times = r"[^\"]*slot=[^\"]*"
    slot = links(client.get("/book/intro-call").text, times)[0]

    booking = post(client, slot, name="Grace Guest", email="grace@example.com")
    page = client.get(booking).text
    assert "Grace Guest" in page
    assert slot not in links(client.get("/book/intro-call").text, times)

    (move,) = links(page, r"[^\"]*/reschedule[^\"]*")
    other = links(client.get(move).text, times)[3]
    moved = post(client, other)
    assert slot in links(client.get("/book/intro-call").text, times)

    (cancel,) = links(client.get(moved).text, r"[^\"]*/cancel/[^\"]*")
    cancelled = post(client, cancel)
    assert client.get(cancelled).status_code == 200
    with app.app_context():
        assert [booking.status for booking in list_bookings()] == ["cancelled"]


def test_seeds_make_the_desk_look_alive(app: Flask, client: FlaskClient) -> None:
    """They appear once, however often they are sown: a series, a request, one moved and one cancelled."""
    with app.app_context():
        assert (seed(), seed()) == (16, 0)

    page = client.get("/desk").text

    # The series has three dates more.
    assert page.count('class="row"') == 15 + 3
    assert page.count('class="row row--cancelled"') == 1
    assert page.count(">moved<") == 1
    assert page.count(">pending<") == 1


def test_desk_embeds_the_widgets_of_a_booking(app: Flask, client: FlaskClient) -> None:
    """The team sees, moves and cancels a booking in the partner's own layout, without a token."""
    with app.app_context():
        seed()

    addresses = links(client.get("/desk").text, r"/desk/(?:booking|reschedule|cancel)/[^\"]+")[:3]

    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        assert "Back to the desk" in page.text
        assert 'class="bk' in page.text


def test_the_desk_answers_a_request(app: Flask, client: FlaskClient) -> None:
    """By the link that the host has in a mail, too."""
    with app.app_context():
        seed()
    (link,) = links(client.get("/desk").text, r"/bookings/decide/[^\"]+")

    answer = post(client, link, decision="confirm")

    assert "This booking is confirmed" in client.get(answer).text
    assert ">pending<" not in client.get("/desk").text


def test_what_is_mailed_is_in_the_inbox(tmp_path: Path) -> None:
    """The guest's mail and the host's, each with its own links; a request with the one to decide."""
    with open_letterbox() as box:
        config = {"INSTANCE_PATH": str(tmp_path), "BOOKER_DISPATCH": "none", "TESTING": True}
        app = create_app({**config, **box.settings("http://localhost")}, box=box)
        client = app.test_client()
        before = client.get("/inbox").text
        slot = links(client.get("/book/home-visit").text, r"[^\"]*slot=[^\"]*")[0]
        post(client, slot, name="Grace Guest", email="grace@example.com", place="5 Finch Row")
        app.extensions["booker"].outbox.deliver_due()
        page = client.get("/inbox").text
        app.extensions["booker"].storage.close()

    HTMLParser(strict=True).parse(page)
    assert "No mails yet" in before
    assert sorted(re.findall(r"<span>To ([^<]+)</span>", page)) == [
        "grace@example.com",
        "mara@alder-and-finch.example",
    ]
    assert len(links(page, r"http://localhost/bookings/decide/[^\"]+")) == 1
    assert len(links(page, r"http://localhost/bookings/cancel/[^\"]+")) == 1


def test_subscriber_logs_what_happened(app: Flask, client: FlaskClient) -> None:
    """The events of the seeds reach the log page, in order per booking."""
    with app.app_context():
        seed()
    app.extensions["booker"].outbox.deliver_due()

    page = client.get("/desk/events").text

    kinds = re.findall(r'class="chip chip--(\w+)"', page)
    # A series is told of date by date.
    assert len(kinds) == 16 + 3 + 2
    assert kinds[:2] == ["cancelled", "rescheduled"]
    assert "Feeling well again" in page


def test_event_heard_twice_is_one_line(app: Flask, tmp_path: Path) -> None:
    """The partner's subscriber is idempotent, as delivery is at least once."""
    with app.app_context():
        seed()
        booking = list_bookings(limit=1)[0]
    log = HeardEvents(tmp_path / "twice.sqlite3")
    event = BookingEvent(id="e-1", kind=EventKind.CREATED, at=booking.created_at, booking=booking)

    log(event)
    log(event)

    assert [line.id for line in log.latest()] == ["e-1"]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/appointments",
        "/appointments/follow-up",
        "/desk",
        "/desk/events",
        "/gallery",
        "/desk/booking/nope",
    ],
)
def test_partner_pages_are_sound(address: str, client: FlaskClient) -> None:
    """Each page is valid HTML under a strict policy, with nothing inline."""
    answer = client.get(address)

    HTMLParser(strict=True).parse(answer.data)
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert re.findall(r"<script(?![^>]* src=)", answer.text) == []


@pytest.mark.parametrize("name", VISIBLE)
def test_gallery_shows_every_example(name: str, client: FlaskClient) -> None:
    """Every example has a page, in both themes and all widths; its index links to it."""
    page = client.get(f"/gallery/{name}?theme=dark&width=360")

    assert page.status_code == 200
    assert 'data-theme="dark"' in page.text
    assert 'class="stage stage--360"' in page.text
    assert f"/gallery/{name}" in links(client.get("/gallery").text, '/gallery/[^"]+')


@pytest.mark.parametrize("address", ["/appointments/nope", "/gallery/nope", "/desk/boo/x", "/nope"])
def test_unknown_page_is_not_found(address: str, client: FlaskClient) -> None:
    """An unknown service, example or page is 404, never a failure."""
    assert client.get(address).status_code == 404


def test_gallery_speaks_every_language(client: FlaskClient) -> None:
    """Each example can be seen in each language, chosen by a form that works without scripts."""
    index = client.get("/gallery").text

    for tag in LANGUAGES.tags:
        page = client.get(f"/gallery/booker-day?lang={tag}&theme=dark").text
        HTMLParser(strict=True).parse(page)
        assert f'<option value="{tag}" lang="{tag}"' in index
        assert re.search(rf'<section class="bk bk-booker" id="booker-day" lang="{tag}"', page)
        assert 'name="lang">' in page
        assert '<input type="hidden" name="theme" value="dark">' in page


def test_gallery_ignores_unknown_dress(client: FlaskClient) -> None:
    """An unknown theme or width falls back to the system's theme and the full width."""
    page = client.get(f'/gallery/{VISIBLE[0]}?theme="><b>&width=1&lang="><b>').text

    assert "data-theme" not in page
    assert 'class="stage stage--full"' in page


def test_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Two apps of one folder share a key that only its owner can read; two folders have two keys."""
    first = create_app({"INSTANCE_PATH": str(tmp_path / "a"), "BOOKER_DISPATCH": "none"})
    second = create_app({"INSTANCE_PATH": str(tmp_path / "a"), "BOOKER_DISPATCH": "none"})
    other = create_app({"INSTANCE_PATH": str(tmp_path / "b"), "BOOKER_DISPATCH": "none"})

    keys = [app.config["SECRET_KEY"] for app in (first, second, other)]
    for app in (first, second, other):
        app.extensions["booker"].storage.close()

    assert len(keys[0]) == 64
    assert keys[0] == keys[1] != keys[2]
    assert stat.S_IMODE((tmp_path / "a" / "secret_key").stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "a").glob("tmp*")) == []


@pytest.mark.parametrize("text", ["", "x", "0", "65536", "-1", "٣"])
def test_wrong_port_is_refused_with_the_remedy(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is none ends the demo with a sentence."""
    monkeypatch.setenv("PORT", text)

    with pytest.raises(SystemExit, match="must be a number from 1 to 65535"):
        port()


def test_demo_serves_and_says_what_to_click(tmp_path: Path) -> None:
    """`python -m demo_app` prints its address, serves there and has sown its bookings."""
    command = [sys.executable, "-m", "demo_app"]

    with held_port() as chosen:
        environment = {**os.environ, "PORT": str(chosen), "DEMO_FOLDER": str(tmp_path)}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            guide = "".join(iter(process.stdout.readline, "  Ctrl-C stops it.\n"))
            desk = urllib.request.urlopen(f"http://127.0.0.1:{chosen}/desk", timeout=20).read().decode()
            process.terminate()

    assert f"http://127.0.0.1:{chosen}/book/intro-call" in guide
    assert "Amara Diallo" in desk
