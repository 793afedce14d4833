"""Availability calendars: when a user works, as our values (contracts/jicoo.md 2.12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ...values import Host, Schedule
from .._objects import known_zone
from .client import JicooClient, quote
from .objects import Object

# The kind of repetition that stands in the sample; the others are not documented.
_WEEKLY = 2
_DAY = 24 * 60

_Interval = tuple[int, int]


class Availability:
    """Reads when users work; Jicoo takes no changes of it from outside."""

    def __init__(self, client: JicooClient) -> None:
        self._client = client

    def hosts(self, user_id: str, now: datetime) -> tuple[Host, ...]:
        """Give a user once for each calendar of theirs, the usual one first, with its zone and hours.

        Hours that do not repeat every week are left out, and so are those that are over or have not begun.
        """
        found = self._client.pages("/user_availability_calendars", params={"userId": user_id})
        calendars = Object.all(list(found), "availability calendar")
        usual_first = sorted(calendars, key=lambda each: not _is_usual(each))
        return tuple(_host(each, now) for each in usual_first)

    def calendar(self, uid: str, now: datetime) -> Host:
        """Give the user of one calendar, with its zone and hours; `JicooNotFound` if there is none."""
        data = self._client.get(f"/user_availability_calendars/{quote(uid)}")
        return _host(Object.of(data, "availability calendar"), now)


def _is_usual(found: Object) -> bool:
    # It is 0 or 1, and no truth value.
    return found.fields.get("isDefault") in (1, True)


def _host(found: Object, now: datetime) -> Host:
    return Host(
        slug=found.identifier("userId"),
        name=found.text("name"),
        zone=known_zone(found.text("timezone")),
        schedule=_schedule(found.children("calendars"), now),
    )


def _schedule(entries: Sequence[Object], now: datetime) -> Schedule:
    days: list[list[_Interval]] = [[] for _ in range(7)]
    for each in entries:
        if _is_weekly(each) and _holds(each, now):
            # 1 is Monday; a Sunday may be 0 or 7.
            days[(each.count("wday", most=7) - 1) % 7] += _hours(each)
    return Schedule(weekly=tuple(tuple(sorted(hours)) for hours in days))


def _is_weekly(entry: Object) -> bool:
    return entry.number("frequencyType", 0) == _WEEKLY and entry.number("frequencyInterval", 1) == 1


def _holds(entry: Object, now: datetime) -> bool:
    return entry.instant("startedAt", now) <= now and entry.instant("endedAt", now) >= now


def _hours(entry: Object) -> Iterator[_Interval]:
    start, end = _minutes(entry, "start"), _minutes(entry, "end")
    if start != end and start < _DAY:
        yield start, end


def _minutes(entry: Object, which: str) -> int:
    """Give a time of the day in minutes after midnight; 24:00 is the latest."""
    hour, minute = entry.count(f"{which}Hour", most=24), entry.count(f"{which}Minute", 0, most=59)
    return min(hour * 60 + minute, _DAY)
