"""Reading what webhooks carry: what is missing or of another type is empty, and nothing is refused for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ... import times

#: A JSON object as it came.
Fields = Mapping[str, Any]


def fields(payload: Fields, name: str) -> Fields:
    """Give the object *name*, without fields if there is none."""
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def text(payload: Fields, name: str) -> str:
    """Give a text, or a number as one; "" for anything else."""
    value = payload.get(name)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def instant(payload: Fields, name: str) -> datetime | None:
    """Give an instant, aware; None for anything else."""
    try:
        return times.parse_instant(text(payload, name))
    except ValueError:
        return None
