"""Tests of booking: once for each request, whatever happens on the way."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from booker_components.errors import (
    EventTypeNotFound,
    InvalidRequest,
    NotBookable,
    OutcomeUnknown,
    ProviderRefused,
    ProviderUnavailable,
    SlotTaken,
)
from booker_components.policy import Rule
from booker_components.providers._once import fingerprint
from booker_components.providers.calcom.accounts import CalcomAccount
from booker_components.values import BookingStatus, Location, LocationKind, TimeWindow

from .samples import DAY, HALF_HOUR, HOURS, NINE, SEATS, ZOE, AtCalcom, slot

BO = replace(ZOE, name="Bo", email="bo@example.org")
WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}


# --- what is booked ------------------------------------------------------------------------------


def test_a_guest_books_without_the_hosts_credentials(at: AtCalcom) -> None:
    """Or Cal.com would take the host for the booker."""
    at.event_type()

    at.provider.book(at.request())

    sent = at.sent("POST", "/bookings")
    assert "Authorization" not in sent.headers
    assert sent.headers["cal-api-version"] == "2024-08-13"


def test_facts_are_kept_and_our_mark_is_not_shown(at: AtCalcom) -> None:
    """What the host app said comes back, and nothing else."""
    at.event_type()

    booking = at.provider.book(at.request(metadata={"crm": "42"}))

    assert dict(booking.metadata) == {"crm": "42"}
    assert "bookerKey" in at.sent("POST", "/bookings").json["metadata"]


def test_a_seat(at: AtCalcom) -> None:
    """Two guests share a time; each holds an own uid, and is told of nobody else."""
    at.event_type(seats=SEATS)

    one = at.provider.book(at.request(notes="Aisle", answers={"topic": "x"}))
    other = at.provider.book(at.request(attendee=BO))

    assert one.uid != other.uid
    assert one.shared == other.shared != ""
    assert (one.attendee, one.notes, dict(one.answers)) == (ZOE, "Aisle", {"topic": "x"})
    assert at.provider.get(one.uid).attendee == ZOE
    assert at.provider.get(other.uid).attendee.name == "Bo"


def test_a_full_time_is_taken(at: AtCalcom) -> None:
    """When the last seat goes while the form is filled in, and when it had gone before."""
    event_type = at.event_type(seats=SEATS | {"seatsPerTimeSlot": 1})
    at.starts(event_type)
    at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)

    with pytest.raises(SlotTaken):
        at.provider.book(at.request())
    with pytest.raises(SlotTaken):
        at.provider.book(at.request())


def test_a_series(at: AtCalcom) -> None:
    """One request, several bookings; the first is given, with all of them."""
    at.event_type(recurrence=WEEKLY)

    booking = at.provider.book(at.request(occurrences=2, key="form-1"))

    assert at.sent("POST", "/bookings").json["recurrenceCount"] == 2
    assert booking.start == NINE
    assert [each.start for each in booking.occurrences] == [NINE, NINE + timedelta(weeks=1)]
    assert at.provider.get(booking.series) == booking
    assert at.provider.book(at.request(occurrences=2, key="form-1")) == booking


def test_a_booking_that_needs_approval_waits(at: AtCalcom) -> None:
    """It is pending, and holds its time."""
    event_type = at.event_type(
        confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": True}
    )

    booking = at.provider.book(at.request())

    assert booking.status is BookingStatus.PENDING
    assert NINE not in at.starts(event_type)


def test_another_length_and_a_location_of_several(at: AtCalcom) -> None:
    """Both are named where there is a choice."""
    at.event_type(
        lengthInMinutesOptions=[30, 60],
        locations=[{"type": "attendeePhone"}, {"type": "address", "address": "1 Street", "public": True}],
    )
    call = Location(kind=LocationKind.ATTENDEE_PHONE, value="+49 30 123456")

    booking = at.provider.book(at.request(duration=2 * HALF_HOUR, location=call))

    assert booking.duration == 2 * HALF_HOUR
    assert booking.location == Location(kind=LocationKind.ATTENDEE_PHONE, value="+4930123456")
    assert booking.attendee.phone == "+4930123456"


def test_a_demanded_field_that_is_never_shown_does_not_keep_guests_out(at: AtCalcom) -> None:
    """Cal.com's own page books; its API wants an answer."""
    field = {"type": "text", "slug": "campaign", "label": "Campaign", "required": True, "hidden": True}
    at.event_type(bookingFields=[field])

    assert dict(at.provider.book(at.request()).answers) == {}
    assert dict(at.provider.book(at.request(slot(1), answers={"campaign": "spring"})).answers) == {
        "campaign": "spring"
    }


