"""Dates and weeks in words, in the language and the manner of a locale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from babel import Locale, localedata

from booker_components import times
from booker_components.times import Month

BRITISH = Locale.parse("en_GB")
AMERICAN = Locale.parse("en_US")


def test_weekdays_begin_with_the_first_of_the_week():
    """The names come in the order of the columns."""
    assert times.weekday_names(BRITISH)[0] == ("Mon", "Monday")
    assert times.weekday_names(AMERICAN)[0] == ("Sun", "Sunday")
    assert times.weekday_names(AMERICAN)[-1] == ("Sat", "Saturday")


def test_dates_are_said_in_words():
    """Month, date with year and date without."""
    assert times.month_name(Month(2026, 3), BRITISH) == "March 2026"
    assert times.full_date(date(2026, 3, 4), BRITISH) == "Wednesday 4 March 2026"
    assert times.day_name(date(2026, 3, 4), BRITISH) == "Wednesday 4 March"


@pytest.mark.parametrize(
    ("locale", "first"),
    [("ar", 5), ("ar_EG", 5), ("he", 6), ("pt_BR", 6), ("ja", 6), ("en_US", 6), ("de", 0), ("en_GB", 0)],
)
def test_a_week_begins_as_in_the_territory(locale, first):
    """A language alone has the week of its likeliest territory."""
    assert times.first_weekday(Locale.parse(locale)) == first


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en_GB", "Wednesday 4 March 2026"),
        ("en_AU", "Wednesday 4 March 2026"),
        ("en_ZA", "Wednesday 4 March 2026"),
        ("en_US", "Wednesday, March 4, 2026"),
        ("en_CA", "Wednesday, March 4, 2026"),
    ],
)
def test_english_dates_follow_the_territory(locale, words):
    """Where the day comes first there is no comma."""
    assert times.full_date(date(2026, 3, 4), Locale.parse(locale)) == words


def test_every_language_has_its_words():
    """None of those that CLDR knows, here one in five, makes the naming of times and lengths fail."""
    start = datetime(2026, 3, 4, 12, tzinfo=UTC)
    languages = [name for name in sorted(localedata.locale_identifiers()) if "_" not in name]
    for locale in map(Locale.parse, languages[::5]):
        said = [
            times.full_date(start.date(), locale),
            times.day_name(start.date(), locale, alone=True),
            times.month_name(Month(2026, 3), locale, alone=True),
            times.time_span(start, start + timedelta(hours=1), "UTC", locale, True),
            times.time_span(start, start + timedelta(hours=30), "UTC", locale, False),
            times.duration_name(timedelta(minutes=90), locale),
            times.zone_label("Asia/Kolkata", start, locale),
        ]

        assert all(said), locale
        assert len(set(times.weekday_names(locale))) == 7, locale
