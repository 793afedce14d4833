"""Tests of free slots: what is read, what is asked, how often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booker_components.errors import (
    BookingNotFound,
    EventTypeNotFound,
    NotBookable,
    ProviderError,
    ProviderUnavailable,
    SlotTaken,
)
from booker_components.providers.calcom.accounts import CalcomAccount
from booker_components.providers.calcom.slots import read_slots
from booker_components.values import Slot, TimeWindow

from . import samples
from .samples import DAY, HALF_HOUR, NINE, SEATS, AtCalcom, slot


def window(start: str, end: str) -> TimeWindow:
    """Give a window of UTC."""
    return TimeWindow(start=datetime.fromisoformat(start), end=datetime.fromisoformat(end))


# --- reading -------------------------------------------------------------------------------------


def test_instants_are_read_and_dates_are_not() -> None:
    """A slot may stand under another date; without an end it has the length that was asked for."""
    slots = list(read_slots(samples.answer("slots"), HALF_HOUR))

    seven = datetime(2031, 5, 6, 7, 0, tzinfo=UTC)
    assert [each.start for each in slots] == [
        seven,
        seven + HALF_HOUR,
        datetime(2031, 5, 6, 22, 30, tzinfo=UTC),
    ]
    assert {each.end - each.start for each in slots} == {HALF_HOUR}
    assert {each.seats_left for each in slots} == {None}


def test_full_slots_are_left_out() -> None:
    """The others tell how many seats are left."""
    slots = list(read_slots(samples.answer("slots_seated"), HALF_HOUR))

    assert [(each.start.hour, each.seats_left, each.seats_total) for each in slots] == [(7, 4, 4), (9, 1, 4)]


@pytest.mark.parametrize(
    "data",
    [None, [], {"2031-05-06": {}}, {"2031-05-06": ["09:00"]}, {"2031-05-06": [{"start": "nine"}]}],
    ids=str,
)
def test_garbage_is_a_provider_error(data: Any) -> None:
    """Never a KeyError."""
    with pytest.raises(ProviderError):
        list(read_slots(data, HALF_HOUR))


# --- asking --------------------------------------------------------------------------------------


def test_slots_of_the_window_and_no_others(at: AtCalcom) -> None:
    """A whole month is asked for, and cut to the window exactly: its end is not in it."""
    event_type = at.event_type()

    found = at.provider.slots(event_type, TimeWindow(start=slot(1), end=slot(3)))

    assert found == (
        Slot(start=slot(1), end=slot(2)),
        Slot(start=slot(2), end=slot(3)),
    )


def test_the_request_names_the_event_type_by_id_and_the_hosts_zone(at: AtCalcom) -> None:
    """Starts are aligned in that zone; there is one length, so none is asked for."""
    event_type = at.event_type()

    at.provider.slots(event_type, DAY)

    assert at.sent("GET", "/slots").query == {
        "eventTypeId": [event_type.id],
        "start": ["2026-02-28T00:00:00Z"],
        "end": ["2026-04-02T00:00:00Z"],
        "timeZone": ["UTC"],
        "format": ["range"],
    }


def test_starts_are_those_of_the_visitors_zone(at: AtCalcom) -> None:
    """Cal.com aligns hours there, so Kathmandu sees other times; each zone has its own answer."""
    event_type = at.event_type(lengthInMinutes=60, slotInterval=60)

    here, there = at.starts(event_type), at.starts(event_type, zone="Asia/Kathmandu")

    assert {each.minute for each in here} == {0}
    assert {each.minute for each in there} == {15}
    assert at.sent("GET", "/slots").query["timeZone"] == ["Asia/Kathmandu"]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", ""], ids=["guests", "hosts"])
def test_what_was_offered_in_either_zone_is_booked_and_moved(at: AtCalcom, zone: str) -> None:
    """A host's code may ask without a zone; the minutes between have passed, so that nothing is known."""
    event_type = at.event_type(lengthInMinutes=60, slotInterval=60)
    guest = replace(samples.ZOE, zone="Asia/Kathmandu")
    first, second = at.starts(event_type, zone=zone)[1:3]
    at.clock.move(timedelta(minutes=1))

    booking = at.provider.book(at.request(first, attendee=guest))
    moved = at.provider.reschedule(booking.uid, second, by="guest")

    assert (booking.start, moved.start) == (first, second)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", ""], ids=["guests", "hosts"])
