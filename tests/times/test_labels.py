"""Zones in words: their offsets, their names, and the list to choose from."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from babel import Locale

from booker_components import times
from booker_components.times.zones import zone_names

BRITISH = Locale.parse("en_GB")


@pytest.mark.parametrize(
    ("name", "at", "label"),
    [
        pytest.param("UTC", "2027-01-01T00:00:00Z", "GMT+0", id="utc"),
        pytest.param("Asia/Kathmandu", "2027-01-01T00:00:00Z", "GMT+5:45", id="quarters"),
        pytest.param("America/New_York", "2027-11-07T05:30:00Z", "GMT-4", id="new-york-first"),
        pytest.param("America/New_York", "2027-11-07T06:30:00Z", "GMT-5", id="new-york-second"),
        pytest.param("Australia/Lord_Howe", "2027-04-03T14:45:00Z", "GMT+11", id="lord-howe-first"),
        pytest.param("Australia/Lord_Howe", "2027-04-03T15:15:00Z", "GMT+10:30", id="lord-howe-second"),
    ],
)
def test_the_offset_tells_a_repeated_time_apart(name, at, label):
    """Twice 01:30 in New York, twice 01:45 on Lord Howe: only the offset differs."""
    assert times.offset_label(name, times.parse_instant(at), BRITISH) == label


@pytest.mark.parametrize(
    ("locale", "half", "behind", "listed"),
    [
        ("fr_FR", "UTC+5:30", "UTC-5", "(UTC-05:00) New York"),
        ("fi_FI", "UTC+5.30", "UTC−5", "(UTC−05.00) New York"),
        ("sv_SE", "GMT+5:30", "GMT−5", "(GMT−05:00) New York"),
        ("ar_EG", "غرينتش\u200e+5:30", "غرينتش\u200e-5", "(غرينتش\u200e-05:00) نيويورك"),
        ("he_IL", "GMT\u200e+5:30\u200e", "GMT\u200e-5\u200e", "(GMT\u200e-05:00\u200e) ניו יורק"),
    ],
)
def test_offsets_are_written_as_in_the_language(locale, half, behind, listed):
    """Letters, sign and separator are the language's; among Arabic and Hebrew the sign stays before."""
    spoken, at = Locale.parse(locale), times.parse_instant("2026-03-04T00:00:00Z")

    assert times.offset_label("Asia/Kolkata", at, spoken) == half
    assert times.offset_label("America/New_York", at, spoken) == behind
    assert dict(times.zone_choices(spoken, at))["America/New_York"] == listed


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Europe/Paris", "Central European Time - Paris, GMT+1", "Central European Time - Paris, GMT+2"),
        ("Europe/London", "Greenwich Mean Time - London, GMT+0", "British Summer Time - London, GMT+1"),
        ("Europe/Dublin", "Greenwich Mean Time - Dublin, GMT+0", "Irish Standard Time - Dublin, GMT+1"),
        ("Asia/Calcutta", "India Time - Kolkata, GMT+5:30", "India Time - Kolkata, GMT+5:30"),
        ("Asia/Kathmandu", "Nepal Time - Kathmandu, GMT+5:45", "Nepal Time - Kathmandu, GMT+5:45"),
        ("Europe/Istanbul", "Istanbul, GMT+3", "Istanbul, GMT+3"),
        (
            "America/St_Johns",
            "Newfoundland Time - St John’s, GMT-3:30",
            "Newfoundland Time - St John’s, GMT-2:30",
        ),
        ("Etc/GMT+5", "GMT-5", "GMT-5"),
        ("Etc/UTC", "Coordinated Universal Time (UTC)", "Coordinated Universal Time (UTC)"),
    ],
)
def test_zone_label_tells_the_offset_at_the_time(zone, winter, summer):
    """Name, city and offset of a zone; in summer those of summer."""
    labels = [times.zone_label(zone, datetime(2026, month, 4, tzinfo=UTC), BRITISH) for month in (1, 7)]

    assert labels == [winter, summer]


def test_zone_label_tells_the_repeated_hour_apart():
    """The same wall time before and after the clocks go back has two offsets."""
    instants = (times.parse_instant("2026-10-25T00:30:00Z"), times.parse_instant("2026-10-25T01:30:00Z"))

    labels = [times.zone_label("Europe/Paris", each, BRITISH)[-5:] for each in instants]

    assert labels == ["GMT+2", "GMT+1"]


def test_zone_choices_are_sorted_and_unique():
    """Every country's zones once, west to east, and UTC."""
    choices = times.zone_choices(BRITISH, times.parse_instant("2026-03-04T22:00:00Z"))
    names, labels = zip(*choices, strict=True)

    assert 400 < len(names) == len(set(names)) == len(set(labels))
    assert labels[0].startswith("(GMT-11:00)")
    assert labels[-1] == "(GMT+14:00) Kiritimati"
    assert dict(choices)["Europe/Paris"] == "(GMT+01:00) Paris"
    assert {"UTC", "Asia/Kolkata", "Europe/Kyiv"} < set(names)
    assert not {"Asia/Calcutta", "Europe/Kiev", "US/Eastern", "CET", "Etc/GMT+5"} & set(names)


def test_cities_are_sorted_as_people_would():
    """An accent or a small letter does not send a city to the end of its offset."""
    choices = times.zone_choices(Locale.parse("cs_CZ"), times.parse_instant("2026-03-04T22:00:00Z"))

    there = [label.removeprefix("(GMT+02:00) ") for _, label in choices if "+02:00" in label]

    assert there.index("Jeruzalém") < there.index("Káhira") < there.index("Kyjev") < there.index("Lusaka")


def test_the_list_follows_the_clocks():
    """Days with the offsets of other days share their list; those of summer have their own."""
    instants = [f"2026-{day}T12:00:00Z" for day in ("01-05", "01-06", "07-06")]

    one, other, summer = (times.zone_choices(BRITISH, times.parse_instant(each)) for each in instants)

    assert one is other
    assert dict(summer)["Europe/Paris"] == "(GMT+02:00) Paris"


@pytest.mark.parametrize("locale", ["en_GB", "zh_Hant_TW", "ar_EG"])
def test_every_zone_has_a_label(locale):
    """No zone of the data makes the naming fail."""
    at, spoken = times.parse_instant("2026-03-04T22:00:00Z"), Locale.parse(locale)

    labels = [times.zone_label(name, at, spoken) for name in zone_names()]

    assert all(re.search(r"[-+]\d+(:\d\d)?$|\(UTC\)$", label) for label in labels)
