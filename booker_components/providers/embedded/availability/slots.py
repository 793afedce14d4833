"""Free slots: the time that hosts have in common, where slots start, and what guests see of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from ....policy import bookable_window, earliest_start
from ....values import Counting, EventType, Slots, TimeWindow
from .grid import REACH, Grid, grid_of
from .hosts import Lengths, Person, doers, fits, hours, may_change
from .masks import DAY, Frame, instant, minute_from
from .zones import midnights, zone_unit

#: From one unix minute up to another.
_Span = tuple[int, int]

#: No time has seats that are left.
NO_SEATS: Mapping[datetime, int] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What slots are looked for; the parameters are those of `free_slots`."""

    event_type: EventType
    people: Mapping[str, Person]
    now: datetime
    duration: timedelta
    #: The zone whose days are the guest's.
    zone: str
    #: Seats that are left, by the unix minute of the start.
    seats: Mapping[int, int]
    #: How long a slot takes its hosts.
    lengths: Lengths
    #: Where slots start.
    grid: Grid

    @property
    def allowed(self) -> _Span:
        """From when up to when policy lets slots start."""
        return span_of(bookable_window(self.event_type, self.now))

    @property
    def earliest(self) -> int:
        """The first minute that is neither past nor too soon."""
        return minute_from(earliest_start(self.event_type, self.now))

    @property
    def counts_days(self) -> bool:
        """Whether it depends on free slots how far ahead may be booked."""
        window = self.event_type.window
        return window.counting is Counting.BOOKABLE and window.days is not None


def free_slots(
    event_type: EventType,
    people: Mapping[str, Person],
    *,
    now: datetime,
    window: TimeWindow,
    duration: timedelta,
    zone: str = "",
    open_seats: Mapping[datetime, int] = NO_SEATS,
) -> Slots:
    """Give the free slots that start in *window*, in order.

    *people* are those of `crew`, by slug, with their busy times within `reach`. *duration* need not be one of
    those on offer: bookings made earlier keep theirs when they move. *zone* is the guest's; "" is the event
    type's. *open_seats* are the starts of appointments of this event type and length that guests share, with
    the seats that are left of each: they are offered too, though their hosts are busy.

    `ValueError` if *duration* is not positive. Work grows with the window: callers clamp it.
    """
    search, span = search_of(event_type, people, now, duration, zone, open_seats), span_of(window)
    (frame, mask), seats = _on_view(search, span), event_type.seats
    return Slots(
        mask,
        begin=frame.start,
        unit=frame.unit,
        duration=duration,
        left=search.seats,
        total=seats.per_slot if seats else None,
    )


def reach(
    event_type: EventType, *, now: datetime, window: TimeWindow, duration: timedelta, zone: str = ""
) -> TimeWindow:
    """Give from when to when busy times and open seats must be known, for the slots that start in *window*.

    It is wider than the window where starts or days depend on what is free before them. `takers` and
    `explain` need no more than this for a window that holds their start.
    """
    search, span = search_of(event_type, {}, now, duration, zone, NO_SEATS), span_of(window)
    wide = looked_at(search, _whole_days(search, span) if event_type.first_only else span)
    edges = [_days(search, span), *([_days(search, wide)] if wide[0] < wide[1] else [])]
    first, last = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
    return TimeWindow(start=instant(first * DAY), end=instant(last * DAY))


def search_of(
    event_type: EventType,
    people: Mapping[str, Person],
    now: datetime,
    duration: timedelta,
    zone: str,
    open_seats: Mapping[datetime, int],
) -> Search:
    """Give the search of these parameters; `ValueError` if *duration* is not positive."""
    if duration <= timedelta():
        raise ValueError(f"The duration must be positive, but is {duration}.")
    seats = {minute_from(start): left for start, left in open_seats.items() if left > 0}
    return Search(
        event_type=event_type,
        people=people,
        now=now,
        duration=duration,
        zone=zone or event_type.zone,
        seats=seats,
        lengths=Lengths.of(event_type, duration),
        grid=grid_of(event_type, duration, zone),
    )


def span_of(window: TimeWindow) -> _Span:
    """Give the minutes that begin in *window*."""
    return minute_from(window.start), minute_from(window.end)


# --- starts --------------------------------------------------------------------------------------


