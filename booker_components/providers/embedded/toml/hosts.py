"""The tables of who is booked, and when: schedules and hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from types import MappingProxyType

from ....times import parse_date
from ....values import Absence, Host, Schedule, Travel
from ..problems import Mistake
from .parsers import Parser, addresses, by_name, day, many, named, table, text, wrong, zone_name
from .rules import limits

_Interval = tuple[int, int]

_HOURS = re.compile(r"(\d\d):([0-5]\d) ?[-–] ?(\d\d):([0-5]\d)", re.ASCII)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _hours(value: object, key: str) -> _Interval:
    """Read "09:00-12:30" as minutes after midnight."""
    match = _HOURS.fullmatch(value) if isinstance(value, str) else None
    hour, minute, end_hour, end_minute = map(int, match.groups()) if match else (0, 0, 0, 0)
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if start == end or start >= 1440 or end > 1440:
        wrong(key, 'hours such as "09:00-12:30", within 00:00-24:00', value)
    return start, end


def _overrides(value: object, key: str) -> Mapping[date, tuple[_Interval, ...]]:
    days = {}
    for name, intervals in by_name(many(_hours))(value, key).items():
        try:
            days[parse_date(name)] = intervals
        except ValueError as error:
            raise Mistake(f"{key}.{name}", str(error)) from None
    return MappingProxyType(days)


def _make_schedule(
    *,
    weekdays: tuple[_Interval, ...] = (),
    overrides: Mapping[date, tuple[_Interval, ...]] = MappingProxyType({}),
    zone: str = "",
    **days: tuple[_Interval, ...],
) -> Schedule:
    usual = (weekdays,) * 5 + ((),) * 2
    weekly = tuple(days.get(name, hours) for name, hours in zip(_WEEKDAYS, usual, strict=True))
    return Schedule(weekly=weekly, overrides=overrides, zone=zone)


def _make_absence(*, first: date, last: date | None = None, stand_in: str = "") -> Absence:
    return Absence(first=first, last=last or first, stand_in=stand_in)


def _make_travel(*, first: date, zone: str, last: date | None = None) -> Travel:
    return Travel(first=first, last=last or first, zone=zone)


#: A schedule: hours by weekday and date.
schedule = table(
    _make_schedule,
    dict.fromkeys((*_WEEKDAYS, "weekdays"), many(_hours)) | {"overrides": _overrides, "zone": zone_name},
)
_absence = table(_make_absence, {"first": day, "last": day, "stand_in": text}, ("first",))
_travel = table(_make_travel, {"first": day, "last": day, "zone": zone_name}, ("first", "zone"))


def host(schedules: Mapping[str, Schedule]) -> Parser[Host]:
    """Give a parser of a host, whose hours are one of *schedules*."""
    keys: dict[str, Parser[object]] = {
        "name": text,
        "zone": zone_name,
        "email": text,
        "schedule": named(schedules, "schedule"),
        "limits": limits,
        "away": many(_absence),
        "travels": many(_travel),
        "holidays": text,
        "calendars": addresses,
    }

    def parse(value: object, key: str) -> Host:
        make = partial(Host, slug=key.removeprefix("hosts."))
        return table(make, keys, ("name", "zone"))(value, key)

    return parse
