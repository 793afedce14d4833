"""The flows of guests in a browser when the bookings are at Cal.com, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import EventKind
from booker_components.testing import FrozenClock, Recorder

from .calcom import Practice, open_practice, partner_app, taken_elsewhere
from .servers import Server
from .talk import MARY, book_half_an_hour_later, expect_filled_in, fill_in
from .visits import NO_SCRIPTS, PHONE, THURSDAY, TUESDAY, Visit, eventually, retype

Visits = Callable[..., Visit]

BOTH = pytest.mark.parametrize("options", [{}, NO_SCRIPTS], ids=["scripts", "no scripts"])
ON_PHONES = pytest.mark.parametrize(
    "options", [PHONE, PHONE | NO_SCRIPTS], ids=["scripts on a phone", "no scripts on a phone"]
)

TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
GRACE = "grace@example.com"


@pytest.fixture
def practice(
    clock: FrozenClock, make_app: Callable[..., Flask], serve: Callable[[Flask], Server]
) -> Iterator[Practice]:
    """A practice with one event type of each sort."""
    with open_practice(clock, make_app, serve) as opened:
        yield opened


def _knows(guest: Visit) -> None:
    """Wait until the page knows of its hold: what it does not know it cannot let go."""
    expect(guest.page.locator("[name=hold]")).not_to_have_value("")


# --- one guest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [PHONE, NO_SCRIPTS], ids=["scripts on a phone", "no scripts"])
def test_a_guest_books_moves_and_cancels(
    practice: Practice, visit: Visits, recorder: Recorder, options: dict[str, object]
) -> None:
    """All that was typed is at Cal.com; moving makes another uid there, to which the old mail leads."""
    guest = visit(practice.server, **options).open("/book/talk")
    fits = [guest.fits()]

    guest.link("1 hr").click()
    expect(guest.link("1 hr")).to_have_attribute("aria-current", "true")
    guest.pick(TUESDAY, "10:00")
    fill_in(guest)
    fits.append(guest.fits())
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    old = guest.uid()
    fits.append(guest.fits())

    guest.link("Reschedule this booking").click()
    guest.pick(THURSDAY, "14:00")
    guest.page.get_by_label("Why are you moving it?").fill("A train")
    guest.button("Move booking").click()
    expect(guest.heading("Your booking has been moved")).to_be_visible()
    new = guest.uid()
    let_go = eventually(lambda: practice.held == [])
    mail = practice.calcom.mails[0]
    for link in (mail.reschedule, mail.cancel):
        guest.page.goto(link)
        expect(guest.link("Keep the booking as it is")).to_have_attribute("href", f"/bookings/{new}")
    guest.page.goto(mail.manage)
    expect(guest.page.locator("del")).to_contain_text("Tuesday 2 February 2027")
    led = guest.uid()

    guest.link("Cancel this booking").click()
    guest.page.get_by_label("Why are you cancelling?").fill("A cold")
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()

    first, second = practice.bookings
    assert (first.uid, second.uid, led) == (old, new, new)
    assert (first.start, first.minutes, first.guests) == (TEN, 60, [MARY])
    assert first.responses | {"topic": "A talk", "size": "Large", "days": ["Tue"]} == first.responses
    assert (first.responses["consent"], first.responses["notes"]) == (True, "Back door")
    assert "+491512345678" in str(first.location)
    assert (second.replaces, second.rescheduling_reason) == (old, "A train")
    assert (second.status, second.cancellation_reason) == ("cancelled", "A cold")
    assert (let_go, all(fits)) == (True, True)
    assert eventually(lambda: len(recorder.kinds) == 3)
    assert recorder.kinds == [EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED]


@ON_PHONES
def test_a_series_is_booked_and_cancelled_in_part_and_in_whole(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """As many dates as were wanted; one is cancelled, then what is left by the link in Cal.com's mail."""
    guest = visit(practice.server, **options).open("/book/course")
    guest.pick(TUESDAY, "10:00")
    guest.fill()
    retype(guest.page.get_by_label("How many dates?"), "3")
    fits = [guest.fits()]

    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    dates = guest.page.locator(".bk-dates__item")
    expect(dates).to_contain_text(["2 February 2027, 10:00", "9 February 2027, 10:00", "16 February 2027"])
    fits.append(guest.fits())
    dates.nth(1).get_by_role("link").click()
    expect(guest.page.locator(".bk-when")).to_contain_text("Tuesday 9 February 2027")
    guest.link("Cancel this booking").click()
    expect(guest.page.get_by_label("Only this date")).to_be_checked()
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()
    one = [each.status for each in practice.bookings]

    guest.page.goto(practice.calcom.mails[0].cancel)
    expect(guest.page.get_by_label("All dates that are left")).to_be_checked()
    fits.append(guest.fits())
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()

    weeks = [TEN + timedelta(weeks=number) for number in range(3)]
    assert [each.start for each in practice.bookings] == weeks
    assert one == ["accepted", "cancelled", "accepted"]
    assert practice.standing == []
    assert all(fits)


