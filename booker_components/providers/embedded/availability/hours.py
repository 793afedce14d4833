"""When hosts work, as masks: weekly hours, other hours for single dates, travels, absences and holidays.

Hours are wall time of the schedule's zone or of where the host is on that date. Hours belong to the date on
which they begin, and those that touch or overlap, also across midnight, are one piece of work. A date on
which the host is away or on holiday is free from midnight to midnight, also of hours that began before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby
from typing import Any, NamedTuple

from ....times import zone
from ....values import Absence, Host, Schedule
from .holidays import holidays_of
from .masks import DAY, Frame, minute_from, minute_of
from .zones import Stretch, date_of, midnight, stretches, unix_day, wall_minute, zone_unit

_Intervals = tuple[tuple[int, int], ...]
#: Unix days, the last one included.
_Days = tuple[int, int]

#: The most hosts, and frames of each, that are remembered; more than that begin anew.
_HOSTS, _FRAMES = 4096, 64


class Work(NamedTuple):
    """When a host works within a frame, as masks."""

    #: By the schedule alone.
    hours: int
    away: int
    holidays: int
    #: Who takes the host's bookings that start then.
    stand_ins: tuple[tuple[str, int], ...]
    #: The hours that absences and holidays leave.
    open: int


class Hours:
    """The hours of a host by a schedule, which may be another one than the host's own."""

    def __init__(self, host: Host, schedule: Schedule | None) -> None:
        # Both are kept here, so that nothing else ever has the identity by which they are known.
        self._host, self._schedule = host, schedule
        self._fixed = schedule.zone if schedule else ""
        self._zones = frozenset(
            {host.zone, self._fixed or host.zone, *(travel.zone for travel in host.travels)}
        )
        self._even = not any(minute % 5 for minute in _minutes(schedule))
        self._works: dict[Frame, Work] = {}
        self._units: dict[_Days, int] = {}

    def unit(self, days: _Days) -> int:
        """Give 5 if everything between two UTC days is a multiple of 5 minutes, else 1."""
        if days not in self._units:
            _room(self._units, _FRAMES)
            even = self._even and all(zone_unit(each, days[0] - 5, days[1] + 5) == 5 for each in self._zones)
            self._units[days] = 5 if even else 1
        return self._units[days]

    def work(self, frame: Frame) -> Work:
        """Give when the host works in *frame*, whose unit is that of `unit` or shorter."""
        found = self._works.get(frame)
        if found is None:
            _room(self._works, _FRAMES)
            found = self._works[frame] = self._read(frame)
        return found

    def _read(self, frame: Frame) -> Work:
        # Hours of two days before may run into the frame, west of Greenwich a day later still.
        days = (frame.start // DAY - 3, frame.end // DAY + 1)
        hours = self._hours(frame, days)
        away, stand_ins = self._away(frame)
        holidays = self._holidays(frame, days)
        free = away | holidays
        return Work(hours, away, holidays, stand_ins, hours & ~free if free else hours)

    def _place(self, day: int) -> str:
        """Give the zone in which the host is on a date."""
        found = (each.zone for each in self._host.travels if each.first <= date_of(day) <= each.last)
        return next(found, self._host.zone)

    # --- hours -----------------------------------------------------------------------------------

    def _hours(self, frame: Frame, days: _Days) -> int:
        if self._schedule is None:
            return 0
        mask, own = 0, self._own_days(days)
        for zone_name, (first, last) in self._stays(days):
            rest = set(range(first, last + 1))
            for stretch, alike in _alike(zone_name, first, last, own):
                mask |= _stamp(self._schedule.weekly, alike, stretch, frame)
                rest.difference_update(range(alike[0], alike[1] + 1))
            for day in rest:
                mask |= self._day(day, zone_name, frame)
        return mask

    def _own_days(self, days: _Days) -> list[int]:
        """Give the dates that have hours of their own."""
        assert self._schedule is not None
        found = sorted(map(unix_day, self._schedule.overrides))
        return [day for day in found if days[0] <= day <= days[1]]

    def _stays(self, days: _Days) -> Iterator[tuple[str, _Days]]:
        """Give the zones in which hours are read, with the dates of each."""
        if self._fixed or not self._host.travels:
            yield self._fixed or self._host.zone, days
            return
        for zone_name, group in groupby(range(days[0], days[1] + 1), self._place):
            stay = list(group)
            yield zone_name, (stay[0], stay[-1])

    def _day(self, day: int, zone_name: str, frame: Frame) -> int:
        """Give the work that begins on one date."""
        # A day that was skipped begins and ends at the same moment.
        if midnight(day, zone_name) == midnight(day + 1, zone_name):
            return 0
        assert self._schedule is not None
        today, place, mask = date_of(day), zone(zone_name), 0
        for start, end in self._schedule.overrides.get(today, self._schedule.weekly[today.weekday()]):
            until = wall_minute(day, _end(start, end), place)
            mask |= frame.span(minute_from(wall_minute(day, start, place)), minute_of(until))
        return mask

    # --- free dates ------------------------------------------------------------------------------

    def _away(self, frame: Frame) -> tuple[int, tuple[tuple[str, int], ...]]:
        """Give when the host is away, and who stands in when: the first who is named for a date."""
        away, stand_ins = 0, dict[str, int]()
        for absence in self._host.away:
            mask = self._absence(absence, frame) & ~away
            away |= mask
            if mask and absence.stand_in:
                stand_ins[absence.stand_in] = stand_ins.get(absence.stand_in, 0) | mask
        return away, tuple(stand_ins.items())

    def _absence(self, absence: Absence, frame: Frame) -> int:
        return self._dates(unix_day(absence.first), unix_day(absence.last), frame)

    def _holidays(self, frame: Frame, days: _Days) -> int:
        code, mask = self._host.holidays, 0
        if not code:
            return 0
        first, last = date_of(days[0]), date_of(days[1])
        overrides = self._schedule.overrides if self._schedule else {}
        for day in chain.from_iterable(holidays_of(code, year) for year in range(first.year, last.year + 1)):
            if first <= day <= last and day not in overrides:
                mask |= self._dates(unix_day(day), unix_day(day), frame)
        return mask

    def _dates(self, first: int, last: int, frame: Frame) -> int:
        """Give the host's local time from the beginning of one date to the end of another."""
        end = midnight(last + 1, self._place(last))
        return frame.span(midnight(first, self._place(first)), end)


_known: dict[tuple[int, int], Hours] = {}


def hours_of(host: Host, schedule: Schedule | None) -> Hours:
    """Give the hours of *host* by *schedule*; the very same objects give the same `Hours`."""
    key = (id(host), id(schedule))
    found = _known.get(key)
    if found is None:
        _room(_known, _HOSTS)
        found = _known[key] = Hours(host, schedule)
    return found


def _room(known: dict[Any, Any], most: int) -> None:
    if len(known) >= most:
        known.clear()


def _minutes(schedule: Schedule | None) -> Iterable[int]:
    """Give every minute of the day at which hours begin or end."""
    days = (*schedule.weekly, *schedule.overrides.values()) if schedule else ()
    return (minute for day in days for interval in day for minute in interval)


def _end(start: int, end: int) -> int:
    """Give the minute after midnight at which an interval ends; from 1440 on, it is on the next day."""
    return end if end > start else end + DAY


# --- weeks ---------------------------------------------------------------------------------------


def _alike(zone_name: str, first: int, last: int, own: Iterable[int]) -> Iterator[tuple[Stretch, _Days]]:
    """Give the dates with the weekly hours whose clocks run evenly until the end of the next day."""
    before = None
    for stretch in stretches(zone_name, first - 3, last + 5):
        begin = stretch.start + max(stretch.ahead, before.ahead if before else stretch.ahead)
        low = max(-(-begin // DAY), first)
        high = min((stretch.end + stretch.ahead) // DAY - 2, last)
        before = stretch
        if not stretch.offset % 60:
            for break_ in (*(day for day in own if low <= day <= high), high + 1):
                if low < break_:
                    yield stretch, (low, break_ - 1)
                low = break_ + 1


def _stamp(weekly: tuple[_Intervals, ...], days: _Days, stretch: Stretch, frame: Frame) -> int:
    """Give the weekly hours of some dates within a stretch of even clocks."""
    first, last = days
    today, tomorrow = _week(weekly, frame.unit)
    # 1 January 1970 was a Thursday.
    weekday, count = (first + 3) % 7, last - first + 1
    shift = (first * DAY - stretch.ahead - frame.start) // frame.unit
    mask = _repeated(today, weekday, count) | _repeated(tomorrow, weekday, count) << DAY // frame.unit
    return (mask << shift if shift >= 0 else mask >> -shift) & frame.everything


def _repeated(week: bytes, weekday: int, count: int) -> int:
    """Give *count* days of a *week* that is repeated, from a *weekday* on."""
    size = len(week) // 7
    several = week * (count // 7 + 2)
    return int.from_bytes(several[weekday * size : (weekday + count) * size], "little")


@lru_cache(maxsize=1024)
def _week(weekly: tuple[_Intervals, ...], unit: int) -> tuple[bytes, bytes]:
    """Give a week's hours, day after day: their parts on the day on which they begin, and on the next one."""
    size = DAY // unit
    days = [Frame(0, unit, 2 * size)] * 7
    masks = [
        _joined(frame.span(start, _end(start, end)) for start, end in day)
        for frame, day in zip(days, weekly, strict=True)
    ]
    halves = [divmod(mask, 1 << size) for mask in masks]
    length = size // 8
    today = b"".join(low.to_bytes(length, "little") for _, low in halves)
    return today, b"".join(high.to_bytes(length, "little") for high, _ in halves)


def _joined(masks: Iterable[int]) -> int:
    joined = 0
    for mask in masks:
        joined |= mask
    return joined
