"""Values of fields: out of JSON as the API reads it, and into JSON as the API writes it."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from typing import Any

from . import ids
from .answers import Flaw, Refusal, refused
from .objects import NUMBERS, TEXTS, Field


def read(field: Field, value: Any) -> Any:
    """Give what is kept for a value of a body; a `Refusal` if it is not of the field's type.

    What the API's JSON reader cannot read is JSON_PARSER_ERROR, which names no field; what it can read and
    the field cannot hold is INVALID_TYPE_ON_FIELD_IN_RECORD. Blanks around a text go, and nothing is left
    of an empty one.
    """
    if value is None:
        if field.type == "boolean":
            raise _wrong_type(field, "null")
        return None
    if isinstance(value, (dict, list)):
        raise _unreadable(field, value)
    if field.type == "reference":
        return ids.full(_text(value)) or _text(value) or None
    if field.type in TEXTS:
        return _text(value) or None
    if field.type == "boolean":
        return _boolean(field, value)
    if field.type in NUMBERS:
        return _number(field, value)
    return _time(field, value)


def write(value: Any) -> Any:
    """Give a value as JSON has it: instants with milliseconds and +0000."""
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}+0000"
    return value.isoformat() if isinstance(value, date) else value


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise _unreadable(field, value)


def _number(field: Field, value: Any) -> int | float | None:
    if value == "":
        return None
    if isinstance(value, bool):
        raise _unreadable(field, value)
    try:
        number = float(value)
    except ValueError:
        raise _unreadable(field, value) from None
    if not math.isfinite(number):
        raise _unreadable(field, value)
    if field.type != "int":
        return round(number, field.scale)
    if number != int(number):
        raise _wrong_type(field, value)
    return int(number)


def _time(field: Field, value: Any) -> datetime | date | None:
    if value == "":
        return None
    try:
        if field.type == "date":
            return date.fromisoformat(value)
        if "T" not in value:
            raise ValueError
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _unreadable(field, value) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


_TOKENS = {dict: ("START_OBJECT", "{"), list: ("START_ARRAY", "["), bool: ("VALUE_TRUE", "true")}


def _unreadable(field: Field, value: Any) -> Refusal:
    token, shown = _TOKENS.get(type(value), ("VALUE_STRING", str(value)))
    kind = field.type if field.type not in TEXTS else "string"
    return refused(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {kind} from {token} value {shown} or request may be missing a "
        "required field at [line:1, column:1]",
    )


def _wrong_type(field: Field, value: Any) -> Refusal:
    return Refusal(
        [
            Flaw(
                code="INVALID_TYPE_ON_FIELD_IN_RECORD",
                message=f"{field.label}: value not of required type: {value}",
                fields=(field.name,),
            )
        ]
    )
