"""What the clocks of a zone do, and in which units it can be told."""

from __future__ import annotations

from datetime import date

import pytest

from booker_components.providers.embedded.availability.masks import DAY, minute_of
from booker_components.providers.embedded.availability.zones import midnights, stretches, unix_day, zone_unit

from .offers import at


@pytest.mark.parametrize(
    ("zone", "first", "days", "unit"),
    [
        pytest.param("UTC", "2026-03-01", 60, 5, id="always-even"),
        pytest.param("Europe/Paris", "2026-03-01", 60, 5, id="changes-on-the-hour"),
        pytest.param("Asia/Kathmandu", "2026-03-01", 60, 5, id="quarter-of-an-hour"),
        pytest.param("Australia/Eucla", "2006-11-20", 30, 5, id="changes-at-a-quarter-past"),
        # The clocks changed a minute after midnight there, from 1987 to 2011.
        pytest.param("America/St_Johns", "2010-03-01", 30, 1, id="changes-at-an-odd-minute"),
        pytest.param("America/St_Johns", "2010-05-01", 30, 5, id="months-without-a-change"),
        # 44 minutes and a half behind UTC, until 7 January 1972.
        pytest.param("Africa/Monrovia", "1971-06-01", 30, 1, id="odd-offset"),
        pytest.param("Africa/Monrovia", "1972-06-01", 30, 5, id="afterwards"),
    ],
)
def test_fives_of_minutes_do_where_the_clocks_go_by_them(zone, first, days, unit):
    """Elsewhere hours would begin some minutes early or late."""
    day = unix_day(date.fromisoformat(first))

    assert zone_unit(zone, day, day + days) == unit


# At one in UTC of this day, Paris put its clocks forward.
_CHANGE = unix_day(date(2026, 3, 29))


@pytest.mark.parametrize(
    ("first", "last", "offsets"),
    [
        pytest.param(_CHANGE - 3, _CHANGE, [3600], id="before"),
        pytest.param(_CHANGE - 3, _CHANGE + 1, [3600, 7200], id="that-day"),
        pytest.param(_CHANGE, _CHANGE + 3, [3600, 7200], id="from-that-day"),
        pytest.param(_CHANGE + 1, _CHANGE + 3, [7200], id="after"),
    ],
)
def test_stretches_are_the_days_without_a_change_of_the_clocks(first, last, offsets):
    """They follow each other from the first day to the last, and part where the clocks do."""
    found = stretches("Europe/Paris", first, last)

    edges = [found[0].start, *(each.end for each in found)]
    assert [each.offset for each in found] == offsets
    assert edges[1:-1] == [minute_of(at("2026-03-29 01:00"))] * (len(offsets) - 1)
    assert (edges[0], edges[-1]) == (first * DAY, last * DAY)


def test_midnights_hold_what_is_asked_for():
    """From the one before the first minute, or at it, to the one after the last; without a skipped one."""
    noon = minute_of(at("2011-12-29 12:00", "Pacific/Apia"))

    found = midnights("Pacific/Apia", noon, noon + DAY)

    assert found == tuple(
        minute_of(at(f"{day} 00:00", "Pacific/Apia")) for day in ("2011-12-29", "2011-12-31", "2012-01-01")
    )
    assert midnights("Pacific/Apia", found[0], found[1] - 1) == found[:2]
