"""Bookings as webhooks of Cal.com tell them, for those that can no longer be read (contracts/calcom.md 5).

The names differ from those of the API: startTime, type for the slug, statuses in capitals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from ...values import Answer, Attendee, Booking, BookingStatus, Host, Location
from .._objects import known_zone
from . import locations
from .lenient import Fields, fields, instant, text

# A seat that was given up comes with the status of the booking that goes on without it.
_BY_TRIGGER = {
    "BOOKING_CANCELLED": BookingStatus.CANCELLED,
    "BOOKING_REJECTED": BookingStatus.REJECTED,
    "BOOKING_REQUESTED": BookingStatus.PENDING,
}
_BY_WORD = {
    "PENDING": BookingStatus.PENDING,
    "AWAITING_HOST": BookingStatus.PENDING,
    "CANCELLED": BookingStatus.CANCELLED,
    "REJECTED": BookingStatus.REJECTED,
}
_REASONS = ("cancellationReason", "rejectionReason", "rescheduleReason")
_ACTORS = ("cancelledBy", "rescheduledBy")


def booking_told(trigger: str, payload: Fields, *, uid: str, at: datetime) -> Booking | None:
    """Give the booking or seat *uid* as *payload* tells it at *at*; None if too little is told.

    What guests share is nobody's: only their seats are told.
    """
    start, end = instant(payload, "startTime"), instant(payload, "endTime")
    organizer = fields(payload, "organizer") or fields(payload, "user")
    guest = _guest(trigger, payload)
    is_shared = bool(text(payload, "seatsPerTimeSlot")) and not text(payload, "attendeeSeatId")
    if start is None or end is None or not guest or not organizer or is_shared:
        return None
    status = _BY_TRIGGER.get(trigger) or _BY_WORD.get(text(payload, "status"), BookingStatus.CONFIRMED)
    shared = text(payload, "uid")
    is_open = status in (BookingStatus.CONFIRMED, BookingStatus.PENDING)
    client = text(payload, "platformClientId")
    return Booking(
        uid=uid,
        event_type=text(payload, "type") or text(fields(payload, "eventType"), "slug"),
        title=text(payload, "title"),
        start=start,
        end=end,
        status=status,
        revision=1 if is_open else 2,
        hosts=(_host(organizer, client),),
        attendee=_attendee(guest, client),
        created_at=at,
        updated_at=at,
        notes=text(payload, "additionalNotes"),
        answers=_answers(payload),
        location=_location(payload),
        former_start=instant(payload, "rescheduleStartTime"),
        reason=next(filter(None, (text(payload, name) for name in _REASONS)), ""),
        changed_by=_actor(payload, organizer, guest),
        replaces=text(payload, "rescheduleUid"),
        shared=shared if shared != uid else "",
        owner=text(organizer, "username"),
        event_type_id=text(payload, "eventTypeId"),
        metadata=MappingProxyType(
            {name: value for name, value in fields(payload, "metadata").items() if isinstance(value, str)}
        ),
    )


def _guest(trigger: str, payload: Fields) -> Fields:
    """Give who holds the booking or the seat; nothing where that cannot be told.

    Where seats are shared, all guests may be listed: only a cancellation lists whom it is about alone.
    """
    attendees = payload.get("attendees")
    listed = [each for each in attendees if isinstance(each, dict)] if isinstance(attendees, list) else []
    if not text(payload, "attendeeSeatId") or trigger == "BOOKING_CANCELLED" or len(listed) == 1:
        return listed[0] if listed else {}
    email = text(fields(fields(payload, "responses"), "email"), "value")
    return next((each for each in listed if email and text(each, "email") == email), {})


def _host(organizer: Fields, client: str) -> Host:
    return Host(
        slug=text(organizer, "username"),
        name=text(organizer, "name"),
        zone=known_zone(text(organizer, "timeZone")),
        email=_address(organizer, client),
    )


def _attendee(guest: Fields, client: str) -> Attendee:
    return Attendee(
        name=text(guest, "name"),
        email=_address(guest, client),
        zone=known_zone(text(guest, "timeZone")),
        locale=text(fields(guest, "language"), "locale") or text(guest, "locale") or "en",
        phone=text(guest, "phoneNumber"),
    )


def _address(person: Fields, client: str) -> str:
    """Give the e-mail address without the id of the Platform client in it (contracts/calcom.md 4.10)."""
    email = text(person, "email")
    return email.replace(f"+{client}@", "@") if client else email


def _actor(payload: Fields, organizer: Fields, guest: Fields) -> str:
    email = next(filter(None, (text(payload, name) for name in _ACTORS)), "")
    if email and email == text(organizer, "email"):
        return "host"
    return "guest" if email and email == text(guest, "email") else ""


def _answers(payload: Fields) -> Mapping[str, Answer]:
    given = fields(payload, "userFieldsResponses")
    values = {slug: fields(given, slug).get("value") for slug in given}
    return MappingProxyType(
        {
            slug: tuple(map(str, value)) if isinstance(value, list) else value
            for slug, value in values.items()
            if isinstance(value, (str, int, float, list))
        }
    )


def _location(payload: Fields) -> Location | None:
    """Give where it takes place: the link of the video call where there is one, else what is said."""
    said = text(payload, "location")
    return locations.booked(text(fields(payload, "metadata"), "videoCallUrl") or said, {"value": said})
