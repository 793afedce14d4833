"""Turns: what may not be done twice at once is done by whoever has the turn, across all processes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from .tables import turns

#: How long a turn lasts at most: longer than whoever has it may work.
LASTS = timedelta(seconds=60)

#: Longer than all calls to a provider for one change may take, looks at what became of them included.
CHANGE_LASTS = timedelta(minutes=4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """The turn to do something, until it is given back or has ended."""

    key: str
    holder: str


class Turns:
    """Gives turns; every method commits by itself."""

    def __init__(self, storage: Storage, clock: Callable[[], datetime], *, lasts: timedelta = LASTS) -> None:
        """Give turns that last for *lasts* at most: whoever has had one for so long has crashed."""
        self._storage = storage
        self._clock = clock
        self._lasts = lasts

    def take(self, about: str) -> Turn | None:
        """Give the turn to do what *about* names, such as an address; None while another has it."""
        turn = Turn(key=_key(about), holder=str(uuid.uuid4()))
        now = self._clock()
        row = {"key": turn.key, "holder": turn.holder, "until": now + self._lasts}
        try:
            with self._storage.transaction() as connection:
                connection.execute(delete(turns).where(turns.c.until <= now))
                connection.execute(insert(turns).values(row))
        except IntegrityError:
            return None
        return turn

    def is_taken(self, *about: str) -> bool:
        """Tell whether somebody has the turn to do anything of what *about* names."""
        theirs = turns.c.key.in_([_key(each) for each in about]) & (turns.c.until > self._clock())
        with self._storage.reading() as connection:
            return connection.execute(select(turns.c.key).where(theirs).limit(1)).first() is not None

    def give_back(self, turn: Turn) -> None:
        """Let the next one have it."""
        mine = (turns.c.key == turn.key) & (turns.c.holder == turn.holder)
        with self._storage.transaction() as connection:
            connection.execute(delete(turns).where(mine))


def _key(about: str) -> str:
    return hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()
