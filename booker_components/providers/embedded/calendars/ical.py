"""Asks icalendar and recurring-ical-events when events are (RFC 5545); they come with an extra.

What they cannot know is told here: which zone is meant, which rules take too long, and what takes no time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, vDuration

from ....errors import ConfigurationError
from .condensing import components, split
from .recurring import ahead, can_follow
from .tzids import Zones

#: A time that is taken, from when to when, in UTC.
Span = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_length: Callable[[str], timedelta] = vDuration.from_ical
_DATED = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
#: What Outlook says of time; it leaves to TRANSP what is new there, such as working elsewhere.
_OUTLOOKS = frozenset({"FREE", "TENTATIVE", "BUSY", "OOF"})
_ZONE = re.compile(r';TZID=(?:"([^"]*)"|([^;]*))', re.IGNORECASE)
_UNTIL = re.compile(r"(?<=UNTIL=)(\d{8})(?:T(\d{6}))?(Z?)", re.ASCII)


class EventReader:
    """Reads the events of one condensed calendar."""

    def __init__(self, condensed: bytes, own_zone: str) -> None:
        """Take a *condensed* calendar; times without a zone are meant in *own_zone*, an IANA name.

        Raises `ConfigurationError` if a library is missing.
        """
        self._query = _library()
        self._parts = tuple(components(condensed.decode()))
        self._zones = Zones(self._parts, own_zone)
        self._tzids = {"": 0}

    def events(self, today: date) -> Collection[Sequence[Sequence[str]]]:
        """Give the lines of the events, with those together that have the same uid.

        A series that is older than a year *today* begins later, and has the same dates from then on. Two that
        differ in nothing but their times are not one event in two versions, whatever their uid.
        """
        found: dict[tuple[str, int], list[Sequence[str]]] = defaultdict(list)
        seen: set[tuple[str, str]] = set()
        for number, part in enumerate(self._parts):
            if part.name == "VEVENT":
                uid, version = part.value("UID"), part.value("SEQUENCE")
                again = not part.value("RECURRENCE-ID") and (uid, version) in seen
                found[uid, number if again else -1].append(part.lines)
                if not part.value("RECURRENCE-ID"):
                    seen.add((uid, version))
        return [ahead(events, today) for events in found.values()]

    def query(self, events: Sequence[Sequence[str]], today: date) -> Any:
        """Give what can be asked when *events* of one uid are; almost any exception if they are broken."""
        text = "".join(f"BEGIN:VEVENT\r\n{self._text(lines, today)}END:VEVENT\r\n" for lines in events)
        calendar = Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n")
        for event in calendar.subcomponents:
            if event.errors:
                raise ValueError("A property cannot be read.")
            self._localize(event)
        return self._query(calendar)

    def spans(self, query: Any, start: datetime, end: datetime) -> list[Span]:
        """Give what the events of a *query* take from *start* to *end*; almost any exception if broken."""
        return [span for event in query.between(start, end) for span in self._span(event)]

    # --- before they are read --------------------------------------------------------------------

    def _text(self, lines: Sequence[str], today: date) -> str:
        parts = [split(line) for line in lines]
        _, parameters, start = next((part for part in parts if part[0] == "DTSTART"), ("", "", ""))
        has_end = any(name == "DTEND" for name, _, _ in parts)
        text = []
        for name, given, value in parts:
            if name == "RRULE":
                if not can_follow(value, _day(start), today):
                    raise ValueError("A rule cannot be followed.")
                value = self._comparable(value, start, parameters)
            elif name in _DATED:
                given = _ZONE.sub(lambda match: f";X-ZONE={self._number(match)}", given)
            elif name == "DURATION" and not has_end:
                text.append(f"X-BOOKER-LENGTH:{value}\r\n")
            text.append(f"{name}{given}:{value}\r\n")
        return "".join(text)

    def _comparable(self, rule: str, start: str, parameters: str) -> str:
        """Give *rule* with an end to compare *start* with: it may be a local time, a day, or in UTC."""
        match = _UNTIL.search(rule)
        if match is None:
            return rule
        whole_days, zone = len(start) == 8, self._zone(start, parameters)
        if match[3]:
            zone = UTC
        # The end of a day, for the day itself belongs to it.
        end = datetime.strptime(match[1] + (match[2] or "235959"), "%Y%m%d%H%M%S").replace(tzinfo=zone)
        if whole_days:
            until = match[1] if not match[2] else f"{end.astimezone(self._zones.of_days):%Y%m%d}"
        else:
            until = f"{end.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        return rule[: match.start()] + until + rule[match.end() :]

    def _zone(self, value: str, parameters: str) -> tzinfo:
        if value.endswith("Z"):
            return UTC
        if len(value) == 8:
            return self._zones.of_days
        match = _ZONE.search(parameters)
        return self._zones.find(_tzid(match) if match else "")

    def _number(self, match: re.Match[str]) -> int:
        """Give a number for the name of a zone, which may be one that the library cannot read."""
        return self._tzids.setdefault(_tzid(match), len(self._tzids))

    # --- once they are read ----------------------------------------------------------------------

    def _localize(self, event: Any) -> None:
        tzids = list(self._tzids)
        for name in _DATED:
            found = event.get(name, [])
            for each in found if isinstance(found, list) else [found]:
                zone = self._zones.find(tzids[int(each.params.get("X-ZONE", 0))])
                for value in getattr(each, "dts", [each]):
                    value.dt = _aware(value.dt, zone)

    def _span(self, event: Any) -> Iterator[Span]:
        """Give when one event is that repeats no more, unless it takes no time."""
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        if not isinstance(start, datetime):
            # Some write the last day where the day after it should be.
            end = max(end, start + _DAY)
        begins, ends = self._instant(start), self._instant(end)
        if isinstance(start, datetime) and (length := event.get("X-BOOKER-LENGTH")):
            ends = _after(start, _length(str(length)))
        elif ends <= begins and start < end:
            # It begins in the hour that the clocks skip; on the wall it lasts all the same.
            ends = begins + (end - start)
        if _takes_time(event) and begins < ends:
            yield begins, ends

    def _instant(self, value: date | datetime) -> datetime:
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.combine(value, time(), self._zones.of_days).astimezone(UTC)


def _library() -> Callable[[Any], Any]:
    try:
        from recurring_ical_events import CalendarQuery
    except ImportError:
        raise ConfigurationError(
            "The calendars of hosts are read by recurring-ical-events, which is not installed: "
            "pip install 'booker-components[calendars]'."
        ) from None
    library: Callable[[Any], Any] = CalendarQuery
    return library


def _takes_time(event: Any) -> bool:
    """Tell whether an event keeps its time; Outlook's own word counts more (MS-OXCICAL 2.1.3.1.1.20.31)."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    told = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if told in _OUTLOOKS:
        return told != "FREE"
    return str(event.get("TRANSP", "")).upper() != "TRANSPARENT"


def _tzid(match: re.Match[str]) -> str:
    return match[1] or match[2] or ""


def _day(value: str) -> date:
    return datetime.strptime(value[:8], "%Y%m%d").date()


def _aware(value: Any, zone: tzinfo) -> Any:
    """Give a date as it is, an instant in UTC or in *zone*, and a period of two with both of them so."""
    if isinstance(value, tuple):
        return tuple(_aware(each, zone) for each in value)
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(UTC)


def _after(start: datetime, length: timedelta) -> datetime:
    """Give the end of what lasts for *length*: its days nominally, the rest exactly (RFC 5545, 3.3.6)."""
    return (start + timedelta(days=length.days)).astimezone(UTC) + timedelta(seconds=length.seconds)
