"""Who could host, and when each of them is taken: by bookings, by holds, by limits and elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from ...policy import Rule
from ...values import EventType, Host, TimeWindow
from . import limits
from .availability import Person, Spans
from .desk import Desk
from .held import held_between
from .tables import appointments, holds

_Span = tuple[datetime, datetime]
#: When hosts are busy elsewhere, by slug.
Elsewhere = Mapping[str, Sequence[_Span]]


_HELD = (
    select(holds.c.host_id, holds.c.event_type, holds.c.blocked_from, holds.c.blocked_until)
    .where(holds.c.host_id.in_(bindparam("hosts", expanding=True)), holds.c.until > bindparam("now"))
    .where(holds.c.blocked_until > bindparam("start"), holds.c.blocked_from < bindparam("end"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """For what times are looked for."""

    event_type: EventType
    window: TimeWindow
    duration: timedelta
    #: The number of the appointment that is given up for it, whose own time counts as free.
    leaving: int | None = None
    #: Whether holds of others keep the visitor out: they do from a list, and never from a booking.
    minding_holds: bool = True

    def minds(self, kind: str) -> bool:
        """Tell whether a hold of an event type keeps its host: of its own, with seats, it keeps a seat."""
        return self.minding_holds and not (self.event_type.seats and kind == self.event_type.slug)

    @property
    def blocked(self) -> TimeWindow:
        """From when to when a host must be known to be free, buffers included."""
        event_type, window = self.event_type, self.window
        end = window.end + self.duration + event_type.buffer_after
        return TimeWindow(start=window.start - event_type.buffer_before, end=end)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """When one host is taken, by what it is."""

    booked: list[_Span] = field(default_factory=list)
    held: list[_Span] = field(default_factory=list)
    limited: list[_Span] = field(default_factory=list)
    elsewhere: Sequence[_Span] = ()

    @property
    def everything(self) -> Iterable[_Span]:
        """All of it, in no order."""
        return (*self.booked, *self.held, *self.limited, *self.elsewhere)

    def rule(self, span: _Span) -> Rule:
        """Give what keeps a host from *span*, who is taken then; a booking first."""
        for rule, spans in ((Rule.BUSY, (*self.booked, *self.elsewhere)), (Rule.LIMIT, self.limited)):
            if any(start < span[1] and span[0] < end for start, end in spans):
                return rule
        return Rule.HELD


def look(desk: Desk, wish: Wish) -> Elsewhere:
    """Give when the hosts are busy elsewhere, by slug; may ask other servers, so not within a transaction."""
    asked = desk.crew(wish.event_type).connected
    if not asked:
        return {}
    desk.outside.prepare(asked)
    return {host.slug: desk.outside.spans(host, wish.blocked) for host in asked}


def taken(connection: Connection, desk: Desk, wish: Wish, elsewhere: Elsewhere) -> dict[str, Taken]:
    """Give when each host is taken, by slug, and by what; *elsewhere* is what `look` gave."""
    hosts = desk.crew(wish.event_type).hosts
    found = {host.slug: Taken(elsewhere=elsewhere.get(host.slug, ())) for host in hosts.values()}
    for number, span in held_between(
        connection, hosts, wish.blocked.start, wish.blocked.end, but=wish.leaving
    ):
        found[hosts[number].slug].booked.append(span)
    for number, span in _held(connection, hosts, wish, desk.now()):
        found[hosts[number].slug].held.append(span)
    for number, span in limited(connection, hosts, wish):
        found[hosts[number].slug].limited.append(span)
    return found


def crew(desk: Desk, event_type: EventType) -> tuple[Host, ...]:
    """Give everybody who may have to do with a booking of *event_type*, stand-ins too."""
    return tuple(desk.crew(event_type).hosts.values())


def people(desk: Desk, event_type: EventType, taken: Mapping[str, Taken]) -> dict[str, Person]:
    """Give the hosts with what keeps them, as the availability wants them."""
    hosts = desk.crew(event_type).hosts.values()
    return {host.slug: Person(host, Spans(taken[host.slug].everything)) for host in hosts}


def open_seats(connection: Connection, wish: Wish, now: datetime) -> dict[datetime, int]:
    """Give how many seats are left of each appointment in the window that guests share, by its start."""
    if wish.event_type.seats is None:
        return {}
    a = appointments.c
    query = (
        select(a.id, a.starts, a.ends, (a.capacity - a.taken).label("left"))
        .where(a.event_type == wish.event_type.slug, a.capacity > 1, a.taken > 0, a.taken < a.capacity)
        .where(a.starts >= wish.window.start, a.starts < wish.window.end)
    )
    left: dict[datetime, int] = defaultdict(int)
    for row in connection.execute(query):
        if row.id != wish.leaving and row.ends - row.starts == wish.duration:
            left[row.starts] += row.left
    for start, count in _seats_held(connection, wish, now).items():
        left[start] -= count
    return {start: count for start, count in left.items() if count > 0}


def is_full(connection: Connection, wish: Wish, start: datetime) -> bool:
    """Tell whether guests share a time of this event type at *start* in which every seat is taken."""
    a = appointments.c
    query = select(a.id, a.starts, a.ends).where(
        a.event_type == wish.event_type.slug, a.starts == start, a.capacity > 1, a.taken >= a.capacity
    )
    rows = connection.execute(query)
    return any(row.id != wish.leaving and row.ends - row.starts == wish.duration for row in rows)


def _held(
    connection: Connection, hosts: Collection[int], wish: Wish, now: datetime
) -> Iterator[tuple[int, _Span]]:
    if not wish.minding_holds:
        return
    window = wish.blocked
    asked = {"hosts": list(hosts), "now": now, "start": window.start, "end": window.end}
    for row in connection.execute(_HELD, asked):
        if wish.minds(row.event_type):
            yield row.host_id, (row.blocked_from, row.blocked_until)


def limited(connection: Connection, hosts: Mapping[int, Host], wish: Wish) -> Iterator[tuple[int, _Span]]:
    """Give the periods in which a limit is reached, for each host."""
    asked = (wish.window, wish.duration)
    # Whoever stands in for a host books no more of it than the host could.
    full = limits.reached_by_event_type(connection, wish.event_type, *asked, leaving=wish.leaving)
    for number, host in hosts.items():
        own = limits.reached_by_host(connection, host, number, *asked, leaving=wish.leaving)
        yield from ((number, span) for span in (*own, *full))


def _seats_held(connection: Connection, wish: Wish, now: datetime) -> dict[datetime, int]:
    if not wish.minding_holds:
        return {}
    h = holds.c
    query = (
        select(h.starts, h.ends, h.uid)
        .where(h.event_type == wish.event_type.slug, h.until > now)
        .where(h.starts >= wish.window.start, h.starts < wish.window.end)
        .distinct()
    )
    found: dict[datetime, int] = defaultdict(int)
    for row in connection.execute(query):
        found[row.starts] += row.ends - row.starts == wish.duration
    return found
