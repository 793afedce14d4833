"""Tests of what Cal.com's refusals mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from booker_components.errors import (
    BookerError,
    BookingClosed,
    EventTypeNotFound,
    InvalidRequest,
    NotBookable,
    SlotTaken,
)
from booker_components.policy import Rule
from booker_components.providers.calcom import refusals
from booker_components.providers.calcom.client import CalcomError, CalcomForbidden, CalcomNotFound
from booker_components.providers.calcom.event_types import Offer, read_offer
from booker_components.providers.calcom.objects import Object
from booker_components.values import BookingRequest

from . import samples
from .samples import NINE, NOW, ZOE

REQUEST = BookingRequest(event_type="consultation", start=NINE, attendee=ZOE)


def offer() -> Offer:
    """Read the event type of a file."""
    data = Object.of(samples.answer("event_type"), "event type")
    return read_offer(data, zone="UTC", owner="ann", proven=False)


def refused(text: str, *, answered: int = 400, code: str = "") -> BookerError | None:
    """Give what a refusal to book means."""
    error = CalcomError("m", answered=answered, text=text, code=code)
    return refusals.of_booking(error, offer(), REQUEST, NOW)


@pytest.mark.parametrize(
    ("answered", "text"),
    [
        (400, "User either already has booking at this time or is not available"),
        (400, "One of the hosts either already has booking at this time or is not available"),
        (409, "No more seats left at this seated booking."),
        (409, "booking_conflict"),
        (400, "no_available_users_found_error"),
        (409, ""),
    ],
)
def test_taken_times(answered: int, text: str) -> None:
    """They come with 400 as often as with 409."""
    assert isinstance(refused(text, answered=answered), SlotTaken)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Attempting to book a meeting in the past.", Rule.PAST),
        ('The event type can\'t be booked at the "start" time provided. This could be ...', Rule.HORIZON),
        ("Provided 'lengthInMinutes' is not one of the possible lengths", Rule.DURATION),
        ("Can't specify 'lengthInMinutes' because ...", Rule.DURATION),
    ],
)
def test_rules(text: str, rule: Rule) -> None:
    """The rule is told, so that the page can say it in its own words."""
    found = refused(text)

    assert isinstance(found, NotBookable)
    assert found.rule == rule


def test_too_soon_and_too_far_ahead_are_told_apart_by_the_notice() -> None:
    """Cal.com says the same of both."""
    error = CalcomError("m", answered=400, text='can\'t be booked at the "start" time provided')

    soon = refusals.of_bounds(error, NINE, notice=timedelta(days=2), now=NOW)
    far = refusals.of_bounds(error, NINE, notice=timedelta(0), now=NOW)

    assert soon is not None
    assert far is not None
    assert (soon.rule, far.rule) == (Rule.NOTICE, Rule.HORIZON)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Missing required booking field response: topic - it is required by", "topic"),
        ("Invalid type for booking field 'people'. Expected type number", "people"),
        ("Invalid option 'booking field 'topic'' for booking field 'size'. Allowed options are: S", "size"),
        ("One or more invalid options for booking field 'days'. Allowed: Mon", "days"),
        ("Invalid type for booking field 'date'. Expected type string", "date"),
        ("Missing attendee phone number - it is required by the event type.", "attendeePhoneNumber"),
        ("attendee.phoneNumber must be a valid phone number", "attendeePhoneNumber"),
        ("Booking location with type link not valid for event type with id=12.", "location"),
        ("Booking location with integration zoom not valid for event type", "location"),
        ("attendee.email must be an email", "email"),
        ("each value in guests must be an email", "guests"),
        ("attendee.timeZone must be a valid IANA time-zone", "tz"),
    ],
)
def test_wrong_answers_are_told_by_the_field_of_our_form(text: str, slug: str) -> None:
    """Whoever typed them can mend them; no word of Cal.com's goes on."""
    found = refused(text)

    assert isinstance(found, InvalidRequest)
    assert list(found.problems) == [slug]
    assert "booking field" not in found.problems[slug]


def test_the_number_is_asked_for_where_no_question_asks_for_it() -> None:
    """Our form's own field takes it."""
    data = Object.of({**samples.answer("event_type"), "bookingFields": []}, "event type")
    bare = read_offer(data, zone="UTC", owner="ann", proven=False)
    error = CalcomError("m", answered=400, text="Missing attendee phone number")

    found = refusals.of_booking(error, bare, REQUEST, NOW)

    assert isinstance(found, InvalidRequest)
    assert list(found.problems) == ["phone"]