def test_what_was_offered_a_moment_ago_is_not_asked_for_again(at: AtCalcom, zone: str) -> None:
    """Whichever of the two zones it was offered in: each question costs the guest a wait."""
    event_type = at.event_type(lengthInMinutes=60, slotInterval=60)
    guest = replace(samples.ZOE, zone="Asia/Kathmandu")
    start = at.starts(event_type, zone=zone)[1]

    at.provider.book(at.request(start, attendee=guest))

    assert len(at.calls("GET", "/slots")) == 1


def test_between_the_hours_of_both_zones_nothing_is_booked(at: AtCalcom) -> None:
    """Neither the guest nor the host was offered that."""
    at.event_type(lengthInMinutes=60, slotInterval=60)
    guest = replace(samples.ZOE, zone="Asia/Kathmandu")

    with pytest.raises(NotBookable):
        at.provider.book(at.request(NINE + timedelta(minutes=7), attendee=guest))


def test_a_time_that_is_taken_in_the_visitors_zone_is_told_so(at: AtCalcom) -> None:
    """It lies not on the host's hours, and could have been had all the same."""
    event_type = at.event_type(lengthInMinutes=60, slotInterval=60)
    guest = replace(samples.ZOE, zone="Asia/Kathmandu")
    wanted = at.starts(event_type, zone="Asia/Kathmandu")[2]
    at.provider.book(at.request(wanted, attendee=guest))
    other = replace(guest, name="Bo", email="bo@example.org")

    with pytest.raises(SlotTaken):
        at.provider.book(at.request(wanted, attendee=other))


def test_the_length_is_asked_for_where_there_are_several(at: AtCalcom) -> None:
    """Slots are then as long as that."""
    event_type = at.event_type(lengthInMinutesOptions=[30, 60])

    found = at.provider.slots(event_type, DAY, duration=timedelta(minutes=60))

    assert at.sent("GET", "/slots").query["duration"] == ["60"]
    assert {each.end - each.start for each in found} == {timedelta(minutes=60)}


def test_a_length_that_is_not_on_offer_is_not_asked_for(at: AtCalcom) -> None:
    """An old booking that is moved may have one: Cal.com would refuse to answer."""
    event_type = at.event_type(lengthInMinutesOptions=[30, 60])

    assert at.provider.slots(event_type, DAY, duration=timedelta(minutes=25))


def test_full_slots_are_not_offered(at: AtCalcom) -> None:
    """Of a shared time the seats that are left are told."""
    event_type = at.event_type(seats=SEATS | {"seatsPerTimeSlot": 2})
    at.provider.book(at.request())

    assert at.provider.slots(event_type, DAY)[0].seats_left == 1

    at.provider.book(at.request(attendee=replace(samples.ZOE, email="bo@example.org")))

    assert slot(0) not in at.starts(event_type)


def test_a_group_is_asked_for_by_its_users(at: AtCalcom) -> None:
    """It has no id."""
    at.fake.add_user("bo", hours=samples.HOURS)
    (group,) = at.other(CalcomAccount(username="ann+bo")).event_types()

    found = at.provider.slots(group, DAY)

    assert at.sent("GET", "/slots").query["usernames"] == ["ann,bo"]
    assert found[0].start == NINE


def test_slots_of_an_event_type_that_is_gone(at: AtCalcom) -> None:
    """It is said to be unknown."""
    event_type = replace(at.event_type(), id="4711")

    with pytest.raises(EventTypeNotFound):
        at.provider.slots(event_type, DAY)


def test_the_own_time_counts_as_free_when_moving(at: AtCalcom) -> None:
    """The booking is named."""
    event_type = at.event_type()
    booking = at.provider.book(at.request())

    assert slot(0) not in at.starts(event_type)
    assert slot(0) in at.starts(event_type, moving=booking.uid)


def test_the_slots_for_moving_a_seat_are_those_of_the_shared_booking(at: AtCalcom) -> None:
    """Its uid is known from the seat, or looked up once."""
    event_type = at.event_type(seats=SEATS)
    seat = at.provider.book(at.request())
    at.fake.requests.clear()

    at.starts(event_type, moving=seat.uid)
    at.other(at.account).slots(event_type, DAY, moving=seat.uid)

    asked = [each.query["bookingUidToReschedule"] for each in at.fake.requests if each.path == "/v2/slots"]
    assert asked == [[seat.shared], [seat.shared]]
    assert at.calls("GET", "/bookings/by-seat") == [f"GET /bookings/by-seat/{seat.uid}"]


