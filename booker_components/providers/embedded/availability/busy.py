"""When hosts are taken, as masks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from .masks import Frame, minute_from, minute_of

#: Spans are gathered in pieces of so many units, for they would each copy the whole mask.
_PIECE = 512


class Busy(Protocol):
    """When a host is taken, by whatever it is; the buffers of those bookings included."""

    def unit(self) -> int:
        """Give how many minutes a unit may have for the mask to be exact: 5 or 1."""

    def mask(self, frame: Frame) -> int:
        """Give the mask that has bit i set if the host is taken in unit i of *frame*.

        The frame's unit is that of `unit`, or shorter.
        """


class Spans:
    """Spans of time as `Busy`: from, up to but not including, in any order, overlapping or not.

    They hold whole minutes: a part of a minute counts as the minute, which takes nothing from slots, as those
    begin and end with whole minutes.
    """

    __slots__ = ("_spans", "_unit")

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]) -> None:
        """Take aware *spans*; empty ones and those that end before they begin say nothing."""
        self._keep([(minute_of(start), minute_from(end)) for start, end in spans if start < end])

    @classmethod
    def of(cls, minutes: Iterable[tuple[int, int]]) -> Spans:
        """Give the spans from one unix minute up to another one, which is later."""
        made = cls(())
        made._keep(list(minutes))
        return made

    def _keep(self, spans: list[tuple[int, int]]) -> None:
        self._spans = spans
        self._unit = 1 if any(start % 5 or end % 5 for start, end in spans) else 5

    def unit(self) -> int:
        """Give 5 if every span begins and ends with a multiple of 5 minutes, else 1."""
        return self._unit

    def mask(self, frame: Frame) -> int:
        """Give the mask of the spans; a part of a unit counts as the whole unit."""
        begin, unit, size = frame
        pieces = [0] * (size // _PIECE + 1)
        for start, end in self._spans:
            low = (start - begin) // unit if start > begin else 0
            high = min(-((begin - end) // unit), size)
            if low < high:
                pieces[low // _PIECE] |= ((1 << (high - low)) - 1) << low % _PIECE
        mask = 0
        for place, piece in enumerate(pieces):
            if piece:
                mask |= piece << place * _PIECE
        return mask
