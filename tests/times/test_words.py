"""Dates, times and durations in words, in the manner of a territory."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel import Locale

from booker_components import times
from booker_components.times import Month

BRITISH = Locale.parse("en_GB")
AMERICAN = Locale.parse("en_US")


@pytest.mark.parametrize(
    ("header", "locale", "hours24", "first"),
    [
        pytest.param("", "en_GB", True, 0, id="nothing"),
        pytest.param("de", "en_DE", True, 0, id="language-alone"),
        pytest.param("de-CH,de;q=0.9,en;q=0.8", "en_CH", True, 0, id="territory"),
        pytest.param("en-US,en;q=0.9", "en_US", False, 6, id="american"),
        pytest.param("fr-FR,fr;q=0.9,en-US;q=0.8", "en_GB", True, 0, id="no-english-there"),
        pytest.param("en;q=0.3, sv ; q=0.9", "en_SE", True, 0, id="weights"),
        pytest.param("en-US;q=0", "en_GB", True, 0, id="refused-language"),
        pytest.param("zh-Hant", "en_GB", True, 0, id="script"),
        pytest.param("zh-Hant-HK", "en_HK", False, 6, id="script-and-territory"),
        pytest.param("*", "en_GB", True, 0, id="any"),
        pytest.param("<script>,;;q=,\0" + "x" * 9000, "en_GB", True, 0, id="hostile"),
    ],
)
def test_locale_follows_the_best_language(header, locale, hours24, first):
    """Clock and first day of the week are those of the guest's territory."""
    best = times.best_locale(header)

    assert str(best) == locale
    assert times.uses_24_hours(best) is hours24
    assert times.first_weekday(best) == first


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
    ("text", "zone", "hours24", "words"),
    [
        ("2026-03-04T08:00:00Z", "Europe/Paris", True, "09:00"),
        ("2026-03-04T08:00:00Z", "Europe/Paris", False, "9:00\u00a0am"),
        ("2026-03-04T23:00:00Z", "UTC", False, "11:00\u00a0pm"),
        ("2026-03-04T12:00:00Z", "UTC", False, "12:00\u00a0pm"),
        ("2026-03-04T00:00:00Z", "UTC", False, "12:00\u00a0am"),
        ("2026-03-04T08:00:00Z", "Asia/Kathmandu", True, "13:45"),
    ],
)
def test_clock_time_is_the_guests(text, zone, hours24, words):
    """Times are told in the guest's zone and manner."""
    assert times.clock_time(times.parse_instant(text), zone, BRITISH, hours24) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-04T08:00:00Z", "2026-03-04T08:30:00Z", "09:00 – 09:30"),
        ("2026-03-04T22:30:00Z", "2026-03-04T23:15:00Z", "23:30 – 00:15, Thursday 5 March"),
        ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "02:30 – 02:30"),
    ],
    ids=["same-day", "over-midnight", "clocks-go-back"],
)
def test_time_span_names_the_day_only_when_it_changes(start, end, words):
    """A span that ends on another local day says on which."""
    span = times.time_span(
        times.parse_instant(start), times.parse_instant(end), "Europe/Paris", BRITISH, True
    )

    assert span == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(5, "5 min"), (30, "30 min"), (60, "1 h"), (90, "1 h 30 min"), (1440, "24 h"), (0, "0 min")],
)
def test_durations_are_said_in_words(minutes, words):
    """Hours and minutes, without noughts."""
    assert times.duration_name(timedelta(minutes=minutes)) == words
