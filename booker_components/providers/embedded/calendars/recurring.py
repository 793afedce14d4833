"""Which rules of repetition can be followed without taking too long, and how much work a calendar is.

The library that follows them goes from date to date, from the first one on, and does not stop before the year
9999 where none fits: a calendar from elsewhere could keep us busy for hours. What would is told here, before
it is tried; what has gone on for long is begun later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from .condensing import split

#: How many dates and times may be looked at on the way to where anybody books: some tenths of a second.
MOST_STEPS = 60_000
#: The same for all that a calendar has, whose events count by what it takes to read them: some seconds.
MOST_IN_ALL = 500_000

#: What it takes to read an event, a line of it, and one of many dates on a line, in steps.
_EVENT, _LINE, _DATE = 60, 6, 3

#: Up to when people book, from today on; and how long ago nobody looks.
_AHEAD, _LONG_AGO = timedelta(days=3 * 366), timedelta(days=366)
#: How many steps a year takes, beside its dates.
_A_YEAR = {
    "SECONDLY": 31_622_400,
    "MINUTELY": 527_040,
    "HOURLY": 8_784,
    "DAILY": 366,
    "WEEKLY": 53,
    "MONTHLY": 36,
    "YEARLY": 8,
}
#: How many dates it has, where a rule names none.
_DATES = {"DAILY": 366, "WEEKLY": 53, "MONTHLY": 12, "YEARLY": 1}
_WITHIN_A_DAY = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: After so many days, or months, a rule begins anew, whatever else it says.
_DAYS, _MONTHS = {"DAILY": 1, "WEEKLY": 7}, {"MONTHLY": 1, "YEARLY": 12}

#: How long what is begun later may last: a few months.
_SOME_MONTHS = timedelta(days=150)
_SHORT = re.compile(r"\+?P(?:\dW|(?:\d{1,2}D)?(?:T(?:\d{1,3}H)?(?:\d{1,4}M)?(?:\d{1,5}S)?)?)", re.ASCII)

_Line = tuple[str, str, str]


def can_follow(rule: str, start: date, today: date) -> bool:
    """Tell whether the value of an RRULE (RFC 5545 section 3.3.10) can be followed from *start* on."""
    parts = _parts(rule)
    try:
        return _is_sound(parts) and _steps(parts, start, today) <= MOST_STEPS
    except (ValueError, OverflowError):
        return False


def work(lines: Iterable[str], today: date) -> float:
    """Give how many steps it takes about to read an event of some *lines*, and to know when it is."""
    found = list(map(split, lines))
    rules = [value for name, _, value in found if name == "RRULE"]
    dates = sum(value.count(",") for _, _, value in found)
    return (
        _EVENT
        + len(found) * _LINE
        + dates * _DATE
        + sum(_steps(_parts(rule), _start(found), today) for rule in rules if _follows(rule, found, today))
    )


def ahead(events: Sequence[Sequence[str]], today: date) -> Sequence[Sequence[str]]:
    """Give the lines of *events* of one uid; a series that began long ago begins about a year before *today*.

    From then on it has the same dates. It is left alone where others of the events go by its beginning.
    """
    parts = [list(map(split, lines)) for lines in events]
    if any(map(_changes_others, parts)):
        return events
    return [_moved(found, lines, today) for found, lines in zip(parts, events, strict=True)]


# --- rules ---------------------------------------------------------------------------------------


def _parts(rule: str) -> Mapping[str, str]:
    return dict(_part(each) for each in rule.upper().split(";"))


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
    """Give how many steps a sound rule takes from *start* on, at most; `ValueError` if it is broken."""
    end, until = max(start, today) + _AHEAD, _until(parts)
    years = max(min(end, until or end) - start, timedelta(days=1)) / timedelta(days=365)
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= len(_numbers(parts[name])) if name in parts else 1
    steps = years * (_A_YEAR[parts["FREQ"]] + _dates(parts) * times) / int(parts.get("INTERVAL", 1))
    return min(steps, int(parts["COUNT"])) if "COUNT" in parts else steps


def _dates(parts: Mapping[str, str]) -> int:
    """Give how many dates a rule has in a year, at most."""
    frequency, count = parts["FREQ"], {name: len(value.split(",")) for name, value in parts.items()}
    months = count.get("BYMONTH", 12)
    if frequency in _WITHIN_A_DAY or frequency == "DAILY":
        return _DATES.get(frequency, 0)
    if "BYMONTHDAY" in parts:
        return months * count["BYMONTHDAY"]
    if "BYYEARDAY" in parts:
        return count["BYYEARDAY"]
    if "BYDAY" in parts:
        return 53 * count["BYDAY"]
    if "BYWEEKNO" in parts:
        return 7 * count["BYWEEKNO"]
    return max(_DATES[frequency], months if "BYMONTH" in parts else 0)


def _until(parts: Mapping[str, str]) -> date | None:
    return _day(parts["UNTIL"]) if "UNTIL" in parts else None


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def _day(value: str) -> date:
    return datetime.strptime(value[:8], "%Y%m%d").date()


# --- events --------------------------------------------------------------------------------------


def _start(found: Iterable[_Line]) -> date:
    return _day(next((value for name, _, value in found if name == "DTSTART"), ""))


def _follows(rule: str, found: Sequence[_Line], today: date) -> bool:
    try:
        return can_follow(rule, _start(found), today)
    except ValueError:
        return False


def _changes_others(found: Sequence[_Line]) -> bool:
    """Tell whether an event stands for several of its series."""
    names = {name for name, _, _ in found}
    ranges = any(name == "RECURRENCE-ID" and "RANGE" in given.upper() for name, given, _ in found)
    return ranges or names >= {"RECURRENCE-ID", "RRULE"}


def _moved(found: Sequence[_Line], lines: Sequence[str], today: date) -> Sequence[str]:
    try:
        skipped = _skipped(found, today)
    except (ValueError, OverflowError):
        # It is broken, and will be found to be so.
        return lines
    if not skipped:
        return lines
    return [
        f"{name}{given}:{_day(value) + skipped:%Y%m%d}{value[8:]}" if name in ("DTSTART", "DTEND") else line
        for line, (name, given, value) in zip(lines, found, strict=True)
    ]


def _skipped(found: Sequence[_Line], today: date) -> timedelta:
    """Give how much later a series may begin; `ValueError` if it is broken."""
    rules = [_parts(value) for name, _, value in found if name == "RRULE"]
    if len(rules) != 1 or "COUNT" in rules[0] or not _is_short(found):
        return timedelta()
    [parts], start = rules, _start(found)
    # The first date belongs to a series whatever its rule says: another may be it only where nobody looks.
    last = min((_until(parts) or today) - timedelta(days=2), today - _LONG_AGO)
    return max(_latest(parts, start, last) - start, timedelta())


def _latest(parts: Mapping[str, str], start: date, last: date) -> date:
    """Give the latest day up to *last* on which a rule of *start* may begin as well, or an earlier one."""
    frequency, interval = parts.get("FREQ", ""), int(parts.get("INTERVAL", 1))
    if interval < 1:
        return start
    if days := _DAYS.get(frequency, 0) * interval:
        return start + (last - start) // timedelta(days=days) * timedelta(days=days)
    # Not every month has what comes after the 28th.
    months = _MONTHS.get(frequency, 0) * interval if start.day <= 28 else 0
    if not months:
        return start
    apart = (last.year - start.year) * 12 + last.month - start.month - (last.day < start.day)
    year, month = divmod(start.year * 12 + start.month - 1 + apart // months * months, 12)
    return start.replace(year=year, month=month + 1) if year >= start.year else start


def _is_short(found: Iterable[_Line]) -> bool:
    """Tell whether an event lasts for months at most, and on each date as long as on the first one."""
    bounds = [(given, value) for name, given, value in found if name in ("DTSTART", "DTEND")]
    lengths = [value for name, _, value in found if name == "DURATION"]
    zones = {(given, value[8:].endswith("Z")) for given, value in bounds}
    days = [_day(value) for _, value in bounds]
    return len(zones) == 1 and max(days) - min(days) <= _SOME_MONTHS and all(map(_SHORT.fullmatch, lengths))
