"""Tests of moving and cancelling: bookings, seats, series, and what becomes of lost answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booker_components.errors import (
    BookingClosed,
    BookingNotFound,
    InvalidRequest,
    NotBookable,
    OutcomeUnknown,
    ProviderRefused,
    ProviderUnavailable,
    SlotTaken,
    Unsupported,
)
from booker_components.policy import Rule
from booker_components.providers.calcom.accounts import CalcomAccount
from booker_components.values import Booking, BookingStatus, CancelScope

from .samples import HALF_HOUR, NINE, SEATS, ZOE, AtCalcom, slot

WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
BO = replace(ZOE, name="Bo", email="bo@example.org")
WEEK = timedelta(weeks=1)


def booked(at: AtCalcom, **fields: Any) -> Booking:
    """Make an event type with *fields* and a booking of it at nine."""
    at.event_type(**fields)
    return at.provider.book(at.request())


# --- moving --------------------------------------------------------------------------------------


def test_a_move_makes_a_new_booking(at: AtCalcom) -> None:
    """The old one is closed and leads to it, so that the link in the first mail works."""
    old = booked(at)

    new = at.provider.reschedule(old.uid, slot(3), reason="Train late", by="guest")

    assert (new.start, new.former_start, new.replaces) == (slot(3), NINE, old.uid)
    assert (new.reason, new.changed_by) == ("Train late", "guest")
    left = at.provider.get(old.uid)
    assert (left.status, left.replaced_by) == (BookingStatus.CANCELLED, new.uid)
    assert at.provider.get(new.uid) == new
    assert at.other(at.account).get(new.uid) == new


def test_a_guest_moves_without_the_hosts_credentials(at: AtCalcom) -> None:
    """Or nobody would be asked to confirm."""
    old = booked(at)

    at.provider.reschedule(old.uid, slot(3), reason="Late", by="guest")

    sent = at.sent("POST", "/reschedule")
    assert "Authorization" not in sent.headers
    assert sent.json == {
        "start": "2026-03-03T10:30:00Z",
        "rescheduledBy": "zoe@example.org",
        "reschedulingReason": "Late",
    }


def test_a_host_moves_with_them(at: AtCalcom) -> None:
    """By the host's address Cal.com asks nobody to confirm."""
    old = booked(at, confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": True})

    new = at.provider.reschedule(old.uid, slot(3), by="host")

    sent = at.sent("POST", "/reschedule")
    assert sent.json["rescheduledBy"] == "ann@example.com"
    assert "Authorization" in sent.headers
    assert (new.status, new.changed_by) == (BookingStatus.CONFIRMED, "host")


def test_a_seat_moves_alone_and_keeps_its_uid(at: AtCalcom) -> None:
    """The others stay; the API takes no reason for it."""
    seat = booked(at, seats=SEATS)
    other = at.provider.book(at.request(attendee=BO))

    moved = at.provider.reschedule(seat.uid, slot(2), reason="Late", by="guest")

    assert at.sent("POST", "/reschedule").json.keys() == {"start", "rescheduledBy", "seatUid"}
    assert (moved.uid, moved.start, moved.replaces, moved.former_start) == (seat.uid, slot(2), "", NINE)
    assert (moved.attendee, moved.changed_by) == (ZOE, "guest")
    assert moved.shared != seat.shared
    assert at.provider.get(other.uid).start == NINE
    assert at.provider.get(seat.uid).start == slot(2)


def test_a_shared_booking_is_not_moved_by_who_knows_its_uid(at: AtCalcom) -> None:
    """It is public; and the API answers a move without a seat with an error of its own."""
    seat = booked(at, seats=SEATS)

    with pytest.raises(BookingClosed) as caught:
        at.provider.reschedule(seat.shared, slot(2))

    assert caught.value.rule == Rule.SEAT
    assert at.calls("POST", "/bookings/") == []


def test_one_booking_of_a_series_moves(at: AtCalcom) -> None:
    """By its own uid, or the next to come by that of the series."""
    series = booked(at, recurrence=WEEKLY)
    second = series.occurrences[1]

    moved = at.provider.reschedule(second.uid, slot(3) + WEEK)
    first = at.provider.reschedule(series.series, slot(4))

    assert (moved.former_start, moved.replaces, moved.series) == (NINE + WEEK, second.uid, series.series)
    assert first.replaces == series.uid


@pytest.mark.parametrize(
    ("start", "error"),
    [
        (NINE, NotBookable),
        (NINE + timedelta(minutes=7), NotBookable),
        (slot(1), SlotTaken),
    ],
    ids=["same", "off the grid", "taken"],
)
def test_times_to_which_a_guest_cannot_move(at: AtCalcom, start: Any, error: type[Exception]) -> None:
    """What the API does not refuse, we do."""
    old = booked(at)
    at.provider.book(at.request(slot(1)))
    at.fake.requests.clear()

    with pytest.raises(error):
        at.provider.reschedule(old.uid, start, by="guest")

    assert at.calls("POST") == []
    assert at.provider.get(old.uid) == old


def test_a_host_is_held_to_what_calcom_refuses_only(at: AtCalcom) -> None:
    """The answer is Cal.com's."""
    old = booked(at)
    at.provider.book(at.request(slot(1)))

    with pytest.raises(SlotTaken):
        at.provider.reschedule(old.uid, slot(1), by="host")


def test_what_is_closed_or_past_cannot_be_moved(at: AtCalcom) -> None:
    """Status and time are looked at here: the API does not."""
    old = booked(at)
    other = at.provider.book(at.request(slot(1)))
    at.provider.cancel(other.uid)

    with pytest.raises(BookingClosed) as closed:
        at.provider.reschedule(other.uid, slot(2))
    at.clock.set(NINE)
    with pytest.raises(BookingClosed) as past:
        at.provider.reschedule(old.uid, slot(4))

    assert (closed.value.rule, past.value.rule) == (Rule.CANCELLED, Rule.PAST)


def test_what_has_begun_can_be_moved_where_the_host_allows_it(at: AtCalcom) -> None:
    """Somebody who missed it takes another time; Cal.com asks no more than its own pages do."""
    old = booked(at, allowReschedulingPastBookings=True)
    at.clock.set(NINE + timedelta(minutes=40))

    assert at.provider.event_type_of(old).reschedule.begun
    assert at.provider.reschedule(old.uid, slot(4), by="guest").start == slot(4)


def test_a_booking_of_a_deleted_event_type_cannot_be_moved(at: AtCalcom) -> None:
    """There is no time to move to."""
    old = booked(at)
    data = at.fake.requests[-1].answer.json["data"] | {"eventType": None, "eventTypeId": None}  # type: ignore[union-attr]
    at.fake.next(method="GET", path="/bookings/*", status=200, body={"status": "success", "data": data})

    with pytest.raises(BookingClosed) as caught:
        at.provider.reschedule(old.uid, slot(3))

    assert caught.value.rule == Rule.GONE


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (400, "Can't reschedule booking because it has been cancelled.", BookingClosed),
        (400, "User either already has booking at this time or is not available", SlotTaken),
        (400, "Something new", ProviderRefused),
        (404, "gone", BookingNotFound),
    ],
)
def test_refusals(at: AtCalcom, status: int, words: str, error: type[Exception]) -> None:
    """In doubt the slots tell: this one is still there."""
    old = booked(at)
    at.fake.next(status=status, words=words, method="POST", path="/bookings/*")

    with pytest.raises(error):
        at.provider.reschedule(old.uid, slot(3), by="guest")


