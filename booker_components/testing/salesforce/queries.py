"""What a query asks for, as `soql` has read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

#: What a literal stands for.
Value = str | int | float | bool | datetime | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A field: its name, after the names of the relationships that lead to it."""

    names: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A value as it was written; for a text *raw* keeps its escapes, which LIKE reads otherwise."""

    value: Value
    kind: str
    at: int
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A field held against one value, or several for IN, NOT IN, INCLUDES and EXCLUDES."""

    path: Path
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """All of several conditions, or any of them."""

    every: bool
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """The contrary of a condition."""

    part: Condition


Condition = Comparison | Both | Negation


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A field to sort by."""

    path: Path
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked for."""

    text: str
    #: No field asks for the number of records: COUNT().
    fields: tuple[Path, ...]
    object: str
    object_at: int
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
