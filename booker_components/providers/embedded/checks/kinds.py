"""Values declared in Python whose fields hold something of another kind than they say.

Python refuses none of them, and some only a guest would find: a location of the kind "link" is no
`LocationKind.LINK`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ..problems import Found, below

_WORDS = {str: "a text", int: "a whole number", bool: "True or False", date: "a date"}
# Of anything else only the class is named: what it holds may be nobody else's to read.
_SHOWN = (str, int, float, date, timedelta, NoneType)


def kind_problems(value: Any) -> Found:
    """Find the fields of a dataclass that hold something of another kind; a list does for a tuple."""
    kind: Any = type(value)
    for name, hint, shown in _hints(kind):
        yield from below(name, _problems(getattr(value, name), hint, shown))


@cache
def _hints(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Give name, annotation and whether it may be shown, of each field of a dataclass."""
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name], each.repr) for each in fields(kind))


def _problems(value: Any, hint: Any, shown: bool) -> Found:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        # There are no other unions than with None.
        yield from _problems(value, inner[0], shown) if value is not None else ()
    elif origin is tuple:
        yield from _item_problems(value, inner, shown)
    elif origin is Mapping:
        yield from _entry_problems(value, inner, shown)
    # A Redirect holds its flavour against the known ones itself.
    elif origin is not Literal and not _is(value, hint):
        yield _other(value, _wanted(hint), shown)
    elif is_dataclass(hint):
        yield from kind_problems(value)


def _item_problems(value: Any, inner: tuple[Any, ...], shown: bool) -> Found:
    size = None if inner[-1] is Ellipsis else len(inner)
    if not isinstance(value, tuple | list) or size not in (None, len(value)):
        yield _other(value, "a tuple" if size is None else f"a tuple of {size}", shown)
        return
    for place, each in enumerate(value):
        hint = inner[0] if size is None else inner[place]
        yield from below(f"[{place}]", _problems(each, hint, shown))


def _entry_problems(value: Any, inner: tuple[Any, ...], shown: bool) -> Found:
    if not isinstance(value, Mapping):
        yield _other(value, "a mapping", shown)
        return
    for name, each in value.items():
        yield from _problems(name, inner[0], shown)
        yield from below(f"[{name!r}]", _problems(each, inner[1], shown))


def _is(value: object, kind: type) -> bool:
    """Tell whether *value* is of a *kind*; a flag is no number, and a time of a day no date."""
    if isinstance(value, bool | datetime):
        return type(value) is kind
    return isinstance(value, kind)


def _wanted(kind: type) -> str:
    article = "an" if kind.__name__[0] in "AEIO" else "a"
    return _WORDS.get(kind, f"{article} {kind.__name__}")


def _other(value: object, wanted: str, shown: bool) -> tuple[str, str]:
    found = repr(value) if shown and isinstance(value, _SHOWN) else f"a {type(value).__name__}"
    return "", f"must be {wanted}, but is {found}."
