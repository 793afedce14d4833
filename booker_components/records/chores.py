"""Chores: what is done every so often, by whichever process comes first."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from .tables import turns

# A chore is a turn that nobody gives back and that outlasts every pause; its end tells when it began.
_MEMORY = timedelta(days=366)


class Chores:
    """Remembers when each chore was begun last; every method commits by itself."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    def begun(self, name: str) -> datetime | None:
        """Give when the chore *name* was begun last; None if that was never, or a year ago."""
        query = select(turns.c.until).where(_is(name))
        with self._storage.reading() as connection:
            until: datetime | None = connection.execute(query).scalar()
        return until and until - _MEMORY

    def is_due(self, name: str, *, every: timedelta) -> bool:
        """Tell whether the chore *name* was not begun for as long as *every*."""
        begun = self.begun(name)
        return begun is None or self._clock() - begun >= every

    def begin(self, name: str, *, every: timedelta) -> bool:
        """Note that the chore *name* is begun now; False if it is not due, or another is first."""
        # Looking costs no lock; most looks find that it is not due.
        if not self.is_due(name, every=every):
            return False
        now = self._clock()
        row = {"holder": str(uuid.uuid4()), "until": now + _MEMORY}
        due = _is(name) & (turns.c.until <= now + _MEMORY - every)
        try:
            with self._storage.transaction() as connection:
                if connection.execute(update(turns).where(due).values(row)).rowcount:
                    return True
                connection.execute(insert(turns).values(key=_key(name), **row))
        except IntegrityError:
            return False
        return True


def _is(name: str) -> ColumnElement[bool]:
    return turns.c.key == _key(name)


def _key(name: str) -> str:
    return hashlib.sha256(f"chore/{name}".encode()).hexdigest()
