"""Why a time is not offered: every rule that refuses it, with the host whom it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from ....policy import Rule, booking_refusals
from ....values import EventType, Reason
from .hosts import Lengths, Person, enough, frame_at, hours, taken, takers, units, whole_lengths
from .masks import Frame, minute_from, minute_of
from .slots import NO_SEATS, Search, counted, horizon, search_of, starts_in
from .zones import midnights


def explain(
    event_type: EventType,
    people: Mapping[str, Person],
    *,
    now: datetime,
    start: datetime,
    duration: timedelta,
    zone: str = "",
    open_seats: Mapping[datetime, int] = NO_SEATS,
) -> tuple[Reason, ...]:
    """Give every rule that refuses a slot at *start*; none if it is free.

    The parameters are those of `free_slots`, which shows a slot of a length on offer at *start* if and
    only if nothing refuses it. Where enough others of a group are free, a busy host is no reason.
    """
    search = search_of(event_type, people, now, duration, zone, open_seats)
    reasons = [Reason(rule=rule) for rule in _rules(search, start)]
    if open_seats.get(start, 0) < 1:
        of_hosts = list(dict.fromkeys(_of_hosts(search, start)))
        off_grid = _is_off_grid(search, start, free=not of_hosts)
        reasons += [*of_hosts, *([Reason(rule=Rule.GRID)] if off_grid else [])]
    if event_type.first_only and _is_later(search, start):
        reasons.append(Reason(rule=Rule.LATER))
    return tuple(reasons)


def _rules(search: Search, start: datetime) -> Iterator[Rule]:
    """Give the rules of length, notice and dates that refuse a start."""
    event_type = search.event_type
    if search.duration not in event_type.durations:
        yield Rule.DURATION
    found = [verdict.rule for verdict in booking_refusals(event_type, start, search.now) if verdict.rule]
    yield from found
    if search.counts_days and Rule.HORIZON not in found:
        starts = starts_in(search, search.allowed)
        if minute_of(start) >= horizon(search, starts):
            yield Rule.HORIZON


def _is_off_grid(search: Search, start: datetime, *, free: bool) -> bool:
    """Tell whether slots start at other times; where it is not *free*, whether they never start then."""
    minute = minute_of(start)
    if not search.grid.on_lattice(start):
        return True
    return free and minute >= search.earliest and not starts_in(search, (minute, minute + 1)).mask


def _is_later(search: Search, start: datetime) -> bool:
    """Tell whether an earlier slot of the guest's day is on offer."""
    midnight = midnights(search.zone, minute_of(start), minute_of(start))[0]
    return bool(counted(search, (midnight, minute_from(start))).mask)


# --- hosts ---------------------------------------------------------------------------------------


def _of_hosts(search: Search, start: datetime) -> Iterator[Reason]:
    """Give what keeps hosts from a slot, if those who are left are not enough."""
    event_type, people = search.event_type, search.people
    able = takers(event_type, people, start=start, duration=search.duration)
    if enough(event_type, able):
        return
    lengths = whole_lengths(event_type, start, search.duration)
    place, frame = frame_at(minute_of(start), lengths)
    missing = [
        slug
        for unit, need in units(event_type)
        for slug in unit - able.keys()
        if len({able[slug] for slug in unit & able.keys()}) < need
    ]
    for slug in sorted(missing, key=[host.slug for host in event_type.hosts].index):
        yield from _of_host(search, slug, lengths, place, frame)
    if not missing:
        yield from _clashes(event_type, able)


def _of_host(search: Search, slug: str, lengths: Lengths, place: int, frame: Frame) -> Iterator[Reason]:
    """Give what keeps a host from a slot, and where somebody stands in, what keeps that one."""
    work = hours(search.event_type, search.people[slug].host).work(frame)
    stand_in = next((other for other, starts in work.stand_ins if starts >> place & 1), "")
    if stand_in:
        yield Reason(rule=Rule.AWAY, host=slug)
    person = search.people[stand_in or slug]
    yield from _of_person(search.event_type, person, lengths, place, frame)


def _of_person(
    event_type: EventType, person: Person, lengths: Lengths, place: int, frame: Frame
) -> Iterator[Reason]:
    work, slot = hours(event_type, person.host).work(frame), ((1 << lengths.length) - 1) << place
    refused = {
        Rule.AWAY: work.away & slot,
        Rule.HOLIDAY: work.holidays & slot,
        Rule.HOURS: slot & ~work.hours,
        Rule.BUSY: taken(person, frame, lengths) & slot,
    }
    yield from (Reason(rule=rule, host=person.host.slug) for rule, mask in refused.items() if mask)


def _clashes(event_type: EventType, able: Mapping[str, str]) -> Iterator[Reason]:
    """Give why hosts who are all able are not enough: somebody would be needed twice."""
    away = [slug for slug, doer in able.items() if slug != doer]
    counts = Counter(slug for unit, _ in units(event_type) for slug in unit)
    yield from (Reason(rule=Rule.AWAY, host=slug) for slug in away)
    if not away:
        yield from (Reason(rule=Rule.BUSY, host=slug) for slug in able if counts[slug] > 1)
