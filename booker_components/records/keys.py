"""Keys of booking requests, for providers that would book the same form twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from .pruning import prune
from .tables import request_keys

#: How long a key is remembered from its last claim on: longer than people book ahead. By then the same
#: request lies in the past and can make nothing again, whatever became of the first.
KEEP = timedelta(days=400)

# The beginning of a claim that was given up, long enough ago for anybody to take it over.
_GIVEN_UP = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What is known of a key."""

    key: str
    #: Whether the caller is the first to use it, and is the one to make the booking.
    mine: bool
    fingerprint: str
    #: The uid of the booking that it made; empty while the outcome is not known.
    uid: str
    #: Tells the claims of one key apart: each has another beginning.
    begun_at: datetime

    @property
    def given_up(self) -> bool:
        """Whether its maker has ended without a booking, and cannot swear that there will be none."""
        return self.begun_at == _GIVEN_UP


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
        row = {"key": key, "fingerprint": fingerprint, "uid": "", "begun_at": now, "keep_until": now + KEEP}
        try:
            with self._storage.transaction() as connection:
                connection.execute(insert(request_keys).values(row))
                prune(connection, request_keys.c.key, request_keys.c.keep_until, now)
        except IntegrityError:
            known = self.read(key)
            return known if known is not None else self.claim(key, fingerprint)
        return Claim(key=key, mine=True, fingerprint=fingerprint, uid="", begun_at=now)

    def read(self, key: str) -> Claim | None:
        """Give what is known of *key*; None if nobody has claimed it."""
        with self._storage.reading() as connection:
            row = connection.execute(select(request_keys).where(request_keys.c.key == key)).first()
        if row is None:
            return None
        return Claim(key=key, mine=False, fingerprint=row.fingerprint, uid=row.uid, begun_at=row.begun_at)

    def made(self, uid: str) -> bool:
        """Tell whether a key is known to have made the booking *uid*; asked so seldom that no index helps."""
        query = select(request_keys.c.key).where(request_keys.c.uid == uid).limit(1)
        with self._storage.reading() as connection:
            return connection.execute(query).first() is not None

    def take_over(self, claim: Claim, fingerprint: str) -> Claim | None:
        """Give the caller's own claim in the place of *claim*; None if that stands no more.

        For one whose maker has not ended, or was given up, and for the maker, who so begins anew.
        """
        now = self._clock()
        mine = replace(claim, mine=True, fingerprint=fingerprint, begun_at=now)
        values = {"begun_at": now, "keep_until": now + KEEP, "fingerprint": fingerprint}
        with self._storage.transaction() as connection:
            taken = connection.execute(update(request_keys).where(_is(claim)).values(values))
        return mine if taken.rowcount == 1 else None

    def keep(self, key: str, uid: str) -> None:
        """Remember that *key* made the booking *uid*."""
        with self._storage.transaction() as connection:
            connection.execute(update(request_keys).where(request_keys.c.key == key).values(uid=uid))

    def forget(self, claim: Claim) -> None:
        """Free the key of *claim*: its request was refused, and may be sent again."""
        with self._storage.transaction() as connection:
            connection.execute(delete(request_keys).where(_is(claim)))

    def give_up(self, claim: Claim) -> None:
        """Let the next user of the key of *claim* take over at once, and look first what became of it."""
        with self._storage.transaction() as connection:
            connection.execute(update(request_keys).where(_is(claim)).values(begun_at=_GIVEN_UP))


def _is(claim: Claim) -> ColumnElement[bool]:
    """Select the row of *claim* while it has made nothing and nobody has taken it over."""
    return (
        (request_keys.c.key == claim.key)
        & (request_keys.c.uid == "")
        & (request_keys.c.begun_at == claim.begun_at)
    )
