"""The outbox: keeps each event in the booking's transaction, delivers it later to every subscriber.

At least once, in order per booking and subscriber, again after failures. Its tables are the truth: threads
look at them when woken and by themselves, in web processes, in workers or in both.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, func, insert, select, update

from ..records.attempts import CRASHES as CRASHES
from ..records.attempts import PARK_AFTER as PARK_AFTER
from ..records.attempts import UNFINISHED as UNFINISHED
from ..storage import Storage
from ..values import Booking, BookingEvent, EventKind
from .delivering import LEASE as LEASE
from .delivering import Courier
from .naming import Subscriber as Subscriber
from .naming import by_name
from .naming import subscriber_name as subscriber_name
from .rows import Delivery as Delivery
from .rows import DeliveryState as DeliveryState
from .rows import delivery_of, event_of, joined, keep
from .tables import deliveries, events
from .worker import Worker

# To build a statement takes longer than to run it: those of every booking are built once.
_BY_KEY = select(events).where(events.c.dedupe_key == bindparam("key"))
_LATEST = select(events).where(events.c.booking_uid == bindparam("uid")).order_by(events.c.id.desc()).limit(1)
_DELIVER = insert(deliveries)

#: Seconds between two looks of a thread at what is due.
POLL_SECONDS = 2.0

#: Seconds that stopping waits for the deliveries at hand.
STOP_SECONDS = 10.0


class Outbox:
    """What happened to bookings, and who has heard of it."""

    def __init__(
        self,
        storage: Storage,
        subscribers: Sequence[Subscriber] = (),
        *,
        clock: Callable[[], datetime],
        surroundings: Callable[[], contextlib.AbstractContextManager[object]] = contextlib.nullcontext,
        call: Callable[[], object] | None = None,
    ) -> None:
        """Deliver to *subscribers*, each call within `surroundings()`, for example an app context.

        *call* wakes workers in other processes; it is called after a commit that has left something to
        deliver. Raises `ConfigurationError` if two subscribers have the same name.
        """
        self._storage = storage
        self._clock = clock
        self._call = call
        self._subscribers = by_name(subscribers)
        self._courier = Courier(storage, self._subscribers, clock=clock, surroundings=surroundings)
        # One for each, so that nobody waits for a subscriber that hangs.
        self._workers = self._crew("")
        self._companions: tuple[Worker, ...] = ()
        self._armed = False

    @property
    def subscribers(self) -> tuple[str, ...]:
        """The names of the subscribers."""
        return tuple(self._subscribers)

    def add(self, kind: EventKind, booking: Booking, *, mark: str = "") -> BookingEvent:
        """Keep that *kind* happened to *booking*, in the transaction that is under way, and give the event.

        The same kind with the same *mark*, by default the booking's revision, is one event, however often it
        is added: the one kept first is given. Only requests for a link may repeat.
        """
        event = BookingEvent(id=str(uuid.uuid4()), kind=kind, at=self._clock(), booking=booking)
        key = event.id if kind is EventKind.LINK_REQUESTED else _key(kind, booking, mark)
        with self._storage.transaction() as connection:
            number = keep(connection, event, key)
            if number is None:
                return event_of(connection.execute(_BY_KEY, {"key": key}).one())
            self._address(connection, event, number)
        return event

    def has(self, kind: EventKind, booking: Booking, *, mark: str = "") -> bool:
        """Tell whether `add` with these parameters has kept its event already."""
        with self._storage.reading() as connection:
            return connection.execute(_BY_KEY, {"key": _key(kind, booking, mark)}).first() is not None

    def deliver_due(self, *names: str) -> int:
        """Call subscribers, by *names* or all, until nothing is due any more; give how many took their event.

        Must not be called within a transaction: a subscriber may take its time.
        """
        if self._storage.is_open:
            raise RuntimeError("Events are not delivered within a transaction; deliver after it.")
        delivered = 0
        while (claim := self._courier.claim(names or self._subscribers)) is not None:
            delivered += self._courier.deliver(claim)
        return delivered

    def events(self, limit: int = 100) -> tuple[BookingEvent, ...]:
        """Give the latest events, newest first; their bookings hold personal data."""
        query = select(events).order_by(events.c.id.desc()).limit(limit)
        with self._storage.reading() as connection:
            return tuple(event_of(row) for row in connection.execute(query))

    def last_told(self, uid: str) -> Booking | None:
        """Give the booking *uid* as its latest event has it; None if there is none."""
        with self._storage.reading() as connection:
            row = connection.execute(_LATEST, {"uid": uid}).first()
            return event_of(row).booking if row else None

    def told_before(self, event: BookingEvent) -> Booking | None:
        """Give the booking of *event* as the event before it has it; None if that was its first."""
        number = select(events.c.id).where(events.c.event_id == event.id).scalar_subquery()
        mine = select(events).where(events.c.booking_uid == event.booking.uid, events.c.id < number)
        with self._storage.reading() as connection:
            row = connection.execute(mine.order_by(events.c.id.desc()).limit(1)).first()
            return event_of(row).booking if row else None

    def deliveries(self, state: DeliveryState | None = None, limit: int = 100) -> tuple[Delivery, ...]:
        """Give the latest deliveries, newest first, only those in *state* if it is given."""
        query = joined().order_by(deliveries.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        with self._storage.reading() as connection:
            return tuple(delivery_of(row) for row in connection.execute(query))

    def counts(self) -> Mapping[DeliveryState, int]:
        """Give how many deliveries stand where."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        with self._storage.reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {state: found.get(state.value, 0) for state in DeliveryState}

    def retry(self, ids: Collection[int] | None = None, *, subscriber: str = "") -> int:
        """Make parked deliveries due now, for another day; give how many.

        They are all, those with *ids*, those to the *subscriber* of this name, or those of both.
        """
        query = update(deliveries).where(deliveries.c.state == DeliveryState.PARKED.value)
        if ids is not None:
            query = query.where(deliveries.c.id.in_(ids))
        if subscriber:
            query = query.where(deliveries.c.subscriber == subscriber)
        again = {"state": DeliveryState.PENDING.value, "next_at": self._clock()}
        with self._storage.transaction() as connection:
            self._storage.after_commit(self._tell)
            return connection.execute(query.values(**again, first_tried_at=None, done_at=None)).rowcount

    # --- threads ---

    def accompany(self, worker: Worker) -> None:
        """Let *worker* start and stop with the threads of this outbox: it has something to do beside them."""
        self._companions = (*self._companions, worker)
        if self._armed:
            worker.arm()

    def arm(self) -> None:
        """Let the first `wake` start the threads: a command that adds nothing needs none."""
        self._armed = True
        for worker in self._all:
            worker.arm()

    def ensure(self) -> None:
        """Start the threads where they are wanted and do not run; cheap enough for every request."""
        for worker in self._all:
            worker.ensure()

    def start(self, each: int = 1) -> None:
        """Deliver in daemon threads of this process, so many for *each* subscriber; running ones stay."""
        while len(self._workers) < each * len(self._subscribers):
            self._workers += self._crew(f"-{len(self._workers) // len(self._subscribers) + 1}")
        for worker in self._all:
            worker.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Let the threads finish the deliveries at hand, and wait so many *seconds* for them all."""
        until = time.monotonic() + seconds
        for worker in self._all:
            worker.stop()
        for worker in self._all:
            worker.join(max(0.0, until - time.monotonic()))

    def wake(self) -> None:
        """Let the threads look at once; start them where they are wanted and do not run."""
        for worker in self._workers:
            worker.wake()
        for companion in self._companions:
            companion.ensure()

    @property
    def _all(self) -> tuple[Worker, ...]:
        return (*self._workers, *self._companions)

    def _crew(self, suffix: str) -> tuple[Worker, ...]:
        """Give a thread for each subscriber."""
        return tuple(
            Worker(partial(self._step, name), name=f"booker-outbox-{name}{suffix}", pause=POLL_SECONDS)
            for name in self._subscribers
        )

    def _tell(self) -> None:
        self.wake()
        if self._call is not None:
            self._call()

    def _step(self, subscriber: str) -> bool:
        claim = self._courier.claim((subscriber,))
        if claim is not None:
            self._courier.deliver(claim)
        return claim is not None

    def _address(self, connection: Connection, event: BookingEvent, number: int) -> None:
        """Keep that every subscriber is to hear of *event*, which is kept under *number*."""
        if not self._subscribers:
            return
        fresh = {
            "event": number,
            "booking_uid": event.booking.uid,
            "state": DeliveryState.PENDING.value,
            "attempts": 0,
            "next_at": event.at,
            "last_error": "",
        }
        connection.execute(_DELIVER, [{**fresh, "subscriber": name} for name in self._subscribers])
        self._storage.after_commit(self._tell)


def _key(kind: EventKind, booking: Booking, mark: str) -> str:
    """Give what makes an event the same as another."""
    return f"{booking.uid}/{kind}/{mark or booking.revision}"
