"""Writing bookings: every change is a revision, a line of the audit, and told to whoever listens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from ...payloads import answers_to_dict, location_to_dict
from ...values import Booking, BookingRequest, BookingStatus, EventKind, EventType
from . import rows
from .audit import note
from .desk import Desk
from .tables import bookings
from .taking import Times

_INSERT = insert(bookings)
# SQLAlchemy keeps the names of the columns for their own values.
_UPDATE = update(bookings).where(bookings.c.uid == bindparam("of_uid"))

# The columns that say of a booking what its value says under the same name.
_ITS_OWN = frozenset({"status", "revision", "reason", "changed_by", "decide_by", "updated_at"})


def insert_booking(
    connection: Connection,
    desk: Desk,
    request: BookingRequest,
    event_type: EventType,
    *,
    uid: str,
    times: Times,
    **columns: Any,
) -> Booking:
    """Write a new booking and give it, without the dates of its series.

    *columns* are those that the request does not tell.
    """
    now = desk.now().astimezone(UTC)
    row = {
        "uid": uid,
        "event_type": event_type.slug,
        "title": event_type.title,
        "first_starts": request.start,
        "former_starts": None,
        "revision": 1,
        "reason": "",
        "changed_by": "",
        "created_at": now,
        "updated_at": now,
        **times.own,
        **_details(request, event_type),
        **columns,
    }
    connection.execute(_INSERT, row)
    booking = rows.read_booking(connection, uid) if event_type.seats else rows.written(connection, row)
    note(connection, EventKind.CREATED, None, booking, actor=request.by, at=now)
    return booking


def change_booking(
    connection: Connection, desk: Desk, before: Booking, kind: EventKind, **changes: Any
) -> Booking:
    """Write *changes* of a booking as its next revision, tell of them, and give it as it now stands."""
    now = desk.now().astimezone(UTC)
    columns = {**changes, "revision": before.revision + 1, "updated_at": now}
    connection.execute(_UPDATE, {**columns, "of_uid": before.uid})
    after = _changed(connection, before, columns)
    note(connection, kind, before, after, actor=after.changed_by, at=now)
    desk.tell(kind, after)
    return after


def _changed(connection: Connection, before: Booking, columns: Mapping[str, Any]) -> Booking:
    """Give what became of *before*; read again only where its hosts or its series have changed with it."""
    if before.series or not columns.keys() <= _ITS_OWN:
        return rows.read_booking(connection, before.uid)
    return replace(before, **{**columns, "status": BookingStatus(columns.get("status", before.status))})


def closing(status: BookingStatus, *, reason: str, by: str) -> Mapping[str, Any]:
    """Give the changes that end a booking."""
    return {"status": status.value, "reason": reason, "changed_by": by, "decide_by": None}


def decide_by(event_type: EventType, start: datetime, now: datetime) -> datetime | None:
    """Give until when a host is to decide about a booking at *start*; None where it need not wait."""
    approval = event_type.approval
    if approval is None or (approval.within is not None and start - now >= approval.within):
        return None
    until = start if approval.expires is None else min(start, now + approval.expires)
    return until.astimezone(UTC)


def _details(request: BookingRequest, event_type: EventType) -> dict[str, Any]:
    """Give the columns that hold what the guest said."""
    # There is nothing to choose among one location.
    only = event_type.locations[0] if len(event_type.locations) == 1 else None
    return {
        "guest": request.attendee.email.casefold(),
        "attendee_name": request.attendee.name,
        "attendee_email": request.attendee.email,
        "attendee_zone": request.attendee.zone,
        "attendee_locale": request.attendee.locale,
        "attendee_phone": request.attendee.phone,
        "guests": list(request.guests),
        "answers": _as_kept(answers_to_dict(request.answers)),
        "location": location_to_dict(request.location or only),
        "notes": request.notes,
        "metadata": _as_kept(dict(request.metadata)),
    }


def _as_kept(payload: dict[str, Any]) -> Any:
    """Give *payload* as JSON gives it back, whatever a host app has put into it."""
    return json.loads(json.dumps(payload)) if payload else payload
