"""Dates, times, lengths and zones in each language that there are texts for, as read over by eye."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from babel import Locale

from booker_components import times
from booker_components.times import Month

SAID = json.loads(Path(__file__).with_name("locales.json").read_text("utf-8"))
DAY, MONTH = date(2026, 3, 4), Month(2026, 3)
START, END = times.parse_instant("2026-03-04T08:00:00Z"), times.parse_instant("2026-03-04T12:30:00Z")
ZONES = ("Asia/Kolkata", "Europe/Paris", "America/New_York", "America/Sao_Paulo", "Europe/Istanbul", "UTC")


@pytest.mark.parametrize("name", SAID)
def test_dates_are_those_of_the_language(name):
    """A date, a day without its year and a month, within a sentence and as headings."""
    locale, said = Locale.parse(name), SAID[name]

    assert times.full_date(DAY, locale) == said["date"]
    assert times.day_name(DAY, locale) == said["day"]
    assert times.day_name(DAY, locale, alone=True) == said["heading"]
    assert times.month_name(MONTH, locale) == said["month"]
    assert times.month_name(MONTH, locale, alone=True) == said["caption"]


@pytest.mark.parametrize("name", SAID)
def test_spans_are_those_of_the_language(name):
    """In 24 hours, in 12 hours, and over midnight."""
    locale, said, midnight = Locale.parse(name), SAID[name], END + timedelta(hours=12)

    assert times.time_span(START, END, "Europe/Paris", locale, True) == said["span_24"]
    assert times.time_span(START, END, "Europe/Paris", locale, False) == said["span_12"]
    assert times.time_span(START, midnight, "Europe/Paris", locale, True) == said["overnight"]


@pytest.mark.parametrize("name", SAID)
def test_weeks_and_lengths_are_those_of_the_language(name):
    """Short names fit a column, and no two are alike."""
    locale, said = Locale.parse(name), SAID[name]
    short = [short for short, _ in times.weekday_names(locale)]

    assert " ".join(short) == said["weekdays"]
    assert len(set(short)) == 7
    assert max(map(len, short)) <= 6
    assert times.duration_name(timedelta(minutes=90), locale) == said["length"]


@pytest.mark.parametrize("name", SAID)
def test_zones_are_those_of_the_language(name):
    """With the name that people have for them, where there is one, and the city."""
    labels = [times.zone_label(zone, START, Locale.parse(name)) for zone in ZONES]

    assert labels == SAID[name]["zones"]
