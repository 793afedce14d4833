"""The embedded engine in a browser: series with dates that are taken, approval, invitations, holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import (
    Approval,
    Booking,
    BookingStatus,
    Frequency,
    Seats,
    Series,
    booker_link,
    booking_link,
    create_booking,
    get_booking,
    list_bookings,
)

from ..conftest import INTRO
from .servers import Server
from .visits import NO_SCRIPTS, PHONE, TUESDAY, Visit, eventually, focused, retype

Visits = Callable[..., Visit]

TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
EVE = {"name": "Eve", "email": "eve@elsewhere.example"}
EIGHT = Series(frequency=Frequency.WEEKLY, occurrences=8)
TYPES = (
    INTRO,
    replace(INTRO, slug="weekly", title="Weekly call", series=EIGHT),
    replace(INTRO, slug="asked", title="Long call", approval=Approval()),
    replace(INTRO, slug="class", title="Class", seats=Seats(per_slot=2)),
    replace(INTRO, slug="board", title="Board call", private=True),
)
both = pytest.mark.parametrize("options", [{}, NO_SCRIPTS], ids=["scripts", "no scripts"])


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app with event types of every kind."""
    return make_app(BOOKER_EVENT_TYPES=TYPES, BOOKER_DISPATCH="none")


@pytest.fixture
def taken(app: Flask) -> None:
    """The third and the seventh Tuesday are booked by somebody else."""
    with app.app_context():
        for weeks in (2, 6):
            create_booking("intro-call", TEN + weeks * WEEK, **EVE)


def _form(slug: str) -> str:
    return f"/book/{slug}?slot=2027-02-02T09:00:00Z&tz=Europe/Berlin"


def _starts(app: Flask, slug: str) -> list[datetime]:
    with app.app_context():
        return [each.start for each in list_bookings(event_type=slug)]


# --- series ------------------------------------------------------------------------------------------


@both
def test_dates_that_are_taken_are_left_out(
    app: Flask, server: Server, taken: None, visit: Visits, options: dict[str, object]
) -> None:
    """The guest reads which, and sends the form as ever."""
    guest = visit(server, **options).open(_form("weekly"))
    note = guest.page.get_by_text("Not free, and left out: 2")

    expect(note).to_be_visible()
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert _starts(app, "weekly") == [TEN + weeks * WEEK for weeks in (0, 1, 3, 4, 5, 7)]


def test_what_is_left_out_follows_the_number(server: Server, taken: None, visit: Visits) -> None:
    """As it is typed, and told to those who do not see it."""
    guest = visit(server).open(_form("weekly"))
    box = guest.page.locator("[data-bk-gone]")
    field, sent = guest.page.get_by_label("How many dates?"), guest.page.locator("[name=without]:enabled")

    retype(field, "4")
    expect(box).to_contain_text("Not free, and left out: 1")
    expect(box.get_by_role("listitem")).to_have_count(1)
    expect(sent).to_have_count(1)
    expect(guest.page.get_by_role("status")).to_have_text("Not free, and left out: 1")
    retype(field, "2")
    expect(box).to_be_hidden()
    expect(sent).to_have_count(0)
    retype(field, "8")

    expect(box.get_by_role("listitem")).to_have_count(2)
    expect(sent).to_have_count(2)


@both
def test_a_date_that_is_taken_meanwhile_is_shown_first(
    app: Flask, server: Server, visit: Visits, options: dict[str, object]
) -> None:
    """Nothing typed is lost."""
    guest = visit(server, **options).open(_form("weekly"))
    guest.expected = ("status of 409",)
    with app.app_context():
        create_booking("intro-call", TEN + WEEK, **EVE)

    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.page.locator(".bk-alert")).to_contain_text("Not all of these dates are free.")
    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert _starts(app, "weekly") == [TEN, *(TEN + weeks * WEEK for weeks in range(2, 8))]


# --- approval ----------------------------------------------------------------------------------------


@pytest.fixture
def waiting(app: Flask) -> Booking:
    """A booking that waits for its host."""
    with app.app_context():
        return create_booking("asked", TEN, **EVE, notes="About the pumps")


def _decide(app: Flask, booking: Booking) -> str:
    with app.app_context():
        return booking_link(booking.uid, "decide")


