"""What the clocks of a zone do: stretches in which its offset stays the same, and where its days begin.

Dates are unix days: days since 1 January 1970, whatever the zone.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from ....times import zone
from .masks import DAY, minute_from

_FIRST = date(1970, 1, 1).toordinal()


class Stretch(NamedTuple):
    """The unix minutes from *start* up to *end*, in which the clocks are *offset* seconds ahead of UTC."""

    start: int
    end: int
    offset: int

    @property
    def ahead(self) -> int:
        """The offset in minutes; before 1972 Liberia's had half a minute, which is left out."""
        return self.offset // 60


def unix_day(day: date) -> int:
    """Give the number of a date."""
    return day.toordinal() - _FIRST


def date_of(day: int) -> date:
    """Give the date of a number."""
    return date.fromordinal(day + _FIRST)


@lru_cache(maxsize=1024)
def stretches(zone_name: str, first: int, last: int) -> tuple[Stretch, ...]:
    """Give the stretches of a zone from the UTC day *first* up to the day *last*, in order.

    `ValueError` for an unknown zone. No clock is put forward and back again within a day.
    """
    place = zone(zone_name)
    found, start, here = [], first * DAY, _offset(first * DAY, place)
    for day in range(first + 1, last + 1):
        while here != _offset(day * DAY, place):
            change = _change(max((day - 1) * DAY, start), day * DAY, place)
            found.append(Stretch(start, change, here))
            start, here = change, _offset(change, place)
    return (*found, Stretch(start, last * DAY, here))


def _offset(minute: int, place: tzinfo) -> int:
    offset = datetime.fromtimestamp(minute * 60, place).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _change(low: int, high: int, place: tzinfo) -> int:
    """Give the first minute with another offset than *low* has; *high* has another."""
    before = _offset(low, place)
    minutes = range(low, high)
    return low + bisect_right(minutes, False, key=lambda minute: _offset(minute, place) != before)


@lru_cache(maxsize=1024)
def zone_unit(zone_name: str, first: int, last: int) -> int:
    """Give 5 if the zone's offsets are multiples of 5 minutes between two UTC days, else 1."""
    return 1 if any(each.offset % 300 or each.start % 5 for each in stretches(zone_name, first, last)) else 5


def offset_at(minute: int, found: tuple[Stretch, ...]) -> int:
    """Give by how many minutes the clocks are ahead at a unix *minute*, of stretches that hold it."""
    return found[bisect_right(found, minute, key=_start) - 1].ahead


def _start(stretch: Stretch) -> int:
    return stretch.start


def wall_minute(day: int, minutes: int, place: tzinfo) -> datetime:
    """Give the instant at which the clocks show *minutes* after the midnight that begins a local *day*.

    A time that the clocks skip is carried forward by the length of the gap, one that comes twice means the
    first (RFC 5545 section 3.3.5).
    """
    # A sum on an aware datetime is a sum of wall time.
    return datetime.combine(date_of(day), datetime.min.time(), place) + timedelta(minutes=minutes)


@lru_cache(maxsize=4096)
def midnight(day: int, zone_name: str) -> int:
    """Give the unix minute at which a local *day* begins; a day that was skipped begins with the next one."""
    return minute_from(wall_minute(day, 0, zone(zone_name)))


def midnights(zone_name: str, first: int, last: int) -> tuple[int, ...]:
    """Give where local days begin, from that of the unix minute *first* to the one after that of *last*.

    A day that the zone skipped is none of them.
    """
    days = range(first // DAY - 2, last // DAY + 4)
    found = sorted({midnight(day, zone_name) for day in days})
    return tuple(found[bisect_right(found, first) - 1 : bisect_right(found, last) + 1])
