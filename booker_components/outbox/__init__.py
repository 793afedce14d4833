"""The outbox: keeps each event in the booking's transaction, delivers it later to every subscriber.

At least once, in order per booking and subscriber, again after failures. A delivery is claimed by moving its
next attempt one lease ahead, so that a crash in the middle makes it due again by itself. An event is read
after it is claimed, so that one that cannot be read fails like any other and stops nobody.
"""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..errors import ConfigurationError
from ..payloads import booking_to_dict
from ..storage import Storage
from ..values import Booking, BookingEvent, EventKind
from .failures import delay_after, described, is_permanent, place
from .rows import Claim, delivery_of, due, event_of, joined
from .rows import Delivery as Delivery
from .rows import DeliveryState as DeliveryState
from .tables import deliveries, events
from .worker import Worker

_log = logging.getLogger(__name__)

#: Takes an event; returns once it is safe elsewhere, raises to get it again.
Subscriber = Callable[[BookingEvent], None]

#: How long a claimed delivery belongs to its claimer; a slower subscriber may hear the event twice.
LEASE = timedelta(seconds=60)

#: A delivery that still fails, or ends its process, this long after its first attempt is parked; one whose
#: failure is permanent is at once.
PARK_AFTER = timedelta(hours=24)

#: Seconds between two looks of a thread at what is due.
POLL_SECONDS = 2.0

#: Seconds that stopping waits for the deliveries at hand.
STOP_SECONDS = 10.0

#: So many attempts a delivery has at least, before it is parked for ending its process: one crash and a long
#: pause after it say nothing about the subscriber.
CRASHES = 10

#: The last error of a delivery that is under way, or whose process ended in the middle.
UNFINISHED = "No attempt has ended yet."


