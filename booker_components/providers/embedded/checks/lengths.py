"""What can be wrong with lengths, dates and limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from ....times import YEARS
from ....values import Limit, Period
from ..problems import Found, below

MINUTE = timedelta(minutes=1)
#: Ten years: beyond it, sums of dates leave the years we know.
LONGEST = timedelta(days=3650)


def length_problems(
    key: str, length: timedelta | None, *, least: timedelta = MINUTE, most: timedelta = LONGEST
) -> Found:
    """Find out that a length is none of whole minutes, below the *least* or above the *most*."""
    if length is not None and (not least <= length <= most or length % MINUTE):
        yield key, f"must be whole minutes, from {_shown(least)} to {_shown(most)}, but is {length}."


def date_problems(first: date | None, last: date | None, *, keys: tuple[str, str]) -> Found:
    """Find out that dates, under their *keys*, are in no year we know, or not in order."""
    for key, day in zip(keys, (first, last), strict=True):
        if day is not None and day.year not in YEARS:
            yield key, f"= {day} is beyond the years we know, {YEARS[0]} to {YEARS[-1]}."
    if first is not None and last is not None and first > last:
        yield keys[0], f"= {first} is after the {keys[1]}, {last}. Swap them."


def limit_problems(key: str, limits: Sequence[Limit], *, least: timedelta = MINUTE) -> Found:
    """Find what is wrong with limits; with a total below the *least* length nothing could be booked.

    Those of a longer period must not be below those of a shorter one (contracts/calcom.md 9.5).
    """
    for place, limit in enumerate(limits):
        at = f"{key}[{place}]"
        if (limit.count is None) == (limit.total is None):
            yield at, "must have either a count or a total. For both write two limits."
        if limit.count is not None and limit.count < 1:
            yield f"{at}.count", f"must be at least 1, but is {limit.count}."
        yield from length_problems(f"{at}.total", limit.total, least=least)
        if any(_is_same(limit, each) for each in limits[:place]):
            yield at, f"is the second of its kind per {limit.per}. Keep one of them."
    yield from below(key, _descents(limits))


def _is_same(one: Limit, other: Limit) -> bool:
    return one.per is other.per and (one.count is None) == (other.count is None)


def _descents(limits: Sequence[Limit]) -> Found:
    """Find limits that another one of a shorter period passes."""
    for of in ("count", "total"):
        given = {limit.per: getattr(limit, of) for limit in limits if getattr(limit, of) is not None}
        for shorter, longer in pairwise([per for per in Period if per in given]):
            if given[shorter] > given[longer]:
                yield (
                    "",
                    f"allow more per {shorter} than per {longer}: {given[shorter]}, but {given[longer]}. "
                    "Raise the one or lower the other.",
                )


def _shown(length: timedelta) -> str:
    minutes = length // MINUTE
    if minutes and minutes % 1440 == 0:
        return f"{minutes // 1440} days" if minutes > 1440 else "24 hours"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
