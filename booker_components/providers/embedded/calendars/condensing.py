"""Boils a calendar file down to when its owner is busy: no titles, no names, nothing that is long over.

So what is kept of somebody's calendar are times alone, and there is little left to read. Nothing is
understood here beyond lines and their names (RFC 5545 section 3.1); `reading` does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

#: How a condensed calendar begins; the number rises when more or less is kept.
HEAD = b"BEGIN:VCALENDAR\nPRODID:-//booker_components//Busy times 1//EN\n"

#: Gives which of some uids are those of our own bookings.
Ours = Callable[[Collection[str]], Collection[str]]

#: What tells when an event is, and whether it takes its time (RFC 5545 section 3.8; MS-OXCICAL 2.1.3.1.1.20).
_OF_EVENTS = frozenset(
    {
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SEQUENCE",
        "STATUS",
        "TRANSP",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    }
)
_OF_ZONES = frozenset({"BEGIN", "END", "TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
#: Where one of these is, an event may be on other days, or stand for one that would be.
_REPEATING = frozenset({"RRULE", "RDATE", "RECURRENCE-ID"})
_PARTS = frozenset({"VEVENT", "VFREEBUSY", "VTIMEZONE", "VTODO", "VJOURNAL"})

_NAME = re.compile(r"[A-Za-z0-9-]+")
_FOLD = re.compile(r"(?:\r\n|\r|\n)[ \t]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_PARAMETER = re.compile(r';(?:TZID|VALUE|RANGE)=(?:"[^"]*"|[^;]*)', re.IGNORECASE)
_FREE = re.compile(r";FBTYPE=\"?FREE\"?(?:;|$)", re.IGNORECASE)
#: Dates, numbers, words and rules: all that the values of these properties are made of.
_VALUE = re.compile(r"[\w.,;:=+/ -]*", re.ASCII)
#: How `ics` names our own bookings; the domain may be any.
_OUR_UID = re.compile(r"([0-9A-Za-z]{22})@[^@]+", re.ASCII)


class NotACalendar(ValueError):
    """This is no calendar file, or not a whole one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """A part of a calendar: its name, and its lines as they stand, unfolded."""

    name: str
    lines: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        """Give the value of the first property of a *name*, "" if there is none."""
        return next((value for key, _, value in map(split, self.lines) if key == name), "")


def split(line: str) -> tuple[str, str, str]:
    """Give the name of a property in capitals, its parameters and its value.

    The value is what follows the last colon: no value that is of use here has one, but names of zones do, and
    some write them without quotes.
    """
    head, _, value = line.rpartition(":")
    match = _NAME.match(head)
    return (match[0].upper(), head[match.end() :], value.strip()) if match else ("", "", "")


def components(text: str) -> Iterator[Component]:
    """Give the parts of the calendars in *text*, and last what these say of themselves, as "VCALENDAR".

    A time zone has the lines of its parts, too; what is inside of events, such as alarms, is left out. Raises
    `NotACalendar` if the text does not begin and end as calendars do.
    """
    calendar, part, depth = Component(name="VCALENDAR"), None, 0
    for line in _lines(text):
        word, _, name = line.strip().upper().partition(":")
        if word == "BEGIN" and name in _PARTS:
            if part is not None:
                yield part
            part, depth = Component(name=name), 0
        elif part is None:
            calendar.lines.append(line)
        elif word == "END" and name == part.name:
            yield part
            part = None
        else:
            depth += (word == "BEGIN") - (word == "END")
            if part.name == "VTIMEZONE" or (depth == 0 and word != "END"):
                part.lines.append(line)
    if part is not None:
        yield part
    yield calendar


def condensed(body: bytes, *, since: date, ours: Ours) -> bytes:
    """Give a calendar file that tells no more than when the owner of the calendar *body* is busy.

    Single events that ended before *since* are left out, and those of our own bookings: the
    database knows those better. Raises `NotACalendar`.
    """
    parts = list(components(body.decode("utf-8-sig", "replace")))
    uids = {match[1] for each in parts if (match := _OUR_UID.fullmatch(_uid(each)))}
    known = frozenset(ours(uids) if uids else ())
    text = [f"X-WR-TIMEZONE:{parts[-1].value('X-WR-TIMEZONE')}"]
    for number, part in enumerate(parts):
        match = _OUR_UID.fullmatch(_uid(part))
        if part.name == "VTIMEZONE":
            text += ["BEGIN:VTIMEZONE", *_kept(part.lines, _OF_ZONES), "END:VTIMEZONE"]
        elif match is None or match[1] not in known:
            for lines in _busy(part):
                if not _is_over(lines, since):
                    text += ["BEGIN:VEVENT", f"UID:{_hidden(part, number)}", *lines, "END:VEVENT"]
    return HEAD + "\n".join([*text, "END:VCALENDAR", ""]).encode()


def _lines(text: str) -> Sequence[str]:
    lines = [line for line in _LINE_END.split(_FOLD.sub("", text)) if line.strip()]
    frame = [line.strip().upper() for line in (*lines[:1], *lines[-1:])]
    if frame != ["BEGIN:VCALENDAR", "END:VCALENDAR"]:
        raise NotACalendar("This is no calendar, or not a whole one.")
    return lines


def _uid(part: Component) -> str:
    line = next((line for line in part.lines if line[:4].upper() in ("UID:", "UID;")), "")
    return line.partition(":")[2].strip()


def _hidden(part: Component, number: int) -> str:
    """Give a name for an event that tells nothing; what has the same uid belongs together."""
    return sha256((_uid(part) or f"without {number}").encode()).hexdigest()[:24]


def _busy(part: Component) -> Iterator[list[str]]:
    """Give the lines of an event, or of an event for each time of a list of busy ones."""
    if part.name == "VEVENT":
        yield list(_kept(part.lines, _OF_EVENTS))
    if part.name == "VFREEBUSY":
        for name, parameters, value in map(split, part.lines):
            # Whatever is not free is busy, also where the kind is unknown (RFC 5545 section 3.2.9).
            if name == "FREEBUSY" and not _FREE.search(parameters):
                yield from (list(_period(each)) for each in value.split(","))


def _period(value: str) -> Iterator[str]:
    start, _, end = value.partition("/")
    yield from _kept(
        [f"DTSTART:{start}", f"{'DURATION' if 'P' in end.upper() else 'DTEND'}:{end}"], _OF_EVENTS
    )


def _kept(lines: Sequence[str], names: Collection[str]) -> Iterator[str]:
    for line in lines:
        name, parameters, value = split(line)
        if name == "TZID" and name in names:
            # The name of a zone may be anything, also something with a colon.
            yield f"TZID:{line.partition(':')[2].strip()}"
        elif name in names and _VALUE.fullmatch(value):
            yield f"{name}{''.join(_PARAMETER.findall(parameters))}:{value}"


def _is_over(lines: Sequence[str], since: date) -> bool:
    """Tell whether an event can be of no interest from *since* on, to the day."""
    found = {name: value for name, _, value in map(split, lines)}
    lasts = "DURATION" in found and "DTEND" not in found
    if lasts or found.keys() & _REPEATING:
        return False
    end = found.get("DTEND") or found.get("DTSTART", "")
    return bool(re.match(r"\d{8}", end, re.ASCII)) and end[:8] < since.strftime("%Y%m%d")
