"""When an event is: several fields of it say the same (Object Reference, "Event").

An event of a lead has no WhatId. From version 13.0 on a start and either an end or a length are enough; where
both are given they must agree. That an event keeps its length when its start alone is changed, and the words
of the errors, are inferred; the one about 1440 minutes was seen.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from .answers import Flaw, Refusal
from .objects import Record

#: The longest event, unless events of several days are enabled, which they are not in a new org.
_DAY = timedelta(days=1)


def settle(after: Record, given: dict[str, Any]) -> None:
    """Fill in the fields of an event that follow from those *given*; a `Refusal` if they do not agree."""
    start = _start(after, given)
    length = _length(after, given, start)
    if start is None or length is None:
        names = ("DurationInMinutes", "ActivityDateTime")
        raise _refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", *names)
    if not timedelta() <= length <= _DAY:
        raise _wrong("Duration must be between 0 and 1440 minutes", "DurationInMinutes")
    if after["WhatId"] and (after["WhoId"] or "").startswith("00Q"):
        raise _wrong("An event of a lead is related to nothing else", "WhatId")
    after["StartDateTime"] = after["ActivityDateTime"] = start
    after["EndDateTime"] = start + length
    after["DurationInMinutes"] = round(length / timedelta(minutes=1))
    after["ActivityDate"] = start.date()


def _start(after: Record, given: dict[str, Any]) -> datetime | None:
    starts: list[datetime] = [
        value for name in ("StartDateTime", "ActivityDateTime") if (value := given.get(name))
    ]
    if len(set(starts)) > 1:
        raise _wrong("Start Date Time and Due Date Time must match", "StartDateTime")
    if starts:
        return starts[0]
    day: date | None = given.get("ActivityDate")
    if after["IsAllDayEvent"] and day:
        return datetime.combine(day, time(), UTC)
    kept: datetime | None = after["StartDateTime"]
    return kept


def _length(after: Record, given: dict[str, Any], start: datetime | None) -> timedelta | None:
    stated = _minutes(given.get("DurationInMinutes"))
    end: datetime | None = given.get("EndDateTime")
    if end is None or start is None:
        return _minutes(after["DurationInMinutes"]) if stated is None else stated
    if stated not in (None, end - start):
        raise _wrong("Duration must equal the time from start to end", "DurationInMinutes")
    return end - start


def _minutes(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)


def _wrong(words: str, field: str) -> Refusal:
    return _refused("FIELD_INTEGRITY_EXCEPTION", words, field)


def _refused(code: str, words: str, *fields: str) -> Refusal:
    return Refusal([Flaw(code=code, message=words, fields=fields)])
