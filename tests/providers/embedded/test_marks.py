"""Busy masks of blocks against minutes that are marked one by one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from booker_components.providers.embedded.availability import Frame, Spans
from booker_components.providers.embedded.marks import (
    BLOCK,
    FREE,
    Block,
    Marks,
    blocks_of,
    frame_of,
    numbers_of,
)

DAY = 1440
#: The number of the block in which the tests are, and the minute at which it begins: in 2026.
HERE = 642
START = HERE * BLOCK

Minutes = list[tuple[int, int]]

_quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def mask_of(frame: Frame, taken: Iterable[tuple[int, int]], freed: Iterable[tuple[int, int]] = ()) -> int:
    """Give the mask of *frame*, minute by minute: without what is *freed*, and then with what is *taken*."""
    minutes = bytearray(frame.end - frame.start)
    for mark, spans in ((b"\0", freed), (b"\1", taken)):
        for start, end in spans:
            low, high = (min(max(edge - frame.start, 0), len(minutes)) for edge in (start, end))
            minutes[low:high] = mark * (high - low)
    return in_units(minutes, frame.unit)


def in_units(minutes: bytearray, unit: int) -> int:
    """Give the mask in which a unit is set if one of its minutes is."""
    marks = zip(*(minutes[place::unit] for place in range(unit)), strict=True)
    return int("".join("1" if any(each) else "0" for each in marks)[::-1], 2)


@st.composite
def spans(draw: st.DrawFn, *, step: int = 0) -> Minutes:
    """Give up to eight spans near the edges of some blocks, some of them longer than a block."""
    step = step or draw(st.sampled_from([1, 5]))
    edges = st.sampled_from([-BLOCK, 0, START - BLOCK, START, START + BLOCK, START + 2 * BLOCK])
    near = st.integers(-3 * DAY // step, 3 * DAY // step)
    short, long = st.integers(1, 200 // step), st.integers(BLOCK // step, 2 * BLOCK // step)
    lengths = st.one_of(short, short, short, long)
    found = draw(st.lists(st.tuples(edges, near, lengths), max_size=8))
    return [(edge + step * first, edge + step * (first + length)) for edge, first, length in found]


@st.composite
def frames(draw: st.DrawFn, unit: int) -> Frame:
    """Give whole days from any day on, within a block or across some."""
    first = draw(st.sampled_from([-BLOCK, 0, START - BLOCK, START])) + DAY * draw(st.integers(-33, 33))
    days = draw(st.sampled_from([1, 2, 31, 32, 33, 70]))
    return Frame(first, unit, days * DAY // unit)


# --- blocks ---------------------------------------------------------------------------------------


def test_a_block_is_32_days_since_1970() -> None:
    """Rows in databases everywhere say so: it can never be changed without a migration."""
    assert BLOCK == 32 * 24 * 60
    assert numbers_of(0, 1) == (0, 0)
    assert numbers_of(BLOCK - 1, BLOCK + 1) == (0, 1)
    assert frame_of(HERE, 5) == Frame(START, 5, 9216)
    assert (len(FREE.mask), FREE.unit) == (1152, 5)
    assert len(Block.of(1, 0).mask) == 5760


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        pytest.param(0, BLOCK, 0, 0, id="up to the end"),
        pytest.param(0, BLOCK + 1, 0, 1, id="a minute more"),
        pytest.param(-1, 0, -1, -1, id="the last minute before 1970"),
        pytest.param(-1, 1, -1, 0, id="across 1970"),
        pytest.param(-BLOCK - 1, -BLOCK, -2, -2, id="a block before that"),
        pytest.param(5, 3 * BLOCK, 0, 2, id="three"),
    ],
)
def test_blocks_are_numbered(start: int, end: int, first: int, last: int) -> None:
    """From 1970 on, and before it."""
    assert numbers_of(start, end) == (first, last)


def test_a_bit_stands_for_five_minutes_or_one_the_lowest_for_the_first() -> None:
    """In a byte and among the bytes: so it is kept."""
    five = FREE.changed(HERE, Spans.of([(START, START + 5), (START + 45, START + 55)]))
    one = FREE.changed(HERE, Spans.of([(START, START + 1), (START + 9, START + 11)]))

    assert (five.unit, five.mask[:3]) == (5, bytes([0b1, 0b110, 0]))
    assert (one.unit, one.mask[:3]) == (1, bytes([0b1, 0b110, 0]))
    assert (five.number, one.number) == (0b11000000001, 0b11000000001)


@_quick
@given(found=spans())
def test_a_finer_block_says_the_same(found: Minutes) -> None:
    """Of each five minutes every one is taken, or none."""
    block = FREE.changed(HERE, Spans.of(found))

    finer = block.finer(1)

    assert finer.unit == 1
    assert finer.number == mask_of(frame_of(HERE, 1), found)
    assert finer.finer(1) is finer
    assert block.finer(block.unit) is block


@pytest.mark.parametrize("unit", [1, 5])
@pytest.mark.parametrize("number", [0, 1, -1], ids=["nothing", "the first", "everything"])
def test_the_edges_of_a_block_are_kept(unit: int, number: int) -> None:
    """Not one unit more or less."""
    size = BLOCK // unit
    mask = number & (1 << size) - 1

    block = Block.of(unit, mask)

    assert block.number == mask
    assert block.finer(1).number.bit_count() == mask.bit_count() * unit
    assert len(block.finer(1).mask) == BLOCK // 8


@_quick
@given(before=spans(), taken=spans(), freed=spans())
def test_a_change_frees_and_then_takes(before: Minutes, taken: Minutes, freed: Minutes) -> None:
    """What is before and after the block does not matter; minutes make it one of minutes."""
    block = FREE.changed(HERE, Spans.of(before))

    changed = block.changed(HERE, Spans.of(taken), Spans.of(freed))

    frame = frame_of(HERE, 1)
    kept = mask_of(frame, before) & ~mask_of(frame, freed)
    assert changed.finer(1).number == kept | mask_of(frame, taken)
    assert changed.unit == min(block.unit, Spans.of(taken).unit(), Spans.of(freed).unit())
    event(f"from {block.unit} to {changed.unit}")


@_quick
@given(found=spans())
def test_blocks_of_spans_are_those_in_which_they_are(found: Minutes) -> None:
    """No block is there without anything in it, and each has what is in it."""
    blocks = blocks_of(found)

    touched = {number for start, end in found for number in range(start // BLOCK, (end - 1) // BLOCK + 1)}
    assert blocks.keys() == touched
    for number, block in blocks.items():
        assert block.finer(1).number == mask_of(frame_of(number, 1), found) != 0


# --- marks ---------------------------------------------------------------------------------------


@_quick
@given(
    data=st.data(), found=spans() | st.tuples(spans(step=1), spans(step=5)).map(lambda two: two[0] + two[1])
)
def test_marks_are_the_mask_of_the_spans(data: st.DataObject, found: Minutes) -> None:
    """For any days and both units, within a block or across several, of one unit or of both."""
    blocks = blocks_of(found)
    marks, plain = Marks(blocks), Spans.of(found)

    unit = marks.unit()
    frame = data.draw(frames(data.draw(st.sampled_from(sorted({1, unit})))))

    assert unit == plain.unit()
    assert marks.mask(frame) == plain.mask(frame) == mask_of(frame, found)
    event(f"{len({block.unit for block in blocks.values()})} units in {len(blocks)} blocks")


@_quick
@given(data=st.data(), found=spans(), taken=spans(), freed=spans())
def test_marks_are_without_what_is_freed_and_with_what_is_taken(
    data: st.DataObject, found: Minutes, taken: Minutes, freed: Minutes
) -> None:
    """In this order: what is taken as well stays taken."""
    marks = Marks(blocks_of(found), taken=Spans.of(taken), freed=Spans.of(freed))

    frame = data.draw(frames(data.draw(st.sampled_from(sorted({1, marks.unit()})))))

    kept = mask_of(frame, found) & ~mask_of(frame, freed)
    assert marks.mask(frame) == kept | mask_of(frame, taken)


@pytest.mark.parametrize(
    ("blocks", "more", "unit"),
    [
        pytest.param({}, {}, 5, id="nothing"),
        pytest.param({HERE: FREE}, {}, 5, id="fives"),
        pytest.param({HERE: FREE, HERE + 1: Block.of(1, 0)}, {}, 1, id="a block of minutes"),
        pytest.param({HERE: FREE}, {"taken": Spans.of([(3, 10)])}, 1, id="minutes that are taken"),
        pytest.param({HERE: FREE}, {"freed": Spans.of([(5, 12)])}, 1, id="minutes that are freed"),
        pytest.param(
            {HERE: FREE}, {"taken": Spans.of([(5, 10)]), "freed": Spans.of([(0, 5)])}, 5, id="all fives"
        ),
    ],
)
def test_the_unit_is_the_longest_in_which_everything_fits(
    blocks: dict[int, Block], more: dict[str, Spans], unit: int
) -> None:
    """A minute anywhere makes it one."""
    assert Marks(blocks, **more).unit() == unit


def test_what_there_is_no_block_of_is_free() -> None:
    """Before, between and after those that there are."""
    blocks = blocks_of([(START - 2 * BLOCK + 5, START - 2 * BLOCK + 10), (START + 5, START + 10)])
    frame = Frame(START - 3 * BLOCK, 5, 5 * BLOCK // 5)

    assert list(blocks) == [HERE - 2, HERE]
    assert Marks(blocks).mask(frame) == 1 << BLOCK // 5 + 1 | 1 << 3 * BLOCK // 5 + 1
    assert Marks({}).mask(frame) == 0
