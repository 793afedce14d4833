"""Time as bits: in a mask, an int, bit i stands for the unit i of a frame; instants are unix minutes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from ....values import TimeWindow
from ....values.slots import places

#: Minutes of a day in UTC.
DAY = 1440

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
# Making a timedelta takes longer than adding one, and instants are made by the thousand.
_AFTER = tuple(each * _MINUTE for each in range(DAY))


# A tuple, because frames are keys that are looked up for every host.
class Frame(NamedTuple):
    """The stretch of time that a mask tells of: whole days in UTC, in units of 1 or 5 minutes."""

    #: Unix minutes.
    start: int
    #: How long a unit is, in minutes.
    unit: int
    #: How many units it has.
    size: int

    @property
    def end(self) -> int:
        """The unix minute at which it ends."""
        return self.start + self.unit * self.size

    @property
    def window(self) -> TimeWindow:
        """The same as instants."""
        return TimeWindow(start=instant(self.start), end=instant(self.end))

    @property
    def everything(self) -> int:
        """The mask of all units."""
        return _ones(self.size)

    def span(self, start: int, end: int) -> int:
        """Give the mask from one unix minute up to another; a part of a unit counts as the whole unit."""
        low = max((start - self.start) // self.unit, 0)
        high = min(self.place(end), self.size)
        return (1 << high) - (1 << low) if low < high else 0

    def bits(self, minutes: Iterable[int]) -> int:
        """Give the mask of single units, by the unix minutes at which they begin; others are left out."""
        found = bytearray(self.size // 8)
        for minute in minutes:
            place = (minute - self.start) // self.unit
            if 0 <= place < self.size:
                found[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(found, "little")

    def place(self, minute: int) -> int:
        """Give the first unit that begins at a unix *minute* or after it; it may lie outside the frame."""
        return -((self.start - minute) // self.unit)


@lru_cache(maxsize=256)
def _ones(size: int) -> int:
    return (1 << size) - 1


def minute_of(instant: datetime) -> int:
    """Give the unix minute in which an aware *instant* lies."""
    return (instant - _EPOCH) // _MINUTE


def minute_from(instant: datetime) -> int:
    """Give the first unix minute that begins at an aware *instant* or after it."""
    return -((_EPOCH - instant) // _MINUTE)


def minutes_of(length: timedelta) -> int:
    """Give a *length* in minutes; a part of a minute counts as a whole one."""
    return -(-length // _MINUTE)


def instant(minute: int) -> datetime:
    """Give the instant (UTC) of a unix *minute*."""
    day, rest = divmod(minute, DAY)
    return _midnight(day) + _AFTER[rest]


@lru_cache(maxsize=4096)
def _midnight(day: int) -> datetime:
    return _EPOCH + timedelta(day)


# --- masks ---------------------------------------------------------------------------------------


def cover(mask: int, length: int) -> int:
    """Give the bits from which on *length* bits in a row are set, by shifts that double."""
    done = 1
    while done < length and mask:
        step = min(done, length - done)
        mask &= mask >> step
        done += step
    return mask


def spread(mask: int, length: int) -> int:
    """Give the bits that are set, and for each the *length* bits after it."""
    done = 0
    while done < length:
        step = min(done + 1, length - done)
        mask |= mask << step
        done += step
    return mask


def at_least(need: int, masks: Iterable[int]) -> int:
    """Give the bits that are set in *need* of the *masks* or more."""
    # Level k holds the bits that have been set in more than k masks so far.
    levels = [0] * need
    for mask in masks:
        for level in range(need - 1, 0, -1):
            levels[level] |= levels[level - 1] & mask
        levels[0] |= mask
    return levels[-1]


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """Give the first and the last bit of each row of set bits, in order."""
    return zip(places(mask & ~(mask << 1)), places(mask & ~(mask >> 1)), strict=True)