def test_a_private_event_type_is_booked_with_credentials(at: AtCalcom) -> None:
    """The only kind that is."""
    at.event_type(bookingRequiresAuthentication=True)

    at.provider.book(at.request())

    assert "Authorization" in at.sent("POST", "/bookings").headers
    with pytest.raises(NotBookable):
        at.other(CalcomAccount(username="ann")).book(at.request(slot(1)))


# --- what is refused -----------------------------------------------------------------------------


def test_a_price_is_paid_at_calcom(at: AtCalcom) -> None:
    """Nothing is sent, and the sentence says where."""
    event_type = at.event_type(price=500)

    with pytest.raises(NotBookable) as caught:
        at.provider.book(at.request())

    assert caught.value.sentence == event_type.elsewhere
    assert at.calls("POST") == []


@pytest.mark.parametrize(
    ("fields", "changes", "rule"),
    [
        ({"minimumBookingNotice": 3 * 24 * 60}, {}, Rule.NOTICE),
        ({"bookingWindow": {"type": "range", "value": ["2026-03-10", "2026-03-20"]}}, {}, Rule.HORIZON),
        ({}, {"start": NINE - timedelta(days=30)}, Rule.PAST),
        ({}, {"start": NINE + timedelta(minutes=7)}, Rule.GRID),
        ({}, {"duration": timedelta(minutes=17)}, Rule.DURATION),
    ],
    ids=["notice", "horizon", "past", "grid", "duration"],
)
def test_rules_refuse_before_anything_is_sent(
    at: AtCalcom, fields: dict[str, Any], changes: dict[str, Any], rule: Rule
) -> None:
    """And the key may be used again."""
    at.event_type(**fields)

    with pytest.raises(NotBookable) as caught:
        at.provider.book(at.request(**changes, key="form-1"))

    assert caught.value.rule == rule
    assert at.calls("POST") == []
    assert at.keys.read("form-1") is None


def test_a_time_that_was_taken_meanwhile(at: AtCalcom) -> None:
    """Known to be free some seconds ago, refused by Cal.com; the next page shows fresh times."""
    event_type = at.event_type()
    at.starts(event_type, zone=ZOE.zone)
    at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)

    with pytest.raises(SlotTaken):
        at.provider.book(at.request(key="form-1"))

    assert len(at.calls("POST", "/bookings")) == 1
    assert NINE not in at.starts(event_type)
    assert at.keys.read("form-1") is None


@pytest.mark.parametrize(
    ("count", "start", "told"),
    [
        pytest.param(3, NINE, "One of the dates is no longer free.", id="several dates"),
        pytest.param(None, NINE, "One of the dates is no longer free.", id="all dates"),
        pytest.param(1, NINE + timedelta(weeks=2), "That time has just been taken.", id="one date"),
    ],
)
def test_a_series_of_which_one_date_was_taken(
    at: AtCalcom, count: int | None, start: datetime, told: str
) -> None:
    """None of the dates is booked, and the guest is told that it may be a later one than the one chosen."""
    event_type = at.event_type(recurrence=WEEKLY)
    at.provider.slots(event_type, TimeWindow(start=start, end=start + HALF_HOUR))
    at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE + timedelta(weeks=2), count=1)

    with pytest.raises(SlotTaken) as caught:
        at.provider.book(at.request(start, occurrences=count))

    assert caught.value.sentence.startswith(told)
    assert len(at.fake.bookings) == 1


