"""A subscriber that keeps every event it hears: what a partner's CRM would do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from booker_components import BookingEvent

_TABLE = """
CREATE TABLE IF NOT EXISTS heard (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  uid TEXT NOT NULL,
  title TEXT NOT NULL,
  guest TEXT NOT NULL,
  start TEXT NOT NULL,
  reason TEXT NOT NULL
)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One line of the log."""

    id: str
    kind: str
    at: datetime
    uid: str
    title: str
    guest: str
    start: datetime
    reason: str


class HeardEvents:
    """The log: call it with an event to add a line, ask `latest` to read it."""

    name = "demo.heard"

    def __init__(self, path: Path) -> None:
        """Keep the log in the SQLite file *path*."""
        self._path = path
        with self._connection() as connection:
            connection.execute(_TABLE)

    def __call__(self, event: BookingEvent) -> None:
        """Add *event*; hearing the same one twice adds one line, as delivery is at least once."""
        booking = event.booking
        row = (
            event.id,
            event.kind.value,
            event.at.isoformat(),
            booking.uid,
            booking.title,
            booking.attendee.name,
            booking.start.isoformat(),
            booking.reason,
        )
        with self._connection() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO heard (id, kind, at, uid, title, guest, start, reason) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def latest(self, limit: int = 100) -> list[Heard]:
        """Give the lines, the newest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT id, kind, at, uid, title, guest, start, reason FROM heard "
                "ORDER BY position DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [_line(*row) for row in rows]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # A connection for each call: the outbox's thread writes and requests read.
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            yield connection


def _line(id: str, kind: str, at: str, uid: str, title: str, guest: str, start: str, reason: str) -> Heard:
    return Heard(
        id=id,
        kind=kind,
        at=datetime.fromisoformat(at),
        uid=uid,
        title=title,
        guest=guest,
        start=datetime.fromisoformat(start),
        reason=reason,
    )
