"""Where slots start (contracts/calcom.md 9.3).

With an interval F and the length L, the grid G is the first of 60, 30, 20, 15, 10 and 5 minutes that divides
F, else a minute. Where F is G itself, slots start at the multiples of G that the clocks show. Elsewhere each
piece of free time has its own: the first slot at such a multiple, the next ones F after one another, all of
them later by the offset. A piece that holds two midnights is cut at the second and each that follows, so that
round-the-clock hours have the same grid every day and starts never depend on the window asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from math import gcd

from ....values import Align, EventType
from .masks import DAY, Frame, minute_of, minutes_of, runs
from .zones import Stretch, midnights, offset_at, stretches

_GRIDS = (60, 30, 20, 15, 10, 5)
#: How many days around a start must be known: within them its piece begins and ends, at two midnights.
REACH = 3


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Where slots start; all in minutes."""

    length: int
    interval: int
    offset: int
    optimized: bool
    #: In whose wall time starts are aligned.
    zone: str

    @cached_property
    def unit(self) -> int:
        """The grid on which the first slot of a piece starts."""
        return next((each for each in _GRIDS if self.interval % each == 0), 1)

    @cached_property
    def walks(self) -> bool:
        """Whether starts depend on the piece of free time in which they are."""
        return self.interval != self.unit or bool(self.offset) or self.optimized

    def starts(self, fit: int, frame: Frame, earliest: int) -> int:
        """Give the starts as a mask.

        *fit* is the mask of the minutes from which on a slot's time is free, *earliest* cuts the pieces.
        """
        if not self.walks:
            return fit & _pattern(frame, self.zone, self.unit)
        pieces = self._pieces(fit, frame)
        return frame.bits(start for piece in pieces for start in self._walk(piece, earliest, frame))

    def on_lattice(self, start: datetime) -> bool:
        """Tell whether slots can start then at all."""
        minute = minute_of(start)
        if start.second or start.microsecond:
            return False
        # Where the clocks have changed since the piece began, its slots may have left the multiples.
        days = range(REACH) if self.walks else range(1)
        found = stretches(self.zone, minute // DAY - REACH, minute // DAY + 1)
        step = 1 if self.optimized else gcd(self.unit, self.offset)
        return any((minute + offset_at(minute - day * DAY, found)) % step == 0 for day in days)

    def _pieces(self, fit: int, frame: Frame) -> Iterator[tuple[int, int, int]]:
        """Give the first and the last start of each piece, and where its time ends."""
        cuts = midnights(self.zone, frame.start, frame.end)
        unit = frame.unit
        for first, last in runs(fit):
            begin, latest = frame.start + first * unit, frame.start + last * unit
            low = bisect_right(cuts, begin - 1)
            for cut in cuts[low + 1 : bisect_right(cuts, latest)]:
                yield begin, cut - 1, cut + self.length
                begin = cut
            yield begin, latest, latest + self.length

    def _walk(self, piece: tuple[int, int, int], earliest: int, frame: Frame) -> range:
        begin, latest, end = piece
        start = max(begin, earliest)
        found = stretches(self.zone, frame.start // DAY, frame.end // DAY)
        first = start + self._shift(start + offset_at(start, found), end - start) + self.offset
        return range(first, latest + 1, self.interval + self.offset)

    def _shift(self, wall: int, room: int) -> int:
        """Give how much later than its begin at a *wall* minute a piece's first slot starts.

        To the next multiple of the grid; optimized, to the next quarter of an hour or five minutes where the
        way there would cost a slot, or not at all. *room* is how long the piece is.
        """
        shift = -wall % self.unit
        if not self.optimized or not shift:
            return shift
        spare = room % self.unit
        return next((each for each in (shift, -wall % 15, -wall % 5) if each <= spare), 0)


def grid_of(event_type: EventType, duration: timedelta, zone: str) -> Grid:
    """Give the grid of slots of *duration* for a guest in *zone*, "" for the event type's."""
    return _grid(
        length=minutes_of(duration),
        interval=minutes_of(event_type.slot_interval or duration),
        offset=minutes_of(event_type.offset),
        optimized=event_type.optimized,
        zone=zone if zone and event_type.align is Align.GUEST else event_type.zone,
    )


_grid = lru_cache(maxsize=1024)(Grid)


@lru_cache(maxsize=256)
def _pattern(frame: Frame, zone: str, grid: int) -> int:
    """Give the mask of the multiples of *grid* minutes that the clocks of a zone show."""
    mask = 0
    for stretch in stretches(zone, frame.start // DAY, frame.end // DAY):
        mask |= _multiples(frame, stretch, grid) & frame.span(stretch.start, stretch.end)
    return mask


def _multiples(frame: Frame, stretch: Stretch, grid: int) -> int:
    """Give the mask of the minutes of *frame* that are multiples of *grid* by one offset."""
    first, step = -(frame.start + stretch.ahead) % grid // frame.unit, grid // frame.unit
    # In each day of as many whole steps, the same bits are set.
    day = sum(1 << place for place in range(0, DAY // frame.unit, step))
    size = DAY // frame.unit // 8
    return int.from_bytes(day.to_bytes(size, "little") * (frame.size // size // 8), "little") << first