def test_what_calcom_refuses_in_unknown_words(at: AtCalcom) -> None:
    """If the slot is gone it was taken; if it is still there, nobody knows."""
    event_type = at.event_type()
    at.starts(event_type)
    at.fake.next(status=400, words="Something new", method="POST", path="/bookings", times=2)

    with pytest.raises(ProviderRefused) as caught:
        at.provider.book(at.request())
    assert "Something new" not in caught.value.message + caught.value.sentence

    at.starts(event_type)
    at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)
    with pytest.raises(SlotTaken):
        at.provider.book(at.request())


def test_an_event_type_that_has_changed_meanwhile(at: AtCalcom) -> None:
    """Cal.com's answer counts, and the next page asks for the event type again."""
    event_type = at.event_type()
    at.starts(event_type)
    topic = {"type": "text", "slug": "topic", "label": "Topic", "required": True}
    changed = at.fake.add_event_type(at.user, "changed", bookingFields=[topic])
    at.fake.store.event_types[int(event_type.id)].fields["bookingFields"] = changed.fields["bookingFields"]

    with pytest.raises(NotBookable):
        at.provider.book(at.request())

    assert "topic" in [each.slug for each in at.provider.event_type("intro").questions]


def test_a_wrong_answer_is_told_by_its_field(at: AtCalcom) -> None:
    """As far as our own check lets it through."""
    at.event_type(bookingFields=[{"type": "phone", "slug": "attendeePhoneNumber", "required": True}])

    with pytest.raises(InvalidRequest) as caught:
        at.provider.book(at.request(answers={"attendeePhoneNumber": "12345"}))

    assert list(caught.value.problems) == ["attendeePhoneNumber"]


def test_an_event_type_that_is_gone(at: AtCalcom) -> None:
    """A minute ago it was there."""
    event_type = at.event_type()
    at.starts(event_type)
    del at.fake.store.event_types[int(event_type.id)]

    with pytest.raises(EventTypeNotFound):
        at.provider.book(at.request())


def test_too_many_calls(at: AtCalcom) -> None:
    """A create that was refused for the number of calls has made nothing; the key is free."""
    event_type = at.event_type()
    at.starts(event_type)
    at.fake.throttle(method="POST", path="/bookings")

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.book(at.request(key="form-1"))

    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.keys.read("form-1") is None


# --- holds ---------------------------------------------------------------------------------------


def test_the_own_hold_does_not_hide_the_own_slot(at: AtCalcom) -> None:
    """It is given up once the booking stands."""
    event_type = at.event_type()
    hold = at.provider.hold(event_type, NINE)
    assert NINE not in at.starts(event_type)

    booking = at.provider.book(at.request(hold=hold.uid))

    assert booking.start == NINE
    assert at.provider.held(hold.uid) is None


def test_a_hold_of_something_else_helps_nobody(at: AtCalcom) -> None:
    """Another slot's, another event type's, or one that has lapsed."""
    event_type, other = at.event_type(), at.event_type("other")
    at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)
    foreign = at.provider.hold(other, slot(3))
    elsewhere = at.provider.hold(event_type, slot(4))

    for hold in (foreign.uid, elsewhere.uid, "nothing", "../x"):
        with pytest.raises(SlotTaken):
            at.provider.book(at.request(hold=hold))


def test_a_hold_that_cannot_be_given_up_is_no_reason_to_fail(at: AtCalcom) -> None:
    """It lapses by itself."""
    hold = at.provider.hold(at.event_type(), NINE)
    at.fake.next(status=503, method="DELETE", path="/slots/*")

    assert at.provider.book(at.request(hold=hold.uid)).start == NINE


# --- the same form twice -------------------------------------------------------------------------


