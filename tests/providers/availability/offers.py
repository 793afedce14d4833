"""Event types with few words, and what is offered of them, as wall times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from booker_components.providers.embedded.availability import Person, Spans, crew, free_slots
from booker_components.times import day_window
from booker_components.values import (
    Absence,
    BookingWindow,
    EventType,
    Host,
    HostGroup,
    Member,
    Schedule,
    Slot,
    TimeWindow,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

#: Busy times of a host: "2026-03-04 09:00" to such another.
Texts = Sequence[tuple[str, str]]


def at(text: str, zone: str = "UTC") -> datetime:
    """Give the instant of "2026-03-10 09:00" in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def hours(text: str) -> tuple[tuple[int, int], ...]:
    """Read "09:00-12:00 13:00-17:00"."""
    clocks = [part.split("-") for part in text.split()]
    return tuple(tuple(int(end[:2]) * 60 + int(end[3:]) for end in pair) for pair in clocks)


def schedule(
    daily: str = "",
    *,
    weekly: Sequence[str] = (),
    overrides: Iterable[tuple[str, str]] = (),
    zone: str = "",
) -> Schedule:
    """Give the same hours for every day, or those of each weekday, and others on some dates."""
    return Schedule(
        weekly=tuple(hours(day) for day in weekly or [daily] * 7),
        overrides=MappingProxyType({date.fromisoformat(day): hours(text) for day, text in overrides}),
        zone=zone,
    )


def host(slug: str = "ada", zone: str = "UTC", daily: str = "", **fields: Any) -> Host:
    """Give a host who works the same hours every day."""
    return Host(slug=slug, name=slug.title(), zone=zone, **{"schedule": schedule(daily), **fields})


def absence(first: str, last: str = "", stand_in: str = "") -> Absence:
    """Give an absence of a day, or up to a last one."""
    return Absence(first=date.fromisoformat(first), last=date.fromisoformat(last or first), stand_in=stand_in)


def event_type(zone: str = "UTC", daily: str = "", **fields: Any) -> EventType:
    """Give an event type of one host, with no end to the days that may be booked."""
    plain = EventType(
        slug="call", title="Call", hosts=(host("ada", zone, daily),), window=BookingWindow(days=None)
    )
    return replace(plain, **fields)


def group(*slugs: str, need: int = 1) -> HostGroup:
    """Give a group of hosts."""
    return HostGroup(members=tuple(Member(host=slug) for slug in slugs), need=need)


def people(
    offer: EventType, busy: Mapping[str, Texts] | Texts = (), others: Iterable[Host] = ()
) -> dict[str, Person]:
    """Give everyone who is needed, each with busy times in UTC; a list of them is the first host's."""
    known = busy if isinstance(busy, Mapping) else {offer.host.slug: busy}
    hosts = {each.slug: each for each in (*others, *offer.hosts)}
    return {
        each.slug: Person(
            host=each, busy=Spans((at(start), at(end)) for start, end in known.get(each.slug, ()))
        )
        for each in crew(offer, hosts)
    }


def days_of(first: str, zone: str, days: int = 1) -> TimeWindow:
    """Give some days of a zone."""
    day = date.fromisoformat(first)
    return TimeWindow(start=day_window(day, zone).start, end=day_window(day + days * DAY, zone).start)


def slots(
    offer: EventType,
    day: str,
    *,
    days: int = 1,
    busy: Mapping[str, Texts] | Texts = (),
    others: Iterable[Host] = (),
    now: datetime = LONG_AGO,
    duration: timedelta = 30 * MINUTE,
    zone: str = "",
    open_seats: Mapping[datetime, int] = MappingProxyType({}),
) -> list[Slot]:
    """Give the free slots of some days of the guest's *zone*."""
    return free_slots(
        offer,
        people(offer, busy, others),
        now=now,
        window=days_of(day, zone or offer.zone, days),
        duration=duration,
        zone=zone,
        open_seats=open_seats,
    )


def offered(offer: EventType, day: str, *, zone: str = "", form: str = "%H:%M", **rest: Any) -> str:
    """Give the starts of the free slots of some days of the guest's *zone*, as wall times there."""
    place = ZoneInfo(zone or offer.zone)
    return " ".join(f"{slot.start.astimezone(place):{form}}" for slot in slots(offer, day, zone=zone, **rest))
