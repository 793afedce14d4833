"""Free slots: one of them, and all of a list, which may be thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import overload

from .instants import require_aware

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
# Not a read-only view: that could not be pickled, as caches of host apps do.
_NONE_LEFT: Mapping[int, int] = {}
_one = re.compile("1").finditer


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A time that is free."""

    start: datetime
    end: datetime
    #: How many seats are free, where guests share a time; None where they do not.
    seats_left: int | None = None
    seats_total: int | None = None

    def __post_init__(self) -> None:
        require_aware(self, "start", "end")


# Slots are made by the thousand: a slot's own __init__ would take longer than to find them.
_new = object.__new__
_set_start, _set_end, _set_left, _set_total = (
    getattr(Slot, name).__set__ for name in ("start", "end", "seats_left", "seats_total")
)


class Slots(Sequence[Slot]):
    """Free slots of one length, in order: kept as an int, and each is made when it is looked at.

    Two are equal if the same slots are in them, and cheap to compare: a part of a page that shows some can be
    known by them.
    """

    __slots__ = ("_begin", "_duration", "_left", "_mask", "_starts", "_total", "_unit")

    def __init__(
        self,
        mask: int,
        *,
        begin: int,
        unit: int,
        duration: timedelta,
        left: Mapping[int, int] = _NONE_LEFT,
        total: int | None = None,
    ) -> None:
        """Take a slot of *duration* for each bit of *mask*: bit i is i times *unit* minutes after *begin*.

        *begin* is a unix minute. Where guests share a time it has *total* seats, of which those of *left*, by
        the unix minute of the start, are free; of other starts all.
        """
        self._unit, self._duration, self._left, self._total = unit, duration, left, total
        self._keep(mask, begin)

    def _keep(self, mask: int, begin: int) -> None:
        # Without zeros at the low end, so that equal slots have equal parts.
        shift = (mask & -mask).bit_length() - 1 if mask else 0
        self._mask, self._begin = mask >> shift, begin + shift * self._unit if mask else 0
        self._starts: tuple[int, ...] | None = None

    @property
    def minutes(self) -> tuple[int, ...]:
        """The unix minutes at which they start."""
        if self._starts is None:
            begin, unit = self._begin, self._unit
            self._starts = tuple([begin + unit * place for place in places(self._mask)])
        return self._starts

    def split(self, edges: Iterable[int]) -> Iterator[Slots | None]:
        """Give those from one unix minute of *edges* up to the next, and so on; None where there are none."""
        mask, begin, unit = self._mask, self._begin, self._unit
        places = (max(-((begin - edge) // unit), 0) for edge in edges)
        for low, high in pairwise(places):
            part = mask >> low & (1 << high - low) - 1
            yield self._part(part, begin + low * unit) if part else None

    def _part(self, mask: int, begin: int) -> Slots:
        part: Slots = _new(Slots)
        part._unit, part._duration, part._left, part._total = (
            self._unit,
            self._duration,
            self._left,
            self._total,
        )
        part._keep(mask, begin)
        return part

    def __len__(self) -> int:
        """Give how many there are."""
        return self._mask.bit_count()

    def __iter__(self) -> Iterator[Slot]:
        """Give each."""
        return map(self._slot, self.minutes)

    @overload
    def __getitem__(self, index: int) -> Slot: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Slot]: ...
    def __getitem__(self, index: int | slice) -> Slot | Sequence[Slot]:
        """Give one, or some."""
        if isinstance(index, slice):
            return tuple(map(self._slot, self.minutes[index]))
        # The ends are looked at far more often than any other.
        if self._mask and index in (0, -1):
            place = 0 if index == 0 else self._mask.bit_length() - 1
            return self._slot(self._begin + place * self._unit)
        return self._slot(self.minutes[index])

    def __eq__(self, other: object) -> bool:
        """Tell whether the same slots are in both."""
        if not isinstance(other, Slots):
            return NotImplemented
        if not (self._mask or other._mask):
            return True
        # Seats may be told of starts that are not in them.
        if self._unit != other._unit or self._left != other._left:
            return tuple(self) == tuple(other)
        return (self._mask, self._begin, self._duration, self._total) == (
            (other._mask, other._begin, other._duration, other._total)
        )

    def __hash__(self) -> int:
        """Give the same number for equal ones."""
        return hash((len(self), self._begin, self._duration)) if self._mask else 0

    def __repr__(self) -> str:
        """Give how many there are, and the first and the last one."""
        ends = f" from {self[0].start.isoformat()} to {self[-1].start.isoformat()}" if self else ""
        return f"<{len(self)} slots{ends}>"

    def _slot(self, minute: int) -> Slot:
        start, slot = _EPOCH + minute * _MINUTE, _new(Slot)
        _set_start(slot, start)
        _set_end(slot, start + self._duration)
        _set_left(slot, self._left.get(minute, self._total))
        _set_total(slot, self._total)
        return slot


def places(mask: int) -> list[int]:
    """Give the numbers of the bits of *mask* that are set, in order."""
    # The digits are searched in C; picking bits off the int would copy it each time.
    return [found.start() for found in _one(bin(mask)[:1:-1])]