class Outbox:
    """What happened to bookings, and who has heard of it."""

    def __init__(
        self,
        storage: Storage,
        subscribers: Sequence[Subscriber] = (),
        *,
        clock: Callable[[], datetime],
        surroundings: Callable[[], contextlib.AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        """Deliver to *subscribers*, each call within `surroundings()`, for example an app context.

        Raises `ConfigurationError` if two subscribers have the same name.
        """
        self._storage = storage
        self._subscribers = _by_name(subscribers)
        self._clock = clock
        self._surroundings = surroundings
        # One for each, so that nobody waits for a subscriber that hangs.
        self._workers = tuple(
            Worker(partial(self._step, name), name=f"booker-outbox-{name}", pause=POLL_SECONDS)
            for name in self._subscribers
        )

    def add(self, kind: EventKind, booking: Booking, *, mark: str = "") -> BookingEvent:
        """Keep that *kind* happened to *booking*, in the transaction that is under way, and give the event.

        The same kind with the same *mark*, by default the booking's revision, is one event, however often it
        is added: the one kept first is given. Only requests for a link may repeat.
        """
        event = BookingEvent(id=str(uuid.uuid4()), kind=kind, at=self._clock(), booking=booking)
        key = f"{booking.uid}/{kind}/{mark or booking.revision}"
        if kind is EventKind.LINK_REQUESTED:
            key = event.id
        with self._storage.transaction() as connection:
            known = connection.execute(select(events).where(events.c.dedupe_key == key)).first()
            if known is not None:
                return event_of(known)
            self._insert(connection, event, key)
        return event

    def deliver_due(self) -> int:
        """Call subscribers until nothing is due any more; give how many took their event.

        Must not be called within a transaction: a subscriber may take its time.
        """
        if self._storage.is_open:
            raise RuntimeError("Events are not delivered within a transaction; deliver after it.")
        delivered = 0
        while (claim := self._claim(self._subscribers)) is not None:
            delivered += self._deliver(claim)
        return delivered

    def events(self, limit: int = 100) -> tuple[BookingEvent, ...]:
        """Give the latest events, newest first; their bookings hold personal data."""
        query = select(events).order_by(events.c.id.desc()).limit(limit)
        with self._storage.reading() as connection:
            return tuple(event_of(row) for row in connection.execute(query))

    def last_told(self, uid: str) -> Booking | None:
        """Give the booking *uid* as its latest event has it; None if there is none."""
        query = select(events).where(events.c.booking_uid == uid).order_by(events.c.id.desc()).limit(1)
        with self._storage.reading() as connection:
            row = connection.execute(query).first()
            return event_of(row).booking if row else None

    def deliveries(self, state: DeliveryState | None = None, limit: int = 100) -> tuple[Delivery, ...]:
        """Give the latest deliveries, newest first, only those in *state* if it is given."""
        query = joined().order_by(deliveries.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        with self._storage.reading() as connection:
            return tuple(delivery_of(row) for row in connection.execute(query))

    def retry(self, ids: Collection[int] | None = None, *, subscriber: str = "") -> int:
        """Make parked deliveries due now, for another day; give how many.

        They are all, those with *ids*, or those to the *subscriber* of this name.
        """
        query = update(deliveries).where(deliveries.c.state == DeliveryState.PARKED.value)
        if ids is not None:
            query = query.where(deliveries.c.id.in_(ids))
        if subscriber:
            query = query.where(deliveries.c.subscriber == subscriber)
        fresh = query.values(state=DeliveryState.PENDING.value, next_at=self._clock(), first_tried_at=None)
        with self._storage.transaction() as connection:
            self._storage.after_commit(self.wake)
            return connection.execute(fresh).rowcount

    def arm(self) -> None:
        """Let the first `wake` start the threads: a command that adds nothing needs none."""
        for worker in self._workers:
            worker.arm()

    def ensure(self) -> None:
        """Start the threads where they are wanted and do not run; cheap enough for every request."""
        for worker in self._workers:
            worker.ensure()

    def start(self) -> None:
        """Deliver in daemon threads of this process, one for each subscriber; leaves running ones alone."""
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Let the threads finish the deliveries at hand, and wait `STOP_SECONDS` for them all."""
        until = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join(max(0.0, until - time.monotonic()))

    def wake(self) -> None:
        """Let the threads look at once; start them where they are wanted and do not run."""
        for worker in self._workers:
            worker.wake()

    def _step(self, subscriber: str) -> bool:
        claim = self._claim((subscriber,))
        if claim is not None:
            self._deliver(claim)
        return claim is not None

    def _insert(self, connection: Connection, event: BookingEvent, key: str) -> None:
        row = {
            "event_id": event.id,
            "dedupe_key": key,
            "kind": event.kind.value,
            "booking_uid": event.booking.uid,
            "at": event.at,
            "booking": booking_to_dict(event.booking),
        }
        number = connection.execute(insert(events).values(row)).inserted_primary_key
        assert number is not None
        if not self._subscribers:
            return
        fresh = {
            "event": number.id,
            "booking_uid": event.booking.uid,
            "state": DeliveryState.PENDING.value,
            "attempts": 0,
            "next_at": event.at,
            "last_error": "",
        }
        connection.execute(insert(deliveries), [{**fresh, "subscriber": name} for name in self._subscribers])
        self._storage.after_commit(self.wake)

    def _claim(self, names: Collection[str]) -> Claim | None:
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
                if not _hopeless(row, now):
                    return self._take(connection, row, now)
                self._record(connection, row.id, row.attempts, state=DeliveryState.PARKED.value)
                _log.warning(
                    "Parked event %s: subscriber %s did not end its attempt %d, nor others before",
                    row.event_id,
                    row.subscriber,
                    row.attempts,
                )
        return None

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

    def _read(self, claim: Claim) -> BookingEvent:
        query = select(events).where(events.c.event_id == claim.event_id)
        with self._storage.reading() as connection:
            return event_of(connection.execute(query).one())

    def _deliver(self, claim: Claim) -> bool:
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
        due_again = now + delay_after(claim.attempts)
        outcome = {"state": state.value, "next_at": due_again, "last_error": described(error)}
        with self._storage.transaction() as connection:
            self._record(connection, claim.id, claim.attempts, **outcome)

    def _record(self, connection: Connection, delivery: int, attempts: int, /, **values: Any) -> None:
        # Whose lease has ended in the meantime finds another number of attempts, and records nothing.
        mine = (deliveries.c.id == delivery) & (deliveries.c.attempts == attempts)
        connection.execute(update(deliveries).where(mine).values(**values))


def _hopeless(row: Row[Any], now: datetime) -> bool:
    """Tell whether a delivery has ended its process for a day."""
    # One that failed in an orderly way gets another attempt, however long the app was down.
    broken_off = row.attempts >= CRASHES and row.last_error == UNFINISHED
    return bool(broken_off and row.first_tried_at and now - row.first_tried_at >= PARK_AFTER)


def subscriber_name(subscriber: Subscriber) -> str:
    """Give the name under which deliveries to *subscriber* are recorded."""
    name = getattr(subscriber, "name", "")
    if isinstance(name, str) and name:
        return name
    named = subscriber if hasattr(subscriber, "__qualname__") else type(subscriber)
    return f"{named.__module__}.{named.__qualname__}"


def _by_name(subscribers: Sequence[Subscriber]) -> Mapping[str, Subscriber]:
    named: dict[str, Subscriber] = {}
    for subscriber in subscribers:
        name = subscriber_name(subscriber)
        if name in named:
            raise ConfigurationError(
                f"Two subscribers are called '{name}'; give one of them another 'name' attribute."
            )
        named[name] = subscriber
    return named
