"""Local days, months and series: the calendar of a zone."""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import Calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from ..values import Frequency, Period, Slot, Slots, TimeWindow
from .instants import YEARS
from .zones import zone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def _midnight(day: date, zone_name: str) -> datetime:
    """Give the instant at which *day* begins in a zone."""
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)


def day_window(day: date, zone_name: str) -> TimeWindow:
    """Give the instants of a local *day*; empty for a day that the zone skipped."""
    return TimeWindow(start=_midnight(day, zone_name), end=_midnight(day + _DAY, zone_name))


def local_date(instant: datetime, zone_name: str) -> date:
    """Give the date in a zone at an aware *instant*."""
    return instant.astimezone(zone(zone_name)).date()


def by_day(slots: Sequence[Slot], zone_name: str) -> dict[date, Sequence[Slot]]:
    """Group *slots*, which are in order, by the local date of their start; days without any are left out.

    What is given for a day can be compared and be the key of a mapping.
    """
    if not slots:
        return {}
    first, last = (local_date(slots[end].start, zone_name).toordinal() for end in (0, -1))
    days = list(map(date.fromordinal, range(first, last + 2)))
    parts: Iterable[Sequence[Slot] | None]
    if isinstance(slots, Slots):
        parts = slots.split([_first_minute(day, zone_name) for day in days])
    else:
        edges = [bisect_left(slots, _midnight(day, zone_name), key=_start) for day in days]
        parts = (tuple(slots[low:high]) for low, high in pairwise(edges))
    return {day: part for day, part in zip(days, parts, strict=False) if part}


def _start(slot: Slot) -> datetime:
    return slot.start


@lru_cache(maxsize=4096)
def _first_minute(day: date, zone_name: str) -> int:
    """Give the first unix minute of a local *day*."""
    return -((_EPOCH - _midnight(day, zone_name)) // timedelta(minutes=1))


def period_window(period: Period, instant: datetime, zone_name: str) -> TimeWindow:
    """Give the day, week (from Monday), month or year of a zone in which an aware *instant* lies."""
    day = local_date(instant, zone_name)
    if period is Period.DAY:
        return day_window(day, zone_name)
    if period is Period.WEEK:
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=6)
    elif period is Period.MONTH:
        first, last = day.replace(day=1), Month.of(instant, zone_name).last
    else:
        first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    return TimeWindow(start=_midnight(first, zone_name), end=day_window(last, zone_name).end)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month of the calendar, without a zone."""

    year: int
    #: 1 to 12.
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-03"; `ValueError` for anything else and for years outside `YEARS`."""
        match = _MONTH.fullmatch(text)
        if match is None or int(match[1]) not in YEARS or not 1 <= int(match[2]) <= 12:
            raise ValueError(f"{text!r} is not a month. Write it like '2026-03'.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, instant: datetime, zone_name: str) -> Month:
        """Give the month in a zone at an aware *instant*."""
        day = local_date(instant, zone_name)
        return cls(day.year, day.month)

    def next(self) -> Month:
        """Give the month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> Month:
        """Give the month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.next().first - timedelta(days=1)

    def window(self, zone_name: str) -> TimeWindow:
        """Give the instants of the month in a zone."""
        return TimeWindow(start=_midnight(self.first, zone_name), end=_midnight(self.next().first, zone_name))

    def weeks(self, first_weekday: int) -> tuple[tuple[date, ...], ...]:
        """Give whole weeks from *first_weekday* (0 = Monday), with the days around the month."""
        calendar = Calendar(first_weekday)
        return tuple(tuple(week) for week in calendar.monthdatescalendar(self.year, self.month))

    def __str__(self) -> str:
        """Give "2026-03"."""
        return f"{self.year:04}-{self.month:02}"


# --- series ---------------------------------------------------------------------------------------


def occurrences(
    start: datetime, zone_name: str, frequency: Frequency, interval: int, count: int
) -> tuple[datetime, ...]:
    """Give the *count* starts (UTC) of a series from an aware *start* on, at the same wall time in a zone.

    Each lies *interval* weeks, months or years after the one before, and is counted from that one. A day that
    a month lacks is its last one instead: 31 January, 28 February, 28 March. Cal.com counts in the same way
    (contracts/calcom.md 4.8).
    """
    local, found = start.astimezone(zone(zone_name)), [start.astimezone(UTC)]
    while len(found) < count:
        wall = datetime.combine(_step(local.date(), frequency, interval), local.time(), local.tzinfo)
        found.append(wall.replace(fold=0).astimezone(UTC))
        local = found[-1].astimezone(local.tzinfo)
    return tuple(found)


def _step(day: date, frequency: Frequency, interval: int) -> date:
    if frequency is Frequency.WEEKLY:
        return day + timedelta(weeks=interval)
    months = interval * (12 if frequency is Frequency.YEARLY else 1)
    years, month = divmod(day.month - 1 + months, 12)
    goal = Month(day.year + years, month + 1)
    return goal.first.replace(day=min(day.day, goal.last.day))
