"""What can be known of an event type and its slots where the backend tells little of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..values import Booking, BookingWindow, EventType, Slot


def of_booking(booking: Booking) -> EventType:
    """Give the little that *booking* itself tells of its event type, where nothing else does.

    What may be changed is not known then: both changes are shown, and the backend's refusal counts.
    """
    return EventType(
        slug=booking.event_type,
        title=booking.title,
        hosts=booking.hosts,
        durations=(booking.duration,),
        window=BookingWindow(days=None),
        max_guests=0,
        notes=False,
        owner=booking.owner,
        id=booking.event_type_id,
    )


def fits_grid(event_type: EventType, slots: Sequence[Slot], start: datetime, duration: timedelta) -> bool:
    """Tell whether a slot could start at *start*, as far as the free *slots* around it show.

    It could not where a free slot overlaps it and none lies whole steps away from it.
    """
    step = event_type.slot_interval or duration
    crossing = any(slot.start < start + duration and start < slot.end for slot in slots)
    return not crossing or any(not (slot.start - start) % step for slot in slots)
