"""What can be wrong with a host and the hours of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import combinations
from urllib.parse import urlsplit

from ....times import zone
from ....values import Absence, Host, Schedule, Travel
from ..availability.holidays import is_known
from ..problems import Found, below, text_problems
from .lengths import date_problems, limit_problems

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_ADDRESS = re.compile(r"[!-~]+", re.ASCII)


def host_problems(host: Host, *, private_network: bool) -> Found:
    """Find what is wrong with a host, its slug aside; *private_network* allows calendars without https."""
    yield from text_problems("name", host.name)
    if host.email and not _EMAIL.fullmatch(host.email):
        yield "email", "is not an e-mail address. Correct it or leave it out."
    yield from _zone_problems("zone", host.zone)
    yield from below("schedule", schedule_problems(host.schedule))
    yield from limit_problems("limits", host.limits)
    yield from _away_problems(host)
    yield from _travel_problems(host.travels)
    yield from _holiday_problems(host.holidays)
    yield from _calendar_problems(host.calendars, private_network)


def schedule_problems(schedule: Schedule | None) -> Found:
    """Find hours that are none."""
    if schedule is None:
        return
    if schedule.zone:
        yield from _zone_problems("zone", schedule.zone)
    if len(schedule.weekly) != 7:
        yield "weekly", f"must hold seven days, Monday first, but holds {len(schedule.weekly)}."
    days = [(f"weekly[{place}]", hours) for place, hours in enumerate(schedule.weekly)]
    days += [(f"overrides.{day}", hours) for day, hours in schedule.overrides.items()]
    for key, hours in days:
        for start, end in hours:
            if not (0 <= start < 1440 and 0 <= end <= 1440):
                yield (
                    key,
                    f"holds hours beyond the day: {_clock(start)}-{_clock(end)}. Stay within 00:00-24:00.",
                )
            elif start == end:
                yield key, f'holds {_clock(start)}-{_clock(end)}. For a whole day write "00:00-24:00".'


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _zone_problems(key: str, name: str) -> Found:
    try:
        zone(name)
    except ValueError as error:
        yield key, f"is wrong: {error}"


# --- away ----------------------------------------------------------------------------------------


def _away_problems(host: Host) -> Found:
    for place, each in enumerate(host.away):
        yield from below(f"away[{place}]", date_problems(each.first, each.last, keys=("first", "last")))
        if each.stand_in == host.slug:
            yield f"away[{place}].stand_in", f"= {host.slug!r} is away then. Name a colleague."
    for one, other in combinations(range(len(host.away)), 2):
        first, second = host.away[one], host.away[other]
        if _overlap(first, second) and first.stand_in != second.stand_in:
            yield (
                f"away[{other}]",
                f"shares dates with away[{one}], but not its stand-in. Set them apart, or name the same one.",
            )


def _travel_problems(travels: Sequence[Travel]) -> Found:
    for place, each in enumerate(travels):
        yield from below(f"travels[{place}]", date_problems(each.first, each.last, keys=("first", "last")))
        yield from _zone_problems(f"travels[{place}].zone", each.zone)
    for one, other in combinations(range(len(travels)), 2):
        if _overlap(travels[one], travels[other]):
            yield (
                f"travels[{other}]",
                f"shares dates with travels[{one}]. Nobody is in two places: set them apart.",
            )


def _overlap(one: Absence | Travel, other: Absence | Travel) -> bool:
    return one.first <= other.last and other.first <= one.last


def _holiday_problems(code: str) -> Found:
    try:
        known = not code or is_known(code)
    except ModuleNotFoundError:
        yield "holidays", _missing("holidays", "holidays")
        return
    if not known:
        yield (
            "holidays",
            f"= {code!r} is no country whose holidays are known. Write a code of ISO 3166 such as 'DE', or "
            "with a part of the country 'DE-BY'.",
        )


# --- calendars -----------------------------------------------------------------------------------


def _calendar_problems(addresses: Sequence[str], private_network: bool) -> Found:
    """Find addresses that are none; whoever reads one can read the calendar, so none is shown."""
    if addresses and find_spec("recurring_ical_events") is None:
        yield "calendars", _missing("recurring-ical-events", "calendars")
    for place, address in enumerate(addresses):
        scheme, host = _parts(address)
        if scheme == "http" and host and not private_network:
            yield (
                f"calendars[{place}]",
                "begins with http://, by which anybody on the way can read it. Write https://, or set "
                "'BOOKER_PRIVATE_NETWORK' if nobody can.",
            )
        elif scheme not in ("https", "webcal", "webcals", "http") or not host:
            yield f"calendars[{place}]", 'is no address of a calendar. Begin it with "https://".'
        if address in addresses[:place]:
            yield f"calendars[{place}]", "is there already. Name each calendar once."


def _parts(address: str) -> tuple[str, str]:
    """Give scheme and host of an address; nothing of what is none."""
    try:
        found = urlsplit(address if _ADDRESS.fullmatch(address) else "")
        # A port that is none is found out by asking for it.
        return (found.scheme, found.hostname or "") if found.port != 0 else ("", "")
    except ValueError:
        return "", ""


def _missing(library: str, extra: str) -> str:
    return f"are read by {library}, which is not installed: pip install 'booker-components[{extra}]'."
