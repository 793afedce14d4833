"""The cases of the benchmark of slots: each workload in memory, and in a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.availability import Person, Spans, free_slots
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.times import by_day, day_window, local_date
from booker_components.values import Slot, Slots, TimeWindow

from .filling import Database, Held, fill, history, numbers_of
from .workloads import EXPECTED, HALF_HOUR, NOW, START, Config, Expected, Workload, apart, digest

#: Lists the free slots in a window.
Lister = Callable[[TimeWindow], Slots]

# What a calendar shows: six weeks.
_SHOWN = 42


class WrongSlots(Exception):
    """The slots are not those of the workload."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One workload in one place, with what lists its slots."""

    workload: Workload
    config: Config
    source: str
    #: Bookings of each host, or how busy times are given.
    given: str
    lister: Lister
    #: What does the least that any lister must, and its name.
    yardstick: tuple[str, Callable[[], object]]

    @property
    def month(self) -> TimeWindow:
        """The starts that the first six weeks of the workload have, in the guest's zone."""
        first = local_date(START, self.config.guest_zone)
        last = day_window(first + timedelta(days=_SHOWN - 1), self.config.guest_zone).end
        return replace(self.workload.window, end=min(last, self.workload.window.end))

    def full(self) -> str:
        """Give the start of every slot, in unix seconds, as a browser may be told of it."""
        return json.dumps([minute * 60 for minute in self.lister(self.workload.window).minutes])

    def values(self) -> Sequence[Slot]:
        """Give every slot as a value."""
        return list(self.lister(self.workload.window))

    def month_view(self) -> tuple[tuple[bool, ...], Sequence[Slot]]:
        """Give which days of the month have free times, and the times of the first of them."""
        return shown(self.lister(self.month), self.config.guest_zone)

    def check(self) -> Expected:
        """Give what comes out; `WrongSlots` if that is not what must."""
        found, wanted = self.values(), EXPECTED[self.workload.name, self.config.name]
        came = Expected(count=len(found), digest=digest(found))
        if came != wanted:
            raise WrongSlots(f"{self.name}: expected {wanted}, but got {came}.")
        until = self.month.end
        flags, first = shown([each for each in found if each.start < until], self.config.guest_zone)
        seen, times = self.month_view()
        if (seen, list(times)) != (flags, list(first)) or json.loads(self.full()) != _seconds(found):
            raise WrongSlots(f"{self.name}: the month shows other slots than the whole list.")
        return came

    @property
    def name(self) -> str:
        """What the case is called in messages."""
        return f"{self.workload.name} {self.config.name} from {self.source}, {self.given}"


def _seconds(slots: Sequence[Slot]) -> list[int]:
    return [int(slot.start.timestamp()) for slot in slots]


def shown(slots: Sequence[Slot], zone: str) -> tuple[tuple[bool, ...], Sequence[Slot]]:
    """Give which of the 42 days from the first on have *slots*, and those of the first such day."""
    days: Mapping[date, Sequence[Slot]] = by_day(slots, zone)
    first = local_date(START, zone)
    flags = tuple(first + timedelta(days=number) in days for number in range(_SHOWN))
    return flags, next(iter(days.values()), ())


# --- where busy times come from ------------------------------------------------------------------


def in_memory(workload: Workload, config: Config) -> Iterator[Case]:
    """Give the cases without a database: with masks that can be made at once, and from lists."""
    event_type = workload.event_type(config)
    lists = [list(workload.busy_times(number, config)) for number in range(workload.hosts)]

    def people() -> Mapping[str, Person]:
        hosts = zip(event_type.hosts, lists, strict=True)
        return {host.slug: Person(host=host, busy=Spans(busy)) for host, busy in hosts}

    built = people()

    def listed(window: TimeWindow, *, cold: bool) -> Slots:
        known = people() if cold else built
        return free_slots(
            event_type, known, now=NOW, window=window, duration=HALF_HOUR, zone=config.guest_zone
        )

    starts = [slot.start for slot in listed(workload.window, cold=False)]
    for given, cold in (("spans built", False), ("spans from lists", True)):
        yield Case(
            workload=workload,
            config=config,
            source="memory",
            given=given,
            lister=partial(listed, cold=cold),
            yardstick=("as many values", partial(_values, starts)),
        )


@contextmanager
def in_database(database: Database, workload: Workload, config: Config, *, more: int) -> Iterator[Case]:
    """Give the case with the bookings in a *database*, and with *more* of each host that take nothing."""
    event_type = workload.event_type(config, f"{workload.name}-{config.name}-{more}".lower())
    provider = EmbeddedProvider(Catalogue([event_type]), storage=database.storage, clock=lambda: NOW)
    numbers = numbers_of(database.storage, event_type)
    window = workload.window
    times = {
        number: chain(
            (Held(start=start, end=end) for start, end in apart(workload.busy_times(place, config))),
            history((window.start, window.end), more),
        )
        for place, number in enumerate(numbers)
    }
    count = fill(database.storage, event_type, times)
    with closing(database.bare()) as connection:
        rows = partial(_rows, connection.cursor(), _query(database, numbers, window))
        yield Case(
            workload=workload,
            config=config,
            source=database.kind,
            given=f"{round(count / workload.hosts)} bookings a host",
            lister=partial(provider.slots, event_type, zone=config.guest_zone),
            yardstick=("reading the rows", rows),
        )


def _query(database: Database, numbers: Sequence[int], window: TimeWindow) -> str:
    edges = [
        f"'{edge.isoformat()}'" if database.kind == "PostgreSQL" else str(int(edge.timestamp()) * 1_000_000)
        for edge in (window.start, window.end)
    ]
    hosts = ", ".join(map(str, numbers))
    return (
        "SELECT host_id, blocked_from, blocked_until FROM booker_host_times "
        f"WHERE holding AND host_id IN ({hosts}) AND blocked_until > {edges[0]} AND blocked_from < {edges[1]}"
    )


def _rows(cursor: Any, query: str) -> object:
    return cursor.execute(query).fetchall()


def _values(starts: Sequence[datetime]) -> object:
    return [Slot(start=start, end=start + HALF_HOUR) for start in starts]
