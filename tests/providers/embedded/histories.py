"""Bookings at random: made, moved, cancelled and decided about, of every kind that takes hosts' time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from booker_components.errors import Refused
from booker_components.outbox import Outbox
from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import (
    Absence,
    Align,
    Approval,
    Booking,
    BookingFilter,
    BookingStatus,
    CancelScope,
    EventType,
    Frequency,
    Host,
    HostGroup,
    Limit,
    Member,
    Period,
    Schedule,
    Seats,
    Series,
    TimeWindow,
)

from ..samples import ADA, HALF_HOUR, INTRO, NOW
from ..team import of

_Some = TypeVar("_Some")

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

#: The first midnight after which another block of the busy masks begins: the night to 1 April.
EDGE = datetime(2026, 4, 1, tzinfo=NOW.tzinfo)

#: Round the clock, so that bookings lie across midnight.
_ALWAYS = Schedule(weekly=(((0, 1440),),) * 7)

ANN = replace(ADA, slug="ann", name="Ann", schedule=_ALWAYS)
BEN = replace(ANN, slug="ben", name="Ben", zone="America/St_Johns")
CLEO = replace(ANN, slug="cleo", name="Cleo", limits=(Limit(per=Period.DAY, count=4),))
#: Stands in for nobody, and is away on the first of April, when Ann does it.
DAN = replace(
    ANN, slug="dan", name="Dan", away=(Absence(first=date(2026, 4, 1), last=EDGE.date(), stand_in="ann"),)
)


def _kind(slug: str, *hosts: Host, **changes: object) -> EventType:
    return replace(INTRO, slug=slug, hosts=hosts, **changes)


def _one_of(*hosts: Host, need: int = 1) -> tuple[HostGroup, ...]:
    return (HostGroup(members=tuple(Member(host=each.slug) for each in hosts), need=need),)


PLAIN = _kind("plain", ANN, durations=(HALF_HOUR, 2 * HALF_HOUR))
#: Nothing of it is a multiple of five minutes.
ODD = _kind(
    "odd",
    ANN,
    durations=(23 * MINUTE,),
    slot_interval=7 * MINUTE,
    buffer_before=7 * MINUTE,
    buffer_after=7 * MINUTE,
)
LONG = _kind("long", BEN, durations=(30 * 60 * MINUTE,), slot_interval=60 * MINUTE, rules_zone="UTC")
ROBIN = _kind(
    "robin", ANN, BEN, CLEO, groups=_one_of(ANN, BEN, CLEO), same_hosts=False, buffer_after=10 * MINUTE
)
BOTH = _kind("both", BEN, CLEO, buffer_before=5 * MINUTE)
TWO = _kind("two", ANN, BEN, CLEO, DAN, groups=_one_of(BEN, CLEO, DAN, need=2), align=Align.GUEST)
CLASS = _kind("class", DAN, seats=Seats(per_slot=3), slot_interval=None)
ASKED = _kind("asked", DAN, approval=Approval(), limits=(Limit(per=Period.DAY, count=3),))
WEEKLY = _kind(
    "weekly", ANN, BEN, groups=_one_of(ANN, BEN), series=Series(frequency=Frequency.WEEKLY, occurrences=3)
)

KINDS = (PLAIN, ODD, LONG, ROBIN, BOTH, TWO, CLASS, ASKED, WEEKLY)

#: What can happen, and how often it does.
_ACTS = {"book": 10, "move": 5, "cancel": 3, "decide": 2, "hold": 1}


class History:
    """An engine on one database, and what has happened to its bookings."""

    def __init__(self, url: str, seed: int = 0, **options: object) -> None:
        """Begin with nothing; everything that is random comes of the *seed*."""
        self.storage = Storage(url)
        self.clock = FrozenClock(NOW)
        self.engine = EmbeddedProvider(Catalogue(KINDS), storage=self.storage, clock=self.clock, **options)
        self.engine.on_change(Outbox(self.storage, clock=self.clock).add)
        #: How often each act was done, and not refused.
        self.done: Counter[str] = Counter()
        self._dice = random.Random(seed)

    def go_on(self, acts: int) -> None:
        """Let so many things happen, some of which are refused."""
        for _ in range(acts):
            [name] = self._dice.choices(list(_ACTS), list(_ACTS.values()))
            act: Callable[[], None] = getattr(self, f"_{name}")
            try:
                act()
            except Refused:
                continue
            self.done[name] += 1

    def open(self, *kinds: EventType) -> list[Booking]:
        """Give the bookings that hold their time, of some *kinds* or of all."""
        open_now = frozenset({BookingStatus.CONFIRMED, BookingStatus.PENDING})
        found = self.engine.bookings(BookingFilter(status=open_now, limit=1000))
        slugs = {kind.slug for kind in kinds or KINDS}
        return [booking for booking in found if booking.event_type in slugs]

    def _book(self) -> None:
        kind = self._dice.choice(KINDS)
        length = self._dice.choice(kind.durations)
        guest = f"guest{self._dice.randrange(5)}"
        self.engine.book(of(kind, self._start(kind), guest=guest, duration=length))

    def _move(self) -> None:
        booking = self._some(self.open())
        kind = next(kind for kind in KINDS if kind.slug == booking.event_type)
        uid = booking.shared if booking.shared and self._dice.random() < 0.5 else booking.uid
        # Next to its own time, most often: what it leaves and what it takes overlap.
        near = booking.start + self._dice.choice([-3, -1, 1, 3]) * (kind.slot_interval or kind.duration)
        start = near if self._dice.random() < 0.5 else self._start(kind)
        self.engine.reschedule(uid, start, by=self._dice.choice(["guest", "host"]))

    def _cancel(self) -> None:
        booking = self._some(self.open())
        uid = booking.shared if booking.shared and self._dice.random() < 0.3 else booking.uid
        self.engine.cancel(uid, scope=self._dice.choice(list(CancelScope)))

    def _decide(self) -> None:
        waiting = [each for each in self.open() if each.status is BookingStatus.PENDING]
        decide = self._dice.choice([self.engine.confirm, self.engine.decline, self.engine.decline])
        decide(self._some(waiting).uid)

    def _hold(self) -> None:
        kind = self._dice.choice(KINDS)
        self.engine.hold(kind, self._start(kind))

    def _start(self, kind: EventType) -> datetime:
        """Give a start that is free, around a midnight, most often the one at which a block ends."""
        day = EDGE + self._dice.choice([-2, -1, 0, 1, 30]) * DAY
        window = TimeWindow(start=day - 90 * MINUTE, end=day + 90 * MINUTE)
        return self._some(self.engine.slots(kind, window, zone="Asia/Tokyo")).start

    def _some(self, found: Sequence[_Some]) -> _Some:
        if not found:
            raise Refused("There is none.")
        return self._dice.choice(found)


@contextmanager
def history(url: str, seed: int = 0, **options: object) -> Iterator[History]:
    """Give a history in the database at *url*."""
    made = History(url, seed, **options)
    try:
        yield made
    finally:
        made.storage.close()
