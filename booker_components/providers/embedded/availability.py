"""Free slots from working hours, busy times and the rules of an event type: pure, in whole seconds.

The slot list and the booking itself share this code. Hours are wall time of the host's zone, read by
`zoneinfo` as RFC 5545 section 3.3.5 says: a time that the clocks skip is carried forward by the length of the
gap, one that comes twice means the first. Lengths are absolute time. A day that a zone skipped has no hours.

Intervals that touch or overlap, also across midnight, are one piece of work: a slot may lie across a seam.
The grid of starts begins where the piece begins, but anew at midnight after a day that began at midnight, so
that round-the-clock hours have the same grid every day. It depends on the hours alone, never on now, on busy
times or on the window asked for, so that a slot that was shown is still on the grid when it is booked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from ...policy import Rule, bookable_window, booking_refusals
from ...values import EventType, Schedule, Slot, TimeWindow

#: When a host is taken: from, up to but not including; buffers of those bookings included.
Busy = Iterable[tuple[datetime, datetime]]
#: The same in unix seconds.
_Span = tuple[int, int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
#: Unix seconds after every year we know.
_NEVER = 1 << 40


def free_slots(
    event_type: EventType, busy: Busy, *, now: datetime, window: TimeWindow, duration: timedelta
) -> list[Slot]:
    """Give the free slots that start in *window*, in order.

    *busy* holds the host's other bookings with their own buffers, in any order; the buffers of *event_type*
    are kept free around each slot. *duration* need not be one of those on offer: bookings made earlier keep
    theirs when they move. `ValueError` if it is not positive. Work grows with the window: callers clamp it.
    """
    if duration < _SECOND:
        raise ValueError(f"The duration must be at least a second, but is {duration}.")
    allowed = bookable_window(event_type, now)
    first = _seconds_up(max(window.start, allowed.start))
    last = _seconds_up(min(window.end, allowed.end))
    length = duration // _SECOND
    starts = _grid_starts(event_type, (first, last), length)
    return [_slot(start, length) for start in _outside(busy, starts, event_type, (first, last), length)]


def explain(
    event_type: EventType, busy: Busy, *, now: datetime, start: datetime, duration: timedelta
) -> tuple[Rule, ...]:
    """Give every rule that refuses a slot at *start*; none if it is free.

    The parameters are those of `free_slots`, which shows a slot at *start* if and only if no rule refuses it.
    """
    rules = [verdict.rule for verdict in booking_refusals(event_type, start, now) if verdict.rule]
    begin, length = (start - _EPOCH) // _SECOND, duration // _SECOND
    span = (begin, begin + 1)
    work = next((part for part in _work(event_type, span, length) if part.start <= begin < part.until), None)
    if work is None or begin + length > work.end:
        rules.append(Rule.HOURS)
    if work and ((begin - work.anchor) % _step(event_type, length) or _seconds_up(start) != begin):
        rules.append(Rule.GRID)
    if not list(_outside(busy, [begin], event_type, span, length)):
        rules.append(Rule.BUSY)
    return tuple(rules)


def _seconds_up(instant: datetime) -> int:
    """Give unix seconds, a part of a second counting as a whole one."""
    return -((_EPOCH - instant) // _SECOND)


def _slot(start: int, length: int) -> Slot:
    return Slot(
        start=datetime.fromtimestamp(start, UTC),
        end=datetime.fromtimestamp(start + length, UTC),
    )


# --- working hours -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Work:
    """A part of the host's work whose slots start on one grid, in unix seconds."""

    #: Slots start at or after this...
    start: int
    #: ... and before this.
    until: int
    #: Slots end by this: here the host stops.
    end: int
    #: A point of the grid.
    anchor: int


