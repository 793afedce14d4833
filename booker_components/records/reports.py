"""Who has been told of which failure, so that nobody is told twice, nor of each of many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from .tables import reports

#: Failures of one kind are told to one recipient once in this time; those between come with the next one.
QUIET = timedelta(hours=24)


class Reports:
    """Notes failures before they are told, and that they were; every method commits by itself."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    def note(self, kind: str, recipient: str, booking_uid: str) -> tuple[str, ...]:
        """Note a failure; give the uids of all bookings to tell *recipient* of now, none if it can wait.

        Of a booking that was told, nothing is to be told again.
        """
        theirs = _theirs(kind, recipient)
        self._insert(kind, recipient, booking_uid)
        query = select(reports.c.booking_uid, reports.c.told_at).where(theirs).order_by(reports.c.booking_uid)
        with self._storage.reading() as connection:
            rows = connection.execute(query).all()
        since = self._clock() - QUIET
        waiting = tuple(row.booking_uid for row in rows if row.told_at is None)
        lately = any(row.told_at is not None and row.told_at > since for row in rows)
        return waiting if booking_uid in waiting and not lately else ()

    def told(self, kind: str, recipient: str, booking_uids: Collection[str]) -> None:
        """Note that *recipient* was told of these bookings."""
        these = _theirs(kind, recipient) & reports.c.booking_uid.in_(booking_uids)
        with self._storage.transaction() as connection:
            connection.execute(update(reports).where(these).values(told_at=self._clock()))

    def settle(self, booking_uid: str) -> None:
        """Forget the failures of a booking that has been written: another one would be news."""
        these = reports.c.booking_uid == booking_uid
        with self._storage.reading() as connection:
            if connection.execute(select(reports.c.kind).where(these)).first() is None:
                return
        with self._storage.transaction() as connection:
            connection.execute(delete(reports).where(these))

    def _insert(self, kind: str, recipient: str, booking_uid: str) -> None:
        row = {"kind": kind, "recipient": _digest(recipient), "booking_uid": booking_uid, "told_at": None}
        try:
            with self._storage.transaction() as connection:
                connection.execute(insert(reports).values(row))
        except IntegrityError:
            # It was noted before.
            pass


def _theirs(kind: str, recipient: str) -> ColumnElement[bool]:
    return (reports.c.kind == kind) & (reports.c.recipient == _digest(recipient))


def _digest(recipient: str) -> str:
    return hashlib.sha256(recipient.lower().encode()).hexdigest()
