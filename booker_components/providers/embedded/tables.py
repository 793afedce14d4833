"""The tables of the embedded engine; what forbids overlapping bookings is in the migrations."""

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

from ...storage import Instant, metadata
from ...values import BookingStatus

#: The statuses of bookings that hold their time.
HOLDING = (BookingStatus.CONFIRMED.value, BookingStatus.PENDING.value)

#: What the database says when a booking would overlap another one of its host.
NO_OVERLAP = "booker_no_overlap"

#: Everybody who can be booked; rows stay when a host is no longer declared.
hosts = Table(
    "booker_hosts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("email", Text, nullable=False),
)

#: One row for each booking, as it stands.
bookings = Table(
    "booker_bookings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("request_key", Text, unique=True),
    Column("event_type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("host_id", ForeignKey(hosts.c.id), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    # The time with its buffers, as it was when booked: later changes of the event type do not touch it.
    Column("blocked_from", Instant, nullable=False),
    Column("blocked_until", Instant, nullable=False),
    # What was asked for, to know the same request again after the booking has moved.
    Column("first_starts", Instant, nullable=False),
    Column("former_starts", Instant),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("attendee_name", Text, nullable=False),
    Column("attendee_email", Text, nullable=False),
    Column("attendee_zone", Text, nullable=False),
    Column("attendee_locale", Text, nullable=False),
    Column("attendee_phone", Text, nullable=False),
    Column("guests", JSON, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("location", JSON(none_as_null=True)),
    Column("notes", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("ends > starts", name="lasts"),
    CheckConstraint("blocked_from <= starts AND blocked_until >= ends", name="blocks"),
    CheckConstraint("status IN ('confirmed', 'pending', 'cancelled', 'rejected')", name="status"),
    CheckConstraint("revision >= 1", name="revision"),
    Index("booker_bookings_busy_ix", "host_id", "blocked_until", "blocked_from"),
    Index("booker_bookings_starts_ix", "starts"),
)

#: One row for each change of a booking; rows are never changed.
audit = Table(
    "booker_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("booking_uid", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON, nullable=False),
    UniqueConstraint("booking_uid", "revision"),
)
