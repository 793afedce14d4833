"""Deliveries as values, and the queries that find them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from ..payloads import booking_from_dict, booking_to_dict
from ..values import BookingEvent, EventKind
from .tables import deliveries, events

# Insert an event, unless its key is there already; in the words of each database.
_KEEP = {
    "sqlite": sqlite.insert(events).on_conflict_do_nothing(index_elements=[events.c.dedupe_key]),
    "postgresql": postgresql.insert(events).on_conflict_do_nothing(index_elements=[events.c.dedupe_key]),
}


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DONE = "done"
    #: Given up, after a day of failures or at once, until somebody retries it.
    PARKED = "parked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One event on its way to one subscriber; holds no personal data."""

    id: int
    event_id: str
    #: A word of `EventKind`, or one that another version of this package wrote.
    kind: str
    booking_uid: str
    subscriber: str
    state: DeliveryState
    attempts: int
    #: When it is due, or due again.
    next_at: datetime
    last_error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A delivery that is ours until its lease ends."""

    id: int
    attempts: int
    first_tried_at: datetime
    subscriber: str
    event_id: str


def joined() -> Select[Any]:
    """Select deliveries with what can be read of any event, whoever wrote it: not its booking."""
    columns = [each for each in deliveries.c if each.name != "event"]
    facts = (events.c.event_id, events.c.kind)
    return select(*columns, *facts).join(events, deliveries.c.event == events.c.id)


def due(now: datetime, subscribers: Collection[str]) -> Select[Any]:
    """Select the delivery to one of *subscribers* that has been due longest at *now*."""
    return (
        joined()
        .where(deliveries.c.state == DeliveryState.PENDING.value)
        .where(deliveries.c.next_at <= now)
        # Rows of a subscriber that is gone wait, in case it comes back.
        .where(deliveries.c.subscriber.in_(subscribers))
        .where(~_held_back())
        .order_by(deliveries.c.next_at, deliveries.c.id)
        .limit(1)
    )


def _held_back() -> ColumnElement[bool]:
    """Tell whether the subscriber has yet to take an older event of the booking, parked ones included."""
    older = deliveries.alias("older")
    return exists().where(
        older.c.subscriber == deliveries.c.subscriber,
        older.c.booking_uid == deliveries.c.booking_uid,
        older.c.state.in_((DeliveryState.PENDING.value, DeliveryState.PARKED.value)),
        older.c.event < deliveries.c.event,
    )


def keep(connection: Connection, event: BookingEvent, key: str) -> int | None:
    """Keep *event* and give its number; None if there is one with this *key*, which stays."""
    row = {
        "event_id": event.id,
        "dedupe_key": key,
        "kind": event.kind.value,
        "booking_uid": event.booking.uid,
        "at": event.at,
        "booking": booking_to_dict(event.booking),
    }
    made = connection.execute(_KEEP[connection.dialect.name], row)
    # PostgreSQL does not count, but gives the number if there is one; SQLite counts, and gives any number.
    number = made.inserted_primary_key if made.rowcount else None
    return None if number is None else int(number.id)


def event_of(row: Row[Any]) -> BookingEvent:
    """Give the event of a row; raises whatever its kind or its booking is wrong for."""
    return BookingEvent(
        id=row.event_id, kind=EventKind(row.kind), at=row.at, booking=booking_from_dict(row.booking)
    )


def delivery_of(row: Row[Any]) -> Delivery:
    """Give the delivery of a row that `joined` selected."""
    return Delivery(
        id=row.id,
        event_id=row.event_id,
        kind=row.kind,
        booking_uid=row.booking_uid,
        subscriber=row.subscriber,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        last_error=row.last_error,
    )
