"""Compares values of fields as SOQL does.

Texts are compared without regard to case and an empty text is nothing; what is unequal to a value may be
nothing (SOQL and SOSL Reference, "Comparison Operators").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from . import ids
from .objects import Field
from .queries import Comparison
from .tokens import pieces


def normal(field: Field, value: Any) -> Any:
    """Give a value as it is compared."""
    if field.type in ("id", "reference"):
        return (ids.full(value) or value) if value else None
    if isinstance(value, str):
        text = value if field.case_sensitive else value.casefold()
        return text or None
    if isinstance(value, (bool, datetime, date)) or value is None:
        return value
    return float(value)


def holds(field: Field, asked: Comparison) -> Callable[[Any], bool]:
    """Give what tells whether a value, made normal, stands the comparison."""
    wanted = [normal(field, each.value) for each in asked.values]
    first = wanted[0]
    match asked.operator:
        case "=" | "in":
            return lambda value: value in wanted
        case "!=" | "not in":
            return lambda value: value not in wanted
        case "like":
            pattern = _pattern(asked.values[0].raw)
            return lambda value: value is not None and pattern.fullmatch(value) is not None
        case "includes":
            return lambda value: _includes(value, wanted)
        case "excludes":
            return lambda value: not _includes(value, wanted)
    return lambda value: value is not None and first is not None and _ordered(asked.operator, value, first)


def _ordered(operator: str, value: Any, first: Any) -> bool:
    return bool(
        {"<": value < first, ">": value > first, "<=": value <= first, ">=": value >= first}[operator]
    )


def _pattern(raw: str) -> re.Pattern[str]:
    """Give the pattern of LIKE: % is any text and _ any character, unless a backslash is before it."""
    wild = {"%": ".*", "_": "."}
    parts = (
        wild[each] if each in wild and not escaped else re.escape(each.casefold())
        for each, escaped in pieces(raw)
    )
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _includes(value: str | None, wanted: list[Any]) -> bool:
    """Tell whether any of several choices is among the chosen; "a;b" asks for both."""
    chosen = set((value or "").split(";"))
    return any(set(str(each).split(";")) <= chosen for each in wanted if each)
