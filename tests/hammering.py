"""Guests and hosts who do everything at random, any number of them at once, each in a process of its own."""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from booker_components.errors import ProviderUnavailable, Refused
from booker_components.outbox import DeliveryState, Outbox
from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.service import BookingService
from booker_components.storage import Storage
from booker_components.values import (
    Approval,
    Attendee,
    Booking,
    BookingFilter,
    BookingOrder,
    BookingRequest,
    BookingStatus,
    CancelScope,
    Frequency,
    HostGroup,
    Limit,
    Member,
    Period,
    Seats,
    Series,
    TimeWindow,
)

from .ledger import Ledger, Lines
from .processes import FORKS
from .providers.samples import ADA, INTRO, NOW, slot
from .providers.team import ALAN, MIXED, ROBIN

#: How an outcome begins that must not be.
WRONG = "wrong:"

#: Seconds after which a process that tells nothing is given up.
PATIENCE = 60.0

#: How often each player does something at least, however slow it is.
LEAST = 20

#: How much of the players' time passes in a second: so that leases end, and what nobody decides about.
SECOND = timedelta(seconds=30)

#: Three bookings a day, whatever they are.
CARL = replace(ADA, slug="carl", name="Carl", limits=(Limit(per=Period.DAY, count=3),))

#: Only shared times.
DORA = replace(ADA, slug="dora", name="Dora")

_SOON = timedelta(minutes=2)

SOLO = replace(INTRO, slug="solo", buffer_before=timedelta(minutes=5), buffer_after=timedelta(minutes=10))
WEIGHTED = replace(
    ROBIN,
    slug="weighted",
    groups=(
        HostGroup(
            members=tuple(
                Member(host=slug, weight=weight)
                for slug, weight in (("ada", 300), ("grace", 100), ("alan", 100))
            )
        ),
    ),
)
CLASS = replace(INTRO, slug="class", hosts=(DORA,), seats=Seats(per_slot=3))
VETTED = replace(ROBIN, slug="vetted", seats=Seats(per_slot=2), approval=Approval(expires=_SOON))
ASKED = replace(INTRO, slug="asked", hosts=(ALAN,), approval=Approval(expires=_SOON))
WEEKLY = replace(MIXED, slug="weekly", series=Series(frequency=Frequency.WEEKLY, occurrences=3))
TERM = replace(
    CLASS, slug="term", approval=Approval(), series=Series(frequency=Frequency.WEEKLY, occurrences=2)
)
CAPPED = replace(
    INTRO,
    slug="capped",
    hosts=(CARL,),
    limits=(Limit(per=Period.DAY, count=2),),
    guest_limits=(Limit(per=Period.DAY, count=1),),
)
FEW = replace(INTRO, slug="few", hosts=(CARL,), max_active=2)

KINDS = (SOLO, WEIGHTED, MIXED, CLASS, VETTED, ASKED, WEEKLY, TERM, CAPPED, FEW)

#: What guests want most: what they share.
_WISHES = (*KINDS, CLASS, CLASS, VETTED, TERM)

#: How many hosts each kind needs.
NEEDS = {kind.slug: 2 if kind in (MIXED, WEEKLY) else 1 for kind in KINDS}

_BY_SLUG = {kind.slug: kind for kind in KINDS}
_WEEK = TimeWindow(start=NOW, end=NOW + timedelta(days=5))
_GUESTS = 8
_DAYS = 3
_WANTED = 4
#: How many requests there are in a second of which all players know the key.
_COMMON = 20
_OPEN = frozenset({BookingStatus.CONFIRMED, BookingStatus.PENDING})


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """Where players play: what they share."""

    url: str
    folder: Path
    #: When it began, in seconds since 1970.
    began: float

    def now(self) -> datetime:
        """Give the players' time."""
        return NOW + (time.time() - self.began) * SECOND

    @property
    def ledgers(self) -> tuple[Path, Path]:
        """The files of the two subscribers."""
        return self.folder / "heard", self.folder / "noted"

    @property
    def acknowledged(self) -> Path:
        """The file in which players say what they were told: key or "-", uid, revision."""
        return self.folder / "acknowledged"

    @property
    def wrong(self) -> Path:
        """The file in which a player says why the game has ended, which none has before it is killed."""
        return self.folder / "wrong"

    def subscribers(self, *, fails: float = 0.0) -> list[Ledger]:
        """Give the two subscribers, the second of which *fails* now and then."""
        heard, noted = self.ledgers
        return [Ledger(heard, name="heard"), Ledger(noted, name="noted", fails=fails)]


