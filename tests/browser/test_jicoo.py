"""The flows of guests in a browser when the bookings are at Jicoo, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import EventKind
from booker_components.testing import FrozenClock, Recorder

from .jicoo import Practice, open_practice
from .servers import Server
from .talk import MARY, book_half_an_hour_later, expect_filled_in, fill_in
from .visits import NO_SCRIPTS, PHONE, THURSDAY, TUESDAY, Visit, eventually

Visits = Callable[..., Visit]

BOTH = pytest.mark.parametrize("options", [{}, NO_SCRIPTS], ids=["scripts", "no scripts"])

TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
GRACE = "grace@example.com"


@pytest.fixture
def practice(
    clock: FrozenClock, make_app: Callable[..., Flask], serve: Callable[[Flask], Server]
) -> Iterator[Practice]:
    """A practice with one event type of each sort."""
    with open_practice(clock, make_app, serve) as opened:
        yield opened


# --- one guest -----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [PHONE, NO_SCRIPTS], ids=["scripts on a phone", "no scripts"])
def test_a_guest_books_moves_and_cancels(
    practice: Practice, visit: Visits, recorder: Recorder, options: dict[str, object]
) -> None:
    """All that was typed is at Jicoo; moving keeps the uid, and what Jicoo does not keep is shown still."""
    guest = visit(practice.server, **options).open("/book/talk")
    fits = [guest.fits()]

    guest.pick(TUESDAY, "10:00")
    fill_in(guest)
    fits.append(guest.fits())
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    expect(guest.page.locator(".bk")).to_contain_text("A talk")
    uid = guest.uid()
    fits.append(guest.fits())

    guest.link("Reschedule this booking").click()
    guest.pick(THURSDAY, "14:00")
    guest.page.get_by_label("Why are you moving it?").fill("A train")
    guest.button("Move booking").click()
    expect(guest.heading("Your booking has been moved")).to_be_visible()
    expect(guest.page.locator("del")).to_contain_text("Tuesday 2 February 2027")
    moved = guest.uid()

    guest.link("Cancel this booking").click()
    guest.page.get_by_label("Why are you cancelling?").fill("A cold")
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()

    (booking,) = practice.bookings
    contact = booking.contact
    assert (booking.uid, moved) == (uid, uid)
    assert booking.start == datetime(2027, 2, 4, 13, 0, tzinfo=UTC)
    assert (contact.email, list(contact.cc), contact.message) == (GRACE, [MARY], "Back door")
    assert (booking.location, contact.phone) == ("phone", "+49 151 2345678")
    assert dict(contact.answers) == {
        "What is it about?": ["A talk"],
        "Size": ["Large"],
        "Days": ["Tue"],
        "I have read the rules.": ["I have read the rules."],
    }
    assert (booking.status, booking.cancel_reason) == ("cancel", "A cold")
    assert all(fits)
    assert eventually(lambda: len(recorder.kinds) == 3)
    assert recorder.kinds == [EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED]
    assert recorder.events[1].booking.reason == "A train"


@BOTH
def test_a_booking_waits_until_its_host_agrees_at_jicoo(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """The page says so, and after the host has agreed at Jicoo a reload says that."""
    guest = visit(practice.server, **options).open("/book/visit")
    guest.link(TUESDAY).click()
    guest.link("10:00").click()
    guest.fill()

    guest.button("Request booking").click()
    expect(guest.heading("Waiting for confirmation")).to_be_visible()
    practice.jicoo.approve(guest.uid())
    guest.page.reload()

    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    assert [each.status for each in practice.bookings] == ["open"]


# --- several guests ------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, PHONE | NO_SCRIPTS], ids=["scripts", "no scripts on a phone"])
def test_each_guest_of_a_class_has_a_place(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """The places that are left are shown; each guest's booking is their own, and who cancels frees one."""
    grace, mary = (visit(practice.server, **options) for _ in range(2))

    grace.book_at("class", "10:00 3 seats left", "Grace Hopper", GRACE)
    mary.book_at("class", "10:00 2 seats left", "Mary Jackson", MARY)
    uids = [grace.uid(), mary.uid()]
    fits = mary.fits()
    grace.link("Cancel this booking").click()
    grace.button("Cancel booking").click()
    expect(grace.heading("This booking was cancelled")).to_be_visible()

    grace.open("/book/class")
    expect(grace.page.locator('[href*="slot=2027-02-02T09:00:00Z"]')).to_contain_text("2 seats left")
    mary.page.reload()
    expect(mary.heading("Your booking is confirmed")).to_be_visible()
    expect(mary.page.locator(".bk")).not_to_contain_text("Grace")
    assert fits
    assert [each.uid for each in practice.bookings] == uids
    assert [each.status for each in practice.bookings] == ["cancel", "open"]


