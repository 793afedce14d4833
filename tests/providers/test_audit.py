"""Tests of the audit trail: who did what to a booking and when, how it stood before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from booker_components.providers.embedded.audit import SYSTEM, history, note
from booker_components.providers.embedded.tables import audit
from booker_components.storage import Storage
from booker_components.values import AuditEntry, AuditFacts, BookingStatus, EventKind

from ..databases import lay_database
from ..test_payloads import FULL
from .samples import NOW

FIRST = replace(FULL, revision=1, reason="", status=BookingStatus.PENDING)
LATER = replace(FIRST, revision=2, start=FIRST.start + timedelta(hours=1), reason="Ill")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A storage with tables."""
    made = Storage(lay_database(tmp_path))
    yield made
    made.close()


def test_a_history_tells_who_did_what_and_when(storage: Storage) -> None:
    """Each change with the booking as it was and as it is, the first one first."""
    with storage.transaction() as connection:
        note(connection, EventKind.RESCHEDULED, FIRST, LATER, actor="host", at=NOW + timedelta(hours=1))
        note(connection, EventKind.CREATED, None, FIRST, actor="guest", at=NOW)

    with storage.reading() as connection:
        first, second = history(connection, FULL.uid)

    stood = AuditFacts(
        start=FIRST.start, end=FIRST.end, status=BookingStatus.PENDING, hosts=("ada", "bo"), reason=""
    )
    assert first == AuditEntry(
        at=NOW, actor="guest", action="booking.created", revision=1, before=None, after=stood
    )
    assert (second.actor, second.action, second.before) == ("host", "booking.rescheduled", stood)
    assert (second.after.start, second.after.reason) == (LATER.start, "Ill")


def test_what_time_does_is_done_by_the_system(storage: Storage) -> None:
    """An approval that runs out, for one."""
    gone = replace(FIRST, revision=2, status=BookingStatus.REJECTED)
    with storage.transaction() as connection:
        note(connection, EventKind.REJECTED, FIRST, gone, actor=SYSTEM, at=NOW)

    with storage.reading() as connection:
        (entry,) = history(connection, FULL.uid)

    assert (entry.actor, entry.after.status) == ("system", BookingStatus.REJECTED)


def test_nothing_is_known_of_a_booking_that_was_never_made(storage: Storage) -> None:
    """There are no changes."""
    with storage.reading() as connection:
        assert history(connection, "nope") == ()


def test_a_line_holds_nothing_that_the_guest_said(storage: Storage) -> None:
    """But the reason of a change: the booking alone knows the guest."""
    with storage.transaction() as connection:
        note(connection, EventKind.CANCELLED, FIRST, LATER, actor="guest", at=NOW)

    with storage.reading() as connection:
        row = connection.execute(select(audit)).one()

    assert set(row.after) == {"start", "end", "status", "hosts", "reason"}
    for private in (FULL.attendee.name, FULL.attendee.email, FULL.attendee.phone, *FULL.guests, FULL.notes):
        assert private not in str(row)


def test_a_change_is_written_once(storage: Storage) -> None:
    """Two who change the same revision cannot both be right."""
    with storage.transaction() as connection:
        note(connection, EventKind.CREATED, None, FIRST, actor="guest", at=NOW)

    with pytest.raises(IntegrityError), storage.transaction() as connection:
        note(connection, EventKind.CREATED, None, FIRST, actor="guest", at=NOW)


def test_lines_of_older_versions_are_read(storage: Storage) -> None:
    """They name no hosts, and may have words that are no longer used."""
    facts = {
        "start": "2026-03-03T09:00:00+00:00",
        "end": "2026-03-03T09:30:00+00:00",
        "status": "confirmed",
        "reason": "",
    }
    row = {"booking_uid": "old", "revision": 1, "at": NOW, "actor": "", "action": "booking.made"}
    with storage.transaction() as connection:
        connection.execute(insert(audit).values(row | {"before": None, "after": facts}))

    with storage.reading() as connection:
        (entry,) = history(connection, "old")

    assert (entry.action, entry.actor, entry.after.hosts) == ("booking.made", "", ())
