"""Bookings as webhooks of Jicoo tell them, for those that can no longer be read (contracts/jicoo.md 4).

The names differ from those of the API: `eventTypeUid` for `eventTypeId`, tracking with "utm_", and the guest
stands within.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ...errors import ProviderError
from ...values import Attendee, Booking, BookingStatus, Host
from .._objects import known_zone
from . import answers, locations
from .bookings import recalled, status_of
from .objects import Object

_ENDINGS = frozenset({"guest_cancelled", "host_cancelled"})
_SIDES = {
    "guest_rescheduled": "guest",
    "host_rescheduled": "host",
    "guest_cancelled": "guest",
    "host_cancelled": "host",
}
# A notice says at most by which ids Jicoo knows the hosts.
_NOBODY = (Host(slug="", name="", zone="UTC"),)


def booking_told(event: str, sent: Mapping[str, Any], *, at: datetime) -> Booking | None:
    """Give the booking as what was *sent* tells it at *at*; None if too little is told, or it makes no sense.

    Who hosts is not told; the event type goes by Jicoo's id, and answers by the texts of their questions.
    """
    try:
        return _told(event, Object.of(sent, "webhook"), at)
    except ProviderError:
        return None


def completed(told: Booking, last: Booking) -> Booking:
    """Give *told* with everything that a notice does not tell, or in other words, as it was *last* known.

    What is left of the notice is when the booking is, whether it stands, where, and for whom.
    """
    guest = told.attendee
    known = replace(
        recalled(told, last),
        event_type=last.event_type,
        event_type_id=last.event_type_id,
        title=last.title,
        hosts=last.hosts,
        created_at=last.created_at,
        guests=last.guests,
        notes=last.notes,
        answers=last.answers,
        location=told.location or last.location,
    )
    attendee = replace(
        last.attendee,
        name=guest.name or last.attendee.name,
        email=guest.email or last.attendee.email,
        phone=guest.phone or last.attendee.phone,
        zone=guest.zone,
    )
    return replace(known, attendee=attendee)


def _told(event: str, sent: Object, at: datetime) -> Booking:
    status = BookingStatus.CANCELLED if event in _ENDINGS else status_of(sent)
    is_open = status is not BookingStatus.CANCELLED
    guest, id = _guest(sent), sent.text("eventTypeUid")
    return Booking(
        uid=sent.word("uid"),
        event_type=id,
        event_type_id=id,
        title=sent.text("name"),
        start=sent.instant("startedAt"),
        end=sent.instant("endedAt"),
        status=status,
        revision=1 if is_open else 2,
        hosts=_NOBODY,
        attendee=guest,
        created_at=sent.instant("createdAt", at),
        updated_at=sent.instant("updatedAt", at),
        answers=MappingProxyType(answers.read(sent, ())),
        location=locations.booked(sent, phone=guest.phone, offered=()),
        changed_by=_SIDES.get(event, ""),
        metadata=MappingProxyType(_tracking(sent)),
    )


def _guest(sent: Object) -> Attendee:
    """Give the guest. The API knows one name only, so the surname is for those who have no other here."""
    contact = sent.child("contact") or Object({}, "webhook.contact")
    return Attendee(
        name=contact.text("name") or contact.text("lastName"),
        email=contact.text("email"),
        phone=contact.text("phone"),
        zone=known_zone(sent.text("timeZone")),
    )


def _tracking(sent: Object) -> dict[str, str]:
    """Give the campaign as facts, which have the same names."""
    tracking = sent.child("tracking") or Object({}, "webhook.tracking")
    names = [name for name in tracking.fields if name.startswith("utm_")]
    return {name: text for name in names if (text := tracking.text(name))}
