"""Lengths of time in words, by the units of CLDR."""

from __future__ import annotations

from datetime import timedelta

import pytest
from babel import Locale

from booker_components import times


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(5, "5 min"), (30, "30 min"), (60, "1 hr"), (90, "1 hr 30 min"), (1440, "24 hr"), (0, "0 min")],
)
def test_durations_are_said_in_words(minutes, words):
    """Hours and minutes, without noughts."""
    assert times.duration_name(timedelta(minutes=minutes), Locale.parse("en_GB")) == words


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en_US", "2 hr 30 min"),
        ("pt_BR", "2 h 30 min"),
        ("pl", "2 godz. 30 min"),
        ("ro", "2 ore 30 min."),
        ("zh_Hans", "2小时30分钟"),
        ("zh_Hant", "2 小時 30 分鐘"),
        ("he", "שעתיים 30 דק׳"),
    ],
)
def test_durations_are_said_in_every_language(locale, words):
    """In its plural forms, and with the joint that it wants."""
    assert times.duration_name(timedelta(minutes=150), Locale.parse(locale)) == words
