"""What came with Cal.com, with the keyboard alone: where the focus goes, what is seen, what is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components.testing import FrozenClock

from .calcom import Practice, open_practice, partner_app, taken_elsewhere
from .keyboard import arrive, listen, press, stops, tab_to, told, type_into
from .servers import Server
from .visits import THURSDAY, TUESDAY, Visit, eventually, focused

Visits = Callable[..., Visit]

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])

TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def practice(
    clock: FrozenClock, make_app: Callable[..., Flask], serve: Callable[[Flask], Server]
) -> Iterator[Practice]:
    """A practice with one event type of each sort."""
    with open_practice(clock, make_app, serve) as opened:
        yield opened


def _visit(visit: Visits, practice: Practice, *, scripts: bool = True, status: int = 0) -> Visit:
    """Let somebody visit *practice* who hears what is told; one answer has *status*."""
    guest = visit(practice.server, java_script_enabled=scripts)
    listen(guest)
    guest.expected = (f"status of {status}",) if status else ()
    return guest


def _pick(guest: Visit, slug: str, *, at: str = "10:00", scripts: bool = True) -> None:
    """Choose a time on Tuesday, up to the form."""
    guest.open(f"/book/{slug}")
    press(guest, guest.link(TUESDAY))
    arrive(guest, "Tuesday 2 February", scripts=scripts)
    press(guest, guest.link(at))
    arrive(guest, "Your details", scripts=scripts)


def _fill(guest: Visit) -> None:
    """Type who is booking; the focus stays in the last field."""
    type_into(guest, "Your name", "Grace Hopper")
    type_into(guest, "E-mail address", "grace@example.com")


# --- the flows -----------------------------------------------------------------------------------


@BOTH
def test_a_seat_is_taken_and_given_back(practice: Practice, visit: Visits, scripts: bool) -> None:
    """The number of seats is part of the name of each time; Space presses buttons as Enter does."""
    guest = _visit(visit, practice, scripts=scripts)

    _pick(guest, "class", at="10:00 3 seats left", scripts=scripts)
    _fill(guest)
    press(guest, guest.button("Confirm booking"), key="Space")
    arrive(guest, "Your booking is confirmed", scripts=scripts)
    press(guest, guest.link("Cancel this booking"))
    expect(guest.heading("Cancel this booking?")).to_be_visible()
    press(guest, guest.button("Cancel booking"), key="Space")
    arrive(guest, "This booking was cancelled", scripts=scripts)

    (together,) = practice.bookings
    assert together.attendees == []


@BOTH
def test_a_series_is_booked_and_cancelled_from_a_date_on(
    practice: Practice, visit: Visits, scripts: bool
) -> None:
    """The number is typed, each date is a stop of its own, the arrow keys say how much is cancelled."""
    guest = _visit(visit, practice, scripts=scripts)

    _pick(guest, "course", scripts=scripts)
    type_into(guest, "How many dates?", "3")
    _fill(guest)
    guest.page.keyboard.press("Enter")
    arrive(guest, "Your booking is confirmed", scripts=scripts)
    press(guest, guest.link(re.compile("^Tuesday 9 February")))
    expect(guest.page.locator(".bk-when")).to_contain_text("Tuesday 9 February")
    press(guest, guest.link("Cancel this booking"))
    expect(guest.heading("Cancel this booking?")).to_be_visible()
    tab_to(guest, guest.page.get_by_label("Only this date"))
    guest.page.keyboard.press("ArrowDown")
    expect(guest.page.get_by_label("This date and all that follow")).to_be_focused()
    press(guest, guest.button("Cancel booking"))
    arrive(guest, "This booking was cancelled", scripts=scripts)

    assert [each.status for each in practice.bookings] == ["accepted", "cancelled", "cancelled"]


def test_what_is_left_of_a_series_is_cancelled_by_the_mail(practice: Practice, visit: Visits) -> None:
    """The choice that the link proposes is the stop; what was not chosen is none."""
    guest = _visit(visit, practice)
    _pick(guest, "course")
    _fill(guest)
    guest.page.keyboard.press("Enter")
    arrive(guest, "Your booking is confirmed")

    guest.page.goto(practice.calcom.mails[0].cancel)
    found = stops(guest, 4)
    guest.page.keyboard.press("Shift+Tab")
    guest.page.keyboard.press("Enter")
    arrive(guest, "This booking was cancelled")

    reason, cancel, keep = "Why are you cancelling? (optional)", "Cancel booking", "Keep the booking as it is"
    assert found == ["All dates that are left", reason, cancel, keep]
    assert practice.standing == []


def test_a_request_waits(practice: Practice, visit: Visits) -> None:
    """Every step is told once, and the last one says that the host has yet to agree."""
    guest = _visit(visit, practice)

    _pick(guest, "visit")
    _fill(guest)
    press(guest, guest.button("Request booking"))
    arrive(guest, "Waiting for confirmation")

    assert told(guest) == ["Tuesday 2 February 2027, 16 times", "Your details", "Waiting for confirmation"]


def test_a_booking_is_moved_and_the_new_time_is_held_meanwhile(practice: Practice, visit: Visits) -> None:
    """The way back to other times stands before the heading; who takes it lets go of the time."""
    guest = _visit(visit, practice)
    _pick(guest, "intro")
    _fill(guest)
    guest.page.keyboard.press("Enter")
    arrive(guest, "Your booking is confirmed")

    press(guest, guest.link("Reschedule this booking"))
    expect(guest.heading("February 2027")).to_be_visible()
    press(guest, guest.link(THURSDAY))
    press(guest, guest.link("14:00"))
    arrive(guest, "Move to this time?")
    expect(guest.page.locator("[name=hold]")).not_to_have_value("")
    held = practice.held
    guest.page.keyboard.press("Shift+Tab")
    expect(guest.button("Choose another time")).to_be_focused()
    guest.page.keyboard.press("Enter")
    arrive(guest, "February 2027")
    freed = eventually(lambda: practice.held == [])
    press(guest, guest.link(THURSDAY))
    press(guest, guest.link("15:00"))
    arrive(guest, "Move to this time?")
    found = stops(guest, 3)
    guest.page.keyboard.press("Shift+Tab")
    guest.page.keyboard.press("Enter")
    arrive(guest, "Your booking has been moved")

    assert (held, freed) == ([TEN + timedelta(days=2, hours=4)], True)
    assert found == ["Why are you moving it? (optional)", "Move booking", "Keep the booking as it is"]
    assert practice.standing[0].start == TEN + timedelta(days=2, hours=5)


def test_a_locked_zone_is_no_stop(
    clock: FrozenClock, make_app: Callable[..., Flask], serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """What cannot be changed is read, and Tab goes by."""
    offers = {"intro": {"lockTimeZoneToggleOnBookingPage": True}}
    with open_practice(clock, make_app, serve, offers=offers) as practice:
        guest = _visit(visit, practice)

        guest.open("/book/intro")
        expect(guest.page.locator(".bk-zone")).to_contain_text("Time zone: Central European Time - Berlin")
        guest.touch()
        found = stops(guest, 25)

    # Today's times, which are shown first, begin half an hour from now.
    assert found[0] == "March 2027"
    assert found[-4:] == ["12-hour clock", "24-hour clock", "Compare with your calendar", "09:30"]
    assert not any("zone" in each.lower() for each in found)


@BOTH
def test_what_has_a_price_has_one_stop(practice: Practice, visit: Visits, scripts: bool) -> None:
    """The way to where it is booked."""
    guest = _visit(visit, practice, scripts=scripts)

    guest.open("/book/analysis")

    assert stops(guest, 2) == ["Continue at 127.0.0.1", ""]


# --- what goes wrong -----------------------------------------------------------------------------


def test_what_is_missing_is_told_once_and_led_to(practice: Practice, visit: Visits) -> None:
    """The summary has the focus and shows it; its links lead to fields, also of a group."""
    guest = _visit(visit, practice, status=422)
    _pick(guest, "talk")
    told(guest)

    tab_to(guest, guest.page.get_by_label("E-mail address", exact=True))
    guest.page.keyboard.press("Enter")
    expect(guest.page.locator(".bk-problems")).to_be_focused()
    heard, ringed = told(guest), _ringed(guest)
    links = stops(guest, 3)
    guest.page.keyboard.press("Enter")
    expect(guest.page.get_by_label("In person")).to_be_focused()
    led = _ringed(guest)
    next_stop = stops(guest, 1)

    assert len(heard) == 1
    assert heard[0].startswith("There is a problem Your name: Please fill this in.")
    assert [each.partition(":")[0] for each in links] == ["Your name", "E-mail address", "Where"]
    assert (ringed, led, next_stop) == (True, True, ["Phone number (optional)"])


def test_a_time_that_was_taken_is_told_once_and_others_come_next(practice: Practice, visit: Visits) -> None:
    """The sentence has the focus and shows it; other times follow at once, and nothing is typed again."""
    guest = _visit(visit, practice, status=409)
    _pick(guest, "intro")
    _fill(guest)
    told(guest)
    practice.take("intro", 9)

    guest.page.keyboard.press("Enter")
    expect(focused(guest.page)).to_contain_text("That time has just been taken.")
    heard, ringed = told(guest), _ringed(guest)
    found = stops(guest, 4)
    guest.page.keyboard.press("Enter")
    arrive(guest, "Your details")
    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")
    press(guest, guest.button("Confirm booking"))
    arrive(guest, "Your booking is confirmed")

    assert heard == ["That time has just been taken. Please choose another one."]
    assert ringed
    assert found == ["Choose another time", "09:00", "09:30", "10:30"]
    assert practice.standing[-1].start == TEN + timedelta(minutes=30)


def test_a_time_that_cannot_be_held_is_told_once_where_the_guest_is(
    practice: Practice, visit: Visits
) -> None:
    """The focus stays with what is being typed."""
    guest = _visit(visit, practice, status=409)
    guest.open("/book/intro")
    press(guest, guest.link(TUESDAY))
    practice.take("intro", 9)

    press(guest, guest.link("10:00"))
    arrive(guest, "Your details")
    expect(guest.page.locator("[data-bk-failure]")).to_contain_text("This time is no longer free.")
    expect(guest.heading("Your details")).to_be_focused()
    _fill(guest)
    heard = told(guest)

    assert sum("no longer free" in each for each in heard) == 1
    assert guest.page.get_by_label("Your name").input_value() == "Grace Hopper"


def test_escape_and_back_do_no_harm(practice: Practice, visit: Visits) -> None:
    """Escape leaves the form as it is; Back leads to all times, also the own one that was held meanwhile."""
    guest = _visit(visit, practice)
    _pick(guest, "intro")
    _fill(guest)
    expect(guest.page.locator("[name=hold]")).not_to_have_value("")

    guest.page.keyboard.press("Escape")
    expect(guest.page.get_by_label("E-mail address", exact=True)).to_be_focused()
    guest.page.go_back()
    expect(guest.link("10:00")).to_be_visible()
    press(guest, guest.link("10:00"))
    arrive(guest, "Your details")

    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")
    assert practice.bookings == []
    assert eventually(lambda: practice.held == [TEN])


def _ringed(guest: Visit) -> bool:
    """Tell whether what has the focus shows it."""
    return focused(guest.page).evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


# --- pages beside the flows ----------------------------------------------------------------------


@pytest.mark.chromium("without scripts")
def test_the_way_out_of_a_frame_is_the_first_stop_in_it(
    clock: FrozenClock, make_app: Callable[..., Flask], serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """Without scripts it has to be followed by hand, for the page of the partner's to come."""
    partner = partner_app()
    site = serve(partner).url.replace("127.0.0.1", "localhost")
    offers = {"intro": {"successRedirectUrl": f"{site}/done"}}
    origins = {"BOOKER_EMBED_ORIGINS": [site], "BOOKER_REDIRECT_ORIGINS": [site]}
    with open_practice(clock, make_app, serve, offers=offers, **origins) as practice:
        partner.config["EMBEDS"] = f"{practice.server.url}/book/intro?slot=2027-02-02T09:00:00Z"
        guest = visit(practice.server, java_script_enabled=False)
        guest.page.goto(f"{site}/")
        frame = guest.page.frame_locator("iframe")

        frame.get_by_label("Your name", exact=True).focus()
        guest.page.keyboard.type("Grace Hopper")
        guest.page.keyboard.press("Tab")
        guest.page.keyboard.type("grace@example.com")
        guest.page.keyboard.press("Enter")
        expect(frame.get_by_role("heading", name="Booked: Intro")).to_be_visible()
        guest.page.keyboard.press("Tab")
        expect(frame.get_by_role("link", name=re.compile("^Continue at localhost"))).to_be_focused()
        guest.page.keyboard.press("Enter")
        expect(guest.page).to_have_title("Done")

    assert len(taken_elsewhere(guest)) == 2


def test_a_connection_that_was_not_begun_here_leads_to_the_beginning(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """One stop, which begins again."""
    app = make_app(
        BOOKER_PROVIDER="calcom",
        BOOKER_EVENT_TYPES=(),
        BOOKER_PUBLIC_URL="https://book.example",
        BOOKER_CALCOM_USERNAME="ann",
        BOOKER_CALCOM_CLIENT_ID="client",
        BOOKER_CALCOM_CLIENT_SECRET="s" * 32,
        BOOKER_CALCOM_CONNECT=lambda request: "ann",
    )
    guest = visit(serve(app))
    guest.expected = ("status of 400",)

    guest.open("/oauth/calcom/callback?code=1&state=2")
    expect(guest.heading("Please start again")).to_be_visible()
    found = stops(guest, 2)
    app.extensions["booker"].calcom.close()

    assert found == ["Try again", ""]
