"""Who takes a booking: of the hosts who can, those that every booking has, and some of each group."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from ...values import EventType, HostGroup, Member
from .tables import appointments, bookings, host_times, is_held

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_STANDING = (
    select(
        host_times.c.host_id,
        func.count(appointments.c.id.distinct()).label("given"),
        func.max(bookings.c.created_at).label("last"),
    )
    .join(appointments, host_times.c.appointment_id == appointments.c.id)
    .join(bookings, bookings.c.appointment_id == appointments.c.id)
    .where(host_times.c.host_id.in_(bindparam("numbers", expanding=True)), is_held())
    .where(host_times.c.blocked_until > bindparam("since"), appointments.c.event_type == bindparam("slug"))
    .group_by(host_times.c.host_id)
)

#: Bookings that are to come, or have been over for less than this, count for whose turn it is.
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a host has been given of an event type lately."""

    count: int = 0
    #: When the latest of them was booked.
    last: datetime = _NEVER


_NOTHING = Standing()


def choose(
    event_type: EventType, takers: Mapping[str, str], standing: Mapping[str, Standing]
) -> tuple[str, ...]:
    """Give the slugs of the hosts who take a booking, in the order of the event type; () if they are too few.

    *takers* maps the hosts who can to whoever does it for them: themselves, or their stand-ins. Of a group
    the highest priority comes first, then whoever is furthest behind the own share, where weights differ,
    then whoever was not booked for the longest time.
    """
    parts = [[slug] for slug in _always(event_type)]
    for group in event_type.groups:
        parts += [_ranked(group, takers, standing)] * group.need
    chosen = _picked(parts, takers, frozenset())
    return tuple(takers[host.slug] for host in event_type.hosts if host.slug in chosen)


def read_standing(
    connection: Connection,
    event_type: EventType,
    numbers: Mapping[str, int],
    slugs: Collection[str],
    now: datetime,
) -> dict[str, Standing]:
    """Give what each of the hosts *slugs* was given of *event_type* lately; nothing where nobody chooses."""
    if not event_type.groups:
        return {}
    by_number = {numbers[slug]: slug for slug in slugs}
    wanted = {"numbers": list(by_number), "since": now - REMEMBERED, "slug": event_type.slug}
    return {
        by_number[row.host_id]: Standing(count=row.given, last=row.last)
        for row in connection.execute(_STANDING, wanted)
    }


def _always(event_type: EventType) -> list[str]:
    """Give the hosts who are in every booking."""
    grouped = {member.host for group in event_type.groups for member in group.members}
    return [host.slug for host in event_type.hosts if host.slug not in grouped]


def _ranked(group: HostGroup, takers: Mapping[str, str], standing: Mapping[str, Standing]) -> list[str]:
    """Give the members of *group* who can, whose turn it is first."""
    weighted = len({member.weight for member in group.members}) > 1

    def turn(member: Member) -> tuple[int, float, datetime]:
        had = standing.get(takers[member.host], _NOTHING)
        return -member.priority, had.count / member.weight if weighted else 0, had.last

    able = [member for member in group.members if member.host in takers]
    return [member.host for member in sorted(able, key=turn)]


def _picked(
    parts: Sequence[Sequence[str]], takers: Mapping[str, str], busy: frozenset[str]
) -> frozenset[str]:
    """Give a host for each of *parts*, the first that will do, nobody for two; nothing if that cannot be."""
    if not parts:
        return frozenset()
    for slug in parts[0]:
        who = takers.get(slug)
        if who is None or who in busy:
            continue
        others = _picked(parts[1:], takers, busy | {who})
        if len(others) == len(parts) - 1:
            return others | {slug}
    return frozenset()
