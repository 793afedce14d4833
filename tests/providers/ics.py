"""Calendar files for tests, from files and made on the spot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path

from booker_components.providers.embedded.calendars.condensing import condensed
from booker_components.providers.embedded.calendars.reading import Reading
from booker_components.testing import FrozenClock
from booker_components.values import TimeWindow

CALENDARS = Path(__file__).resolve().parent / "calendars"

#: When calendars are read here: a Monday.
NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)
SINCE = date(2027, 1, 1)
YEAR = TimeWindow(start=datetime(2027, 1, 1, tzinfo=UTC), end=datetime(2028, 1, 1, tzinfo=UTC))


def calendar(*parts: str, head: str = "") -> bytes:
    """Give a calendar of *parts*, each as its lines."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Example//Test//EN",
        head,
        *parts,
        "END:VCALENDAR",
        "",
    ]
    return "\n".join(filter(None, lines)).encode() + b"\n"


def event(*lines: str, uid: str = "one@example.com") -> str:
    """Give an event with the given lines and a uid."""
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:A secret", *lines, "END:VEVENT"])


def nobody(uids: Collection[str]) -> Collection[str]:
    """Know none of our bookings."""
    return ()


def read(body: bytes, *, zone: str = "Europe/Berlin", patience: float = 60.0) -> Reading:
    """Condense and read a calendar file of a host who works in *zone*."""
    small = condensed(body, since=SINCE, ours=nobody)
    return Reading(small, own_zone=zone, clock=FrozenClock(NOW), patience=patience)


def busy(body: bytes, *, zone: str = "Europe/Berlin", window: TimeWindow = YEAR) -> list[str]:
    """Give the busy times of a calendar file, in UTC, as texts such as "02-02 09:00 - 10:00"."""
    return [shown(*span) for span in read(body, zone=zone).busy(window)]


def shown(start: datetime, end: datetime) -> str:
    """Give a span as a short text, with the date of its end where that is another."""
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{start:%m-%d %H:%M} - {last}"


def instants(*texts: str) -> TimeWindow:
    """Give the window between two instants of 2027 such as "02-02 09:00", in UTC."""
    start, end = (datetime.strptime(f"2027-{each}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for each in texts)
    return TimeWindow(start=start, end=end)
