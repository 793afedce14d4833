"""Reading event types from TOML: small parsers that know the key they read, and the tables made of them.

A parser takes a value and its key path (`event_types[0].durations`, counted from 0) and gives what it stands
for, or raises `Mistake`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

from ...times import parse_date, zone
from ...values import (
    BookingWindow,
    ChangeRule,
    EventType,
    Host,
    Location,
    LocationKind,
    Occasion,
    Question,
    QuestionKind,
    ReasonRule,
    Redirect,
    Redirects,
    Schedule,
)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Parser = Callable[[object, str], T]
_Interval = tuple[int, int]

_LENGTH = re.compile(r"(?=\d)(?:(\d{1,5})d)? ?(?:(\d{1,5})h)? ?(?:(\d{1,5})m)?", re.ASCII)
_HOURS = re.compile(r"(\d\d):([0-5]\d) ?[-–] ?(\d\d):([0-5]\d)", re.ASCII)
_TABLES = ("schedules", "hosts", "event_types")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Mistake(Exception):
    """Something is wrong at a key: what, and what to do about it."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key} {sentence}")


def read(document: Mapping[str, object]) -> tuple[EventType, ...]:
    """Make event types of a parsed TOML document; `Mistake` for the first thing that cannot be read."""
    for name in document:
        if name not in _TABLES:
            raise Mistake(name, _unknown("table", name, _TABLES))
    schedules = _each(_schedule)(document.get("schedules", {}), "schedules")
    hosts = _each(_host(schedules))(document.get("hosts", {}), "hosts")
    return _many(_event_type(hosts, schedules))(document.get("event_types", []), "event_types")


# --- parsers -------------------------------------------------------------------------------------


def _wrong(key: str, wanted: str, value: object) -> NoReturn:
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    raise Mistake(key, f"must be {wanted}, but is {shown}.")


def _unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """Say that a name is not known, with the likeliest or all that are."""
    names = sorted(known)
    close = get_close_matches(str(name), names, n=1)
    remedy = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
    return f"is not a known {kind}. {remedy}"


def _text(value: object, key: str) -> str:
    return value.strip() if isinstance(value, str) else _wrong(key, "a text in quotes", value)


def _flag(value: object, key: str) -> bool:
    return value if isinstance(value, bool) else _wrong(key, "true or false", value)


