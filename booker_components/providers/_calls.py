"""What calls of a vendor's API are put together from, and taken apart into."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote


def segment(part: str) -> str:
    """Encode one segment of a path; "" for what cannot be one.

    That is "", "." and "..", which would turn the call into another one, and text that is no Unicode.
    """
    try:
        quoted = quote(part, safe="")
    except UnicodeEncodeError:
        return ""
    return "" if quoted in {".", ".."} else quoted


def query(params: Mapping[str, object]) -> dict[str, str]:
    """Write *params* as texts; None is left out, and truth is a lower-case word."""
    given = {name: value for name, value in params.items() if value is not None}
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()
    }


def named(path: str) -> str:
    """Name a path by its first segment: the others may be uids, which are as good as keys."""
    return path.lstrip("/").partition("/")[0]


def parsed(body: bytes) -> Any:
    """Read a body of JSON; None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