def test_moving_what_can_be_no_booking_asks_nobody(at: AtCalcom) -> None:
    """What cannot be a uid is nobody's."""
    event_type = at.event_type()
    at.fake.requests.clear()

    with pytest.raises(BookingNotFound):
        at.provider.slots(event_type, DAY, moving="../x")

    assert at.calls() == []


# --- asking seldom -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "requests"),
    [
        ("2026-03-02T08:00+00:00", "2026-03-03T00:00+00:00", 1),
        ("2026-02-28T10:00+00:00", "2026-03-31T10:00+00:00", 1),
        ("2026-03-01T12:00+00:00", "2026-04-01T12:00+00:00", 1),
        ("2026-03-02T08:00+00:00", "2026-04-02T08:00+00:00", 2),
        ("2026-03-02T08:00+00:00", "2026-06-01T00:00+00:00", 3),
        ("2026-03-31T23:00+00:00", "2026-04-01T00:00+00:00", 1),
    ],
    ids=["a day", "a month of Auckland", "a month of Honolulu", "31 days from now", "a quarter", "an hour"],
)
def test_windows_are_asked_for_by_the_month(at: AtCalcom, start: str, end: str, requests: int) -> None:
    """The month of every zone is one request of about a month."""
    event_type = at.event_type()

    at.provider.slots(event_type, window(start, end))

    asked = [each.query for each in at.fake.requests if each.path == "/v2/slots"]
    spans = [window(query["start"][0], query["end"][0]) for query in asked]
    assert len(spans) == requests
    assert all(span.end - span.start <= timedelta(days=33) for span in spans)
    assert spans[0].start <= datetime.fromisoformat(start)
    assert spans[-1].end >= datetime.fromisoformat(end)


def test_slots_are_kept_for_some_seconds(at: AtCalcom) -> None:
    """Days, months and this very instant are cut from the same answer."""
    event_type = at.event_type()

    for minutes in range(5):
        at.provider.slots(event_type, TimeWindow(start=NINE + timedelta(minutes=minutes), end=DAY.end))
    assert len(at.calls("GET", "/slots")) == 1

    at.clock.move(timedelta(seconds=11))
    at.provider.slots(event_type, DAY)
    assert len(at.calls("GET", "/slots")) == 2


def test_accounts_lengths_and_moves_are_kept_apart(at: AtCalcom) -> None:
    """Each has its own answer."""
    event_type = at.event_type(lengthInMinutesOptions=[30, 60])
    booking = at.provider.book(at.request(slot(4)))
    at.fake.requests.clear()

    at.provider.slots(event_type, DAY)
    at.provider.slots(event_type, DAY, duration=timedelta(minutes=60))
    at.provider.slots(event_type, DAY, moving=booking.uid)

    assert len(at.calls("GET", "/slots")) == 3


def test_an_own_change_is_seen_at_once(at: AtCalcom) -> None:
    """Whatever it was, and by the host's other event types too."""
    event_type, other = at.event_type(), at.event_type("other")
    for each in (event_type, other):
        assert slot(0) in at.starts(each)

    booking = at.provider.book(at.request())
    for each in (event_type, other):
        assert slot(0) not in at.starts(each)

    booking = at.provider.reschedule(booking.uid, slot(1))
    assert slot(0) in at.starts(event_type)

    at.provider.cancel(booking.uid)
    assert slot(1) in at.starts(event_type)


def test_threads_that_look_at_once_ask_once(at: AtCalcom) -> None:
    """A page that many open at the same time is one request."""
    event_type = at.event_type()
    at.fake.next(delay=0.3, method="GET", path="/slots")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: at.starts(event_type), range(8)))

    assert len({tuple(each) for each in found}) == 1
    assert len(at.calls("GET", "/slots")) == 1


def test_a_failure_is_not_kept(at: AtCalcom) -> None:
    """The next look asks again."""
    event_type = at.event_type()
    at.fake.next(status=503, times=3, method="GET", path="/slots")

    with pytest.raises(ProviderUnavailable):
        at.starts(event_type)

    assert at.starts(event_type)