def test_a_form_that_is_sent_twice_books_once(at: AtCalcom) -> None:
    """Even after the booking has changed: it is given as it now stands."""
    at.event_type()
    first = at.provider.book(at.request(key="form-1"))

    assert at.provider.book(at.request(key="form-1")) == first
    at.provider.cancel(first.uid)
    assert at.provider.book(at.request(key="form-1")).status is BookingStatus.CANCELLED
    assert len(at.calls("POST", "/bookings")) == 2


def test_a_form_whose_seat_was_given_up_may_make_another_one(at: AtCalcom) -> None:
    """Cal.com knows the seat no more; the guest is asked whether it shall be booked anew."""
    at.event_type(seats=SEATS)
    seat = at.provider.book(at.request(key="form-1"))
    at.provider.cancel(seat.uid)

    with pytest.raises(NotBookable) as caught:
        at.provider.book(at.request(key="form-1"))

    assert caught.value.rule == Rule.REPEATED


def test_without_a_key_every_request_is_another(at: AtCalcom) -> None:
    """And each has a mark of its own."""
    at.event_type(seats=SEATS)

    at.provider.book(at.request())
    at.provider.book(at.request(attendee=BO))

    marks = [each.json["metadata"]["bookerKey"] for each in at.fake.requests if each.method == "POST"]
    assert len(set(marks)) == 2


def test_forms_that_are_sent_at_the_same_moment_book_once(at: AtCalcom) -> None:
    """The later ones wait for the outcome of the first."""
    event_type = at.event_type()
    at.starts(event_type)
    at.fake.next(delay=0.2, method="POST", path="/bookings")
    patient = at.other(at.account, sleep=lambda seconds: time.sleep(0.2))

    with ThreadPoolExecutor(4) as pool:
        bookings = list(pool.map(lambda _: patient.book(at.request(key="form-1")), range(4)))

    assert len({each.uid for each in bookings}) == 1
    assert len(at.calls("POST", "/bookings")) == 1


def test_somebody_elses_call_is_waited_for_and_not_for_ever(at: AtCalcom) -> None:
    """The guest is told to wait."""
    at.event_type()
    at.keys.claim("form-1", fingerprint(at.request()))

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.book(at.request(key="form-1"))

    assert not isinstance(caught.value, OutcomeUnknown)
    assert "being made" in caught.value.sentence
    assert 0 < sum(at.naps) <= 10
    assert at.calls("POST") == []


def test_a_key_is_taken_over_from_a_crash(at: AtCalcom) -> None:
    """What the crashed call has made is looked up; if it made nothing, it is made now."""
    at.event_type()
    request = at.request(key="form-1")
    at.keys.claim("form-1", fingerprint(request))
    at.clock.move(timedelta(seconds=61))

    booking = at.provider.book(request)

    assert at.keys.read("form-1").uid == booking.uid  # type: ignore[union-attr]


def test_what_a_crash_left_behind_is_found(at: AtCalcom) -> None:
    """By the mark in the booking: the process ended before it could keep the uid."""
    at.event_type()
    request = at.request(key="form-1")
    made = at.provider.book(request)
    at.keys.keep("form-1", "")
    at.clock.move(timedelta(seconds=61))

    assert at.provider.book(request) == made
    assert len(at.calls("POST", "/bookings")) == 1


def test_a_stale_key_stays_closed_where_nothing_can_be_looked_up(stranger: AtCalcom) -> None:
    """Booking blindly could book twice."""
    stranger.event_type()
    request = stranger.request(key="form-1")
    stranger.keys.claim("form-1", fingerprint(request))
    stranger.clock.move(timedelta(seconds=61))

    with pytest.raises(OutcomeUnknown):
        stranger.provider.book(request)

    assert stranger.calls("POST") == []


