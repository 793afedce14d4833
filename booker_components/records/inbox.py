"""Webhooks as they came: each is kept before it is answered, and taken until that has worked."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..payloads import booking_from_dict, booking_to_dict, notice_from_dict, notice_to_dict
from ..storage import Storage
from ..values import EventKind, Incoming
from .attempts import PARK_AFTER as PARK_AFTER
from .attempts import UNFINISHED, is_hopeless
from .tables import inbox

_log = logging.getLogger(__name__)

#: How long a claimed webhook belongs to its claimer. Taking one about a booking twice tells nobody anything
#: twice; a hearer of notices that is slower may hear one again.
LEASE = timedelta(minutes=2)

#: How long a webhook is remembered, to know its copies; those not understood keep their body as long.
KEEP = timedelta(days=30)


class InboxState(StrEnum):
    """Where a webhook stands."""

    #: To be taken.
    NEW = "new"
    DONE = "done"
    #: Neither about a booking that we could read nor for anybody to hear: kept as it came.
    KEPT = "kept"
    #: Given up after a day of failures, or of ended processes, until somebody retries it.
    PARKED = "parked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A webhook that is ours until its lease ends."""

    id: int
    trigger: str
    received_at: datetime
    #: How many attempts there were, this one included; tells claimers apart.
    attempts: int
    #: What was kept of it, for `incoming_from`.
    body: bytes


class Inbox:
    """The webhooks of all providers; every method commits by itself.

    A row's `next_at` is when something is to be done with it next: to take it, or to forget it.
    """

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock

    def receive(
        self,
        provider: str,
        incoming: Incoming,
        body: bytes,
        *,
        hearers: Collection[str] = (),
        mark: str = "",
    ) -> bool:
        """Keep a webhook that *provider* has verified; False if a copy of it is here already.

        A notice is kept once for each of the *hearers*, who are told apart by name. What names no booking
        and is for nobody to hear is kept as it came, for nobody to take. What came to another address, with
        another *mark*, is no copy: nobody can use up the key of somebody else's webhook.
        """
        now = self._clock()
        came = {
            "provider": provider,
            "trigger": incoming.trigger,
            "received_at": now,
            "attempts": 0,
            "last_error": "",
        }
        key = ":".join(filter(None, (provider, mark, incoming.key)))
        rows = [came | row for row in _rows(key, incoming, body, hearers, now)]
        old = (inbox.c.state != InboxState.NEW.value) & (inbox.c.next_at <= now)
        try:
            with self._storage.transaction() as connection:
                connection.execute(delete(inbox).where(old))
                connection.execute(insert(inbox), rows)
        except IntegrityError:
            return False
        return True

    def claim(self, provider: str) -> Claim | None:
        """Take the webhook of *provider* that has been due longest, if there is one."""
        now = self._clock()
        due = (inbox.c.state == InboxState.NEW.value) & (inbox.c.next_at <= now)
        mine = select(inbox).where(due, inbox.c.provider == provider).order_by(inbox.c.next_at, inbox.c.id)
        # Looking costs no lock; most looks find nothing.
        with self._storage.reading() as connection:
            if connection.execute(mine.limit(1)).first() is None:
                return None
        query = mine.limit(1).with_for_update(skip_locked=True)
        with self._storage.transaction() as connection:
            while (row := connection.execute(query).first()) is not None:
                if not is_hopeless(row.attempts, row.last_error, since=row.received_at, now=now):
                    return _taken(connection, row, now)
                _park(connection, row, now)
        return None

    def done(self, claim: Claim) -> None:
        """Note that the webhook was taken; its body, which may hold personal data, is emptied."""
        self._end(claim, InboxState.DONE, next_at=self._clock() + KEEP, body=b"", last_error="")

    def failed(self, claim: Claim, error: str, *, again: timedelta) -> InboxState:
        """Note that it could not be taken, to be tried *again* after a while; parked after a day.

        *error* is said without personal data.
        """
        now = self._clock()
        parked = now - claim.received_at >= PARK_AFTER
        state = InboxState.PARKED if parked else InboxState.NEW
        self._end(claim, state, next_at=now + (KEEP if parked else again), last_error=error[:500])
        return state

    def retry(self, provider: str) -> int:
        """Make the parked webhooks of *provider* due now, for another day; give how many."""
        now = self._clock()
        parked = (inbox.c.state == InboxState.PARKED.value) & (inbox.c.provider == provider)
        fresh = {"state": InboxState.NEW.value, "next_at": now, "received_at": now}
        with self._storage.transaction() as connection:
            return connection.execute(update(inbox).where(parked).values(fresh)).rowcount

    def counts(self, provider: str) -> Mapping[InboxState, int]:
        """Give how many webhooks of *provider* stand where."""
        query = (
            select(inbox.c.state, func.count()).where(inbox.c.provider == provider).group_by(inbox.c.state)
        )
        with self._storage.reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {state: found.get(state.value, 0) for state in InboxState}

    def _end(self, claim: Claim, state: InboxState, **values: Any) -> None:
        # Whose lease has ended in the meantime finds another number of attempts, and notes nothing.
        mine = (inbox.c.id == claim.id) & (inbox.c.attempts == claim.attempts)
        with self._storage.transaction() as connection:
            connection.execute(update(inbox).where(mine).values(state=state.value, **values))


