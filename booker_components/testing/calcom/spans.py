"""The hours of Cal.com's schedules, and the starts that its grid has in them (contracts/calcom.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from ... import times
from ..spans import Span as Span
from ..spans import common as common
from ..spans import days, merged, wall
from ..spans import without as without
from .records import WEEKDAYS, Schedule

_MINUTE = timedelta(minutes=1)


def hours(schedule: Schedule, window: Span) -> list[Span]:
    """Give the hours of a schedule around *window*, touching ones as one (contracts/calcom.md 9.2, 9.4)."""
    zone = times.zone(schedule.zone)
    return merged(span for day in days(window, zone) for span in _day(schedule, day, zone))


def _day(schedule: Schedule, day: date, zone: tzinfo) -> Iterator[Span]:
    overrides = [each for each in schedule.overrides if each["date"] == day.isoformat()]
    usual = [each for each in schedule.availability if WEEKDAYS[day.weekday()] in each["days"]]
    for each in overrides or usual:
        start, end = _wall(day, each["startTime"], zone), _wall(day, each["endTime"], zone)
        if start < end:
            yield start, end


def _wall(day: date, text: str, zone: tzinfo) -> datetime:
    """Give the instant of a wall time; 23:59 means midnight."""
    hour, minute = (24, 0) if text == "23:59" else map(int, text.split(":"))
    return wall(day, hour, minute, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How the starts of slots lie (contracts/calcom.md 9.3)."""

    length: int
    #: Minutes from one start to the next.
    frequency: int
    offset: int = 0
    optimised: bool = False
    #: The zone of the visitor, in which starts are aligned.
    zone: tzinfo

    def starts(self, spans: Iterable[Span], earliest: datetime) -> list[datetime]:
        """Give the starts in *spans* that are not before *earliest*."""
        made: set[datetime] = set()
        step = timedelta(minutes=self.frequency + self.offset)
        for begin, end in sorted(spans):
            start = self._aligned(_whole(max(begin, earliest)), end) + timedelta(minutes=self.offset)
            start = _snapped(start, begin, made, step)
            while start + timedelta(minutes=self.length) - timedelta(seconds=1) <= end:
                made.add(start)
                start += step
        return sorted(made)

    def _aligned(self, start: datetime, end: datetime) -> datetime:
        """Give the first start of a span, on the grid or as near to it as the optimised mode allows."""
        minute = start.astimezone(self.zone).minute
        unit = next((each for each in (60, 30, 20, 15, 10, 5) if self.frequency % each == 0), 1)
        if minute % unit == 0:
            return start
        if not self.optimised:
            return start + -minute % unit * _MINUTE
        spare = (end - start) // _MINUTE % unit
        steps = (-minute % each for each in (unit, 15, 5))
        return start + next((step for step in steps if step <= spare), 0) * _MINUTE


def _whole(instant: datetime) -> datetime:
    """Give the minute that begins then or next."""
    floor = instant.replace(second=0, microsecond=0)
    return floor if floor == instant else floor + _MINUTE


def _snapped(start: datetime, begin: datetime, made: Iterable[datetime], step: timedelta) -> datetime:
    """Give the start, or where the step of an overlapping span's slot begins or ends that it falls into."""
    inside = max((each for each in made if each < start < each + step), default=None)
    if inside is None:
        return start
    return inside if inside >= begin else inside + step


def zone_span(first: date, last: date, zone_name: str) -> Span:
    """Give the instants of the whole days from *first* to *last* in a zone."""
    return times.day_window(first, zone_name).start, times.day_window(last, zone_name).end


def local_text(instant: datetime, zone: tzinfo) -> str:
    """Write an instant as slots are written: local time with milliseconds and the offset."""
    return instant.astimezone(zone).isoformat(timespec="milliseconds")
