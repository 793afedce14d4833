"""Zones as calendar files name them: by IANA, by Windows, by a vendor's path, or as they define them.

icalendar keeps the zones that calendars define under their names for the whole process, so that the calendar
of one host could change what another's means. Here each calendar has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import tzinfo
from io import StringIO

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from ....times import zone
from .condensing import Component

#: The parts of a zone are winter, summer, and how they were before; each is followed from its first year on.
_MOST_PARTS = 16
_YEARLY = re.compile(
    r"RRULE:FREQ=YEARLY(?:;(?:BYMONTH|BYDAY|BYMONTHDAY|UNTIL|WKST)=[^;=]+|;INTERVAL=1)*", re.IGNORECASE
)
_LONG_AGO = re.compile(r"(?<=^DTSTART:)1[0-8]\d\d", re.IGNORECASE)


class Zones:
    """The zones of one calendar."""

    def __init__(self, parts: Sequence[Component], own: str) -> None:
        """Know what *parts* define, the last of which is the calendar; *own* is the host's, by IANA name."""
        self._own = zone(own)
        self._defined = {_tzid(each): each for each in parts if each.name == "VTIMEZONE"}
        self._found: dict[str, tzinfo] = {"": self._own}
        #: The zone of whole days: the calendar's (X-WR-TIMEZONE), else the host's.
        self.of_days = self.find(parts[-1].value("X-WR-TIMEZONE"))

    def find(self, tzid: str) -> tzinfo:
        """Give the zone that the calendar means; the host's for "" and for names that mean nothing."""
        if tzid not in self._found:
            self._found[tzid] = self._known(tzid) or self._definition(tzid) or self._own
        return self._found[tzid]

    def _known(self, tzid: str) -> tzinfo | None:
        for name in _names(tzid):
            with suppress(ValueError):
                return zone(name)
        return None

    def _definition(self, tzid: str) -> tzinfo | None:
        """Give the zone that the calendar defines, unless that would take too long to follow."""
        part = self._defined.get(tzid)
        if part is None or not _is_plain(part.lines):
            return None
        # Windows lets its zones begin in 1601, and each year since then would be gone through.
        lines = [_LONG_AGO.sub("1970", each) for each in part.lines if not each.startswith("TZID:")]
        text = "\n".join(["BEGIN:VTIMEZONE", "TZID:own", *lines, "END:VTIMEZONE", ""])
        try:
            made: tzinfo | None = tzical(StringIO(text)).get()
        except Exception:
            # Almost anything is raised for a zone that makes no sense.
            return None
        return made


def _tzid(part: Component) -> str:
    line = next((line for line in part.lines if line.startswith("TZID:")), "")
    return line.removeprefix("TZID:")


def _names(tzid: str) -> Iterator[str]:
    """Give what *tzid* may stand for; some put a path of their own before it (RFC 5545 section 3.8.3.1)."""
    yield tzid
    if tzid in WINDOWS_TO_OLSON:
        yield WINDOWS_TO_OLSON[tzid]
    parts = tzid.strip("/").split("/")
    yield from ("/".join(parts[-count:]) for count in (3, 2) if len(parts) > count)


def _is_plain(lines: Sequence[str]) -> bool:
    rules = [line for line in lines if line.upper().startswith("RRULE")]
    begins = sum(line.upper().startswith("BEGIN:") for line in lines)
    return begins <= _MOST_PARTS and all(_YEARLY.fullmatch(rule) for rule in rules)
