"""Masks against lists of bits, and busy times as masks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booker_components.providers.embedded.availability import Frame, Spans
from booker_components.providers.embedded.availability.masks import (
    at_least,
    cover,
    instant,
    minute_from,
    minute_of,
    places,
    runs,
    spread,
)

from .offers import DAY, MINUTE, at

MIDNIGHT = minute_of(at("2026-03-04 00:00"))

_masks = st.integers(0, 2**40 - 1)
_quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def bits(mask: int) -> set[int]:
    """Give the numbers of the bits that are set."""
    return {place for place in range(200) if mask >> place & 1}


@_quick
@given(mask=_masks, length=st.integers(1, 20))
def test_cover_gives_where_enough_bits_follow(mask, length):
    """A bit stays where it and those after it are set, *length* in all."""
    known = bits(mask)

    assert bits(cover(mask, length)) == {
        bit for bit in known if all(bit + each in known for each in range(length))
    }


@_quick
@given(mask=_masks, length=st.integers(0, 20))
def test_spread_sets_the_bits_that_follow(mask, length):
    """Each bit sets as many after it."""
    assert bits(spread(mask, length)) == {bit + each for bit in bits(mask) for each in range(length + 1)}


@_quick
@given(masks=st.lists(_masks, max_size=6), need=st.integers(1, 7))
def test_at_least_counts_masks(masks, need):
    """A bit is set where so many masks have it."""
    found = bits(at_least(need, masks))

    assert found == {bit for bit in range(40) if sum(mask >> bit & 1 for mask in masks) >= need}


@_quick
@given(mask=_masks)
def test_places_and_runs_read_a_mask(mask):
    """Places are the bits in order; runs hold the same ones, with none between two of them."""
    found = list(runs(mask))

    assert places(mask) == sorted(bits(mask))
    assert {bit for first, last in found for bit in range(first, last + 1)} == bits(mask)
    assert all(mask >> (last + 1) & 1 == 0 for _, last in found)


@_quick
@given(
    spans=st.lists(st.tuples(st.integers(-1500, 3500), st.integers(0, 1500)), max_size=8),
    unit=st.sampled_from([1, 5]),
)
def test_spans_are_masks_of_the_units_that_they_touch(spans, unit):
    """In any order, overlapping, and reaching out of the frame."""
    frame = Frame(MIDNIGHT, unit, 2880 // unit)
    busy = Spans((instant(MIDNIGHT + start), instant(MIDNIGHT + start + length)) for start, length in spans)

    mask = busy.mask(frame)

    touched = {minute // unit for start, length in spans for minute in range(start, start + length)}
    assert places(mask) == sorted(unit for unit in touched if 0 <= unit < frame.size)


def test_spans_of_minutes_are_those_of_their_instants():
    """Whoever knows minutes need not make instants of them."""
    frame = Frame(MIDNIGHT, 1, 2880)
    minutes = [(MIDNIGHT + 60, MIDNIGHT + 95), (MIDNIGHT - 5, MIDNIGHT + 7)]

    spans = Spans.of(minutes)

    assert (spans.unit(), Spans.of(minutes[:1]).unit(), Spans.of([]).unit()) == (1, 5, 5)
    assert places(spans.mask(frame)) == [*range(7), *range(60, 95)]


@pytest.mark.parametrize(
    ("start", "end", "unit"),
    [
        ("09:00", "09:30", 5),
        ("09:05", "09:35", 5),
        ("09:06", "09:30", 1),
        ("09:00", "09:31", 1),
        ("09:01", "09:30", 1),
        ("09:00:01", "09:30", 5),
        ("09:00", "09:29:59", 5),
        ("09:00", "09:30:01", 1),
        ("09:01", "09:01", 5),
    ],
)
def test_spans_know_how_long_units_may_be(start, end, unit):
    """Of five minutes where the minutes that they touch are whole ones of five; nothing at all fits any."""
    spans = Spans([(at(f"2026-03-04 {start}"), at(f"2026-03-04 {end}"))])

    assert spans.unit() == unit


def test_frames_are_windows():
    """A frame tells from when to when it is, and what a span is in it."""
    frame = Frame(MIDNIGHT, 5, 576)

    assert (frame.window.start, frame.window.end) == (at("2026-03-04 00:00"), at("2026-03-06 00:00"))
    assert frame.span(MIDNIGHT + 7, MIDNIGHT + 11) == 0b110
    assert frame.span(MIDNIGHT - 100, MIDNIGHT + 9000) == frame.everything
    assert frame.span(MIDNIGHT + 9000, MIDNIGHT + 9005) == 0


@pytest.mark.parametrize("unit", [1, 5])
def test_single_units_are_bits_of_a_frame(unit):
    """From its first minute to its last; others are left out."""
    frame = Frame(MIDNIGHT, unit, 2880 // unit)
    minutes = [
        MIDNIGHT - unit,
        MIDNIGHT,
        MIDNIGHT + 7 * unit,
        MIDNIGHT + 8 * unit,
        frame.end - unit,
        frame.end,
    ]

    found = frame.bits(reversed(minutes))

    assert places(found) == [0, 7, 8, frame.size - 1]


@pytest.mark.parametrize("text", ["1969-12-31 23:59:30", "1970-01-01 00:00", "2026-03-04 09:00:00.000001"])
def test_minutes_hold_instants(text):
    """An instant lies in a minute; the next whole one begins at it or after it."""
    moment = at(text)

    assert instant(minute_of(moment)) <= moment < instant(minute_of(moment) + 1)
    assert moment <= instant(minute_from(moment)) < moment + MINUTE
    assert instant(minute_of(moment + DAY)) - instant(minute_of(moment)) == DAY
