"""Tests of seats and series in the fake Cal.com (contracts/calcom.md 4.8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from booker_components.testing import FakeCalcom
from booker_components.testing.calcom.records import EventType, User

from .api import BO, NINE, Api, at, bearer

CY = {"name": "Cy", "email": "cy@example.org", "timeZone": "Asia/Tokyo"}


@pytest.fixture
def ada(calcom: FakeCalcom) -> User:
    """A host in Berlin."""
    return calcom.add_user("ada", zone="Europe/Berlin")


@pytest.fixture
def group(calcom: FakeCalcom, ada: User) -> EventType:
    """Two seats, whose holders do not see each other."""
    seats = {"seatsPerTimeSlot": 2, "showAttendeeInfo": False, "showAvailabilityCount": True}
    return calcom.add_event_type(ada, "group", seats=seats)


@pytest.fixture
def weekly(calcom: FakeCalcom, ada: User) -> EventType:
    """Up to four weeks, one after the other."""
    return calcom.add_event_type(
        ada, "weekly", recurrence={"interval": 1, "occurrences": 4, "frequency": "weekly"}
    )


@pytest.fixture
def guest(calcom: FakeCalcom) -> Api:
    """Somebody who proves nothing."""
    return Api(calcom)


@pytest.fixture
def host(calcom: FakeCalcom, ada: User) -> Api:
    """The host, by her API key."""
    return Api(calcom, **bearer(calcom.api_key(ada)))


# --- seats ---------------------------------------------------------------------------------------


def test_seats_share_a_booking(guest: Api, host: Api, group: EventType) -> None:
    """Each has a uid of its own; strangers see nobody, the host everybody."""
    one, other = guest.book(group, at(8)), guest.book(group, at(8), attendee=CY)

    seats = [each["seatUid"] for each in host.get(f"/bookings/{one['uid']}")["attendees"]]

    assert one["uid"] == other["uid"]
    assert seats == [one["seatUid"], other["seatUid"]]
    assert one["attendees"] == []
    assert guest.get(f"/bookings/by-seat/{one['seatUid']}")["uid"] == one["uid"]


def test_attendees_may_be_shown_to_all(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """If the event type says so."""
    seats = {"seatsPerTimeSlot": 2, "showAttendeeInfo": True, "showAvailabilityCount": True}
    made = guest.book(calcom.add_event_type(ada, "open", seats=seats), at(8))

    assert made["attendees"][0]["seatUid"] == made["seatUid"]
    assert made["attendees"][0]["bookingFieldsResponses"]["email"] == "bo@example.org"


def test_a_full_booking_is_refused_with_409(guest: Api, group: EventType) -> None:
    """And its time is no longer offered."""
    guest.book(group, at(8))
    guest.book(group, at(8), attendee=CY)
    body = {"eventTypeId": group.id, "start": at(8), "attendee": BO}

    refused = guest.refused("POST", "/bookings", json=body)

    assert refused == (409, "No more seats left at this seated booking.")
    slots = guest.get("/slots", eventTypeId=group.id, start="2027-02-02", end="2027-02-02")
    assert slots["2027-02-02"][0]["start"] == "2027-02-02T08:30:00.000+00:00"


def test_slots_say_how_many_seats_are_left(guest: Api, group: EventType) -> None:
    """And which booking one would join."""
    booking = guest.book(group, at(8, 30))

    slots = guest.get("/slots", eventTypeId=group.id, start="2027-02-02", end="2027-02-02")

    empty, begun = slots["2027-02-02"][:2]
    assert (empty["seatsBooked"], empty["seatsRemaining"], empty["seatsTotal"]) == (0, 2, 2)
    assert (begun["seatsBooked"], begun["seatsRemaining"]) == (1, 1)
    assert ("bookingUid" in empty, begun["bookingUid"]) == (False, booking["uid"])


def test_a_seat_that_moves_keeps_its_uid(guest: Api, group: EventType) -> None:
    """The booking that it leaves goes on for the others."""
    one, other = guest.book(group, at(8)), guest.book(group, at(8), attendee=CY)

    moved = guest.post(f"/bookings/{one['uid']}/reschedule", {"start": at(9), "seatUid": one["seatUid"]})

    assert (moved["seatUid"], moved["start"]) == (one["seatUid"], at(9))
    assert moved["uid"] != one["uid"]
    assert guest.get(f"/bookings/by-seat/{one['seatUid']}")["uid"] == moved["uid"]
    assert guest.get(f"/bookings/by-seat/{other['seatUid']}")["uid"] == one["uid"]
    assert guest.get(f"/bookings/{one['uid']}")["status"] == "accepted"


def test_the_last_seat_to_move_closes_the_booking(guest: Api, group: EventType) -> None:
    """It then says where it went."""
    one = guest.book(group, at(8))

    moved = guest.post(f"/bookings/{one['uid']}/reschedule", {"start": at(8, 30), "seatUid": one["seatUid"]})

    left = guest.get(f"/bookings/{one['uid']}")
    assert (left["status"], left["rescheduledToUid"]) == ("cancelled", moved["uid"])


@pytest.mark.parametrize(("seat", "status"), [("nobody", 404), ("", 500)], ids=["unknown seat", "no seat"])
def test_a_seat_has_to_be_named_to_move(guest: Api, group: EventType, seat: str, status: int) -> None:
    """Without it the older code fails plainly."""
    uid = guest.book(group, at(8))["uid"]
    body = {"start": at(9)} | ({"seatUid": seat} if seat else {})

    assert guest.refused("POST", f"/bookings/{uid}/reschedule", json=body)[0] == status


def test_a_host_is_told_to_name_the_seat(guest: Api, host: Api, group: EventType) -> None:
    """The host gets a refusal that says what is missing."""
    uid = guest.book(group, at(8))["uid"]

    status, words = host.refused("POST", f"/bookings/{uid}/reschedule", json={"start": at(9)})

    assert status == 400
    assert "seatUid" in words


def test_a_seat_is_cancelled_alone(guest: Api, group: EventType) -> None:
    """The last one closes the booking; a seat that is gone cannot be cancelled again."""
    one, other = guest.book(group, at(8)), guest.book(group, at(8), attendee=CY)
    path = f"/bookings/{one['uid']}/cancel"

    first = guest.post(path, {"seatUid": one["seatUid"]})
    again = guest.refused("POST", path, json={"seatUid": one["seatUid"]})
    last = guest.post(path, {"seatUid": other["seatUid"]})

    assert (first["status"], last["status"]) == ("accepted", "cancelled")
    assert again[0] == 400
    assert "does not exist or has already been cancelled" in again[1]
    assert guest.refused("GET", f"/bookings/by-seat/{one['seatUid']}")[0] == 404


def test_a_seat_of_another_booking_is_refused(guest: Api, group: EventType) -> None:
    """Its holder has no say here."""
    one, other = guest.book(group, at(8)), guest.book(group, at(9), attendee=CY)
    body = {"seatUid": other["seatUid"]}

    status, words = guest.refused("POST", f"/bookings/{one['uid']}/cancel", json=body)

    assert status == 400
    assert "does not belong to this booking" in words


def test_only_a_host_cancels_all_seats(guest: Api, host: Api, group: EventType) -> None:
    """A stranger has to name one."""
    uid = guest.book(group, at(8))["uid"]

    assert guest.refused("POST", f"/bookings/{uid}/cancel", json={})[0] == 401
    gone = host.post(f"/bookings/{uid}/cancel", {"cancellationReason": "Ill"})
    assert gone["status"] == "cancelled"


# --- series --------------------------------------------------------------------------------------


def test_a_series_is_an_array(guest: Api, weekly: EventType) -> None:
    """Each has a uid of its own, and all have the recurring one, under which they are read together."""
    made = guest.book(weekly, at(8), recurrenceCount=3)

    read = guest.get(f"/bookings/{made[0]['recurringBookingUid']}")

    assert [each["start"] for each in made] == [at(8), at(8, day=9), at(8, day=16)]
    assert len({each["uid"] for each in made}) == 3
    assert read == made
    assert guest.get(f"/bookings/{made[1]['uid']}") == made[1]


def test_a_series_is_as_long_as_it_may_be(guest: Api, weekly: EventType) -> None:
    """Unless fewer are asked for; not more."""
    body = {"eventTypeId": weekly.id, "start": at(8), "attendee": BO, "recurrenceCount": 5}

    assert guest.refused("POST", "/bookings", json=body)[0] == 400
    assert len(guest.book(weekly, at(8))) == 4


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        ("Europe/Berlin", ["2027-03-23T08:00:00Z", "2027-03-30T07:00:00Z"]),
        ("Asia/Tokyo", ["2027-03-23T08:00:00Z", "2027-03-30T08:00:00Z"]),
    ],
    ids=["with the clocks", "without"],
)
def test_a_series_keeps_the_attendees_wall_time(
    guest: Api, weekly: EventType, zone: str, starts: list[str]
) -> None:
    """The clocks of Europe change on 28 March 2027."""
    who = {**BO, "timeZone": zone}

    made = guest.book(weekly, starts[0], attendee=who, recurrenceCount=2)

    assert [each["start"] for each in made] == starts


def test_months_are_as_long_as_they_are(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """A day that a month does not have is its last one."""
    recurrence = {"interval": 1, "occurrences": 3, "frequency": "monthly"}
    monthly = calcom.add_event_type(ada, "monthly", recurrence=recurrence)

    made = guest.book(monthly, "2027-03-31T07:00:00Z")

    assert [each["start"][:10] for each in made] == ["2027-03-31", "2027-04-30", "2027-05-31"]


def test_a_series_is_made_whole_or_not_at_all(
    calcom: FakeCalcom, guest: Api, ada: User, weekly: EventType
) -> None:
    """A taken time in its middle refuses all of it."""
    calcom.book(calcom.add_event_type(ada, "other"), NINE + timedelta(weeks=1))
    body = {"eventTypeId": weekly.id, "start": at(8), "attendee": BO}

    assert guest.refused("POST", "/bookings", json=body)[0] == 400
    assert len(calcom.bookings) == 1


@pytest.mark.parametrize(
    ("body", "which", "left"),
    [
        ({}, 1, [0, 2, 3]),
        ({"cancelSubsequentBookings": True}, 1, [0]),
        ({}, None, []),
    ],
    ids=["one", "this and later", "all"],
)
def test_a_series_is_cancelled_in_parts(
    calcom: FakeCalcom,
    guest: Api,
    weekly: EventType,
    body: dict[str, Any],
    which: int | None,
    left: list[int],
) -> None:
    """One; one and those after it; or all, by the recurring uid."""
    made = guest.book(weekly, at(8))
    uid = made[0]["recurringBookingUid"] if which is None else made[which]["uid"]

    gone = guest.post(f"/bookings/{uid}/cancel", body)

    assert isinstance(gone, list) == (len(left) < 3)
    standing = [number for number, each in enumerate(calcom.bookings) if each.open]
    assert standing == left


def test_one_of_a_series_may_move(guest: Api, weekly: EventType) -> None:
    """It stays in its series."""
    made = guest.book(weekly, at(8), recurrenceCount=2)

    moved = guest.post(f"/bookings/{made[0]['uid']}/reschedule", {"start": at(9)})

    assert moved["recurringBookingUid"] == made[0]["recurringBookingUid"]


def test_booking_elsewhere_is_as_booking_by_the_api(calcom: FakeCalcom, guest: Api, group: EventType) -> None:
    """Tests act for people who use Cal.com's own pages."""
    calcom.book(group, NINE, name="Cy", email="cy@example.org")
    mine = guest.book(group, at(8))

    booking = calcom.booking(mine["seatUid"])
    moved = calcom.reschedule(
        booking.uid, datetime.fromisoformat(at(9)), seat=mine["seatUid"], by="bo@example.org"
    )
    calcom.cancel(moved.uid, seat=mine["seatUid"])

    assert [each.name for each in booking.attendees] == ["Cy"]
    assert moved.status == "cancelled"