def _midnight(day: date, zone: ZoneInfo) -> int:
    """Give the unix seconds at which a host-local *day* begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def _blocks(schedule: Schedule, day: date, zone: ZoneInfo) -> list[_Span]:
    """Give the work that begins on a host-local *day*, touching intervals as one, in order."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    spans = []
    for first, last in schedule.overrides.get(day, schedule.weekly[day.weekday()]):
        # A sum on an aware datetime is a sum of wall time.
        start = midnight + timedelta(minutes=first)
        end = midnight + timedelta(minutes=last if last > first else last + 1440)
        spans.append((int(start.timestamp()), int(end.timestamp())))
    return _merged(spans)


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Give *spans* in order, touching and overlapping ones as one, empty ones left out."""
    result: list[_Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def _work(event_type: EventType, window: _Span, length: int) -> list[_Work]:
    """Give the host's work in which slots of *length* seconds that start in *window* can lie, in order."""
    schedule = event_type.schedule or event_type.host.schedule
    if schedule is None:
        return []
    zone = ZoneInfo(event_type.zone)
    # Work may come over midnight from the day before, whose grid may come from the day before that; either of
    # them may be separated from its neighbour by a day that the zone skipped.
    first = datetime.fromtimestamp(window[0], zone).date() - 3 * _DAY
    last = datetime.fromtimestamp(window[1] + length, zone).date() + _DAY
    days = _days(first, last, zone)
    return _parts([midnight for _, midnight in days], [_blocks(schedule, day, zone) for day, _ in days])


def _days(first: date, last: date, zone: ZoneInfo) -> list[tuple[date, int]]:
    """Give the days from *first* to *last* with their midnights, without those that the zone skipped."""
    days = [first + each * _DAY for each in range((last - first).days + 2)]
    midnights = [(day, _midnight(day, zone)) for day in days]
    # A day that was skipped begins and ends at the same moment.
    return [(day, start) for (day, start), (_, end) in pairwise(midnights) if start < end]


def _parts(midnights: list[int], blocks: list[list[_Span]]) -> list[_Work]:
    """Give the work of all days but the first, which is only looked at for the grid it leads on to."""
    pieces = _merged(chain.from_iterable(blocks))
    seams = [
        (start, _anchor(start, evening, midnight))
        for midnight, evening, today in zip(midnights, blocks, blocks[1:], strict=False)
        for start, _ in today
    ]
    parts = []
    for (start, anchor), (following, _) in pairwise([*seams, (_NEVER, 0)]):
        end = pieces[bisect_right(pieces, (start, _NEVER)) - 1][1]
        parts.append(_Work(start=start, until=min(following, end), end=end, anchor=anchor))
    return parts


def _anchor(start: int, evening: list[_Span], midnight: int) -> int:
    """Give the begin of the grid of the work that begins at *start*.

    It goes on with the grid of the *evening*, the work of the last day that the zone had before, unless that
    began with its day, at *midnight*. Looking no further back keeps the grid independent of the window.
    """
    return next((begin for begin, end in evening if midnight < begin < start <= end), start)


# --- slots ---------------------------------------------------------------------------------------


def _step(event_type: EventType, length: int) -> int:
    """Give how far apart slots start, in seconds."""
    return event_type.slot_interval // _SECOND if event_type.slot_interval else length


def _grid_starts(event_type: EventType, window: _Span, length: int) -> Iterator[int]:
    """Give the starts in *window* that are on the grid and within working hours."""
    if window[0] >= window[1]:
        return
    step = _step(event_type, length)
    for part in _work(event_type, window, length):
        low = max(window[0], part.start)
        high = min(window[1], part.until, part.end - length + 1)
        yield from range(low + (part.anchor - low) % step, high, step)


def _outside(
    busy: Busy, starts: Iterable[int], event_type: EventType, window: _Span, length: int
) -> Iterator[int]:
    """Give those of *starts* that overlap no busy time, buffers included; *window* holds all of them."""
    before = event_type.buffer_before // _SECOND
    after = length + event_type.buffer_after // _SECOND
    spans = (((start - _EPOCH) // _SECOND, _seconds_up(end)) for start, end in busy)
    taken = _merged(span for span in spans if window[0] - before < span[1] and span[0] < window[1] + after)
    for start in starts:
        following = bisect_right(taken, start - before, key=_end)
        if following == len(taken) or taken[following][0] >= start + after:
            yield start


def _end(span: _Span) -> int:
    return span[1]
