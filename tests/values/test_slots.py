"""Lists of free slots, which are kept as an int, against plain tuples of the same slots."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booker_components.values import Slot, Slots

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HALF_HOUR = 30 * MINUTE

#: The unix minute at which Monday, 2 March 2026 begins in UTC.
BEGIN = (datetime(2026, 3, 2, tzinfo=UTC) - EPOCH) // MINUTE

_quick = settings(max_examples=80, deadline=None, derandomize=True, database=None)
_places = st.sets(st.integers(0, 200), max_size=12)
_units = st.sampled_from([1, 5])
_begins = st.sampled_from([0, BEGIN, -1440, -7, BEGIN + 3])


def mask_of(places: set[int] | Sequence[int]) -> int:
    """Give the int in which the bits of these numbers are set."""
    return sum(1 << place for place in places)


def made(*places: int, begin: int = BEGIN, unit: int = 5, **options: Any) -> Slots:
    """Give slots of half an hour, each so many units after *begin*."""
    return Slots(mask_of(places), begin=begin, unit=unit, **{"duration": HALF_HOUR, **options})


def slot(minute: int, **seats: int) -> Slot:
    """Give a slot of half an hour that starts so many minutes after 1970 began."""
    start = EPOCH + minute * MINUTE
    return Slot(start=start, end=start + HALF_HOUR, **seats)


# --- what is in them ------------------------------------------------------------------------------


@_quick
@given(places=_places, begin=_begins, unit=_units)
def test_they_are_the_slots_of_the_bits(places: set[int], begin: int, unit: int) -> None:
    """One for each bit, in order, as many times as they are looked at."""
    slots = made(*places, begin=begin, unit=unit)

    wanted = [slot(begin + place * unit) for place in sorted(places)]
    assert list(slots) == wanted
    assert list(slots) == wanted
    assert len(slots) == len(wanted)
    assert bool(slots) is bool(wanted)
    assert slots.minutes == tuple(begin + place * unit for place in sorted(places))


def test_each_is_a_slot_as_any_other() -> None:
    """Aware, in UTC, without seats, equal to one that was made by hand and of the same hash."""
    [only] = made(6)

    assert only == slot(BEGIN + 30)
    assert hash(only) == hash(slot(BEGIN + 30))
    assert only.start.tzinfo is UTC
    assert (only.seats_left, only.seats_total) == (None, None)
    assert repr(only) == repr(slot(BEGIN + 30))


@_quick
@given(places=_places, unit=_units, index=st.integers(-14, 14))
def test_one_is_found_by_its_place(places: set[int], unit: int, index: int) -> None:
    """As in a tuple: from either end, and none beyond them."""
    slots, plain = made(*places, unit=unit), tuple(made(*places, unit=unit))

    if -len(plain) <= index < len(plain):
        assert slots[index] == plain[index]
    else:
        with pytest.raises(IndexError):
            slots[index]


@_quick
@given(
    places=_places, ends=st.tuples(*[st.none() | st.integers(-14, 14)] * 2), step=st.sampled_from([1, 2, -1])
)
def test_some_are_found_by_a_slice(places: set[int], ends: tuple[int | None, int | None], step: int) -> None:
    """As in a tuple."""
    which = slice(*ends, step)

    assert made(*places)[which] == tuple(made(*places))[which]


def test_they_are_a_sequence() -> None:
    """What sequences can do, they can."""
    slots = made(0, 6, 12)

    assert isinstance(slots, Sequence)
    assert list(reversed(slots)) == list(slots)[::-1]
    assert slot(BEGIN + 30) in slots
    assert slot(BEGIN + 31) not in slots
    assert slots.index(slot(BEGIN + 60)) == 2


def test_there_may_be_none() -> None:
    """Nothing is at either end, and nothing is split."""
    none = made()

    assert (list(none), len(none), none.minutes, none[:]) == ([], 0, (), ())
    assert list(none.split([0, 1440, 2880])) == [None, None]
    for index in (0, -1):
        with pytest.raises(IndexError):
            none[index]


# --- seats ---------------------------------------------------------------------------------------


def test_where_guests_share_a_time_seats_are_told() -> None:
    """Those that are left where some are taken, and all elsewhere; also of single ones and of parts."""
    slots = made(0, 6, 12, left={BEGIN + 30: 1, BEGIN + 900: 2}, total=3)

    part = next(slots.split([BEGIN + 30, BEGIN + 60]))

    assert [(each.seats_left, each.seats_total) for each in slots] == [(3, 3), (1, 3), (3, 3)]
    assert [slots[place].seats_left for place in (0, 1, -1)] == [3, 1, 3]
    assert part is not None
    assert part[0] == slots[1] == slot(BEGIN + 30, seats_left=1, seats_total=3)


# --- equality ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(made(2, 8), made(0, 6, begin=BEGIN + 10), id="another begin"),
        pytest.param(made(2, 8), made(602, 608, begin=BEGIN - 3000), id="an earlier begin"),
        pytest.param(made(2, 8), made(10, 40, unit=1), id="another unit"),
        pytest.param(made(), made(begin=5), id="none of another begin"),
        pytest.param(made(), made(unit=1), id="none of another unit"),
        pytest.param(made(), made(duration=MINUTE), id="none of another length"),
        pytest.param(made(), made(unit=1, duration=MINUTE, total=3), id="none of anything"),
        pytest.param(made(2, total=3), made(2, left={BEGIN + 10: 3}, total=3), id="all seats, told or not"),
        pytest.param(
            made(2, left={BEGIN + 10: 1}, total=3),
            made(2, left={BEGIN + 10: 1, BEGIN + 15: 1}, total=3),
            id="seats of a start that is not in them",
        ),
    ],
)
def test_two_with_the_same_slots_are_equal(one: Slots, other: Slots) -> None:
    """However they were made; and have the same hash."""
    assert one == other
    assert other == one
    assert hash(one) == hash(other)
    assert list(one) == list(other)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(made(2, 9), id="another slot"),
        pytest.param(made(2), id="fewer"),
        pytest.param(made(3, 9), id="all later"),
        pytest.param(made(2, 8, duration=MINUTE), id="another length"),
        pytest.param(made(10, 40, unit=1, duration=MINUTE), id="another length and unit"),
        pytest.param(made(2, 8, total=3), id="seats"),
        pytest.param(made(10, 40, unit=1, total=3), id="seats and unit"),
        pytest.param(made(2, 8, left={BEGIN + 10: 1}, total=3), id="fewer seats left"),
        pytest.param(made(), id="none"),
        pytest.param(list(made(2, 8)), id="a list"),
        pytest.param(None, id="nothing"),
    ],
)
def test_two_with_other_slots_are_not(other: object) -> None:
    """Nor is anything else that is no such list."""
    one = made(2, 8, total=None)

    assert one != other
    assert other != one


def test_those_with_other_seats_left_are_not_equal() -> None:
    """Though the starts are."""
    one, other = (made(2, 8, left={BEGIN + 10: left}, total=3) for left in (1, 2))

    assert one != other


@_quick
@given(
    pair=st.tuples(_places, _places),
    units=st.tuples(_units, _units),
    seats=st.tuples(
        *[st.dictionaries(st.integers(0, 3).map(lambda place: 5 * place), st.integers(1, 2))] * 2
    ),
)
def test_they_are_equal_as_their_slots_are(
    pair: tuple[set[int], set[int]], units: tuple[int, int], seats: tuple[dict[int, int], dict[int, int]]
) -> None:
    """And then of one hash."""
    one, other = (
        made(*{place % 4 * 5 // unit for place in places}, begin=0, unit=unit, left=left, total=2)
        for places, unit, left in zip(pair, units, seats, strict=True)
    )

    assert (one == other) is (list(one) == list(other))
    assert one != other or hash(one) == hash(other)


# --- parts ---------------------------------------------------------------------------------------


@_quick
@given(
    places=st.sets(st.integers(0, 20)),
    begin=_begins,
    unit=_units,
    edges=st.lists(st.integers(-10, 110), max_size=6).map(sorted),
)
def test_they_are_split_at_minutes(places: set[int], begin: int, unit: int, edges: list[int]) -> None:
    """Each part holds what starts from one minute up to the next; None stands for none."""
    slots, edges = made(*places, begin=begin, unit=unit), [begin + edge for edge in edges]

    parts = list(slots.split(edges))

    for part, low, high in zip(parts, edges, edges[1:], strict=False):
        wanted = [slot(minute) for minute in slots.minutes if low <= minute < high]
        assert (part is None) is (not wanted)
        assert list(part or ()) == wanted
        if part is not None:
            assert (part[0], part[-1], len(part)) == (wanted[0], wanted[-1], len(wanted))
    assert len(parts) == max(len(edges) - 1, 0)


def test_parts_are_known_by_their_slots() -> None:
    """So that what was made for one is good for the same one of another list; the rest does not matter."""
    today, tomorrow = BEGIN, BEGIN + 1440
    one = made(2, 8, 290, left={tomorrow + 10: 1}, total=3)
    other = made(0, 6, begin=BEGIN + 10, total=3)

    parts = dict.fromkeys(one.split([today, tomorrow]), "made")

    assert next(other.split([today, tomorrow])) in parts


# --- in words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [pickle.dumps, copy.copy, copy.deepcopy], ids=lambda each: each.__name__)
@pytest.mark.parametrize("options", [{}, {"left": {BEGIN: 1}, "total": 3}], ids=["alone", "shared"])
def test_they_can_be_kept_elsewhere(kept: Callable[[Slots], Any], options: dict[str, Any]) -> None:
    """As a cache of a host app does."""
    slots = made(0, 6, **options)

    found = kept(slots)

    again = pickle.loads(found) if isinstance(found, bytes) else found
    assert again == slots
    assert tuple(again) == tuple(slots)


def test_they_are_told_in_short() -> None:
    """However many there are."""
    assert repr(made()) == "<0 slots>"
    assert repr(made(108, 120)) == ("<2 slots from 2026-03-02T09:00:00+00:00 to 2026-03-02T10:00:00+00:00>")