@BOTH
def test_a_booking_waits_until_its_host_agrees_elsewhere(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """The page says so, and after the host has confirmed at Cal.com a reload says that."""
    guest = visit(practice.server, **options).open("/book/visit")
    guest.link(TUESDAY).click()
    guest.link("10:00").click()
    guest.fill()

    guest.button("Request booking").click()
    expect(guest.heading("Waiting for confirmation")).to_be_visible()
    practice.calcom.confirm(guest.uid())
    guest.page.reload()

    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    assert [each.status for each in practice.bookings] == ["accepted"]


@BOTH
def test_what_has_a_price_is_booked_at_cal_com(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """The booker says so, and its link leads the whole window there; the form cannot be reached here."""
    guest = visit(practice.server, **options).open("/book/analysis?slot=2027-02-02T09:00:00Z")
    there = f"{practice.calcom.app_url}/{practice.offers['analysis'].user.username}/analysis"

    way = guest.link(re.compile("^Continue at "))
    expect(way).to_have_attribute("href", there)
    expect(way).to_have_attribute("target", "_top")
    expect(guest.page.locator(".bk")).to_contain_text("€120.00")
    expect(guest.button("Confirm booking")).to_have_count(0)
    # The fake has no icon to show.
    guest.expected = ("status of 404",)
    way.click()
    expect(guest.page).to_have_title("Cal.com")

    assert taken_elsewhere(guest) == [there]
    assert practice.bookings == []


# --- several guests ------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, PHONE | NO_SCRIPTS], ids=["scripts", "no scripts on a phone"])
def test_each_guest_of_a_class_has_a_seat(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """The seats that are left are shown; who cancels by the link in the mail frees one, and no other."""
    grace, mary = (visit(practice.server, **options) for _ in range(2))

    grace.book_at("class", "10:00 3 seats left", "Grace Hopper", GRACE)
    hers = grace.uid()
    mary.book_at("class", "10:00 2 seats left", "Mary Jackson", MARY)
    fits = mary.fits()
    (together,) = practice.bookings
    seated = [each.email for each in together.attendees]
    grace.page.goto(practice.mail(GRACE).cancel)
    grace.button("Cancel booking").click()
    expect(grace.heading("This booking was cancelled")).to_be_visible()

    grace.page.goto(practice.mail(GRACE).manage)
    expect(grace.heading("This booking was cancelled")).to_be_visible()
    expect(grace.page.locator(".bk")).not_to_contain_text("Mary")
    grace.open("/book/class")
    expect(grace.page.locator('[href*="slot=2027-02-02T09:00:00Z"]')).to_contain_text("2 seats left")
    mary.page.goto(practice.mail(MARY).manage)
    expect(mary.heading("Your booking is confirmed")).to_be_visible()
    expect(mary.page.locator(".bk")).not_to_contain_text("Grace")
    assert fits
    assert (hers in practice.calcom.mails[0].manage, hers == together.uid) == (True, False)
    assert seated == [GRACE, MARY]
    assert [each.email for each in together.attendees] == [MARY]
    assert together.open


@BOTH
def test_a_time_taken_at_cal_com_meanwhile_is_replaced_without_typing_again(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """The guest learns that somebody else was faster, sees the other times, and has typed nothing in vain."""
    guest = visit(practice.server, **options).open("/book/talk")
    guest.expected = ("status of 409",)
    guest.pick(TUESDAY, "10:00")
    fill_in(guest)
    practice.take("talk", 9)

    book_half_an_hour_later(guest)

    assert [each.start for each in practice.bookings] == [TEN, TEN + timedelta(minutes=30)]
    assert practice.bookings[1].responses["topic"] == "A talk"
    assert not any("grace" in each.lower() for each in guest.requests)


# --- when Cal.com fails --------------------------------------------------------------------------


@BOTH
def test_a_booking_is_made_once_although_cal_com_fails_twice(
    practice: Practice, visit: Visits, recorder: Recorder, options: dict[str, object]
) -> None:
    """Once it is down, which is said; then it books and does not answer, and the booking is found."""
    guest = visit(practice.server, **options).open("/book/talk")
    guest.expected = ("status of 503",)
    guest.pick(TUESDAY, "10:00")
    fill_in(guest)

    practice.calcom.next(status=503, method="POST", path="/bookings")
    guest.button("Confirm booking").click()
    expect(guest.page.get_by_role("alert")).to_contain_text("not available right now")
    expect_filled_in(guest)
    practice.calcom.next(cut=True, perform=True, method="POST", path="/bookings")
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert [each.uid for each in practice.bookings] == [guest.uid()]
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])


@BOTH
def test_a_form_that_is_sent_twice_makes_one_booking_at_cal_com(
    practice: Practice, visit: Visits, recorder: Recorder, options: dict[str, object]
) -> None:
    """By a double click, or without scripts also by going back: Cal.com is asked to book once."""
    guest = visit(practice.server, **options).open("/book/intro")
    guest.pick(TUESDAY, "10:00")
    guest.fill()

    guest.button("Confirm booking").dblclick()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    if options:
        guest.page.go_back()
        guest.button("Confirm booking").click()
        expect(guest.heading("Your booking is confirmed")).to_be_visible()

    sent = [f"{each.method} {each.path}" for each in practice.calcom.requests]
    assert sent.count("POST /v2/bookings") == 1
    assert [each.uid for each in practice.bookings] == [guest.uid()]
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])


