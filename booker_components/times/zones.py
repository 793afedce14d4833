"""Zones by their IANA names, former ones included, and the zones worth a choice."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

#: Names in the system's zone data that name no place and no offset.
_NOT_ZONES = {"localtime", "Factory", "posixrules"}


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Give every name that `zone` knows; scanning the zone data takes some milliseconds."""
    return frozenset(available_timezones() - _NOT_ZONES)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Give the zone of an IANA *name*; `ValueError` for any other text."""
    if name not in zone_names():
        raise ValueError(f"{name!r} is not an IANA time zone. Use a name such as 'Europe/Paris'.")
    # `zoneinfo` itself keeps eight, and reads all others anew.
    return ZoneInfo(name)


def _lines(name: str) -> list[str]:
    """Give the lines of a table of the `tzdata` package."""
    return files("tzdata").joinpath("zoneinfo", name).read_text("utf-8").splitlines()


@lru_cache(maxsize=1)
def places() -> frozenset[str]:
    """Give the zones worth a choice: those of zone.tab, at least one for each country, and UTC."""
    rows = (line.split("\t") for line in _lines("zone.tab") if not line.startswith("#"))
    return (frozenset(row[2] for row in rows) & zone_names()) | {"UTC"}


@lru_cache(maxsize=1)
def _links() -> dict[str, str]:
    """Give the former and other names of zones with what they now stand for (`L` lines of tzdata.zi)."""
    rows = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {alias: target for _, target, alias in rows}


def canonical_zone(name: str) -> str:
    """Give the name under which `zone_choices` offers a zone; browsers still say 'Asia/Calcutta'.

    A zone that is not on offer, such as 'Etc/GMT+5', keeps its name. `ValueError` for unknown zones.
    """
    zone(name)
    if name in places():
        return name
    others = (get_global("zone_aliases").get(name, name), _links().get(name, name))
    if set(others) & {"Etc/UTC", "Etc/GMT"}:
        return "UTC"
    return next((other for other in others if other in places()), name)
