"""Zones: by their names of today and of former days, and by no other text."""

from __future__ import annotations

import pytest

from booker_components import times


@pytest.mark.parametrize("name", ["Europe/Paris", "UTC", "Asia/Calcutta", "Etc/GMT+5"])
def test_zone_knows_iana_names(name):
    """Canonical names, former names and fixed offsets are zones."""
    assert times.zone(name).key == name


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "europe/paris", "../etc/passwd", "/etc/passwd", "localtime", "Factory", "a\0b", "é"],
)
def test_zone_refuses_what_is_not_a_zone(name):
    """Unknown names, paths and odd bytes are refused with a remedy."""
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        times.zone(name)


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("Europe/Oslo", "Europe/Oslo"),
        ("Iceland", "Atlantic/Reykjavik"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_former_names_lead_to_the_zone_on_offer(name, canonical):
    """A name that a browser sends is found again among the choices."""
    assert times.canonical_zone(name) == canonical
