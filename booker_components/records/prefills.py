"""What hosts know of their users: kept for a while, so that no address has to hold it.

Beside it stands how many bookings it is good for, where that is not any number.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from ..errors import LinkUsedUp
from ..storage import Storage
from .pruning import prune
from .tables import prefills, request_keys

#: Answers as texts, by the name of their field; no text at all is an answer that is left empty.
Answers = Mapping[str, tuple[str, ...]]
#: Some of them as the fields of a form.
Pairs = tuple[tuple[str, str], ...]

# How much longer than it must a row is kept at most, for the next page with the same in it.
_LONGER = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefill:
    """What a host knows of a user who is to book one event type."""

    #: Slug and owner of that event type.
    event_type: str
    owner: str
    #: What the user cannot change.
    locked: Answers = field(repr=False)
    #: What the user may change.
    open: Pairs = field(repr=False)
    #: How many bookings are left to make with it; None: any number.
    uses: int | None = None


class Prefills:
    """Keeps what hosts know under ids that nobody can guess; every method commits by itself.

    A row holds a user's data in clear, as the host gave it. The same data are kept once, however often their
    user opens a page, unless their uses are counted; so a row outlasts what it was made for by as long again,
    a day at most. What is over is not given out any more, and is deleted when a later one is kept.
    """

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    def keep(self, prefill: Prefill, *, until: datetime) -> str:
        """Keep *prefill* until an instant (aware) or longer, and give its id."""
        row = {
            "event_type": prefill.event_type,
            "owner": prefill.owner,
            "locked": json.dumps(dict(prefill.locked)),
            "open": json.dumps(prefill.open),
        }
        if prefill.uses is not None:
            return self._add(row | {"digest": "", "uses": prefill.uses}, until)
        digest = _digest(json.dumps(row))
        return self._kept(digest, until) or self._add(row | {"digest": digest}, until)

    def _kept(self, digest: str, until: datetime) -> str | None:
        """Give the id of the same that is kept long enough; two that come at once may be kept twice."""
        same = (prefills.c.digest == digest) & (prefills.c.keep_until >= until)
        with self._storage.reading() as connection:
            return connection.scalar(select(prefills.c.id).where(same).limit(1))

    def _add(self, row: Mapping[str, str | int], until: datetime) -> str:
        id, now = secrets.token_urlsafe(16), self._clock()
        times = {"keep_until": until + min(until - now, _LONGER)}
        with self._storage.transaction() as connection:
            connection.execute(insert(prefills).values({"id": id, **row, **times}))
            prune(connection, prefills.c.id, prefills.c.keep_until, now)
        return id

    def find(self, id: str) -> Prefill | None:
        """Give what was kept under *id*; None if that is over, or there never was such."""
        wanted = (prefills.c.id == id) & (prefills.c.keep_until > self._clock())
        with self._storage.reading() as connection:
            row = connection.execute(select(prefills).where(wanted)).first()
        if row is None:
            return None
        return Prefill(
            event_type=row.event_type,
            owner=row.owner,
            locked={name: tuple(texts) for name, texts in json.loads(row.locked).items()},
            open=tuple((name, text) for name, text in json.loads(row.open)),
            uses=row.uses,
        )

    def spend(self, id: str, key: str) -> bool:
        """Use up a booking of what is kept under *id*; `LinkExpired` if none is left.

        A request is known by its *key* and uses up one, however often it comes: tells whether this is the
        first time. In the transaction that books, only what is booked is used up.
        """
        mine = prefills.c.id == id
        with self._storage.transaction() as connection:
            # Of two that come at once, the second waits here and then sees what the first has done.
            row = connection.execute(select(prefills).where(mine).with_for_update()).first()
            mark = _mark(id, key)
            known = select(request_keys.c.key).where(request_keys.c.key == mark)
            if connection.execute(known).first():
                return False
            if row is None or row.uses == 0:
                raise LinkUsedUp("The uses of the link are up.")
            connection.execute(update(prefills).where(mine).values(uses=prefills.c.uses - 1))
            times = {"begun_at": self._clock(), "keep_until": row.keep_until}
            connection.execute(insert(request_keys).values(key=mark, fingerprint="", uid="", **times))
        return True

    def give_back(self, id: str, key: str) -> None:
        """Take back that *key* has used up a booking of what is kept under *id*; nothing if it has not."""
        with self._storage.transaction() as connection:
            mark = request_keys.c.key == _mark(id, key)
            if connection.execute(delete(request_keys).where(mark)).rowcount:
                row = prefills.c.id == id
                connection.execute(update(prefills).where(row).values(uses=prefills.c.uses + 1))


def _mark(id: str, key: str) -> str:
    """Give what stands among the keys of requests for a use of *id* by the request with *key*."""
    return f"use/{_digest(f'{id} {key}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
