"""Pieces of time: joined, cut out of one another, laid on days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

#: From, up to but not including.
Span = tuple[datetime, datetime]

_DAY = timedelta(days=1)


def days(window: Span, zone: tzinfo) -> Iterator[date]:
    """Give the local days in and next to *window*."""
    day, last = window[0].astimezone(zone).date() - _DAY, window[1].astimezone(zone).date() + _DAY
    while day <= last:
        yield day
        day += _DAY


def wall(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    """Give the instant of a wall time; hour 24 is midnight at the end of *day*."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(hours=hour, minutes=minute)
    return local.astimezone(UTC)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Give *spans* in order, touching and overlapping ones as one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Give what *taken* leaves of *spans*."""
    left = list(spans)
    for start, end in taken:
        cut = [
            part for each in left for part in ((each[0], min(each[1], start)), (max(each[0], end), each[1]))
        ]
        left = [part for part in cut if part[0] < part[1]]
    return sorted(set(left))


def common(one: Iterable[Span], other: Sequence[Span]) -> list[Span]:
    """Give what is in both."""
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return sorted(each for each in both if each[0] < each[1])
