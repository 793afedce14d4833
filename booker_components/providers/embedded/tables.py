"""The tables of the embedded engine; what forbids overlapping bookings is in the migrations."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
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

#: One row for each time that hosts give: to one guest, or to several with a seat each.
appointments = Table(
    "booker_appointments",
    metadata,
    Column("id", Integer, primary_key=True),
    # The uid of its only booking, or one of its own where guests share it.
    Column("uid", Text, nullable=False, unique=True),
    Column("event_type", Text, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("capacity", Integer, nullable=False),
    # How many bookings hold a part of it; at 0 its hosts are free.
    Column("taken", Integer, nullable=False),
    # Counts every change of any booking that has a part of it, also of those that have moved away since.
    Column("revision", Integer, nullable=False, server_default="1"),
    CheckConstraint("ends > starts", name="lasts"),
    CheckConstraint("taken >= 0 AND taken <= capacity", name="seats"),
    Index("booker_appointments_starts_ix", "event_type", "starts"),
)

#: Which host is taken from when to when, and by which appointment.
host_times = Table(
    "booker_host_times",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("appointment_id", ForeignKey(appointments.c.id), nullable=False),
    Column("host_id", ForeignKey(hosts.c.id), nullable=False),
    # The order in which hosts are named: the first is the one that the guest is told of.
    Column("place", Integer, nullable=False),
    # The time with its buffers, as it was when booked: later changes of the event type do not touch it.
    Column("blocked_from", Instant, nullable=False),
    Column("blocked_until", Instant, nullable=False),
    # Whether the time is taken; rows stay, to tell who it was.
    Column("holding", Boolean, nullable=False),
    CheckConstraint("blocked_until > blocked_from", name="lasts"),
    UniqueConstraint("appointment_id", "host_id"),
    Index(
        "booker_host_times_busy_ix",
        "host_id",
        "blocked_until",
        "blocked_from",
        sqlite_where=text("holding"),
        postgresql_where=text("holding"),
    ),
)


def is_held(times: str = host_times.name) -> ColumnElement[bool]:
    """Give the condition that a row is held, in the words of the index; *times* is the name of an alias.

    SQLAlchemy writes "holding = 1" for SQLite, which does not see that the index of what is "holding" will do
    (https://www.sqlite.org/partialindex.html).
    """
    return literal_column(f"{times}.holding")


#: When each host is taken, as bits: made from the rows above, for lists of slots (see `marks`).
busy_masks = Table(
    "booker_busy_masks",
    metadata,
    Column("host_id", ForeignKey(hosts.c.id), primary_key=True),
    # The number of the block of time; `marks.BLOCK` says how long it is.
    Column("block", Integer, primary_key=True, autoincrement=False),
    # Minutes of a bit.
    Column("unit", Integer, nullable=False),
    Column("mask", LargeBinary, nullable=False),
    CheckConstraint("unit IN (1, 5)", name="unit"),
    # Of 32 days; blocks are read as one long mask.
    CheckConstraint("length(mask) = 5760 / unit", name="whole"),
)

#: One row for each booking, as it stands; where guests share a time, one for each seat.
bookings = Table(
    "booker_bookings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("request_key", Text, unique=True),
    Column("appointment_id", ForeignKey(appointments.c.id), nullable=False),
    Column("event_type", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    # What was asked for, to know the same request again after the booking has moved.
    Column("first_starts", Instant, nullable=False),
    Column("former_starts", Instant),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    # The uid of the series it belongs to, or "".
    Column("series", Text, nullable=False),
    # When it is declined by itself, where it waits for its host.
    Column("decide_by", Instant),
    # The guest's address without case, by which guests are told apart.
    Column("guest", Text, nullable=False),
    Column("attendee_name", Text, nullable=False),
    Column("attendee_email", Text, nullable=False),
    Column("attendee_zone", Text, nullable=False),
    Column("attendee_locale", Text, nullable=False),
    Column("attendee_phone", Text, nullable=False),
    Column("guests", JSON, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("location", JSON(none_as_null=True)),
    Column("notes", Text, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("ends > starts", name="lasts"),
    CheckConstraint("status IN ('confirmed', 'pending', 'cancelled', 'rejected')", name="status"),
    CheckConstraint("revision >= 1", name="revision"),
    Index("booker_bookings_starts_ix", "starts"),
    Index("booker_bookings_appointment_ix", "appointment_id"),
    Index("booker_bookings_series_ix", "series"),
    Index("booker_bookings_decide_by_ix", "decide_by"),
    Index("booker_bookings_guest_ix", "guest", "starts"),
)

#: Slots kept for visitors who are filling in the form: one row for each host.
holds = Table(
    "booker_holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("host_id", ForeignKey(hosts.c.id), nullable=False),
    Column("event_type", Text, nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("blocked_from", Instant, nullable=False),
    Column("blocked_until", Instant, nullable=False),
    # When it lapses.
    Column("until", Instant, nullable=False),
    UniqueConstraint("uid", "host_id"),
    Index("booker_holds_busy_ix", "host_id", "until"),
    Index("booker_holds_until_ix", "until"),
)

#: Calendars from elsewhere, as they were last read.
feeds = Table(
    "booker_feeds",
    metadata,
    # Of the address, which is as good as a password.
    Column("digest", Text, primary_key=True),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    # The last good copy; None while there is none.
    Column("body", LargeBinary),
    # When that was known to be good.
    Column("good_at", Instant),
    Column("tried_at", Instant),
    Column("error", Text, nullable=False),
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