def test_who_was_taken_over_from_books_no_more(at: AtCalcom) -> None:
    """Its checks took too long; it gives what the other has made."""
    at.event_type(seats=SEATS)
    at.fake.next(delay=0.8, method="GET", path="/slots")
    patient = at.other(at.account, sleep=lambda seconds: time.sleep(0.05))

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(patient.book, at.request(key="form-1"))
        while at.keys.read("form-1") is None:
            time.sleep(0.01)
        at.clock.move(timedelta(seconds=61))
        quick = patient.book(at.request(key="form-1"))
        first = slow.result(10)

    assert first == quick
    assert len(at.calls("POST", "/bookings")) == 1


# --- no answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [{"cut": True}, {"status": 500}, {"status": 504}, {"garbage": True}],
    ids=["cut", "500", "504", "garbage"],
)
def test_a_booking_whose_answer_was_lost_is_found(at: AtCalcom, fault: dict[str, Any]) -> None:
    """It is looked up by guest, start and mark, and made no second time."""
    at.event_type()
    at.fake.next(**fault, perform=True, method="POST", path="/bookings")

    booking = at.provider.book(at.request(key="form-1"))

    assert booking == at.provider.get(booking.uid)
    assert at.provider.book(at.request(key="form-1")) == booking
    assert len(at.fake.bookings) == 1


def test_a_seat_whose_answer_was_lost_is_found(at: AtCalcom) -> None:
    """Among the others of its time."""
    at.event_type(seats=SEATS)
    at.provider.book(at.request(attendee=BO))
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")

    assert at.provider.book(at.request()).attendee == ZOE


def test_a_series_whose_answer_was_lost_is_found(at: AtCalcom) -> None:
    """All of it."""
    at.event_type(recurrence=WEEKLY)
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")

    assert len(at.provider.book(at.request(key="form-1")).occurrences) == 3


def test_an_older_booking_of_the_same_guest_is_not_taken_for_it(at: AtCalcom) -> None:
    """Only the mark tells: she may have the same time with another host, or had it before."""
    at.event_type()
    gone = at.provider.book(at.request(key="form-1"))
    at.provider.cancel(gone.uid)
    at.fake.next(cut=True, method="POST", path="/bookings")

    with pytest.raises(ProviderUnavailable):
        at.provider.book(at.request(key="form-2"))


def test_a_booking_that_was_not_made_may_be_tried_again(at: AtCalcom) -> None:
    """After some looks it is certain enough, and the key is free."""
    at.event_type()
    at.fake.next(cut=True, method="POST", path="/bookings")

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.book(at.request(key="form-1"))

    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.naps == [1.0, 1.0]
    assert at.provider.book(at.request(key="form-1")).start == NINE


def _lands(at: AtCalcom) -> None:
    """Let Cal.com do at last what the newest call of ours wanted."""
    requests.post(
        f"{at.fake.url}/bookings",
        json=at.sent("POST", "/bookings").json,
        headers={"cal-api-version": "2024-08-13"},
        timeout=10,
    )


def test_a_booking_that_is_made_late_is_found_by_the_next_try(at: AtCalcom) -> None:
    """Cal.com was slower than all our looks: the guest gets that seat, and no second one."""
    at.event_type(seats=SEATS)
    at.fake.next(cut=True, method="POST", path="/bookings")
    with pytest.raises(ProviderUnavailable):
        at.provider.book(at.request(key="form-1"))

    _lands(at)
    booking = at.provider.book(at.request(key="form-1"))

    assert [each.seat for each in at.fake.bookings[0].attendees] == [booking.uid]


