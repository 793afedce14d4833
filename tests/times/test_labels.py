"""Zones in words: their offsets, their names, and the list to choose from."""

from __future__ import annotations

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
    assert times.offset_label(name, times.parse_instant(at)) == label


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Europe/Paris", "Paris, Central European Time (GMT+1)", "Paris, Central European Time (GMT+2)"),
        ("Europe/London", "London, Greenwich Mean Time (GMT+0)", "London, British Summer Time (GMT+1)"),
        ("Europe/Dublin", "Dublin, Greenwich Mean Time (GMT+0)", "Dublin, Irish Standard Time (GMT+1)"),
        (
            "Asia/Calcutta",
            "Kolkata, India Standard Time (GMT+5:30)",
            "Kolkata, India Standard Time (GMT+5:30)",
        ),
        ("Asia/Kathmandu", "Kathmandu, Nepal Time (GMT+5:45)", "Kathmandu, Nepal Time (GMT+5:45)"),
        ("Europe/Istanbul", "Istanbul (GMT+3)", "Istanbul (GMT+3)"),
        (
            "America/St_Johns",
            "St John’s, Newfoundland Time (GMT-3:30)",
            "St John’s, Newfoundland Time (GMT-2:30)",
        ),
        ("Etc/GMT+5", "GMT-5", "GMT-5"),
        ("Etc/UTC", "Coordinated Universal Time (UTC)", "Coordinated Universal Time (UTC)"),
    ],
)
def test_zone_label_tells_the_offset_at_the_time(zone, winter, summer):
    """City, name and offset of a zone; in summer those of summer."""
    labels = [times.zone_label(zone, datetime(2026, month, 4, tzinfo=UTC), BRITISH) for month in (1, 7)]

    assert labels == [winter, summer]


def test_zone_label_tells_the_repeated_hour_apart():
    """The same wall time before and after the clocks go back has two offsets."""
    instants = (times.parse_instant("2026-10-25T00:30:00Z"), times.parse_instant("2026-10-25T01:30:00Z"))

    labels = [times.zone_label("Europe/Paris", each, BRITISH)[-7:] for each in instants]

    assert labels == ["(GMT+2)", "(GMT+1)"]


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


def test_every_zone_has_a_label():
    """No zone of the data makes the naming fail."""
    at = times.parse_instant("2026-03-04T22:00:00Z")

    labels = [times.zone_label(name, at, BRITISH) for name in zone_names()]

    assert all(label.endswith(")") or label.startswith("GMT") for label in labels)
