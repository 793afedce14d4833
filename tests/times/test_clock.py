"""The clock in words: 24 or 12 hours, in the manner of a locale."""

from __future__ import annotations

import pytest
from babel import Locale

from booker_components import times

BRITISH = Locale.parse("en_GB")


@pytest.mark.parametrize(
    ("locale", "hours24"),
    [
        ("en_GB", True),
        ("en_US", False),
        ("fr_CA", True),
        ("hsb", True),
        ("nds", True),
        ("zh_Hant", False),
        ("ko", False),
        ("el", False),
        ("ar_EG", False),
        ("he", True),
    ],
)
def test_the_clock_of_a_locale_is_known(locale, hours24):
    """From the fields of its pattern; words within it, such as "h" or "Kl.", are none."""
    assert times.uses_24_hours(Locale.parse(locale)) is hours24


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
        ("2026-03-04T22:30:00Z", "2026-03-04T23:15:00Z", "23:30 – Thursday 5 March, 00:15"),
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
    ("locale", "noon", "evening"),
    [
        ("en_US", "12:30\u00a0PM", "9:05\u00a0PM"),
        ("en_GB", "12:30\u00a0pm", "9:05\u00a0pm"),
        ("ja", "午後0:30", "午後9:05"),
        ("ko", "오후\u00a012:30", "오후\u00a09:05"),
        ("zh_Hant", "中午12:30", "晚上9:05"),
        ("tr", "ÖS\u00a012:30", "ÖS\u00a09:05"),
        ("hu", "du.\u00a012:30", "du.\u00a09:05"),
        ("ar", "12:30\u00a0م", "9:05\u00a0م"),
        ("he", "\u200e12:30\u00a0PM", "\u200e9:05\u00a0PM"),
    ],
)
def test_twelve_hours_are_told_in_every_language(locale, noon, evening):
    """Before or behind the figures, never apart from them; Latin letters keep their place among Hebrew."""
    said = [
        times.clock_time(times.parse_instant(f"2026-03-04T{at}:00Z"), "UTC", Locale.parse(locale), False)
        for at in ("12:30", "21:05")
    ]

    assert said == [noon, evening]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("de", "09:05"),
        ("es", "9:05"),
        ("fi", "9.05"),
        ("fr_CA", "09\u00a0h\u00a005"),
        ("th", "09:05"),
        ("ar", "09:05"),
    ],
)
def test_24_hours_are_told_in_every_language(locale, words):
    """With noughts and dots as people there write them."""
    instant = times.parse_instant("2026-03-04T09:05:00Z")

    assert times.clock_time(instant, "UTC", Locale.parse(locale), True) == words
