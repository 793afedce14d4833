"""Tests of how bookings of Cal.com become ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booker_components.errors import ProviderError
from booker_components.providers.calcom import locations
from booker_components.providers.calcom.bookings import Found, read_booking, read_seats, read_series
from booker_components.providers.calcom.objects import Object
from booker_components.values import Attendee, BookingStatus, Host, Location, LocationKind

from . import samples

START = datetime(2031, 5, 6, 7, 0, tzinfo=UTC)


def found(name: str = "booking", *, seat: str = "", **changes: Any) -> Found:
    """Read the booking of a file, with *changes* to its fields."""
    return read_booking(Object.of({**samples.answer(name), **changes}, "booking"), seat=seat)


def test_a_booking_keeps_what_was_agreed() -> None:
    """When, what, who and under which names."""
    booking = found().booking

    assert (booking.uid, booking.title) == ("q1W2e3R4", "Consultation between Ann and Bo")
    assert (booking.start, booking.duration) == (START, timedelta(minutes=30))
    assert (booking.event_type, booking.event_type_id, booking.owner) == ("consultation", "12", "ann")
    assert (booking.status, booking.revision) == (BookingStatus.CONFIRMED, 1)
    assert booking.created_at == booking.updated_at == datetime(2031, 5, 1, 10, 0, tzinfo=UTC)
    assert booking.start.tzinfo is UTC


def test_people_are_shown_by_the_addresses_that_are_theirs() -> None:
    """Without the id of a Platform client; who booked is the attendee, the others are guests, each once."""
    booking = found().booking

    assert booking.hosts == (Host(slug="ann", name="Ann Example", zone="Europe/Rome", email="ann@ex.test"),)
    assert booking.attendee == Attendee(
        name="Bo", email="bo@ex.test", zone="Europe/London", locale="en", phone="+15550111"
    )
    assert booking.guests == ("di@ex.test", "cy@ex.test")


def test_guests_that_were_added_later_are_guests() -> None:
    """They are among the attendees only."""
    late = {"name": "Ed", "email": "ed@ex.test", "displayEmail": "ed@ex.test", "timeZone": "UTC"}

    booking = found(attendees=[*samples.answer("booking")["attendees"], late]).booking

    assert booking.guests == ("di@ex.test", "cy@ex.test", "ed@ex.test")


def test_answers_are_those_to_our_questions() -> None:
    """System fields and empty answers are none, notes have their place, a taken name is changed."""
    booking = found().booking

    assert dict(booking.answers) == {
        "topic": "pricing",
        "people": 3,
        "terms": True,
        "days": ("Mon",),
        "date": "1 May",
        "attendeePhoneNumber": "+15550111",
    }
    assert booking.notes == "Please ring twice"


def test_our_own_mark_is_not_among_the_facts() -> None:
    """It is kept beside, to find a booking by; facts are texts."""
    read = found()

    assert dict(read.booking.metadata) == {"crm": "42"}
    assert read.mark == "feed"


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("accepted", BookingStatus.CONFIRMED),
        ("pending", BookingStatus.PENDING),
        ("awaiting_host", BookingStatus.PENDING),
        ("cancelled", BookingStatus.CANCELLED),
        ("rejected", BookingStatus.REJECTED),
    ],
)
def test_statuses(status: str, ours: BookingStatus) -> None:
    """What is closed has another revision, so that links to it end."""
    booking = found(status=status).booking

    assert (booking.status, booking.revision) == (ours, 1 if booking.is_open else 2)


# --- changes -------------------------------------------------------------------------------------


def test_a_moved_booking_tells_where_it_came_from_and_who_moved_it() -> None:
    """An address tells the host, in any case, and is not shown."""
    booking = found("booking_moved").booking

    assert (booking.replaces, booking.replaced_by) == ("q1W2e3R4", "")
    assert (booking.reason, booking.changed_by) == ("Train late", "host")


def test_the_booking_that_was_left_tells_what_stands_in_its_place() -> None:
    """It is closed, and the guest moved it."""
    booking = found("booking_left").booking

    assert (booking.status, booking.replaced_by) == (BookingStatus.CANCELLED, "m0V3dUid")
    assert (booking.reason, booking.changed_by) == ("Train late", "guest")


@pytest.mark.parametrize(
    ("email", "who"),
    [("bo@ex.test", "guest"), ("ann@ex.test", "host"), ("someone@elsewhere.test", ""), ("", "guest")],
    ids=["guest", "host", "somebody else", "nobody signed in"],
)
def test_who_cancelled(email: str, who: str) -> None:
    """Hosts sign in to cancel, guests do not; the address of anybody else is not shown."""
    booking = found("booking_cancelled", cancelledByEmail=email).booking

    assert (booking.reason, booking.changed_by) == ("Ill", who)


def test_only_hosts_decline() -> None:
    """A rejected booking needs no address to tell who did it."""
    assert found(status="rejected").booking.changed_by == "host"


def test_a_booking_that_nobody_touched_was_changed_by_nobody() -> None:
    """Nor for any reason."""
    booking = found().booking

    assert (booking.changed_by, booking.reason, booking.former_start) == ("", "", None)


# --- seats and series ----------------------------------------------------------------------------


def test_a_seat_is_what_its_guest_holds() -> None:
    """Its own uid, its own guest and answers, its own facts."""
    read = found("booking_seated", seat="seat-2")

    booking = read.booking
    assert (booking.uid, booking.shared) == ("seat-2", "sHaR3d")
    assert (booking.attendee.name, dict(booking.answers), booking.notes) == (
        "Cy",
        {"topic": "of Cy"},
        "by Cy",
    )
    assert (dict(booking.metadata), read.mark) == ({"crm": "seat-2"}, "mark-seat-2")
    assert booking.guests == ()


def test_a_shared_booking_tells_of_no_guest() -> None:
    """Its uid is public: every free slot names it."""
    read = found("booking_seated")

    assert read.shared
    assert (read.booking.attendee.name, read.booking.attendee.email) == ("", "")
    assert "ex.test" not in str(read.booking.guests) + str(read.booking.answers)


def test_a_seat_that_strangers_are_not_shown_has_no_guest() -> None:
    """It is a seat all the same."""
    booking = found("booking_seated", seat="seat-9", attendees=[]).booking

    assert (booking.uid, booking.shared, booking.attendee.name) == ("seat-9", "sHaR3d", "")


def test_the_answer_to_who_takes_a_seat_is_the_seat() -> None:
    """Only that answer names the seat at the top."""
    assert found("booking_seated", seatUid="seat-1").booking.attendee.name == "Bo"


def test_in_a_list_every_seat_is_a_booking() -> None:
    """And a booking without seats is one."""
    seats = read_seats(Object.of(samples.answer("booking_seated"), "booking"))
    plain = read_seats(Object.of(samples.answer("booking"), "booking"))

    assert [each.booking.uid for each in seats] == ["seat-1", "seat-2"]
    assert [each.booking.uid for each in plain] == ["q1W2e3R4"]


@pytest.mark.parametrize(
    ("day", "uid", "chosen"),
    [(1, "", "oCc1"), (8, "", "oCc3"), (30, "", "oCc3"), (1, "oCc2", "oCc2")],
    ids=["before all", "between", "after all", "by uid"],
)
def test_a_series_is_its_next_booking_with_all_of_them(day: int, uid: str, chosen: str) -> None:
    """The next that is still to take place, else the last, or the one that is asked for."""
    now = datetime(2031, 5, day, tzinfo=UTC)

    booking = read_series(Object.all(samples.answer("booking_series"), "booking"), now, uid=uid).booking

    assert (booking.uid, booking.series) == (chosen, "s3R1es")
    assert [each.uid for each in booking.occurrences] == ["oCc1", "oCc2", "oCc3"]
    assert [each.status for each in booking.occurrences][1] is BookingStatus.CANCELLED
    assert {each.uid for each in booking.each()} == {"oCc1", "oCc2", "oCc3"}


# --- where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("", None, None),
        ("https://meet.ex.test/a", None, Location(kind=LocationKind.LINK, value="https://meet.ex.test/a")),
        (
            "https://meet.ex.test/a",
            {"value": "integrations:zoom", "optionValue": ""},
            Location(kind=LocationKind.LINK, value="https://meet.ex.test/a", label="Zoom"),
        ),
        (
            "integrations:daily",
            None,
            Location(kind=LocationKind.CONFERENCE, value="cal-video", label="Cal Video"),
        ),
        (
            "integrations:office365_video",
            None,
            Location(kind=LocationKind.CONFERENCE, value="office365-video", label="Microsoft Teams"),
        ),
        (
            "integrations:google:meet",
            None,
            Location(kind=LocationKind.CONFERENCE, value="google-meet", label="Google Meet"),
        ),
        ("", {"value": "conferencing"}, Location(kind=LocationKind.CONFERENCE)),
        ("+15550100", None, Location(kind=LocationKind.PHONE, value="+15550100")),
        ("+1 555 0111", None, Location(kind=LocationKind.ATTENDEE_PHONE, value="+1 555 0111")),
        (
            "+15550100",
            {"value": "phone", "optionValue": "+15550100"},
            Location(kind=LocationKind.ATTENDEE_PHONE, value="+15550100"),
        ),
        ("1 Invented Street", None, Location(kind=LocationKind.IN_PERSON, value="1 Invented Street")),
        (
            "",
            {"value": "attendeeInPerson", "optionValue": "Home"},
            Location(kind=LocationKind.ATTENDEE_ADDRESS, value="Home"),
        ),
        (
            "The park",
            {"value": "somewhereElse", "optionValue": "The park"},
            Location(kind=LocationKind.ATTENDEE_CHOICE, value="The park"),
        ),
        ("The park", "odd", Location(kind=LocationKind.IN_PERSON, value="The park")),
        ("The park", {"value": 3}, Location(kind=LocationKind.IN_PERSON, value="The park")),
    ],
)
def test_places(text: str, answer: object, expected: Location | None) -> None:
    """The answer to the field "location" tells the kind; without it, the text does."""
    assert locations.booked(text, answer, phone="+15550111") == expected


# --- odd answers ---------------------------------------------------------------------------------


def test_a_host_and_an_event_type_that_are_gone_leave_a_booking() -> None:
    """Cal.com writes "unknown" for a deleted user, and no event type."""
    gone = {"id": "unknown", "name": "unknown", "email": "unknown", "username": "unknown"}

    booking = found(hosts=[gone], eventType=None, eventTypeId=None).booking

    assert booking.hosts == (Host(slug="", name="", zone="UTC"),)
    assert (booking.event_type, booking.event_type_id, booking.owner) == ("", "", "")


def test_a_booking_without_people_or_place_is_still_one() -> None:
    """Nothing of that is worth an error page."""
    booking = found(hosts=[], attendees=[], location=None, bookingFieldsResponses={}, guests=None).booking

    assert (booking.host.zone, booking.attendee.name, booking.location) == ("UTC", "", None)


def test_unknown_zones_are_read_as_utc() -> None:
    """A zone that we do not know hides no booking."""
    odd = {**samples.answer("booking")["attendees"][1], "timeZone": "Mars/Olympus"}

    assert found(attendees=[odd]).booking.attendee.zone == "UTC"


@pytest.mark.parametrize(
    "changes",
    [
        {"uid": ""},
        {"uid": 5},
        {"start": None},
        {"start": "tomorrow"},
        {"end": "2031-05-06"},
        {"status": "lost"},
        {"createdAt": None},
        {"attendees": {}},
        {"hosts": ["ann"]},
        {"bookingFieldsResponses": []},
        {"metadata": "none"},
        {"eventType": {"id": True, "slug": "x"}},
    ],
    ids=str,
)
def test_garbage_is_a_provider_error(changes: dict[str, Any]) -> None:
    """It names the field and holds no personal data."""
    with pytest.raises(ProviderError) as caught:
        found(**changes)

    assert "ex.test" not in caught.value.message


@pytest.mark.parametrize("data", [None, [], "text", 3], ids=ascii)
def test_what_is_no_object_is_a_provider_error(data: object) -> None:
    """Whatever it is."""
    with pytest.raises(ProviderError):
        Object.of(data, "booking")


def test_a_series_without_bookings_is_a_provider_error() -> None:
    """There would be nothing to show."""
    with pytest.raises(ProviderError):
        read_series([], START)
