"""The guest's own calendar beside the times, read by the browser; and the work that a host may ask of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from ..web.test_overlay import elsewhere
from .servers import Server
from .visits import PHONE, TUESDAY, Visit

Visits = Callable[..., Visit]
Serve = Callable[[Flask], Server]

LINES = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//x//x//EN",
    # Every Tuesday at half past nine in Berlin, but not on the ninth; on the sixteenth an hour later.
    "BEGIN:VEVENT",
    "UID:weekly",
    "DTSTART:20270202T083000Z",
    "DURATION:PT30M",
    "RRULE:FREQ=WEEKLY;COUNT=3",
    "EXDATE:20270209T083000Z",
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:weekly",
    "RECURRENCE-ID:20270216T083000Z",
    "DTSTART:20270216T093000Z",
    "DTEND:20270216T100000Z",
    "END:VEVENT",
    # What does not make busy.
    "BEGIN:VEVENT",
    "UID:free",
    "DTSTART:20270202T090000Z",
    "DTEND:20270202T093000Z",
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "END:VCALENDAR",
)
CALENDAR = "\r\n".join((*LINES, "")).encode()


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """The guest's calendar as a file."""
    path = tmp_path / "me.ics"
    path.write_bytes(CALENDAR)
    return path


def open_panel(guest: Visit) -> Visit:
    """Have the booker on view with the panel open."""
    guest.open("/book/intro-call?month=2027-02")
    guest.page.locator(".bk-calendar").hover()
    guest.page.get_by_role("button", name="Compare with your calendar").click()
    expect(guest.page.get_by_role("heading", name="Compare with your calendar")).to_be_focused()
    return guest


def times_met(guest: Visit) -> list[str]:
    """Give the marked times of the month, in order."""
    marked = guest.page.locator(".bk-times__list a:has([data-bk-clash])")
    return [str(each.get_attribute("href")).split("slot=")[1] for each in marked.all()]


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_times_that_meet_an_event_are_marked(
    server: Server, visit: Visits, calendar: Path, options: dict[str, object]
) -> None:
    """A file is read by the browser alone; nothing of it is sent, and it is forgotten at will."""
    guest = open_panel(visit(server, **options))
    asked = len(guest.requests)

    guest.page.get_by_label("Calendar file").set_input_files(calendar)
    guest.page.get_by_role("button", name="Compare", exact=True).click()

    expect(guest.page.locator(".bk-overlay__text")).to_contain_text("2")
    assert times_met(guest) == ["2027-02-02T08:30:00Z", "2027-02-16T09:30:00Z"]
    assert len(guest.requests) == asked
    guest.page.get_by_role("button", name="Forget my calendar").click()
    assert times_met(guest) == []
    expect(guest.page.get_by_role("button", name="Compare with your calendar")).to_be_focused()


def test_marks_stay_while_the_tab_is_open(server: Server, visit: Visits, calendar: Path) -> None:
    """After a reload, and after another month, they are there again; they can be heard, too."""
    guest = open_panel(visit(server))
    guest.page.get_by_label("Calendar file").set_input_files(calendar)
    guest.page.get_by_role("button", name="Compare", exact=True).click()
    expect(guest.page.locator("[data-bk-clash]")).to_have_count(2)

    guest.page.reload()
    guest.page.locator(".bk-calendar").hover()
    expect(guest.page.locator("[data-bk-clash]")).to_have_count(2)
    guest.link("March 2027").click()
    expect(guest.page.locator("[data-bk-clash]")).to_have_count(0)
    guest.link("February 2027").click()
    guest.link(TUESDAY).click()

    expect(guest.page.get_by_role("link", name="09:30 busy in your calendar")).to_be_visible()


def test_what_is_no_calendar_is_told(server: Server, visit: Visits, tmp_path: Path) -> None:
    """A sentence says what is wanted, and the panel stays."""
    picture = tmp_path / "me.png"
    picture.write_bytes(b"\x89PNG")
    guest = open_panel(visit(server))

    guest.page.get_by_label("Calendar file").set_input_files(picture)
    guest.page.get_by_role("button", name="Compare", exact=True).click()

    expect(guest.page.locator(".bk-overlay [role=alert]")).to_contain_text("not a calendar file")


def test_a_link_is_fetched_for_the_guest(make_app: Callable[..., Flask], serve: Serve, visit: Visits) -> None:
    """Where the host wants that; the browser keeps the times, and nothing else does."""
    server = serve(make_app(BOOKER_OVERLAY="link", BOOKER_PRIVATE_NETWORK=True))
    with elsewhere(CALENDAR) as (url, asked):
        guest = open_panel(visit(server))
        guest.page.get_by_label("address of a calendar").fill(url)
        guest.page.get_by_role("button", name="Compare", exact=True).click()

        expect(guest.page.locator("[data-bk-clash]")).to_have_count(2)
    assert asked == ["/me.ics"]


@pytest.mark.chromium("scripts cannot be switched off in Firefox")
def test_without_scripts_nothing_is_offered(server: Server, visit: Visits) -> None:
    """What could not work is not there."""
    guest = visit(server, java_script_enabled=False).open("/book/intro-call?month=2027-02")

    expect(guest.page.get_by_role("button", name="Compare")).to_have_count(0)


def test_the_browser_works_before_a_form_is_sent(
    make_app: Callable[..., Flask], serve: Serve, visit: Visits
) -> None:
    """The guest notices nothing of it, and books."""
    server = serve(make_app(BOOKER_PROOF_OF_WORK=10))
    guest = visit(server).open()

    guest.book(TUESDAY, "10:00")

    expect(guest.page.get_by_role("heading", name="Your booking is confirmed")).to_be_visible()
