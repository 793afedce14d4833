"""Instants and dates as machines write them; the present."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from booker_components import times


@pytest.mark.parametrize(
    "text",
    ["2026-03-12T09:00:00Z", "2026-03-12T09:00Z", "2026-03-12T10:00:00+01:00", "2026-03-12T09:00:00.000Z"],
)
def test_instants_are_read_in_utc(text):
    """Whatever the offset, the instant is the same."""
    instant = times.parse_instant(text)

    assert instant == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert instant.tzinfo is UTC
    assert times.format_instant(instant) == "2026-03-12T09:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-03-12",
        "2026-03-12T09:00:00",
        "2026-02-30T09:00:00Z",
        "1969-12-31T23:59:59Z",
        "2200-12-31T23:30:00-01:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-03-12T09:00:00Z\0",
        "2026-W11-4T09:00:00Z",
        "20260312T090000Z",
        "2026-03-12T09:00:00 01:00",
        "2026-03-12T25:00:00Z",
        "2026-03-12T09:00:00\ud800",
    ],
)
def test_other_text_is_no_instant(text):
    """Garbage, missing offsets and years out of all reason are refused with an example."""
    with pytest.raises(ValueError, match="is not an instant"):
        times.parse_instant(text)


@pytest.mark.parametrize(
    "text", ["", "2026-3-1", "20260301", "2026-02-29", "1969-01-01", "2026-W10-1", "2026-03-01T00"]
)
def test_other_text_is_no_date(text):
    """Only real dates written YYYY-MM-DD are dates."""
    with pytest.raises(ValueError, match="is not a date"):
        times.parse_date(text)


def test_leap_day_is_a_date():
    """The leap day of a leap year is read."""
    assert times.parse_date("2028-02-29") == date(2028, 2, 29)


def test_now_is_aware():
    """The default clock gives UTC."""
    assert times.utc_now().tzinfo is UTC
