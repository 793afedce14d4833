"""Reading and writing the rows of the embedded engine; each function works on the connection it is given."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from ...errors import BookingNotFound, SlotTaken
from ...payloads import answers_from_dict, answers_to_dict, location_from_dict, location_to_dict
from ...values import (
    Attendee,
    Booking,
    BookingFilter,
    BookingRequest,
    BookingStatus,
    EventKind,
    EventType,
    Host,
)
from .listing import listed
from .tables import HOLDING, NO_OVERLAP, audit, bookings, hosts

# 22 of 62 characters are 131 bits: nobody guesses one.
_ALPHABET = string.digits + string.ascii_letters
_UID_LENGTH = 22


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """When a booking is and what it blocks, buffers included; all in UTC."""

    starts: datetime
    ends: datetime
    blocked_from: datetime
    blocked_until: datetime

    @classmethod
    def of(cls, event_type: EventType, start: datetime, duration: timedelta) -> Times:
        """Give the times of a booking of *event_type* at *start*."""
        start = start.astimezone(UTC)
        end = start + duration
        return cls(
            starts=start,
            ends=end,
            blocked_from=start - event_type.buffer_before,
            blocked_until=end + event_type.buffer_after,
        )

    def columns(self) -> dict[str, datetime]:
        """Give the values of the columns."""
        return {
            "starts": self.starts,
            "ends": self.ends,
            "blocked_from": self.blocked_from,
            "blocked_until": self.blocked_until,
        }


# --- hosts ---------------------------------------------------------------------------------------


def read_hosts(connection: Connection) -> dict[Host, int]:
    """Give every host that was ever declared, with its number."""
    return {_host(row): row.id for row in connection.execute(select(hosts))}


def write_hosts(connection: Connection, declared: Iterable[Host]) -> None:
    """Keep the hosts as they are *declared* now, under the numbers that they have."""
    _queue(connection, "hosts")
    known = set(connection.scalars(select(hosts.c.slug)))
    for host in declared:
        columns = {"slug": host.slug, "name": host.name, "zone": host.zone, "email": host.email}
        if host.slug in known:
            connection.execute(update(hosts).where(hosts.c.slug == host.slug).values(columns))
        else:
            connection.execute(insert(hosts).values(columns))


# --- reading bookings ----------------------------------------------------------------------------


def read_busy(
    connection: Connection, host: int, since: datetime, until: datetime, *, moving: str | None = None
) -> list[tuple[datetime, datetime]]:
    """Give what blocks *host* between two instants, buffers included, in order; *moving* blocks nothing."""
    query = (
        select(bookings.c.blocked_from, bookings.c.blocked_until)
        .where(bookings.c.host_id == host, bookings.c.status.in_(HOLDING))
        .where(bookings.c.blocked_until > since, bookings.c.blocked_from < until)
        .order_by(bookings.c.blocked_from)
    )
    if moving is not None:
        query = query.where(bookings.c.uid != moving)
    return [(row.blocked_from, row.blocked_until) for row in connection.execute(query)]


def read_booking(connection: Connection, uid: str, *, lock: bool = False) -> Booking:
    """Give one booking, kept from others until the transaction ends if *lock*; or raise `BookingNotFound`."""
    query = _with_host().where(bookings.c.uid == uid)
    if lock:
        query = query.with_for_update(of=bookings)
    # No database is asked for a uid that we never make: some refuse the characters themselves.
    row = connection.execute(query).first() if uid.isascii() and uid.isalnum() else None
    if row is None:
        raise BookingNotFound(f"There is no booking {uid!r}.")
    return _booking(row)


def read_bookings(connection: Connection, wanted: BookingFilter) -> tuple[Booking, ...]:
    """Give the bookings that match, in the order that is wanted."""
    return tuple(map(_booking, connection.execute(listed(_with_host(), wanted))))


def read_request(connection: Connection, key: str) -> tuple[Booking, datetime] | None:
    """Give the booking that a request with *key* made and the start it asked for, if there was one.

    Others who ask with the same key wait until the transaction ends.
    """
    if not key:
        return None
    _queue(connection, f"request {key}")
    row = connection.execute(_with_host().where(bookings.c.request_key == key)).first()
    return None if row is None else (_booking(row), row.first_starts)


def _queue(connection: Connection, name: str) -> None:
    """Let one transaction after the other do what is called *name*."""
    # On SQLite a transaction that writes is alone anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"booker {name}"}
        )


# --- writing bookings ----------------------------------------------------------------------------


def insert_booking(
    connection: Connection,
    request: BookingRequest,
    event_type: EventType,
    *,
    host: int,
    times: Times,
    now: datetime,
) -> Booking:
    """Write a new booking and give it; `SlotTaken` if it would overlap another one of *host*."""
    uid = "".join(secrets.choice(_ALPHABET) for _ in range(_UID_LENGTH))
    columns = {
        "uid": uid,
        "request_key": request.key or None,
        "event_type": event_type.slug,
        "title": event_type.title,
        "host_id": host,
        "first_starts": times.starts,
        "status": BookingStatus.CONFIRMED.value,
        "revision": 1,
        "reason": "",
        "changed_by": "",
        "created_at": now,
        "updated_at": now,
        **times.columns(),
        **_details(request, event_type),
    }
    _execute(connection, insert(bookings).values(columns))
    booking = read_booking(connection, uid)
    _note(connection, EventKind.CREATED, None, booking)
    return booking


def update_booking(
    connection: Connection, before: Booking, kind: EventKind, changes: Mapping[str, Any], *, now: datetime
) -> Booking:
    """Write *changes* of a booking as its next revision and give it; `SlotTaken` if it would overlap."""
    columns = {**changes, "revision": before.revision + 1, "updated_at": now}
    _execute(connection, update(bookings).where(bookings.c.uid == before.uid).values(columns))
    after = read_booking(connection, before.uid)
    _note(connection, kind, before, after)
    return after


def _execute(connection: Connection, statement: Any) -> None:
    try:
        connection.execute(statement)
    except IntegrityError as error:
        if NO_OVERLAP not in str(error.orig):
            raise
        raise SlotTaken("Another booking of the host holds a part of this time.") from error


def _details(request: BookingRequest, event_type: EventType) -> dict[str, Any]:
    """Give the columns that hold what the guest said."""
    # There is nothing to choose among one location.
    only = event_type.locations[0] if len(event_type.locations) == 1 else None
    return {
        "attendee_name": request.attendee.name,
        "attendee_email": request.attendee.email,
        "attendee_zone": request.attendee.zone,
        "attendee_locale": request.attendee.locale,
        "attendee_phone": request.attendee.phone,
        "guests": list(request.guests),
        "answers": answers_to_dict(request.answers),
        "location": location_to_dict(request.location or only),
        "notes": request.notes,
    }


def _note(connection: Connection, kind: EventKind, before: Booking | None, after: Booking) -> None:
    """Write the line of the audit for a change."""
    columns = {
        "booking_uid": after.uid,
        "revision": after.revision,
        "at": after.updated_at,
        "actor": after.changed_by,
        "action": kind.value,
        "before": _facts(before) if before else None,
        "after": _facts(after),
    }
    connection.execute(insert(audit).values(columns))


def _facts(booking: Booking) -> dict[str, str]:
    """Give what a change can change, its reason included; who was booked stays in the booking alone."""
    return {
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "status": booking.status.value,
        "reason": booking.reason,
    }


# --- rows and values -----------------------------------------------------------------------------


def _with_host() -> Select[Any]:
    labelled = [hosts.c[name].label(f"host_{name}") for name in ("slug", "name", "zone", "email")]
    return select(bookings, *labelled).join(hosts, bookings.c.host_id == hosts.c.id)


def _host(row: Row[Any]) -> Host:
    return Host(slug=row.slug, name=row.name, zone=row.zone, email=row.email)


def _booking(row: Row[Any]) -> Booking:
    return Booking(
        uid=row.uid,
        event_type=row.event_type,
        title=row.title,
        start=row.starts,
        end=row.ends,
        status=BookingStatus(row.status),
        hosts=(Host(slug=row.host_slug, name=row.host_name, zone=row.host_zone, email=row.host_email),),
        attendee=_attendee(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
        guests=tuple(row.guests),
        notes=row.notes,
        answers=answers_from_dict(row.answers),
        location=location_from_dict(row.location),
        former_start=row.former_starts,
        reason=row.reason,
        changed_by=row.changed_by,
    )


def _attendee(row: Row[Any]) -> Attendee:
    return Attendee(
        name=row.attendee_name,
        email=row.attendee_email,
        zone=row.attendee_zone,
        locale=row.attendee_locale,
        phone=row.attendee_phone,
    )