def test_in_doubt_a_slot_that_is_gone_was_taken(at: AtCalcom) -> None:
    """Whatever Cal.com says of it."""
    old = booked(at)
    made = at.fake.bookings[0].event_type
    at.fake.next(status=400, words="Something new", method="POST", path="/bookings/*")
    at.fake.book(made, slot(3))

    with pytest.raises(SlotTaken):
        at.provider.reschedule(old.uid, slot(3), by="host")


# --- moving without an answer --------------------------------------------------------------------


def test_a_move_whose_answer_was_lost_is_found(at: AtCalcom) -> None:
    """The old booking names the new one."""
    old = booked(at)
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings/*")

    new = at.provider.reschedule(old.uid, slot(3), by="guest")

    assert (new.start, new.replaces, new.former_start) == (slot(3), old.uid, NINE)


def test_a_seat_whose_move_was_not_answered_is_found(at: AtCalcom) -> None:
    """It stands at the new time."""
    seat = booked(at, seats=SEATS)
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings/*")

    moved = at.provider.reschedule(seat.uid, slot(3), by="guest")

    assert (moved.uid, moved.start, moved.former_start) == (seat.uid, slot(3), NINE)


def test_a_move_that_did_not_happen_may_be_tried_again(at: AtCalcom) -> None:
    """After some looks."""
    old = booked(at)
    at.fake.next(cut=True, method="POST", path="/bookings/*")

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.reschedule(old.uid, slot(3), by="guest")

    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.naps == [1.0, 1.0]
    assert at.provider.reschedule(old.uid, slot(3), by="guest").start == slot(3)


def test_a_move_that_nobody_can_look_at_stays_unknown(at: AtCalcom) -> None:
    """The guest is told to look into the mail."""
    old = booked(at)
    at.provider.event_type_of(old)
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings/*")
    at.fake.next(method="GET", path="/bookings/*")
    at.fake.next(status=503, times=9, method="GET", path="/bookings/*")

    with pytest.raises(OutcomeUnknown):
        at.provider.reschedule(old.uid, slot(3), by="guest")


def test_a_move_whose_answer_makes_no_sense_is_found(at: AtCalcom) -> None:
    """It said that the booking was moved."""
    old = booked(at)
    garbage = {"status": "success", "data": {"uid": "x"}}
    at.fake.next(status=201, body=garbage, perform=True, method="POST", path="/bookings/*")

    assert at.provider.reschedule(old.uid, slot(3), by="guest").start == slot(3)


def test_somebody_else_may_have_moved_it_meanwhile(at: AtCalcom) -> None:
    """Then it is not where the guest wanted it."""
    old = booked(at)
    at.fake.next(cut=True, method="POST", path="/bookings/*")
    at.fake.next(method="GET", path="/bookings/*")

    def move(_seconds: float) -> None:
        at.fake.reschedule(old.uid, slot(5))

    with pytest.raises(BookingClosed):
        at.other(at.account, sleep=move).reschedule(old.uid, slot(3), by="guest")


# --- cancelling ----------------------------------------------------------------------------------


def test_a_guest_cancels_without_credentials_and_without_a_reason(at: AtCalcom) -> None:
    """Of a host Cal.com would want one."""
    old = booked(at)

    cancelled = at.provider.cancel(old.uid, by="guest")

    sent = at.sent("POST", "/cancel")
    assert ("Authorization" in sent.headers, sent.json) == (False, {})
    assert (cancelled.status, cancelled.reason, cancelled.changed_by) == (
        BookingStatus.CANCELLED,
        "",
        "guest",
    )
    assert at.provider.get(old.uid) == cancelled


def test_a_host_says_why(at: AtCalcom) -> None:
    """The field that asks for it is named if it is missing."""
    old = booked(at)

    with pytest.raises(InvalidRequest) as caught:
        at.provider.cancel(old.uid, by="host")
    cancelled = at.provider.cancel(old.uid, reason="Ill", by="host")

    assert list(caught.value.problems) == ["reason"]
    assert (cancelled.reason, cancelled.changed_by) == ("Ill", "host")
    assert at.provider.get(old.uid) == cancelled


def test_a_seat_is_given_up_alone(at: AtCalcom) -> None:
    """It is found no more; the others stay."""
    seat = booked(at, seats=SEATS)
    other = at.provider.book(at.request(attendee=BO))

    gone = at.provider.cancel(seat.uid, reason="Ill", by="guest")

    assert at.sent("POST", "/cancel").json == {"seatUid": seat.uid, "cancellationReason": "Ill"}
    assert (gone.uid, gone.status, gone.revision, gone.attendee) == (
        seat.uid,
        BookingStatus.CANCELLED,
        2,
        ZOE,
    )
    assert (gone.reason, gone.changed_by) == ("Ill", "guest")
    assert at.provider.get(other.uid).is_open
    with pytest.raises(BookingNotFound):
        at.provider.get(seat.uid)


def test_a_shared_booking_is_cancelled_by_its_host_alone(at: AtCalcom) -> None:
    """Whoever else knows its uid may not."""
    seat = booked(at, seats=SEATS)

    with pytest.raises(BookingClosed) as caught:
        at.provider.cancel(seat.shared, by="guest")
    cancelled = at.provider.cancel(seat.shared, reason="Ill", by="host")

    assert caught.value.rule == Rule.SEAT
    assert (cancelled.status, cancelled.changed_by) == (BookingStatus.CANCELLED, "host")


@pytest.mark.parametrize(
    ("scope", "number", "open_left"),
    [
        (CancelScope.ONE, 1, [True, False, True]),
        (CancelScope.FOLLOWING, 1, [True, False, False]),
        (CancelScope.FOLLOWING, 2, [True, True, False]),
        (CancelScope.ALL, 0, [False, False, False]),
    ],
    ids=["one", "this and following", "the last and following", "all"],
)
def test_as_much_of_a_series_is_cancelled_as_is_wanted(
    at: AtCalcom, scope: CancelScope, number: int, open_left: list[bool]
) -> None:
    """The one that was named is given, with what else was cancelled."""
    series = booked(at, recurrence=WEEKLY)
    uid = series.occurrences[number].uid

    cancelled = at.provider.cancel(uid, scope=scope, by="guest")

    now = at.provider.get(series.series).occurrences
    assert [each.status is BookingStatus.CONFIRMED for each in now] == open_left
    assert (cancelled.uid, cancelled.status) == (uid, BookingStatus.CANCELLED)
    gone = {each.uid for each in now if each.status is BookingStatus.CANCELLED}
    assert gone <= {each.uid for each in cancelled.each()}


def test_all_of_a_series_by_its_own_uid(at: AtCalcom) -> None:
    """What is past stays as it was."""
    series = booked(at, recurrence=WEEKLY)
    at.clock.set(NINE + timedelta(hours=1))

    cancelled = at.provider.cancel(series.series, scope=CancelScope.ALL)

    now = at.provider.get(series.series).occurrences
    assert [each.status is BookingStatus.CONFIRMED for each in now] == [True, False, False]
    assert cancelled.uid == series.occurrences[1].uid


def test_more_than_one_of_a_booking_alone_is_the_booking(at: AtCalcom) -> None:
    """Links say "all remaining" of every kind."""
    old = booked(at)

    assert at.provider.cancel(old.uid, scope=CancelScope.ALL).status is BookingStatus.CANCELLED


def test_the_seats_of_a_series_are_cancelled_one_by_one(at: AtCalcom) -> None:
    """The API has nothing else."""
    seat = booked(at, seats=SEATS, recurrence=WEEKLY)

    with pytest.raises(Unsupported):
        at.provider.cancel(seat.uid, scope=CancelScope.ALL)


def test_what_is_closed_cannot_be_cancelled(at: AtCalcom) -> None:
    """Cancelled before, over, or not to be cancelled at all."""
    old = booked(at)
    fixed = at.event_type("fixed", disableCancelling={"disabled": True})
    other = at.provider.book(at.request(slot(1), event_type=fixed.slug))
    over = at.provider.book(at.request(slot(2)))
    at.provider.cancel(old.uid)

    with pytest.raises(BookingClosed) as again:
        at.provider.cancel(old.uid)
    with pytest.raises(BookingClosed) as not_at_all:
        at.provider.cancel(other.uid)
    at.clock.set(slot(2) + 3 * HALF_HOUR)
    with pytest.raises(BookingClosed) as past:
        at.provider.cancel(over.uid)

    rules = (again.value.rule, not_at_all.value.rule, past.value.rule)
    assert rules == (Rule.CANCELLED, Rule.NOT_ALLOWED, Rule.PAST)


def test_a_cancellation_whose_answer_was_lost_is_found(at: AtCalcom) -> None:
    """Of a booking and of a seat."""
    old = booked(at)
    at.event_type("shared", seats=SEATS)
    seat = at.provider.book(at.request(slot(1), event_type="shared"))
    at.fake.next(cut=True, perform=True, times=2, method="POST", path="/bookings/*/cancel")

    cancelled = at.provider.cancel(old.uid, reason="Ill", by="guest")
    given_up = at.provider.cancel(seat.uid, reason="Ill", by="guest")

    assert (cancelled.status, cancelled.reason) == (BookingStatus.CANCELLED, "Ill")
    assert (given_up.uid, given_up.status) == (seat.uid, BookingStatus.CANCELLED)
    assert (given_up.reason, given_up.changed_by) == ("Ill", "guest")


def test_a_cancellation_that_did_not_happen_may_be_tried_again(at: AtCalcom) -> None:
    """After some looks."""
    old = booked(at)
    at.fake.next(cut=True, method="POST", path="/bookings/*/cancel")

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.cancel(old.uid)

    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.provider.cancel(old.uid).status is BookingStatus.CANCELLED


def test_wrong_credentials_close_nothing(at: AtCalcom) -> None:
    """A host whose key is refused has something else to mend."""
    old = booked(at)
    broken = at.other(CalcomAccount(username="ann", api_key="cal_wrong"))

    with pytest.raises(ProviderRefused):
        broken.cancel(old.uid, reason="Ill", by="host")