class Player:
    """Books, moves, cancels, decides and delivers at random; everything that random is comes of the seed."""

    def __init__(self, field: Field, seed: int) -> None:
        """Play on *field* as number *seed*."""
        self._field = field
        self._dice = random.Random(seed)
        self._own = seed * 10_000_000
        self.storage = Storage(field.url)
        provider = EmbeddedProvider(Catalogue(KINDS), storage=self.storage, clock=field.now)
        self.outbox = Outbox(self.storage, field.subscribers(fails=0.02), clock=field.now)
        self.service = BookingService(
            provider=provider, storage=self.storage, outbox=self.outbox, clock=field.now
        )
        self._provider = provider
        self._acknowledged = Lines(field.acknowledged)
        self._acts: dict[Callable[[], object], int] = {
            self._book: 16,
            self._move: 5,
            self._cancel: 3,
            self._decide: 3,
            self._hold: 2,
            self._look: 1,
            self._tidy: 1,
            # Most of the time somebody else delivers.
            self.deliver: 0 if seed % 4 else 1,
        }

    def act(self) -> str:
        """Do something, and give in words what, and what came of it: what is not refused goes through."""
        [act] = self._dice.choices(list(self._acts), list(self._acts.values()))
        name = act.__name__.strip("_")
        try:
            act()
        except Refused as error:
            return f"{name} {type(error).__name__}"
        return f"{name} done"

    def deliver(self) -> None:
        """Deliver what is due."""
        self.outbox.deliver_due()

    # --- what guests do ---

    def _book(self) -> None:
        request = self._request()
        kind = _BY_SLUG[request.event_type]
        if self._dice.random() < 0.2:
            hold = self.service.hold(kind, request.start)
            request = replace(request, hold=hold.uid)
        self._acknowledge(self.service.book(request), key=request.key)
        if self._dice.random() < 0.2:
            self._acknowledge(self.service.book(request), key=request.key)

    def _request(self) -> BookingRequest:
        """Give a request of our own, or one that others send at this very moment too."""
        if self._dice.random() < 0.4:
            return request_of(int((time.time() - self._field.began) * _COMMON))
        self._own += 1
        return request_of(self._own)

    def _move(self) -> None:
        booking = self._some(_OPEN)
        uid = booking.shared if booking.shared and self._dice.random() < 0.3 else booking.uid
        by = self._dice.choice(["guest", "host"])
        self._acknowledge(self.service.reschedule(uid, _start(self._dice), by=by, force=by == "host"))

    def _cancel(self) -> None:
        booking = self._some(_OPEN)
        uid = booking.shared if booking.shared and self._dice.random() < 0.2 else booking.uid
        scope = self._dice.choice([CancelScope.ONE, *CancelScope])
        self._acknowledge(self.service.cancel(uid, scope=scope))

    def _hold(self) -> None:
        hold = self.service.hold(self._dice.choice(KINDS), _start(self._dice))
        if self._dice.random() < 0.7:
            self.service.release(hold.uid)

    def _look(self) -> None:
        request = self._request()
        kind = _BY_SLUG[request.event_type]
        self.service.slots(kind, _WEEK, zone="Asia/Tokyo")
        self.service.plan(kind, request.start)

    # --- what hosts and machines do ---

    def _decide(self) -> None:
        booking = self._some(frozenset({BookingStatus.PENDING}))
        uid = booking.shared if booking.shared and self._dice.random() < 0.3 else booking.uid
        agree = self._dice.random() < 0.7
        self._acknowledge(self.service.confirm(uid) if agree else self.service.decline(uid))

    def _tidy(self) -> None:
        self._provider.tidy()

    # --- how they do it ---

    def _some(self, status: frozenset[BookingStatus]) -> Booking:
        """Give a booking, most often one that others have just changed."""
        wanted = BookingFilter(status=status, limit=12, order=BookingOrder.UPDATED, descending=True)
        if self._dice.random() < 0.2:
            wanted = replace(wanted, limit=500)
        found = self.service.bookings(wanted)
        if not found:
            raise Refused("There is nothing to change.")
        return self._dice.choice(list(found))

    def _acknowledge(self, booking: Booking, *, key: str = "-") -> None:
        if booking.is_held:
            self._acknowledged.add(key, booking.uid, booking.revision)


def request_of(number: int) -> BookingRequest:
    """Give the request of this *number*, always the same."""
    dice = random.Random(number)
    name = f"Guest{dice.randrange(_GUESTS)}"
    guest = Attendee(name=name, email=f"{name}@example.org", zone="UTC")
    kind = dice.choice(_WISHES).slug
    return BookingRequest(event_type=kind, start=_start(dice), attendee=guest, key=f"request-{number}")


def _start(dice: random.Random) -> datetime:
    """Give one of all starts or, most often, one that everybody wants."""
    if dice.random() < 0.6:
        return slot(dice.randrange(_WANTED))
    return slot(dice.randrange(10)) + timedelta(days=dice.randrange(_DAYS))


