"""Hosts, rules and busy times drawn at random, most of them likely and some of each kind that is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from hypothesis import strategies as st

from booker_components.values import (
    Absence,
    Align,
    BookingWindow,
    Counting,
    EventType,
    Host,
    HostGroup,
    Member,
    Schedule,
    Seats,
    Travel,
)

from .reference import DAY, EPOCH, MINUTE, Reference, Spans

T = TypeVar("T")
Intervals = tuple[tuple[int, int], ...]

#: Both kinds of change of the clocks, half-hour zones, a skipped day, changes at midnight, year ends.
DAYS = [
    (zone, date.fromisoformat(day))
    for zone, days in {
        "UTC": "2026-03-04 2027-12-31",
        "Europe/Paris": "2026-03-29 2026-10-25 2027-12-31",
        "America/New_York": "2026-03-08 2026-11-01",
        "Australia/Lord_Howe": "2026-04-05 2026-10-04",
        "Asia/Kathmandu": "2026-03-04 2027-01-01",
        "Pacific/Apia": "2011-12-30",
        "Africa/Cairo": "2026-04-24 2026-10-30",
        "Atlantic/Azores": "2026-03-29 2026-10-25",
        "America/St_Johns": "2010-03-14 2010-11-07",
        "Pacific/Kiritimati": "2026-12-31 1995-01-01",
        "America/Sao_Paulo": "2018-02-18 2018-11-04",
    }.items()
    for day in days.split()
]
ZONES = sorted({zone for zone, _ in DAYS})


@dataclass
class Dice:
    """What is drawn for one case: around a date in a zone, in fives of minutes or not."""

    draw: Callable[[st.SearchStrategy[T]], T]
    zone: str
    near: date
    #: Whether every number of minutes is a multiple of 5.
    even: bool

    def number(self, low: int, high: int) -> int:
        """Give a whole number."""
        return self.draw(st.integers(low, high))

    def minutes(self, low: int, high: int) -> int:
        """Give a number of minutes."""
        return self.number(-(-low // 5), high // 5) * 5 if self.even else self.number(low, high)

    def once_in(self, times: int) -> bool:
        """Tell whether this is one of the rare cases."""
        return self.number(1, times) == times

    def one_of(self, choices: Sequence[T]) -> T:
        """Give one of several."""
        return self.draw(st.sampled_from(choices))

    def a_zone(self) -> str:
        """Give a zone, often the one of the case."""
        return self.one_of(ZONES) if self.once_in(3) else self.zone

    def a_day(self) -> date:
        """Give a date near the one of the case."""
        return self.near + self.number(-3, 3) * DAY

    def dates(self) -> tuple[date, date]:
        """Give a first and a last date."""
        first = self.a_day()
        return first, first + self.number(0, 3) * DAY

    # --- hosts -----------------------------------------------------------------------------------

    def day_hours(self) -> Intervals:
        """Give the hours of a day: daytime, round the clock, over midnight or none."""
        kind = self.number(1, 8)
        if kind == 1:
            return ((0, 1440),)
        if kind == 2:
            return ()
        if kind == 3:
            return tuple((self.minutes(0, 1435), self.minutes(0, 1440)) for _ in range(self.number(1, 2)))
        noon = self.minutes(660, 840)
        return (self.minutes(300, 600), noon), (noon + self.minutes(0, 60), self.minutes(960, 1440))

    def schedule(self) -> Schedule:
        """Give hours of weeks, with others on some dates."""
        usual = self.day_hours()
        days = [self.day_hours() if self.once_in(4) else usual for _ in range(7)]
        own = {self.a_day(): self.day_hours() for _ in range(self.number(0, 2))} if self.once_in(2) else {}
        zone = self.a_zone() if self.once_in(5) else ""
        return Schedule(weekly=tuple(days), overrides=MappingProxyType(own), zone=zone)

    def host(self, slug: str, slugs: Sequence[str]) -> Host:
        """Give a host who may travel, be away and have somebody of *slugs* stand in."""
        away = [self.dates() for _ in range(self.number(1, 2))] if self.once_in(3) else []
        travels = [self.dates()] if self.once_in(5) else []
        others = ["", *(each for each in slugs if each != slug)]
        return Host(
            slug=slug,
            name=slug.title(),
            zone=self.a_zone(),
            schedule=None if self.once_in(20) else self.schedule(),
            away=tuple(Absence(first=a, last=b, stand_in=self.one_of(others)) for a, b in away),
            travels=tuple(Travel(first=a, last=b, zone=self.one_of(ZONES)) for a, b in travels),
            holidays=self.one_of(["FR", "DE-BY", "US", "NP"]) if self.once_in(5) else "",
        )

    def groups(self, slugs: Sequence[str]) -> tuple[HostGroup, ...]:
        """Give groups of hosts: none, all of them, or two that may overlap."""
        sets = [set(slugs)] if self.once_in(2) else []
        if self.once_in(3):
            sets = [{self.one_of(slugs) for _ in slugs} for _ in range(self.number(1, 2))]
        members = [tuple(Member(host=slug) for slug in sorted(each)) for each in sets]
        return tuple(HostGroup(members=each, need=self.number(1, min(len(each), 3))) for each in members)

    def busy(self, around: tuple[int, int]) -> Spans:
        """Give busy times, most of them in whole minutes."""
        part = timedelta(seconds=20) if self.once_in(6) else timedelta()
        spans = [(self.minutes(*around), self.minutes(5, 240)) for _ in range(self.number(0, 8))]
        return [(EPOCH + start * MINUTE + part, EPOCH + (start + length) * MINUTE) for start, length in spans]

    # --- rules -----------------------------------------------------------------------------------

    def length(self) -> timedelta:
        """Give the length of slots, or how far apart they start."""
        long = [120, 420, 600] if self.once_in(8) else [15, 20, 30, 45, 60, 90]
        return (self.one_of(long) if self.even or self.once_in(2) else self.number(1, 100)) * MINUTE

    def short(self, times: int) -> timedelta:
        """Give less than an hour, which is something once in so many *times*."""
        return (self.minutes(1, 59) if self.once_in(times) else 0) * MINUTE

    def window(self, counting: Sequence[Counting]) -> BookingWindow:
        """Give how far ahead may be booked, often without an end."""
        return BookingWindow(
            days=self.number(0, 6) if self.once_in(4) or Counting.BOOKABLE in counting else None,
            counting=self.one_of(counting),
            start=self.a_day() if self.once_in(10) else None,
            end=self.a_day() if self.once_in(10) else None,
        )

    def event_type(self, hosts: Sequence[Host], counting: Sequence[Counting]) -> EventType:
        """Give an event type of *hosts*."""
        return EventType(
            slug="call",
            title="Call",
            hosts=tuple(hosts),
            groups=self.groups([host.slug for host in hosts]),
            durations=(self.length(),),
            slot_interval=self.length() if self.once_in(2) else None,
            align=self.one_of(list(Align)),
            offset=self.short(4),
            optimized=self.once_in(4),
            first_only=self.once_in(6),
            buffer_before=self.short(3),
            buffer_after=self.short(3),
            minimum_notice=self.number(0, 600) * MINUTE if self.once_in(3) else timedelta(),
            window=self.window(counting),
            seats=Seats(per_slot=3) if self.once_in(4) else None,
            schedule=self.schedule() if self.once_in(8) else None,
        )


@st.composite
def cases(
    draw: Callable[[st.SearchStrategy[T]], T], counting: Sequence[Counting], most: int = 4
) -> tuple[Reference, tuple[int, int]]:
    """Give a `Reference` of up to so many hosts, and from when up to when slots are asked for."""
    zone, near = draw(st.sampled_from(DAYS))
    dice = Dice(draw, zone, near, draw(st.booleans()))
    slugs = ["ada", "bob", "cy", "dee"][: dice.number(1, most)]
    hosts = {slug: dice.host(slug, slugs) for slug in slugs}
    taking = list(hosts.values())[: dice.number(1, len(slugs))]
    event_type = dice.event_type(taking, counting)
    day = (datetime(near.year, near.month, near.day, tzinfo=UTC) - EPOCH) // MINUTE
    first = day + dice.number(-1440, 1440)
    last = first + (dice.number(1, 200) if dice.once_in(3) else dice.number(600, 2500))
    around = (first - 4 * 1440, last + 4 * 1440)
    shared = {dice.minutes(first, last + 5): dice.number(0, 2) for _ in range(2)} if event_type.seats else {}
    soon = (-300, 900) if dice.once_in(3) else (-3000, -300)
    asked = Reference(
        event_type=event_type,
        hosts=hosts,
        busy={slug: dice.busy(around) for slug in slugs},
        now=EPOCH + (first + dice.number(*soon)) * MINUTE + dice.number(0, 59_999_999) * timedelta.resolution,
        duration=event_type.duration,
        zone=dice.one_of(["", zone, *ZONES]),
        open_seats={EPOCH + start * MINUTE: left for start, left in shared.items()},
        around=around,
    )
    return asked, (first, last)
