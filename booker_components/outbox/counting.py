"""Counts the events of a booking, so that whoever hears of them can tell their order."""

from __future__ import annotations

from sqlalchemy import func, select

from ..storage import Storage
from ..values import BookingEvent
from .tables import events


def sequence_of(storage: Storage, event: BookingEvent) -> int:
    """Tell which one of its booking's events *event* is: 1 for the first, without gaps."""
    this = select(events.c.id).where(events.c.event_id == event.id).scalar_subquery()
    query = select(func.count()).where(events.c.booking_uid == event.booking.uid, events.c.id <= this)
    with storage.reading() as connection:
        return int(connection.execute(query).scalar_one())
