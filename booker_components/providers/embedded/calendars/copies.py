"""The copies of calendar feeds in the database, and whose turn it is to read one again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ....storage import Storage
from ..tables import appointments, bookings, feeds

#: So many uids are asked for at once: the parameters of a statement are limited.
_MANY = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """What is known of a feed, without the calendar itself."""

    etag: str = ""
    last_modified: str = ""
    has_body: bool = False
    #: When the calendar was asked for that is kept, and when it was asked for the last time.
    good_at: datetime | None = None
    tried_at: datetime | None = None
    error: str = ""

    @property
    def is_under_way(self) -> bool:
        """Whether somebody has begun to read it, and has not ended."""
        return self.tried_at not in (None, self.good_at) and not self.error

    def is_older(self, limit: timedelta, now: datetime) -> bool:
        """Tell whether the copy is older than *limit*, or there is none."""
        return not _is_young(self.good_at, limit, now)

    def may_be_tried(self, pause: timedelta, now: datetime) -> bool:
        """Tell whether nobody has tried to read it for *pause*."""
        return not _is_young(self.tried_at, pause, now)


class Copies:
    """The copy of one feed; every method commits by itself."""

    def __init__(self, storage: Storage, address: str) -> None:
        """Keep what is at *address*, of which the table has the digest only."""
        self._storage = storage
        self._digest = sha256(address.encode("utf-8", "replace")).hexdigest()
        self._mine = feeds.c.digest == self._digest

    @property
    def is_busy(self) -> bool:
        """Whether a transaction is under way, which must not wait for a server."""
        return self._storage.is_open

    def read(self) -> Copy:
        """Give what is known."""
        columns = (
            feeds.c.etag,
            feeds.c.last_modified,
            feeds.c.body.is_not(None).label("has_body"),
            feeds.c.good_at,
            feeds.c.tried_at,
            feeds.c.error,
        )
        with self._storage.reading() as connection:
            row = connection.execute(select(*columns).where(self._mine)).mappings().first()
        return Copy(**row) if row else Copy()

    def body(self) -> bytes:
        """Give the calendar itself; b"" if there is none."""
        with self._storage.reading() as connection:
            return connection.scalar(select(feeds.c.body).where(self._mine)) or b""

    def claim(self, pause: timedelta, now: datetime) -> bool:
        """Take the turn to read the feed; False if somebody else has taken it less than *pause* ago."""
        tried = feeds.c.tried_at
        free = or_(tried.is_(None), tried <= now - pause, tried > now)
        mine = update(feeds).where(self._mine, free).values(tried_at=now, error="")
        self._begin()
        with self._storage.transaction() as connection:
            return connection.execute(mine).rowcount == 1

    def keep(self, claimed_at: datetime, changes: Mapping[str, Any]) -> None:
        """Write what came of the turn that was taken at *claimed_at*, unless another has been taken since."""
        still = self._mine & (feeds.c.tried_at == claimed_at)
        with self._storage.transaction() as connection:
            connection.execute(update(feeds).where(still).values(dict(changes)))

    def ours(self, uids: Collection[str]) -> Collection[str]:
        """Give those of *uids* that are uids of our bookings."""
        found: set[str] = set()
        wanted = iter(uids)
        with self._storage.reading() as connection:
            while some := list(islice(wanted, _MANY)):
                for column in (bookings.c.uid, appointments.c.uid):
                    found.update(connection.scalars(select(column).where(column.in_(some))))
        return found

    def _begin(self) -> None:
        """Write the row of the feed where there is none."""
        with self._storage.reading() as connection:
            if connection.execute(select(feeds.c.digest).where(self._mine)).first():
                return
        row = {"digest": self._digest, "etag": "", "last_modified": "", "error": ""}
        try:
            with self._storage.transaction() as connection:
                connection.execute(insert(feeds).values(row))
        except IntegrityError:
            # Somebody else did, just now.
            return


def _is_young(instant: datetime | None, limit: timedelta, now: datetime) -> bool:
    # A clock that was set back makes nothing young.
    return instant is not None and timedelta(0) <= now - instant < limit
