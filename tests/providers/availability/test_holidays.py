"""Public holidays by their codes."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from booker_components.providers.embedded.availability.holidays import holidays_of, is_known


@pytest.mark.parametrize("code", ["FR", "DE", "DE-BY", "US-CA", "GB-SCT", "JP", "NP"])
def test_countries_and_their_parts_are_known(code):
    """ISO 3166-1, with or without a part of ISO 3166-2."""
    assert is_known(code)


@pytest.mark.parametrize("code", ["", "XX", "de", "DE-", "DE-XX", "-BY", "DE-BY-", "Germany", "DEU", "DE_BY"])
def test_other_codes_are_not(code):
    """Nor lower case, names, codes of three letters, or parts that a country does not have."""
    assert not is_known(code)


@pytest.mark.parametrize(
    ("code", "day", "is_holiday"),
    [
        ("DE", date(2026, 10, 3), True),
        ("DE", date(2026, 1, 6), False),
        ("DE-BY", date(2026, 1, 6), True),
        ("GB-SCT", date(2026, 11, 30), True),
        ("GB", date(2026, 11, 30), False),
        # Of 1 January 2028, a Saturday, the day in lieu is in the year before.
        ("US", date(2027, 12, 31), True),
        ("NP", date(2026, 1, 15), True),
    ],
)
def test_holidays_of_a_year(code, day, is_holiday):
    """Nationwide ones, those of a part, and days in lieu."""
    assert (day in holidays_of(code, day.year)) is is_holiday
    assert {each.year for each in holidays_of(code, day.year)} == {day.year}


def test_a_year_beyond_what_is_known_has_none():
    """Some holidays are published for a few years only; the list is then empty or shorter, and no error."""
    assert isinstance(holidays_of("FR", 2200), frozenset)


def test_the_library_is_loaded_only_when_it_is_asked():
    """Its half second of imports costs nothing to those who set no holidays."""
    package = "booker_components.providers.embedded.availability"
    program = f"import sys, {package}; print('holidays' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
