"""Delivering: one event is claimed, brought to its subscriber, and how that went is recorded.

A delivery is claimed by moving its next attempt one lease ahead, so that a crash in the middle makes it due
again by itself. An event is read after it is claimed, so that one that cannot be read fails like any other
and stops nobody.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from ..records.attempts import PARK_AFTER, UNFINISHED, is_hopeless
from ..storage import Storage
from ..values import BookingEvent
from .failures import described, is_permanent, place, wait_after
from .naming import Subscriber
from .rows import Claim, DeliveryState, due, event_of
from .tables import deliveries, events

_log = logging.getLogger(__name__)

#: How long a claimed delivery belongs to its claimer; a slower subscriber may hear the event twice.
LEASE = timedelta(seconds=60)


class Courier:
    """Brings events to subscribers, in order per booking; any number of them may work at once."""

    def __init__(
        self,
        storage: Storage,
        subscribers: Mapping[str, Subscriber],
        *,
        clock: Callable[[], datetime],
        surroundings: Callable[[], contextlib.AbstractContextManager[object]],
    ) -> None:
        """Bring events to *subscribers*, by name, each call within `surroundings()`."""
        self._storage = storage
        self._subscribers = subscribers
        self._clock = clock
        self._surroundings = surroundings

    def claim(self, names: Collection[str]) -> Claim | None:
        """Take the delivery to one of *names* that has been due longest, if there is one."""
        now = self._clock()
        query = due(now, names)
        # Looking costs no lock; most looks find nothing.
        with self._storage.reading() as connection:
            if connection.execute(query).first() is None:
                return None
        query = query.with_for_update(of=deliveries, skip_locked=True)
        with self._storage.transaction() as connection:
            while (row := connection.execute(query).first()) is not None:
                if not is_hopeless(row.attempts, row.last_error, since=row.first_tried_at, now=now):
                    return self._take(connection, row, now)
                self._give_up(connection, row)
        return None

    def deliver(self, claim: Claim) -> bool:
        """Call the subscriber and record how it went; tell whether it took the event."""
        try:
            event = self._read(claim)
            with self._surroundings():
                self._subscribers[claim.subscriber](event)
        # A subscriber that calls sys.exit must not end the thread.
        except (Exception, SystemExit) as error:
            self._failed(claim, error)
            return False
        with self._storage.transaction() as connection:
            done = {"state": DeliveryState.DONE.value, "done_at": self._clock(), "last_error": ""}
            self._record(connection, claim.id, claim.attempts, **done)
        return True

    def _take(self, connection: Connection, row: Row[Any], now: datetime) -> Claim:
        claim = Claim(
            id=row.id,
            attempts=row.attempts + 1,
            first_tried_at=row.first_tried_at or now,
            subscriber=row.subscriber,
            event_id=row.event_id,
        )
        taken = {"attempts": claim.attempts, "first_tried_at": claim.first_tried_at}
        self._record(connection, row.id, row.attempts, next_at=now + LEASE, last_error=UNFINISHED, **taken)
        return claim

    def _give_up(self, connection: Connection, row: Row[Any]) -> None:
        self._record(connection, row.id, row.attempts, state=DeliveryState.PARKED.value)
        _log.warning(
            "Parked event %s: subscriber %s did not end its attempt %d, nor others before",
            row.event_id,
            row.subscriber,
            row.attempts,
        )

    def _read(self, claim: Claim) -> BookingEvent:
        query = select(events).where(events.c.event_id == claim.event_id)
        with self._storage.reading() as connection:
            return event_of(connection.execute(query).one())

    def _failed(self, claim: Claim, error: BaseException) -> None:
        now = self._clock()
        parked = is_permanent(error) or now - claim.first_tried_at >= PARK_AFTER
        state = DeliveryState.PARKED if parked else DeliveryState.PENDING
        _log.warning(
            "Subscriber %s failed on event %s (attempt %d, now %s): %s at %s",
            claim.subscriber,
            claim.event_id,
            claim.attempts,
            state,
            type(error).__name__,
            place(error),
        )
        due_again = now + wait_after(claim.attempts, error)
        outcome = {"state": state.value, "next_at": due_again, "last_error": described(error)}
        with self._storage.transaction() as connection:
            self._record(connection, claim.id, claim.attempts, **outcome)

    def _record(self, connection: Connection, delivery: int, attempts: int, /, **values: Any) -> None:
        # Whose lease has ended in the meantime finds another number of attempts, and records nothing.
        mine = (deliveries.c.id == delivery) & (deliveries.c.attempts == attempts)
        connection.execute(update(deliveries).where(mine).values(**values))
