"""Where Jicoo sends a guest afterwards (contracts/jicoo.md 5)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit

from ... import times
from .records import Booking

#: The events after which a guest is sent somewhere.
EVENTS = ("guest_booked", "guest_rescheduled", "guest_cancelled")


def redirect(booking: Booking, event: str, to: str) -> str:
    """Give the address *to* with the seven parameters behind those that it has, in the vendor's order."""
    parameters = {
        "event": event,
        "eventTypeUid": booking.event_type.uid,
        "eventTypeName": booking.event_type.name,
        "eventUid": booking.uid,
        "eventStartedAt": _local(booking.start, booking.zone),
        "eventEndedAt": _local(booking.end, booking.zone),
        "eventCreatedAt": _local(booking.created, booking.zone),
    }
    parts = urlsplit(to)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def _local(instant: datetime, zone_name: str) -> str:
    """Write an instant in the zone of the guest: milliseconds, and an offset in digits even for UTC."""
    return instant.astimezone(times.zone(zone_name)).isoformat(timespec="milliseconds")
