"""The workloads of slots: hosts with working hours and many busy times, and what must come out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from booker_components.values import (
    BookingWindow,
    EventType,
    Host,
    HostGroup,
    Member,
    Schedule,
    Slot,
    TimeWindow,
)

#: A Monday; every workload begins then.
START = datetime(2027, 1, 4, tzinfo=UTC)
#: What the clock shows meanwhile: a week before, so that no slot is past.
NOW = START - timedelta(days=7)

HALF_HOUR = timedelta(minutes=30)

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_OFFICE = Schedule(weekly=(((9 * 60, 17 * 60),),) * 5 + ((), ()))

#: When somebody is busy, from and until.
Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Where hosts and guests are."""

    name: str
    host_zone: str
    guest_zone: str
    #: The hour (UTC) from which on busy times begin.
    base: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """Some hosts, and how far is looked ahead."""

    name: str
    hosts: int
    days: int
    #: How many times each host is busy.
    busy: int
    #: Whether any of the hosts will do; else all of them are needed.
    any_host: bool = False

    @property
    def window(self) -> TimeWindow:
        """The starts that are asked for."""
        return TimeWindow(start=START, end=START + self.days * _DAY)

    def event_type(self, config: Config, slug: str = "") -> EventType:
        """Give what is booked, half an hour every quarter of an hour; its hosts are called by its *slug*."""
        slug = slug or f"{self.name}-{config.name}".lower()
        hosts = tuple(_host(f"{slug}-{number:02}", config) for number in range(self.hosts))
        members = tuple(Member(host=host.slug) for host in hosts)
        return EventType(
            slug=slug,
            title=self.name,
            hosts=hosts,
            groups=(HostGroup(members=members),) if self.any_host else (),
            durations=(HALF_HOUR,),
            slot_interval=HALF_HOUR / 2,
            window=BookingWindow(days=None),
        )

    def busy_times(self, number: int, config: Config) -> Iterator[Span]:
        """Give when the host of a *number*, from 0 on, is busy: in no order, and overlapping."""
        dice = _dice(1 + 7919 * number)
        for _ in range(self.busy):
            day, place, length = next(dice) % self.days, next(dice) % 96, next(dice) % 4
            start = START + day * _DAY + (config.base * 60 + 5 * place) * _MINUTE
            yield start, start + 15 * (1 + length) * _MINUTE


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What must come out: how many slots, and the `digest` of their starts."""

    count: int
    digest: str


CONFIGS = {
    "utc": Config(name="utc", host_zone="UTC", guest_zone="UTC", base=9),
    "tz": Config(name="tz", host_zone="America/New_York", guest_zone="Europe/Berlin", base=14),
}
WORKLOADS = {
    "W1": Workload(name="W1", hosts=1, days=60, busy=200),
    "W2": Workload(name="W2", hosts=10, days=60, busy=200),
    "W3": Workload(name="W3", hosts=1, days=365, busy=2000),
    "W4": Workload(name="W4", hosts=50, days=30, busy=500, any_host=True),
}
#: Found out by other programs than ours, which agree.
EXPECTED = {
    ("W1", "utc"): Expected(count=940, digest="5c36b3ea7c7140ab"),
    ("W2", "utc"): Expected(count=30, digest="c57e17b457f54037"),
    ("W3", "utc"): Expected(count=4129, digest="5f9fc5f035200a81"),
    ("W4", "utc"): Expected(count=679, digest="b1e5676018d3d49f"),
    ("W1", "tz"): Expected(count=940, digest="1ae1a83b5def6923"),
    ("W2", "tz"): Expected(count=30, digest="c63a046267a4457f"),
    ("W3", "tz"): Expected(count=4440, digest="e65b2b501a95984e"),
    ("W4", "tz"): Expected(count=679, digest="8d54e1c2e25bea70"),
}


def digest(slots: Iterable[Slot]) -> str:
    """Give the first 16 hex digits of the SHA-256 of the starts, in unix seconds and order, a line each."""
    seconds = "\n".join(str(int(slot.start.timestamp())) for slot in slots)
    return hashlib.sha256(seconds.encode()).hexdigest()[:16]


def apart(spans: Iterable[Span]) -> list[Span]:
    """Give the same busy time in spans that do not overlap, about as many, in order.

    Random spans overlap, which no two bookings of a host can: of each the part is kept that is new.
    """
    found: list[Span] = []
    for start, end in sorted(spans):
        begin = max(start, found[-1][1]) if found else start
        if begin < end:
            found.append((begin, end))
    return found


def _host(slug: str, config: Config) -> Host:
    return Host(slug=slug, name=slug.title(), zone=config.host_zone, schedule=_OFFICE)


def _dice(seed: int) -> Iterator[int]:
    """Give the numbers that follow *seed* (the "minimal standard" of Park and Miller)."""
    value = seed
    while True:
        value = 16807 * value % (2**31 - 1)
        yield value
