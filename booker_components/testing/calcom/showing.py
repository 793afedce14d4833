"""Bookings as the API puts them out, in the present contract and in the old one (contracts/calcom.md 4.8)."""

from __future__ import annotations

from collections.abc import Sequence

from ...times import format_instant
from .calls import Caller, Json, stamp
from .records import Attendee, Booking, User, display_email


def shown(booking: Booking, caller: Caller, *, seat: str = "") -> Json:
    """Give a booking as *caller* may see it; *seat* is the seat that the call at hand is about.

    The attendees of a seated booking are shown to its hosts only, unless the event type shows them to all.
    """
    data = _common(booking)
    if booking.recurring:
        data["recurringBookingUid"] = booking.recurring
    if booking.event_type.seats:
        data["attendees"] = [_seated(each) for each in booking.attendees] if _open_to(booking, caller) else []
        return data | ({"seatUid": seat} if seat else {})
    data["attendees"] = [_attendee(each) for each in booking.attendees]
    return data | {"guests": list(booking.guests), "bookingFieldsResponses": dict(booking.responses)}


def shown_all(bookings: Sequence[Booking], caller: Caller) -> Json | list[Json]:
    """Give one booking as an object, several as an array."""
    each_shown = [shown(each, caller) for each in bookings]
    return each_shown[0] if len(each_shown) == 1 else each_shown


def _open_to(booking: Booking, caller: Caller) -> bool:
    if (booking.event_type.setting("seats") or {}).get("showAttendeeInfo"):
        return True
    return is_host(booking, caller)


def is_host(booking: Booking, caller: Caller) -> bool:
    """Tell whether the caller hosts a booking or owns its event type."""
    return any(caller.acts_for(each) for each in (booking.event_type.user, *booking.hosts))


def _common(booking: Booking) -> Json:
    data: Json = {
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "description": booking.description,
        "hosts": [_host(each) for each in booking.hosts],
        "status": booking.status,
        "start": format_instant(booking.start),
        "end": format_instant(booking.end),
        "duration": booking.minutes,
        "eventTypeId": booking.event_type.id,
        "eventType": {"id": booking.event_type.id, "slug": booking.event_type.slug},
        "location": booking.location,
        "absentHost": booking.absent_host,
        "createdAt": stamp(booking.created),
        "updatedAt": stamp(booking.updated),
        "metadata": dict(booking.metadata),
        "icsUid": booking.ics_uid,
    }
    if booking.location.startswith("http"):
        data["meetingUrl"] = booking.location
    return data | {name: value for name, value in _changes(booking).items() if value}


def _changes(booking: Booking) -> Json:
    return {
        "cancellationReason": booking.cancellation_reason,
        "cancelledByEmail": booking.cancelled_by,
        "reschedulingReason": booking.rescheduling_reason,
        "rescheduledByEmail": booking.rescheduled_by,
        "rescheduledFromUid": booking.replaces,
        "rescheduledToUid": booking.replaced_by,
    }


def _host(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "displayEmail": display_email(user.email),
        "username": user.username,
        "timeZone": user.zone,
    }


def _attendee(attendee: Attendee) -> Json:
    data = {
        "name": attendee.name,
        "email": attendee.email,
        "displayEmail": display_email(attendee.email),
        "timeZone": attendee.zone,
        "language": attendee.language,
        "absent": attendee.absent,
    }
    return data | ({"phoneNumber": attendee.phone} if attendee.phone else {})


def _seated(attendee: Attendee) -> Json:
    return _attendee(attendee) | {
        "seatUid": attendee.seat,
        "bookingFieldsResponses": dict(attendee.responses),
        "metadata": dict(attendee.metadata),
    }


def with_id(attendee: Attendee) -> Json:
    """Give an attendee as the paths of attendees put him out."""
    return _attendee(attendee) | {"id": attendee.id}


def shown_old(booking: Booking) -> Json:
    """Give a booking as the contract of 2024-04-15 does: other names, upper case, no `start`, no `hosts`."""
    return {
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "startTime": stamp(booking.start),
        "endTime": stamp(booking.end),
        "status": booking.status.upper(),
        "user": {"email": booking.hosts[0].email, "name": booking.hosts[0].name},
        "attendees": [{"email": each.email, "name": each.name} for each in booking.attendees],
        "eventType": {"id": booking.event_type.id, "slug": booking.event_type.slug},
        "paymentRequired": booking.event_type.fields["price"] > 0,
    }
