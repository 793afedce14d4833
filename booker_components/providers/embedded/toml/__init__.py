"""Reading event types from TOML: parsers, and the tables made of them."""

from __future__ import annotations

from collections.abc import Mapping

from ....values import EventType
from ..problems import Mistake, unknown
from .event_types import event_type
from .hosts import host, schedule
from .parsers import by_name, many

_TABLES = ("schedules", "hosts", "event_types")


def read(document: Mapping[str, object]) -> tuple[EventType, ...]:
    """Make event types of a parsed TOML document; `Mistake` for the first thing that cannot be read."""
    for name in document:
        if name not in _TABLES:
            raise Mistake(name, unknown("table", name, _TABLES))
    schedules = by_name(schedule)(document.get("schedules", {}), "schedules")
    hosts = by_name(host(schedules))(document.get("hosts", {}), "hosts")
    return many(event_type(hosts, schedules))(document.get("event_types", []), "event_types")