@both
def test_a_host_agrees(
    app: Flask, server: Server, waiting: Booking, visit: Visits, options: dict[str, object]
) -> None:
    """By one button, on a phone."""
    host = visit(server, **PHONE, **options).open(_decide(app, waiting))
    expect(host.page.get_by_text("About the pumps")).to_be_visible()
    fits = host.fits()

    host.button("Agree").click()
    expect(host.heading("This booking is confirmed")).to_be_visible()
    host.page.reload()
    expect(host.heading("This booking is confirmed")).to_be_visible()

    assert fits
    with app.app_context():
        assert get_booking(waiting.uid).status is BookingStatus.CONFIRMED


@both
def test_a_host_declines(
    app: Flask, server: Server, waiting: Booking, visit: Visits, options: dict[str, object]
) -> None:
    """With a reason; the time is free again."""
    host = visit(server, **options).open(_decide(app, waiting))

    host.page.get_by_label("Reason, if you decline").fill("I am away")
    host.button("Decline").click()
    expect(host.heading("This booking was declined")).to_be_visible()
    guest = visit(server).open(_form("asked"))
    expect(guest.heading("Your details")).to_be_visible()

    with app.app_context():
        assert get_booking(waiting.uid).reason == "I am away"


def test_deciding_tells_by_voice_and_focus(
    app: Flask, server: Server, waiting: Booking, visit: Visits
) -> None:
    """As every step does."""
    host = visit(server).open(_decide(app, waiting))

    host.button("Agree").press("Enter")

    expect(focused(host.page)).to_have_text("This booking is confirmed")
    expect(host.page.get_by_role("status")).to_have_text("This booking is confirmed")
    expect(host.page).to_have_title("This booking is confirmed")


# --- invitations -------------------------------------------------------------------------------------


@both
def test_a_guest_books_by_a_private_link(
    app: Flask, server: Server, visit: Visits, options: dict[str, object]
) -> None:
    """In another zone, over the calendar; afterwards the link is of no use."""
    with app.app_context():
        link = booker_link("board", uses=1)
    guest = visit(server, timezone_id="Asia/Tokyo", **options)
    guest.expected = ("status of 410", "status of 403")

    guest.open("/book/board")
    expect(guest.heading("A private link is needed")).to_be_visible()
    guest.open(f"{link}&tz=Asia/Tokyo")
    guest.pick(TUESDAY, "18:00")
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    guest.open(link)
    expect(guest.heading("This link has been used up")).to_be_visible()

    assert _starts(app, "board") == [TEN]


# --- holds -------------------------------------------------------------------------------------------


def _offers_ten(guest: Visit, slug: str) -> bool:
    guest.open(f"/book/{slug}?date=2027-02-02&tz=Europe/Berlin")
    return guest.link("10:00").count() == 1


def test_a_chosen_time_is_kept_until_its_visitor_leaves(server: Server, visit: Visits) -> None:
    """Others are not offered it in the meantime; whoever has it books it."""
    first, second = visit(server), visit(server)
    first.open(_form("intro-call"))
    expect(first.page.locator("[name=hold]")).not_to_have_value("")
    held = _offers_ten(second, "intro-call")

    first.page.goto("about:blank")
    freed = eventually(lambda: _offers_ten(second, "intro-call"))
    first.page.go_back()
    expect(first.page.locator("[name=hold]")).not_to_have_value("")
    first.fill()
    first.button("Confirm booking").click()
    expect(first.heading("Your booking is confirmed")).to_be_visible()

    assert (held, freed) == (False, True)


def test_a_kept_time_never_outranks_a_booking(app: Flask, server: Server, visit: Visits) -> None:
    """Who keeps it and comes too late chooses another one, with everything typed."""
    guest = visit(server).open(_form("intro-call"))
    guest.expected = ("status of 409",)
    expect(guest.page.locator("[name=hold]")).not_to_have_value("")
    with app.app_context():
        create_booking("intro-call", TEN, **EVE)

    guest.fill()
    guest.button("Confirm booking").click()

    expect(guest.page.locator(".bk-alert")).to_contain_text("That time has just been taken.")
    guest.button("11:00").click()
    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")


def test_a_seat_is_kept_beside_others(app: Flask, server: Server, visit: Visits) -> None:
    """One of two: the other is still to be had."""
    guest = visit(server).open(_form("class"))
    expect(guest.page.get_by_text("2 seats left")).to_be_visible()
    expect(guest.page.locator("[name=hold]")).not_to_have_value("")
    with app.app_context():
        create_booking("class", TEN, **EVE)

    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert _starts(app, "class") == [TEN, TEN]
