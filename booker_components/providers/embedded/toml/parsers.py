"""Small parsers that know the key they read.

A parser takes a value and its key path (`event_types[0].durations`, counted from 0) and gives what it stands
for, or raises `Mistake`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from ....times import zone
from ..problems import COLOUR, Mistake, unknown

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Parser = Callable[[object, str], T]

_LENGTH = re.compile(r"(?=\d)(?:(\d{1,5})d)? ?(?:(\d{1,5})h)? ?(?:(\d{1,5})m)?", re.ASCII)


def wrong(key: str, wanted: str, value: object) -> NoReturn:
    """Say what is *wanted* at a key, and what is there."""
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    raise Mistake(key, f"must be {wanted}, but is {shown}.")


def text(value: object, key: str) -> str:
    """Read a text, without blanks around it."""
    return value.strip() if isinstance(value, str) else wrong(key, "a text in quotes", value)


def flag(value: object, key: str) -> bool:
    """Read true or false."""
    return value if isinstance(value, bool) else wrong(key, "true or false", value)


def colour(value: object, key: str) -> str:
    """Read a colour, "#rgb" or "#rrggbb"."""
    if isinstance(value, str) and COLOUR.fullmatch(value):
        return value
    wrong(key, "a colour like '#1f5a45'", value)


def whole(value: object, key: str) -> int:
    """Read a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    wrong(key, "a whole number", value)


def day(value: object, key: str) -> date:
    """Read a date, which TOML writes without quotes."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    wrong(key, "a date without quotes such as 2026-03-12", value)


def length(value: object, key: str) -> timedelta:
    """Read "30m", "4h", "2d" or "1h 30m"; a day is 24 hours."""
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        wrong(key, 'a length such as "30m", "1h 30m", "4h" or "2d"', value)
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def zone_name(value: object, key: str) -> str:
    """Read the IANA name of a zone."""
    name = text(value, key)
    try:
        zone(name)
    except ValueError as error:
        raise Mistake(key, f"is wrong: {error}") from None
    return name


def addresses(value: object, key: str) -> tuple[str, ...]:
    """Read addresses that are as good as passwords, and shown in no message."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Mistake(key, 'must be a list of addresses in quotes, such as ["https://..."].')
    return tuple(each.strip() for each in value)


def one_of(choices: type[E]) -> Parser[E]:
    """Give a parser of the words of *choices*."""

    def parse(value: object, key: str) -> E:
        for choice in choices:
            if choice == value:
                return choice
        wrong(key, f"one of {', '.join(choices)}", value)

    return parse


def named(things: Mapping[str, T], kind: str) -> Parser[T]:
    """Give a parser of the names of *things*, which stand in the tables of *kind*."""

    def parse(value: object, key: str) -> T:
        name = text(value, key)
        if name not in things:
            raise Mistake(key, f"= {name!r} {unknown(kind, name, things)} Or add [{kind}s.{name}].")
        return things[name]

    return parse


def many(parser: Parser[T]) -> Parser[tuple[T, ...]]:
    """Give a parser of a list."""

    def parse(value: object, key: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            wrong(key, "a list", value)
        return tuple(parser(each, f"{key}[{place}]") for place, each in enumerate(value))

    return parse


def by_name(parser: Parser[T]) -> Parser[dict[str, T]]:
    """Give a parser of a table whose keys are names that the author chose."""

    def parse(value: object, key: str) -> dict[str, T]:
        if not isinstance(value, dict):
            wrong(key, f"tables such as [{key}.name]", value)
        return {name: parser(each, f"{key}.{name}") for name, each in value.items()}

    return parse


def short(plain: Parser[Any], make: Callable[[Any], T], full: Parser[T]) -> Parser[T]:
    """Give a parser of a table, and of a plain value that says the one thing that matters in it."""

    def parse(value: object, key: str) -> T:
        return full(value, key) if isinstance(value, dict) else make(plain(value, key))

    return parse


def table(
    make: Callable[..., T], keys: Mapping[str, Parser[Any]], required: tuple[str, ...] = ()
) -> Parser[T]:
    """Give a parser of a table: *make* takes what the parsers of its *keys* gave, by name."""

    def parse(value: object, key: str) -> T:
        if not isinstance(value, dict):
            wrong(key, "a table", value)
        for name in (name for name in value if name not in keys):
            raise Mistake(f"{key}.{name}", unknown("key", name, keys))
        for name in required:
            if name not in value:
                raise Mistake(f"{key}.{name}", "is missing. Add it.")
        return make(**{name: keys[name](each, f"{key}.{name}") for name, each in value.items()})

    return parse