# --- holds ---------------------------------------------------------------------------------------


def test_a_chosen_time_is_reserved_at_cal_com(practice: Practice, visit: Visits) -> None:
    """For nobody else to choose; its visitor books it all the same, and who leaves lets it go."""
    first, other = visit(practice.server), visit(practice.server)
    ten, eleven = '[href*="slot=2027-02-02T09:00:00Z"]', '[href*="slot=2027-02-02T10:00:00Z"]'

    first.open("/book/intro").pick(TUESDAY, "10:00")
    reserved = eventually(lambda: practice.held == [TEN])
    _knows(first)
    other.open("/book/intro")
    expect(other.page.locator(eleven)).to_have_count(1)
    expect(other.page.locator(ten)).to_have_count(0)
    first.fill()
    first.button("Confirm booking").click()
    expect(first.heading("Your booking is confirmed")).to_be_visible()
    used = eventually(lambda: practice.held == [])

    other.pick(TUESDAY, "11:00")
    _knows(other)
    kept = practice.held
    other.page.goto("about:blank")

    assert (reserved, used, kept) == (True, True, [TEN + timedelta(hours=1)])
    assert eventually(lambda: practice.held == [])
    assert len(practice.bookings) == 1


# --- a booker in another site's page -------------------------------------------------------------


@BOTH
def test_after_booking_in_a_frame_the_whole_window_goes_to_the_partners_page(
    clock: FrozenClock,
    make_app: Callable[..., Flask],
    serve: Callable[[Flask], Server],
    visit: Visits,
    options: dict[str, object],
) -> None:
    """At once with scripts, by a link without; the page is told of the booking (contracts/calcom.md 3.5)."""
    partner = partner_app()
    # Another site to a browser, not just another port.
    site = serve(partner).url.replace("127.0.0.1", "localhost")
    offers = {"intro": {"successRedirectUrl": f"{site}/done?from=mail"}}
    origins = {"BOOKER_EMBED_ORIGINS": [site], "BOOKER_REDIRECT_ORIGINS": [site]}
    with open_practice(clock, make_app, serve, offers=offers, **origins) as practice:
        partner.config["EMBEDS"] = f"{practice.server.url}/book/intro?utm_source=ad"
        guest = visit(practice.server, **options)
        guest.page.goto(f"{site}/")
        frame = guest.page.frame_locator("iframe")

        frame.get_by_role("link", name=TUESDAY).click()
        frame.get_by_role("link", name="10:00", exact=True).click()
        frame.get_by_label("Your name", exact=True).fill("Grace Hopper")
        frame.get_by_label("E-mail address", exact=True).fill(GRACE)
        frame.get_by_role("button", name="Confirm booking").click()
        if options:
            frame.get_by_role("link", name=re.compile("^Continue at localhost")).click()
        expect(guest.page).to_have_title("Done")
        (booking,) = practice.bookings

    address = guest.page.url
    told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert taken_elsewhere(guest) == [f"{site}/", address]
    expected = {
        "from": "mail",
        "utm_source": "ad",
        "isSuccessBookingPage": "true",
        "email": GRACE,
        "eventTypeSlug": "intro",
        "uid": booking.uid,
        "title": "Intro",
        "startTime": "2027-02-02T09:00:00Z",
        "endTime": "2027-02-02T09:30:00Z",
        "hostName": "Ann",
        "hostStartTime": "2027-02-02T10:00:00+01:00",
        "attendeeName": "Grace Hopper",
        "isEmbed": "true",
    }
    assert {name: told.get(name) for name in expected} == expected
    assert not {"token", "key", "hold", "csrf_token"} & told.keys()