@pytest.mark.parametrize(
    ("answered", "text"),
    [
        (400, "Missing required booking field response: campaign - it is required"),
        (400, "Missing required booking field response: something-new"),
        (400, "is the parent managed event type that can't be booked"),
        (400, "Email verification code is required"),
        (400, "Provided recurrence count is higher than the event type's"),
        (422, "Can't book this team event type because it has no hosts."),
    ],
)
def test_what_a_guest_cannot_mend_has_a_sentence(answered: int, text: str) -> None:
    """Honest, and in our words."""
    found = refused(text, answered=answered)

    assert type(found) is NotBookable
    assert found.sentence != NotBookable.default_sentence


def test_the_limit_of_active_bookings_names_no_booking() -> None:
    """Cal.com's words hold the uid of a booking, which is as good as a key."""
    offered = "You can reschedule your existing booking (q1W2e3) to a new timeslot instead."

    found = refused(f"... the maximum number of active bookings has been reached. {offered}")

    assert isinstance(found, NotBookable)
    assert "q1W2e3" not in found.message + found.sentence
    assert "as many bookings" in found.sentence


@pytest.mark.parametrize(
    ("kind", "answered", "expected"),
    [
        (CalcomForbidden, 401, NotBookable),
        (CalcomForbidden, 403, NotBookable),
        (CalcomNotFound, 404, EventTypeNotFound),
    ],
)
def test_statuses_tell_more_than_words(
    kind: type[CalcomError], answered: int, expected: type[BookerError]
) -> None:
    """They are looked at first."""
    found = refusals.of_booking(kind("m", answered=answered), offer(), REQUEST, NOW)

    assert type(found) is expected


@pytest.mark.parametrize("text", ["", "Something new", "internal"], ids=ascii)
def test_unknown_words_mean_nothing(text: str) -> None:
    """The caller then looks whether the slot is still there."""
    assert refused(text) is None


# --- changes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("This booking has already been cancelled.", Rule.CANCELLED),
        ("Can't cancel booking with uid=x because it has been cancelled already.", Rule.CANCELLED),
        ("Cannot cancel a booking that has already ended", Rule.PAST),
        ("This event type does not allow cancellations", Rule.NOT_ALLOWED),
        ("Invalid seatUid: this seat does not exist or has already been cancelled.", Rule.CANCELLED),
        ("Invalid seatUid: this seat does not belong to this booking.", Rule.CANCELLED),
    ],
)
def test_refused_cancellations(text: str, rule: Rule) -> None:
    """The rule is told."""
    found = refusals.of_cancelling(CalcomError("m", answered=400, text=text))

    assert isinstance(found, BookingClosed)
    assert found.rule == rule


def test_a_reason_that_is_required_is_asked_for() -> None:
    """By the field that asks for it."""
    text = "Cancellation reason is required when you are the host"

    found = refusals.of_cancelling(CalcomError("m", answered=400, text=text))

    assert isinstance(found, InvalidRequest)
    assert list(found.problems) == ["reason"]


@pytest.mark.parametrize(
    ("answered", "text", "closed"),
    [
        (401, "User not a host of this event or admin of the team", True),
        (403, "", True),
        (401, "Invalid API key", False),
    ],
)
def test_only_the_host_may(answered: int, text: str, closed: bool) -> None:
    """Wrong credentials of our own close no booking."""
    found = refusals.of_cancelling(CalcomForbidden("m", answered=answered, text=text))

    assert isinstance(found, BookingClosed) is closed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can't reschedule booking with uid=x because it has been cancelled.", BookingClosed),
        ("User either already has booking at this time or is not available", SlotTaken),
        ('can\'t be booked at the "start" time provided', NotBookable),
        ("Attempting to book a meeting in the past.", NotBookable),
        ("maximum number of active bookings has been reached", NotBookable),
        ("Email verification code is required", NotBookable),
        ("Something new", None),
    ],
)
def test_refused_moves(text: str, expected: Any) -> None:
    """Closed, taken or not bookable; in doubt, nothing."""
    error = CalcomError("m", answered=400, text=text)

    found = refusals.of_moving(error, NINE, notice=timedelta(0), now=NOW)

    assert type(found) is (expected or type(None))
