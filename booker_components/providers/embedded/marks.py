"""Busy masks as the database keeps them: for each host and block of 32 days, an int with a bit for each unit.

They are made from the times of the hosts that bookings take, and never guard against double booking: the
database's own rule about those does. A list of slots reads some masks, however much is booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .availability import Frame, Spans
from .availability.masks import DAY

#: Minutes of a block. The first began with 1 January 1970 in UTC.
BLOCK = 32 * DAY

_NOTHING = Spans(())


class Block(NamedTuple):
    """A part of a host's time: the bit i is set if the host is taken in its unit i."""

    #: Minutes of a unit: 5, or 1 where anything is no multiple of five.
    unit: int
    mask: bytes

    @classmethod
    def of(cls, unit: int, mask: int) -> Block:
        """Give the block of an int."""
        return cls(unit, mask.to_bytes(BLOCK // unit // 8, "little"))

    @property
    def number(self) -> int:
        """The mask as an int."""
        return int.from_bytes(self.mask, "little")

    def finer(self, unit: int) -> Block:
        """Give the same in units of *unit* minutes, which are its own or shorter."""
        if unit == self.unit:
            return self
        digits = f"{self.number:b}".replace("0", "0" * self.unit).replace("1", "1" * self.unit)
        return Block.of(unit, int(digits, 2))

    def changed(self, number: int, taken: Spans, freed: Spans = _NOTHING) -> Block:
        """Give the block of this *number* with what was *freed*, and then *taken*, in it."""
        finest = self.finer(min(self.unit, taken.unit(), freed.unit()))
        frame = frame_of(number, finest.unit)
        return Block.of(finest.unit, finest.number & ~freed.mask(frame) | taken.mask(frame))


#: A block as it is read: lists read them by the hundred.
Plain = tuple[int, bytes]

#: What nothing was ever taken of.
FREE = Block.of(5, 0)


class Marks:
    """When a host is taken, as `availability.Busy`: by stored masks, without some spans, and by more."""

    __slots__ = ("_blocks", "_freed", "_taken", "_unit")

    def __init__(
        self, blocks: Mapping[int, Block | Plain], *, taken: Spans = _NOTHING, freed: Spans = _NOTHING
    ) -> None:
        """Take the *blocks* by their numbers, plain ones too; what is *freed* is taken out first."""
        self._blocks, self._taken, self._freed = blocks, taken, freed
        self._unit = min([unit for unit, _ in blocks.values()], default=5)

    def unit(self) -> int:
        """Give how many minutes a unit may have for the mask to be exact: 5 or 1."""
        if self._taken is _NOTHING and self._freed is _NOTHING:
            return self._unit
        return min(self._unit, self._taken.unit(), self._freed.unit())

    def mask(self, frame: Frame) -> int:
        """Give the mask that has bit i set if the host is taken in unit i of *frame*."""
        first, last = numbers_of(frame.start, frame.end)
        blocks = [self._blocks.get(number, FREE) for number in range(first, last + 1)]
        parts = [
            mask if unit == frame.unit else Block(unit, mask).finer(frame.unit).mask for unit, mask in blocks
        ]
        whole = int.from_bytes(b"".join(parts), "little")
        mask = whole >> (frame.start - first * BLOCK) // frame.unit & frame.everything
        if self._freed is not _NOTHING:
            mask &= ~self._freed.mask(frame)
        return mask if self._taken is _NOTHING else mask | self._taken.mask(frame)


def numbers_of(start: int, end: int) -> tuple[int, int]:
    """Give the numbers of the first and the last block between two unix minutes."""
    return start // BLOCK, (end - 1) // BLOCK


def frame_of(number: int, unit: int) -> Frame:
    """Give the frame of a block."""
    return Frame(number * BLOCK, unit, BLOCK // unit)


def blocks_of(spans: Iterable[tuple[int, int]]) -> Mapping[int, Block]:
    """Give the blocks, by number, of spans from one unix minute up to another."""
    found: dict[int, list[tuple[int, int]]] = {}
    for start, end in spans:
        first, last = numbers_of(start, end)
        for number in range(first, last + 1):
            found.setdefault(number, []).append((start, end))
    return {number: FREE.changed(number, Spans.of(own)) for number, own in found.items()}