def hearer_of(claim: Claim) -> str:
    """Give the name of who is to hear the notice of *claim*; "" for a webhook about bookings."""
    return str(json.loads(claim.body).get("hearer", ""))


def incoming_from(claim: Claim) -> Incoming:
    """Give what the webhook of *claim* is about; raises whatever its body is wrong for."""
    kept = json.loads(claim.body)
    account = kept.get("account", "")
    notice = notice_from_dict(kept["notice"]) if kept.get("notice") else None
    return Incoming(
        key=kept["key"],
        trigger=claim.trigger,
        at=datetime.fromisoformat(kept["at"]),
        uids=tuple(kept["uids"]),
        kind=EventKind(kept["kind"]) if kept["kind"] else None,
        told=booking_from_dict(kept["told"]) if kept["told"] else None,
        notice=replace(notice, account=account) if notice else None,
        account=account,
    )


def _rows(
    key: str, incoming: Incoming, body: bytes, hearers: Collection[str], now: datetime
) -> list[dict[str, Any]]:
    """Give a row for each who is to take the webhook, or the one in which it is kept for nobody.

    The owner of a single account could sign what he likes: of that nothing is kept that nobody takes.
    """
    takers = ("",) if incoming.uids else tuple(hearers) if incoming.notice else ()
    rows = [
        {
            "key": f"{key}:{taker}" if taker else key,
            "body": _packed(incoming, taker),
            "state": InboxState.NEW.value,
            "next_at": now,
        }
        for taker in takers
    ]
    kept = b"" if incoming.account else body
    return rows or [{"key": key, "body": kept, "state": InboxState.KEPT.value, "next_at": now + KEEP}]


def _packed(incoming: Incoming, hearer: str) -> bytes:
    """Give *incoming* as it is kept: verified and read once, whatever becomes of the secret."""
    kept = {
        "key": incoming.key,
        "at": incoming.at.isoformat(),
        "uids": list(incoming.uids),
        "kind": incoming.kind.value if incoming.kind else "",
        "told": booking_to_dict(incoming.told) if incoming.told else None,
        "notice": notice_to_dict(incoming.notice) if incoming.notice else None,
        "account": incoming.account,
        "hearer": hearer,
    }
    return json.dumps(kept).encode()


def _taken(connection: Connection, row: Row[Any], now: datetime) -> Claim:
    taken = {"attempts": row.attempts + 1, "next_at": now + LEASE, "last_error": UNFINISHED}
    connection.execute(update(inbox).where(inbox.c.id == row.id).values(taken))
    return Claim(
        id=row.id,
        trigger=row.trigger,
        received_at=row.received_at,
        attempts=row.attempts + 1,
        body=row.body,
    )


def _park(connection: Connection, row: Row[Any], now: datetime) -> None:
    """Give up a webhook whose hearer has ended its process for a day."""
    parked = {"state": InboxState.PARKED.value, "next_at": now + KEEP}
    connection.execute(update(inbox).where(inbox.c.id == row.id).values(parked))
    _log.error(
        "Parked webhook %d (%s) of %s: its attempt %d did not end, nor did others before",
        row.id,
        row.trigger,
        row.provider,
        row.attempts,
    )
