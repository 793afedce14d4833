"""Who has been told of which failure, so that nobody is told twice, nor of each of many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from .tables import reports

#: Failures of one kind are told to one recipient once in this time; those between come with the next one.
QUIET = timedelta(hours=24)

# Stands for bookings that have been settled.
_NO_BOOKING = ""


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
        self._insert(kind, _digest(recipient), booking_uid)
        query = select(reports.c.booking_uid, reports.c.told_at).where(theirs).order_by(reports.c.booking_uid)
        with self._storage.reading() as connection:
            rows = connection.execute(query).all()
        since = self._clock() - QUIET
        waiting = tuple(row.booking_uid for row in rows if row.told_at is None and row.booking_uid)
        lately = any(row.told_at is not None and row.told_at > since for row in rows)
        return waiting if booking_uid in waiting and not lately else ()

    def told(self, kind: str, recipient: str, booking_uids: Collection[str]) -> None:
        """Note that *recipient* was told of these bookings."""
        these = _theirs(kind, recipient) & reports.c.booking_uid.in_(booking_uids)
        with self._storage.transaction() as connection:
            connection.execute(update(reports).where(these).values(told_at=self._clock()))

    def overdue(self, recipient: str) -> Mapping[str, tuple[str, ...]]:
        """Give the uids that *recipient* was not told of, by kind, of kinds that need not wait any more."""
        mine = reports.c.recipient == _digest(recipient)
        query = select(reports.c.kind, reports.c.booking_uid, reports.c.told_at).where(mine)
        with self._storage.reading() as connection:
            rows = connection.execute(query.order_by(reports.c.booking_uid)).all()
        since = self._clock() - QUIET
        lately = {row.kind for row in rows if row.told_at is not None and row.told_at > since}
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            if row.told_at is None and row.booking_uid and row.kind not in lately:
                found[row.kind] = (*found.get(row.kind, ()), row.booking_uid)
        return found

    def settle(self, booking_uid: str, *, but: str = "") -> None:
        """Forget the failures of a booking that has been written: another one would be news.

        Those of the kind *but* are kept, and so is that a kind was told lately.
        """
        these = (reports.c.booking_uid == booking_uid) & (reports.c.kind != but)
        with self._storage.reading() as connection:
            rows = connection.execute(select(reports).where(these)).all()
        for row in rows:
            if row.told_at is not None:
                self._keep_quiet(row.kind, row.recipient, row.told_at)
        if rows:
            with self._storage.transaction() as connection:
                connection.execute(delete(reports).where(these))

    def _keep_quiet(self, kind: str, recipient: str, told_at: datetime) -> None:
        """Remember that a kind was told, whatever becomes of the bookings that it was told of."""
        self._insert(kind, recipient, _NO_BOOKING)
        mine = (reports.c.kind == kind) & (reports.c.recipient == recipient)
        query = update(reports).where(mine, reports.c.booking_uid == _NO_BOOKING)
        with self._storage.transaction() as connection:
            connection.execute(query.values(told_at=told_at))

    def _insert(self, kind: str, recipient: str, booking_uid: str) -> None:
        row = {"kind": kind, "recipient": recipient, "booking_uid": booking_uid, "told_at": None}
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