def _whole(value: object, key: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    _wrong(key, "a whole number", value)


def _day(value: object, key: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    _wrong(key, "a date without quotes such as 2026-03-12", value)


def _length(value: object, key: str) -> timedelta:
    """Read "30m", "4h", "2d" or "1h 30m"; a day is 24 hours."""
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        _wrong(key, 'a length such as "30m", "1h 30m", "4h" or "2d"', value)
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _hours(value: object, key: str) -> _Interval:
    """Read "09:00-12:30" as minutes after midnight."""
    match = _HOURS.fullmatch(value) if isinstance(value, str) else None
    hour, minute, end_hour, end_minute = map(int, match.groups()) if match else (0, 0, 0, 0)
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if start == end or start >= 1440 or end > 1440:
        _wrong(key, 'hours such as "09:00-12:30", within 00:00-24:00', value)
    return start, end


def _zone_name(value: object, key: str) -> str:
    name = _text(value, key)
    try:
        zone(name)
    except ValueError as error:
        raise Mistake(key, f"is wrong: {error}") from None
    return name


def _one_of(choices: type[E]) -> Parser[E]:
    def parse(value: object, key: str) -> E:
        for choice in choices:
            if choice == value:
                return choice
        _wrong(key, f"one of {', '.join(choices)}", value)

    return parse


def _named(things: Mapping[str, T], kind: str) -> Parser[T]:
    """Give a parser of the names of *things*, which stand in the tables of *kind*."""

    def parse(value: object, key: str) -> T:
        name = _text(value, key)
        if name not in things:
            raise Mistake(key, f"= {name!r} {_unknown(kind, name, things)} Or add [{kind}s.{name}].")
        return things[name]

    return parse


def _many(parser: Parser[T]) -> Parser[tuple[T, ...]]:
    def parse(value: object, key: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            _wrong(key, "a list", value)
        return tuple(parser(each, f"{key}[{place}]") for place, each in enumerate(value))

    return parse


def _each(parser: Callable[[object, str], T]) -> Parser[dict[str, T]]:
    """Give a parser of a table whose keys are names that the author chose."""

    def parse(value: object, key: str) -> dict[str, T]:
        if not isinstance(value, dict):
            _wrong(key, f"tables such as [{key}.name]", value)
        return {name: parser(each, f"{key}.{name}") for name, each in value.items()}

    return parse


def _table(
    make: Callable[..., T], keys: Mapping[str, Parser[Any]], required: tuple[str, ...] = ()
) -> Parser[T]:
    """Give a parser of a table: *make* takes what the parsers of its *keys* gave, by name."""

    def parse(value: object, key: str) -> T:
        if not isinstance(value, dict):
            _wrong(key, "a table", value)
        for name in (name for name in value if name not in keys):
            raise Mistake(f"{key}.{name}", _unknown("key", name, keys))
        for name in required:
            if name not in value:
                raise Mistake(f"{key}.{name}", "is missing. Add it.")
        return make(**{name: keys[name](each, f"{key}.{name}") for name, each in value.items()})

    return parse


# --- tables --------------------------------------------------------------------------------------


def _overrides(value: object, key: str) -> Mapping[date, tuple[_Interval, ...]]:
    days = {}
    for text, intervals in _each(_many(_hours))(value, key).items():
        try:
            days[parse_date(text)] = intervals
        except ValueError as error:
            raise Mistake(f"{key}.{text}", str(error)) from None
    return MappingProxyType(days)


def _make_schedule(
    *,
    weekdays: tuple[_Interval, ...] = (),
    overrides: Mapping[date, tuple[_Interval, ...]] = MappingProxyType({}),
    **days: tuple[_Interval, ...],
) -> Schedule:
    usual = (weekdays,) * 5 + ((),) * 2
    weekly = tuple(days.get(name, hours) for name, hours in zip(_WEEKDAYS, usual, strict=True))
    return Schedule(weekly=weekly, overrides=overrides)


def _make_window(
    *, days: int | None = None, start: date | None = None, end: date | None = None
) -> BookingWindow:
    """Keep the usual number of days where neither *days* nor *end* sets a limit."""
    limit = BookingWindow().days if days is None and end is None else days
    return BookingWindow(days=limit, start=start, end=end)


def _make_event_type(*, host: Host | None = None, **fields: Any) -> EventType:
    return EventType(hosts=(host,) if host else (), **fields)


_schedule = _table(
    _make_schedule, dict.fromkeys((*_WEEKDAYS, "weekdays"), _many(_hours)) | {"overrides": _overrides}
)
_window = _table(_make_window, {"days": _whole, "start": _day, "end": _day})
_change = _table(ChangeRule, {"allowed": _flag, "notice": _length, "reason": _one_of(ReasonRule)})
_location = _table(Location, {"kind": _one_of(LocationKind), "value": _text, "label": _text}, ("kind",))
_question = _table(
    Question,
    {
        "slug": _text,
        "label": _text,
        "kind": _one_of(QuestionKind),
        "required": _flag,
        "options": _many(_text),
        "help": _text,
        "placeholder": _text,
        "id": _text,
    },
    ("slug", "label"),
)


def _redirect(value: object, key: str) -> Redirect:
    keys: dict[str, Parser[Any]] = {"url": _text, "flavour": _text, "answers": _many(_text), "signed": _flag}
    try:
        return _table(Redirect, keys, ("url",))(value, key)
    except ValueError as error:
        raise Mistake(key, f"is wrong: {error}") from None


_redirects = _table(Redirects, {each.value: _redirect for each in Occasion})


def _host(schedules: Mapping[str, Schedule]) -> Parser[Host]:
    keys = {"name": _text, "zone": _zone_name, "email": _text, "schedule": _named(schedules, "schedule")}

    def parse(value: object, key: str) -> Host:
        make = partial(Host, slug=key.removeprefix("hosts."))
        return _table(make, keys, ("name", "zone"))(value, key)

    return parse


def _event_type(hosts: Mapping[str, Host], schedules: Mapping[str, Schedule]) -> Parser[EventType]:
    keys: dict[str, Parser[Any]] = {
        "slug": _text,
        "id": _text,
        "title": _text,
        "description": _text,
        "host": _named(hosts, "host"),
        "schedule": _named(schedules, "schedule"),
        "durations": _many(_length),
        "slot_interval": _length,
        "buffer_before": _length,
        "buffer_after": _length,
        "minimum_notice": _length,
        "window": _window,
        "locations": _many(_location),
        "questions": _many(_question),
        "max_guests": _whole,
        "notes": _flag,
        "reschedule": _change,
        "cancel": _change,
        "redirects": _redirects,
    }
    return _table(_make_event_type, keys, ("slug", "title"))
