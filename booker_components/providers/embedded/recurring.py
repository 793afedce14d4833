"""Which rules of repetition can be followed without taking too long.

The library that follows them goes from date to date, and does not stop before the year 9999 where none fits:
a calendar from elsewhere could keep us busy for hours. What would is told here, before it is tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

#: How many dates and times may be looked at on the way to where anybody books: some tenths of a second.
MOST_STEPS = 60_000

#: Up to when people book, from today on.
_AHEAD = timedelta(days=3 * 366)
#: How many dates or times are looked at in a year.
_A_YEAR = {
    "SECONDLY": 31_622_400,
    "MINUTELY": 527_040,
    "HOURLY": 8_784,
    "DAILY": 366,
    "WEEKLY": 366,
    "MONTHLY": 366,
    "YEARLY": 366,
}
_WITHIN_A_DAY = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def can_follow(rule: str, start: date, today: date) -> bool:
    """Tell whether the value of an RRULE (RFC 5545 section 3.3.10) can be followed from *start* on."""
    parts = dict(_part(each) for each in rule.upper().split(";"))
    try:
        return _is_sound(parts) and _steps(parts, start, today) <= MOST_STEPS
    except ValueError:
        return False


def _part(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _is_sound(parts: Mapping[str, str]) -> bool:
    """Tell whether dates that fit are found, or soon known to be missing; `ValueError` if it is broken."""
    frequency = parts.get("FREQ", "")
    if frequency not in _A_YEAR or int(parts.get("INTERVAL", 1)) < 1:
        return False
    if frequency in _WITHIN_A_DAY and any(name.startswith("BY") for name in parts):
        return False
    if frequency != "YEARLY" and ("BYYEARDAY" in parts or "BYWEEKNO" in parts):
        return False
    return not (frequency == "DAILY" and "BYSETPOS" in parts) and _has_days(parts)


def _has_days(parts: Mapping[str, str]) -> bool:
    """Tell whether one of the months has one of the days: the 30th of February never comes."""
    if "BYMONTHDAY" not in parts:
        return True
    months = _numbers(parts["BYMONTH"]) if "BYMONTH" in parts else range(1, 13)
    longest = max((_LONGEST[month - 1] for month in months if 1 <= month <= 12), default=0)
    return any(1 <= abs(day) <= longest for day in _numbers(parts["BYMONTHDAY"]))


def _steps(parts: Mapping[str, str], start: date, today: date) -> float:
    years = (max(start, today) + _AHEAD - start) / timedelta(days=365)
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= len(_numbers(parts[name])) if name in parts else 1
    steps = years * _A_YEAR[parts["FREQ"]] * times / int(parts.get("INTERVAL", 1))
    return min(steps, int(parts["COUNT"])) if "COUNT" in parts else steps


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]