class Starts(NamedTuple):
    """When slots start, as a mask."""

    frame: Frame
    mask: int

    def within(self, span: _Span) -> Starts:
        """Give those in *span*."""
        low, high = (max(self.frame.place(edge), 0) for edge in span)
        return Starts(self.frame, (self.mask & (1 << high) - 1) >> low << low)

    def days(self, zone: str) -> Iterator[tuple[_Span, int]]:
        """Give the days of a zone from the first start to the last, each with the mask of its starts."""
        if not self.mask:
            return
        begin, unit = self.frame.start, self.frame.unit
        ends = ((self.mask & -self.mask).bit_length(), self.mask.bit_length())
        first, last = (begin + (end - 1) * unit for end in ends)
        for day in pairwise(midnights(zone, first, last)):
            yield day, self.within(day).mask


_NONE = Starts(Frame(0, 1, 0), 0)


def counted(search: Search, span: _Span) -> Starts:
    """Give the starts on offer in *span*, were there no rule of the first one of a day."""
    starts = starts_in(search, looked_at(search, span))
    if not search.counts_days:
        return starts
    return starts.within((span[0], min(span[1], horizon(search, starts))))


def horizon(search: Search, starts: Starts) -> int:
    """Give up to when may be booked, if days with a free slot count; *starts* are all from now on."""
    begin, end = search.allowed
    rest = search.event_type.window.days or 0
    for (_, tomorrow), mask in starts.days(search.event_type.zone) if rest else ():
        rest -= bool(mask)
        if not rest:
            return min(tomorrow, end)
    return end if rest else begin


def looked_at(search: Search, span: _Span) -> _Span:
    """Give the starts that must be known to tell which of *span* are on offer."""
    allowed = search.allowed
    return allowed if search.counts_days else (max(span[0], allowed[0]), min(span[1], allowed[1]))


def starts_in(search: Search, span: _Span) -> Starts:
    """Give the starts in *span* that are free, or have seats left."""
    if span[0] >= span[1]:
        return _NONE
    frame, lengths = _frame(search, span), search.lengths
    found = doers(search.event_type, search.people, frame, lengths)
    fit = fits(search.event_type, found, lengths.length // frame.unit)
    starts = Starts(frame, search.grid.starts(fit, frame, search.earliest) | frame.bits(search.seats))
    return starts.within(span)


def _frame(search: Search, span: _Span) -> Frame:
    """Give the frame that holds all that decides on the starts in *span*, in the longest units that do."""
    days = _days(search, span)
    unit = _unit(search, days)
    return Frame(days[0] * DAY, unit, (days[1] - days[0]) * DAY // unit)


def _days(search: Search, span: _Span) -> _Span:
    """Give the UTC days that decide on the starts in *span*."""
    lengths, grid = search.lengths, search.grid
    first = (span[0] - lengths.before) // DAY - (REACH if grid.walks else 0)
    last = -(-(span[1] + lengths.length + lengths.after) // DAY) + (REACH if grid.optimized else 0)
    return first, last


def _unit(search: Search, days: _Span) -> int:
    """Give 5 if everything that counts is a multiple of five minutes, else 1."""
    event_type, grid, lengths = search.event_type, search.grid, search.lengths
    own = (grid.length, grid.interval, grid.offset, lengths.before, lengths.after, *search.seats)
    exact = not any(each % 5 for each in own) and zone_unit(grid.zone, *days) == 5
    # The optimized mode counts the minutes of a piece, which may begin with now. Where one takes over from
    # another, starts five minutes apart may be of two pieces.
    if grid.optimized or (grid.walks and may_change(event_type)) or not exact:
        return 1
    everybody = search.people.values()
    even = all(hours(event_type, each.host).unit(days) == 5 and each.busy.unit() == 5 for each in everybody)
    return 5 if even else 1


# --- what guests see -----------------------------------------------------------------------------


def _whole_days(search: Search, span: _Span) -> _Span:
    """Give *span* from the beginning of its first day on."""
    return midnights(search.zone, span[0], span[0])[0], span[1]


def _on_view(search: Search, span: _Span) -> Starts:
    """Give the starts in *span* that guests see."""
    if not search.event_type.first_only:
        return counted(search, span)
    starts = counted(search, _whole_days(search, span))
    firsts = sum(mask & -mask for _, mask in starts.days(search.zone))
    return Starts(starts.frame, firsts).within(span)