@pytest.mark.parametrize("path", ["/slots", "/bookings"], ids=["before the check", "before the call"])
def test_a_booking_that_is_made_even_later_is_no_taken_slot(at: AtCalcom, path: str) -> None:
    """The time is taken, by the guest's own first try."""
    event_type = at.event_type()
    at.fake.next(cut=True, method="POST", path="/bookings")
    with pytest.raises(ProviderUnavailable):
        at.provider.book(at.request(key="form-1"))
    if path == "/bookings":
        at.starts(event_type)
    lost = at.sent("POST", "/bookings").json
    at.fake.next(delay=0.4, method="GET" if path == "/slots" else "POST", path=path)
    at.fake.requests.clear()

    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(at.provider.book, at.request(key="form-1"))
        while not at.calls("GET", "/bookings"):
            time.sleep(0.01)
        at.fake.book(
            at.fake.store.event_types[int(event_type.id)], NINE, email=ZOE.email, metadata=lost["metadata"]
        )
        booking = again.result(10)

    assert [each.uid for each in at.fake.bookings] == [booking.uid]
    assert at.keys.read("form-1").uid == booking.uid  # type: ignore[union-attr]


def test_another_time_may_be_booked_after_a_lost_call(at: AtCalcom) -> None:
    """The form has the same key, and has made nothing."""
    at.event_type()
    at.fake.next(cut=True, method="POST", path="/bookings")
    with pytest.raises(ProviderUnavailable):
        at.provider.book(at.request(key="form-1"))

    assert at.provider.book(at.request(slot(1), key="form-1")).start == slot(1)


def test_a_lost_answer_about_another_host_stays_unknown(at: AtCalcom) -> None:
    """Our credentials list the bookings of their own user: that nothing is found proves nothing."""
    bo = at.fake.add_user("bo", hours=HOURS)
    at.fake.add_event_type(bo, "intro")
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")

    with pytest.raises(OutcomeUnknown):
        at.provider.book(at.request(owner="bo", key="form-1"))
    at.clock.move(timedelta(seconds=61))
    with pytest.raises(OutcomeUnknown):
        at.provider.book(at.request(owner="bo", key="form-1"))

    assert len(at.fake.bookings) == 1


def test_a_lost_answer_about_a_team_is_looked_up(at: AtCalcom) -> None:
    """Its members list its bookings, whoever hosts."""
    bo = at.fake.add_user("bo", hours=HOURS)
    at.fake.add_event_type(at.fake.add_team("sales", at.user, bo), "demo")
    provider = at.other(replace(at.account, username="", team="sales"))
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")

    booking = provider.book(at.request(event_type="demo", key="form-1"))

    assert provider.get(booking.uid) == booking


def test_without_credentials_a_lost_answer_stays_unknown(stranger: AtCalcom) -> None:
    """The form cannot be sent again blindly."""
    stranger.event_type()
    stranger.fake.next(cut=True, perform=True, method="POST", path="/bookings")

    with pytest.raises(OutcomeUnknown):
        stranger.provider.book(stranger.request(key="form-1"))
    stranger.clock.move(timedelta(seconds=61))
    with pytest.raises(OutcomeUnknown):
        stranger.provider.book(stranger.request(key="form-1"))

    assert len(stranger.fake.bookings) == 1


def test_a_look_that_fails_leaves_the_outcome_unknown(at: AtCalcom) -> None:
    """Nobody can tell."""
    at.event_type()
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")
    at.fake.next(status=503, times=3, method="GET", path="/bookings")

    with pytest.raises(OutcomeUnknown):
        at.provider.book(at.request(key="form-1"))

    assert at.keys.read("form-1").uid == ""  # type: ignore[union-attr]


def test_an_answer_that_makes_no_sense_is_looked_up_too(at: AtCalcom) -> None:
    """It said that the booking was made."""
    at.event_type()
    at.fake.next(
        status=201,
        body={"status": "success", "data": {"uid": "x"}},
        perform=True,
        method="POST",
        path="/bookings",
    )

    booking = at.provider.book(at.request(key="form-1"))

    assert at.provider.get(booking.uid) == booking


def test_a_host_who_cannot_be_reached_has_made_nothing(at: AtCalcom) -> None:
    """The key is free at once."""
    event_type = at.event_type()
    at.provider.slots(event_type, TimeWindow(start=DAY.start, end=DAY.end))
    at.fake.close()

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.book(at.request(key="form-1"))

    at.fake.start()
    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.keys.read("form-1") is None