# --- processes -----------------------------------------------------------------------------------


def play(field: Field, seed: int, seconds: float, line: Barrier, results: Queue[Counter[str]]) -> None:
    """Play as number *seed* for so many *seconds*, from when all are in *line*; then tell what came of it.

    Whatever goes wrong ends the game for this player, and is told with its traceback.
    """
    logging.disable()
    outcomes: Counter[str] = Counter()
    try:
        player = Player(field, seed)
        line.wait()
        if seed % 4 == 1:
            player.outbox.start(2)
        until = time.monotonic() + seconds
        while time.monotonic() < until or outcomes.total() < LEAST:
            outcomes[player.act()] += 1
        player.outbox.stop()
        player.storage.close()
    except Exception:
        outcomes[f"{WRONG} {traceback.format_exc()}"] += 1
        # The others need not wait for this one.
        line.abort()
    results.put(outcomes)


def play_on(field: Field, seed: int) -> None:
    """Play as number *seed* until killed, whether the database answers or not; every second one delivers."""
    logging.disable()
    try:
        player = Player(field, seed)
        if seed % 2:
            player.outbox.start()
        while True:
            try:
                player.act()
            except ProviderUnavailable:
                time.sleep(0.02)
    except Exception:
        field.wrong.write_text(traceback.format_exc())
        raise


@contextmanager
def started(*processes: BaseProcess) -> Iterator[None]:
    """Let *processes* run for as long as the block does, and no longer."""
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def hammer(field: Field, players: int, seconds: float) -> Counter[str]:
    """Let so many *players* play for so many *seconds*; count what they did, by how it ended."""
    line, results = FORKS.Barrier(players, timeout=PATIENCE), FORKS.Queue()
    total: Counter[str] = Counter()
    with started(
        *(FORKS.Process(target=play, args=(field, seed, seconds, line, results)) for seed in range(players))
    ):
        for _ in range(players):
            total += results.get(timeout=seconds + 2 * PATIENCE)
    return total


@contextmanager
def _storage(field: Field) -> Iterator[Storage]:
    storage = Storage(field.url)
    try:
        yield storage
    finally:
        storage.close()


# --- what is there in the end --------------------------------------------------------------------


def deliver_everything(field: Field) -> Mapping[DeliveryState, int]:
    """Deliver what is left, after every lease and every pause has ended; and count deliveries by state."""
    with _storage(field) as storage:
        outbox = Outbox(storage, field.subscribers(), clock=lambda: field.now() + timedelta(hours=3))
        outbox.deliver_due()
        return outbox.counts()


def everything_booked(field: Field) -> dict[str, Booking]:
    """Give every booking that there is, by its uid."""
    with _storage(field) as storage:
        provider = EmbeddedProvider(Catalogue(KINDS), storage=storage, clock=field.now)
        found: dict[str, Booking] = {}
        while page := provider.bookings(BookingFilter(limit=1000, offset=len(found))):
            found |= {each.uid: each for each in page}
    return found


def too_many(bookings: Mapping[str, Booking]) -> list[str]:
    """Give what is booked beyond a limit: of Carl's days, of `CAPPED` and of `FEW`."""
    days: Counter[str] = Counter()
    for booking in bookings.values():
        if booking.is_open:
            days.update(f"{what} {booking.start:%d %B}" for what in _counted(booking))
            days.update([f"few {booking.attendee.name}"] if booking.event_type == FEW.slug else [])
    most = {"carl": 3, "capped": 2, "guest": 1, "few": 2}
    return [f"{what}: {count}" for what, count in days.items() if count > most[what.split()[0]]]


def _counted(booking: Booking) -> Iterator[str]:
    if booking.host.slug == CARL.slug:
        yield "carl"
    if booking.event_type == CAPPED.slug:
        yield "capped"
        # Whom a host has moved may have more: that is a limit of what guests do.
        if booking.changed_by != "host":
            yield f"guest {booking.attendee.name}"


def broken_promises(field: Field, bookings: Mapping[str, Booking]) -> list[str]:
    """Give what somebody was told and is not so: bookings that are gone, requests that made two."""
    lines = [line.split() for line in field.acknowledged.read_text().splitlines()]
    uids: defaultdict[str, set[str]] = defaultdict(set)
    for key, uid, _ in lines:
        uids[key].add(uid)
    lost = [
        f"{uid} has no revision {revision}"
        for _, uid, revision in lines
        if uid not in bookings or bookings[uid].revision < int(revision)
    ]
    return lost + [f"{key} made {made}" for key, made in uids.items() if key != "-" and len(made) > 1]
