"""The audit trail: a line for each change of a booking, in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from ...values import AuditEntry, AuditFacts, Booking, BookingStatus, EventKind
from .tables import audit

#: The actor where nobody acted but time: an approval that ran out, for one.
SYSTEM = "system"

_INSERT = insert(audit)
_HISTORY = select(audit).where(audit.c.booking_uid == bindparam("uid")).order_by(audit.c.revision)


def note(
    connection: Connection,
    kind: EventKind,
    before: Booking | None,
    after: Booking,
    *,
    actor: str,
    at: datetime,
) -> None:
    """Write that *actor* did *kind* to a booking *at* an instant, as the revision that *after* has.

    *actor* is "guest", "host", `SYSTEM`, or what the host app said; never a name or an address of a guest.
    """
    columns = {
        "booking_uid": after.uid,
        "revision": after.revision,
        "at": at,
        "actor": actor,
        "action": kind.value,
        "before": _facts(before) if before else None,
        "after": _facts(after),
    }
    connection.execute(_INSERT, columns)


def history(connection: Connection, uid: str) -> tuple[AuditEntry, ...]:
    """Give every change of a booking, the first one first; empty where there is no such booking."""
    return tuple(
        AuditEntry(
            at=row.at,
            actor=row.actor,
            action=row.action,
            revision=row.revision,
            before=_read(row.before) if row.before else None,
            after=_read(row.after),
        )
        for row in connection.execute(_HISTORY, {"uid": uid})
    )


def _facts(booking: Booking) -> dict[str, Any]:
    return {
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "status": booking.status.value,
        "hosts": [host.slug for host in booking.hosts],
        "reason": booking.reason,
    }


def _read(facts: Mapping[str, Any]) -> AuditFacts:
    return AuditFacts(
        start=datetime.fromisoformat(facts["start"]),
        end=datetime.fromisoformat(facts["end"]),
        status=BookingStatus(facts["status"]),
        # Not in what was written before there were several hosts.
        hosts=tuple(facts.get("hosts", ())),
        reason=facts["reason"],
    )
