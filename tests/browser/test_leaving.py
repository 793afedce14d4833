"""Guests go on to a page of the host's: from our pages, from its own with any htmx, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import Redirect, Redirects, booking_link
from booker_components.testing import Recorder

from .calcom import taken_elsewhere
from .hosts import add_page
from .servers import Server
from .visits import TUESDAY, Visit, eventually

Visits = Callable[..., Visit]
ACTS = ("booked", "rescheduled", "cancelled")
FORM = "/book/intro-call?slot=2027-02-02T09:00:00Z"


@pytest.fixture
def partner(serve: Callable[[Flask], Server]) -> str:
    """The origin of another site, with a page for each occasion."""
    app = Flask("partner site")
    for act in ACTS:
        page = (
            f'<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>{act}</title><p>{act}</p>'
        )
        app.add_url_rule(f"/{act}", act, lambda page=page: page)  # type: ignore[misc]  # binds this page
    # Another site to a browser, not just another port.
    return serve(app).url.replace("127.0.0.1", "localhost")


@pytest.fixture
def booker(make_app: Callable[..., Flask], partner: str) -> Flask:
    """An app whose guests go there."""
    redirects = Redirects(**{act: Redirect(f"{partner}/{act}") for act in ACTS})
    return make_app(BOOKER_REDIRECTS=redirects, BOOKER_REDIRECT_ORIGINS=[partner])


def _arrived(guest: Visit, act: str) -> dict[str, str]:
    """Wait for the page of an occasion, and give what it is told."""
    expect(guest.page).to_have_title(act)
    taken_elsewhere(guest)
    return dict(parse_qsl(urlsplit(guest.page.url).query))


@pytest.mark.parametrize(
    ("path", "htmx", "options"),
    [
        pytest.param("/book/intro-call", "", {}, id="our page"),
        pytest.param("/book/intro-call", "", {"java_script_enabled": False}, id="our page, no scripts"),
        pytest.param("/host", "", {}, id="host's page"),
        pytest.param("/host", "4", {}, id="host's page with htmx 4"),
        pytest.param("/host", "2", {}, id="host's page with htmx 2"),
        pytest.param("/host", "", {"java_script_enabled": False}, id="host's page, no scripts"),
    ],
)
def test_the_whole_page_is_left(
    booker: Flask,
    serve: Callable[[Flask], Server],
    visit: Visits,
    path: str,
    htmx: str,
    options: dict[str, Any],
) -> None:
    """A host's own page, too; what was typed is not typed into the next form."""
    add_page(booker, 'booker("intro-call")', htmx=htmx)
    guest = visit(serve(booker), **options).open(path)

    guest.pick(TUESDAY, "10:00")
    guest.fill()
    guest.button("Confirm booking").click()
    told = _arrived(guest, "booked")
    guest.open(FORM.replace("09:00", "10:00"))

    assert (told["event"], told["eventStartedAt"]) == ("guest_booked", "2027-02-02T10:00:00.000+01:00")
    expect(guest.page.get_by_label("Your name", exact=True)).to_have_value("")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_moving_and_cancelling_lead_on_too(
    booker: Flask,
    serve: Callable[[Flask], Server],
    visit: Visits,
    recorder: Recorder,
    options: dict[str, Any],
) -> None:
    """Each to its own page."""
    guest = visit(serve(booker), **options)

    def link(purpose: str) -> str:
        with booker.test_request_context():
            return booking_link(told["eventUid"], purpose)

    guest.open(FORM)
    guest.fill()
    guest.button("Confirm booking").click()
    told = _arrived(guest, "booked")
    guest.open(link("reschedule")).pick(TUESDAY, "11:00")
    guest.button("Move booking").click()
    moved = _arrived(guest, "rescheduled")
    guest.open(link("cancel")).button("Cancel booking").click()
    cancelled = _arrived(guest, "cancelled")

    assert moved["eventStartedAt"] == "2027-02-02T11:00:00.000+01:00"
    assert told["eventUid"] == moved["eventUid"] == cancelled["eventUid"]
    assert eventually(lambda: len(recorder.events) == 3)


def test_what_was_typed_is_dropped_where_a_notice_leads_on(
    booker: Flask, serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """In a frame the notice is what tells that the answers were taken."""
    framed = '<iframe title="Booking" width="800" height="900" src="/book/intro-call"></iframe>'
    booker.add_url_rule(
        "/framed",
        "framed",
        lambda: f'<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>F</title>{framed}',
    )
    guest = visit(serve(booker)).open("/framed")
    frame = guest.page.frame_locator("iframe")

    frame.get_by_role("link", name=TUESDAY).click()
    frame.get_by_role("link", name="10:00", exact=True).click()
    frame.get_by_label("Your name", exact=True).fill("Grace Hopper")
    frame.get_by_label("E-mail address", exact=True).fill("grace@example.com")
    frame.get_by_role("button", name=re.compile("^Confirm booking")).click()
    _arrived(guest, "booked")
    guest.open(FORM.replace("09:00", "10:00"))

    expect(guest.page.get_by_label("Your name", exact=True)).to_have_value("")