# --- taken meanwhile -----------------------------------------------------------------------------


@BOTH
def test_a_time_taken_at_jicoo_meanwhile_is_replaced_without_typing_again(
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
    assert practice.bookings[1].contact.message == "Back door"
    assert not any("grace" in each.lower() for each in guest.requests)


@BOTH
def test_a_time_that_jicoo_refuses_at_the_last_moment_is_replaced_too(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """It was free when it was looked at, and Jicoo answers the booking with 422: to a guest, it is taken."""
    guest = visit(practice.server, **options).open("/book/talk")
    guest.expected = ("status of 409",)
    guest.pick(TUESDAY, "10:00")
    fill_in(guest)
    practice.jicoo.next(delay=1, method="POST", path="/bookings")

    guest.button("Confirm booking").click(no_wait_after=True)
    sent = eventually(lambda: "POST /v1/bookings" in practice.sent)
    practice.take("talk", 9)

    others = guest.page.get_by_role("group", name="Other times on that day")
    expect(others.get_by_role("button", name="10:30")).to_be_visible()
    expect(guest.page.get_by_role("alert")).to_contain_text("just been taken")
    expect_filled_in(guest)
    assert sent
    assert 422 in [each.status for each in practice.jicoo.answers]
    assert len(practice.bookings) == 1


@BOTH
def test_two_tabs_book_a_time_once(practice: Practice, visit: Visits, options: dict[str, object]) -> None:
    """The form of the second tab is answered with the other times; the first one's booking stands."""
    guest = visit(practice.server, **options).open("/book/intro")
    guest.expected = ("status of 409",)
    guest.pick(TUESDAY, "10:00")
    guest.fill()
    # Another tab of the same browser, which has looked at the same time.
    first = guest.page
    guest.page = guest.context.new_page()
    guest.open("/book/intro")
    guest.pick(TUESDAY, "10:00")
    guest.fill()

    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    uid = guest.uid()
    guest.page = first
    guest.button("Confirm booking").click()

    expect(guest.page.get_by_role("group", name="Other times on that day")).to_be_visible()
    assert [each.uid for each in practice.bookings] == [uid]


@BOTH
def test_a_tab_that_moves_what_another_has_cancelled_is_told_so(
    practice: Practice, visit: Visits, options: dict[str, object]
) -> None:
    """The link of the open tab ends with the booking: nothing is moved."""
    guest = visit(practice.server, **options)
    guest.book_at("intro", "10:00", "Grace Hopper", GRACE)
    guest.expected = ("status of 409", "status of 410")
    address = guest.page.url
    guest.link("Reschedule this booking").click()
    guest.pick(THURSDAY, "14:00")
    first = guest.page
    guest.page = guest.context.new_page()
    guest.page.goto(address)
    guest.link("Cancel this booking").click()
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()

    guest.page = first
    guest.button("Move booking").click()

    expect(guest.heading("This link has expired")).to_be_visible()
    assert [(each.status, each.start) for each in practice.bookings] == [("cancel", TEN)]
    assert not any(each.endswith("/reschedule") for each in practice.sent)


# --- when Jicoo fails ----------------------------------------------------------------------------


@BOTH
def test_a_booking_is_made_once_although_jicoo_fails_twice(
    practice: Practice, visit: Visits, recorder: Recorder, options: dict[str, object]
) -> None:
    """Once it is down, which is said; then it books and does not answer, and the booking is found."""
    guest = visit(practice.server, **options).open("/book/talk")
    guest.expected = ("status of 503",)
    guest.pick(TUESDAY, "10:00")
    fill_in(guest)

    practice.jicoo.next(status=503, times=3, method="GET", path="/event_types/*/available_schedules")
    guest.button("Confirm booking").click()
    expect(guest.page.get_by_role("alert")).to_contain_text("not available right now")
    expect_filled_in(guest)
    practice.jicoo.heal()
    practice.jicoo.next(cut=True, perform=True, method="POST", path="/bookings")
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert [each.uid for each in practice.bookings] == [guest.uid()]
    assert practice.sent.count("POST /v1/bookings") == 1
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])


@BOTH
def test_a_form_that_is_sent_twice_makes_one_booking_at_jicoo(
    practice: Practice, visit: Visits, recorder: Recorder, options: dict[str, object]
) -> None:
    """By a double click, or without scripts also by going back: Jicoo is asked to book once."""
    guest = visit(practice.server, **options).open("/book/intro")
    guest.pick(TUESDAY, "10:00")
    guest.fill()

    guest.button("Confirm booking").dblclick()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    if options:
        guest.page.go_back()
        guest.button("Confirm booking").click()
        expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert practice.sent.count("POST /v1/bookings") == 1
    assert [each.uid for each in practice.bookings] == [guest.uid()]
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])
