"""The present instant, and instants and dates as machines write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from .zones import zone

#: The years that this library reads and shows.
YEARS = range(1970, 2201)

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)


def utc_now() -> datetime:
    """Give the present instant: the default of every `clock` parameter."""
    return datetime.now(UTC)


def parse_instant(text: str) -> datetime:
    """Read an instant of ISO 8601 with "Z" or an offset, in UTC.

    `ValueError` for anything else: no offset, no such time, a year outside `YEARS`.
    """
    try:
        if (
            _INSTANT.fullmatch(text)
            and (instant := datetime.fromisoformat(text).astimezone(UTC)).year in YEARS
        ):
            return instant
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        f"{text!r} is not an instant. Write it like '2026-03-12T09:00:00Z', with 'Z' or an offset."
    )


def format_instant(instant: datetime) -> str:
    """Write an aware *instant* like "2026-03-12T09:00:00Z", to the second."""
    # Pages have hundreds of them, and `strftime` takes thrice as long.
    return f"{instant.astimezone(UTC).isoformat(timespec='seconds')[:-6]}Z"


def local_iso(instant: datetime, zone_name: str, *, timespec: str = "seconds") -> str:
    """Give *instant* as ISO 8601 in wall time of a zone with its offset: "2026-03-12T09:00:00+01:00".

    With the *timespec* "milliseconds", three digits of them follow the seconds.
    """
    return instant.astimezone(zone(zone_name)).isoformat(timespec=timespec)


def parse_date(text: str) -> date:
    """Read "2026-03-12"; `ValueError` for anything else and for years outside `YEARS`."""
    match = _DATE.fullmatch(text)
    try:
        if match is not None and int(match[1]) in YEARS:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a date. Write it like '2026-03-12'.")
