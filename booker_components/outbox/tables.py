"""The tables of the outbox: every event once, and its way to every subscriber."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from ..storage import Instant, metadata

#: Events, numbered in the order in which they became safe; no number is given twice.
events = Table(
    "booker_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("booking_uid", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("booking", JSON, nullable=False),
    Index("booker_events_booking_ix", "booking_uid", "id"),
    sqlite_autoincrement=True,
)

#: One row for each event and subscriber.
deliveries = Table(
    "booker_deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("event", ForeignKey(events.c.id), nullable=False),
    # Repeated from the event, to keep the order per booking without a join.
    Column("booking_uid", Text, nullable=False),
    Column("subscriber", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Also tells claimers apart: who comes back after the lease finds another number.
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("first_tried_at", Instant),
    # Of a parked one, when somebody was told that it is.
    Column("done_at", Instant),
    Column("last_error", Text, nullable=False),
    UniqueConstraint("event", "subscriber"),
    CheckConstraint("state IN ('pending', 'done', 'parked')", name="state"),
    Index("booker_deliveries_due_ix", "state", "next_at"),
    Index("booker_deliveries_order_ix", "subscriber", "booking_uid", "state", "event"),
)
