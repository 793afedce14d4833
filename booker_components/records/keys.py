"""Keys of booking requests, for providers that would book the same form twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from .tables import request_keys


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What is known of a key."""

    #: Whether the caller is the first to use it, and is the one to make the booking.
    mine: bool
    fingerprint: str
    #: The uid of the booking that it made; empty while the outcome is not known.
    uid: str
    begun_at: datetime


class RequestKeys:
    """Remembers which key made which booking, across processes and crashes.

    Every method commits by itself: the call to the provider comes between them, outside any transaction.
    """

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    def claim(self, key: str, fingerprint: str) -> Claim:
        """Claim *key*, or give what its first user made of it."""
        now = self._clock()
        row = {"key": key, "fingerprint": fingerprint, "uid": "", "begun_at": now}
        try:
            with self._storage.transaction() as connection:
                connection.execute(insert(request_keys).values(row))
        except IntegrityError:
            known = self.read(key)
            return known if known is not None else self.claim(key, fingerprint)
        return Claim(mine=True, fingerprint=fingerprint, uid="", begun_at=now)

    def read(self, key: str) -> Claim | None:
        """Give what is known of *key*; None if nobody has claimed it."""
        with self._storage.reading() as connection:
            row = connection.execute(select(request_keys).where(request_keys.c.key == key)).first()
        if row is None:
            return None
        return Claim(mine=False, fingerprint=row.fingerprint, uid=row.uid, begun_at=row.begun_at)

    def take_over(self, key: str, begun_at: datetime) -> bool:
        """Take the place of a first user who has not ended since *begun_at*; False if somebody else did."""
        theirs = (
            (request_keys.c.key == key) & (request_keys.c.uid == "") & (request_keys.c.begun_at == begun_at)
        )
        with self._storage.transaction() as connection:
            taken = connection.execute(update(request_keys).where(theirs).values(begun_at=self._clock()))
            return taken.rowcount == 1

    def keep(self, key: str, uid: str) -> None:
        """Remember that *key* made the booking *uid*."""
        with self._storage.transaction() as connection:
            connection.execute(update(request_keys).where(request_keys.c.key == key).values(uid=uid))

    def forget(self, key: str) -> None:
        """Free *key*: its request was refused, and may be sent again."""
        with self._storage.transaction() as connection:
            unused = (request_keys.c.key == key) & (request_keys.c.uid == "")
            connection.execute(delete(request_keys).where(unused))
