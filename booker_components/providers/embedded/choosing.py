"""Which times are offered, why others are not, and who can take one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ...errors import NotBookable, SlotTaken
from ...policy import Rule
from ...values import Booking, Counting, EventType, Reason, Slots, TimeWindow
from . import availability
from .desk import Desk
from .offering import busy
from .people import Elsewhere, Taken, Wish, is_full, look, open_seats, people, taken

# Rules about the hosts' time; all others bind guests, and a host who moves a booking may pass over them.
_HOST_RULES = (Rule.AWAY, Rule.HOLIDAY, Rule.HOURS, Rule.LIMIT)


def moment(start: datetime) -> TimeWindow:
    """Give the window in which nothing can start but at *start*."""
    return TimeWindow(start=start, end=start + timedelta.resolution)


def slots(desk: Desk, wish: Wish, zone: str) -> Slots:
    """Give the free slots that start in the window, in order; *zone* is the guest's."""
    known, now = _known(wish, desk.now(), zone), desk.now()
    elsewhere = look(desk, known)
    return availability.free_slots(
        wish.event_type,
        busy(desk, known, elsewhere),
        now=now,
        window=wish.window,
        duration=wish.duration,
        zone=zone,
        open_seats=_seats(desk, known, now),
    )


def reasons(desk: Desk, wish: Wish, start: datetime, zone: str) -> tuple[Reason, ...]:
    """Give every reason why *start* is not offered; none if it is."""
    known = _known(wish, desk.now(), zone)
    elsewhere = look(desk, known)
    with desk.storage.reading() as connection:
        return _reasons(connection, desk, known, start, taken(connection, desk, known, elsewhere), zone)


def takers(
    connection: Connection, desk: Desk, wish: Wish, start: datetime, elsewhere: Elsewhere, *, zone: str | None
) -> dict[str, str]:
    """Give which hosts can take *start*, and who does it for each; enough of them for a booking.

    Raises `NotBookable` or `SlotTaken` if they are too few, or if slots never start then in *zone*, the
    guest's; None where that does not matter. *elsewhere* is what `look` gave.
    """
    event_type = wish.event_type
    found = taken(connection, desk, wish, elsewhere)
    if zone is not None and not availability.is_on_lattice(event_type, start, wish.duration, zone):
        raise not_bookable(event_type, start, Rule.GRID)
    able = availability.takers(
        event_type, people(desk, event_type, found), start=start, duration=wish.duration
    )
    if not availability.enough(event_type, able):
        raise _refusal(event_type, start, _reasons(connection, desk, wish, start, found, zone or ""))
    return able


def is_beyond(desk: Desk, wish: Wish, zone: str) -> bool:
    """Tell whether the wished time is after all the bookable days that guests may choose from.

    `policy` cannot tell: which days are bookable takes a look at them. May ask other servers.
    """
    if wish.event_type.window.counting is not Counting.BOOKABLE:
        return False
    return any(each.rule == Rule.HORIZON for each in reasons(desk, wish, wish.window.start, zone))


def bound(desk: Desk, event_type: EventType, booking: Booking) -> EventType:
    """Give *event_type* as far as *booking* may move within it: with its own hosts where it keeps them.

    One whose host is no longer declared may go to anybody.
    """
    hosts = desk.hosts()
    mine = tuple(hosts[each.slug] for each in booking.hosts if each.slug in hosts)
    keeps = event_type.same_hosts and not booking.shared and len(mine) == len(booking.hosts)
    if not keeps:
        return event_type
    # Its rules stay where they were, whoever of its hosts it is.
    return replace(event_type, hosts=mine, groups=(), rules_zone=event_type.zone)


def not_bookable(
    event_type: EventType, start: datetime, rule: Rule, until: datetime | None = None
) -> NotBookable:
    """Give the error for a *start* that *rule* refuses."""
    message = f"{event_type.slug} at {start.isoformat()} is refused by the rule '{rule}'."
    return NotBookable(message, rule=rule, until=until)


def _seats(desk: Desk, wish: Wish, now: datetime) -> Mapping[datetime, int]:
    if wish.event_type.seats is None:
        return {}
    with desk.storage.reading() as connection:
        return open_seats(connection, wish, now)


def _known(wish: Wish, now: datetime, zone: str) -> Wish:
    """Give *wish* with all that must be known to list it: starts may depend on what is free before them."""
    wide = availability.reach(wish.event_type, now=now, window=wish.window, duration=wish.duration, zone=zone)
    return replace(wish, window=wide)


def _refusal(event_type: EventType, start: datetime, found: Sequence[Reason]) -> NotBookable | SlotTaken:
    rules = {reason.rule for reason in found}
    refused = next((rule for rule in _HOST_RULES if rule in rules), None)
    if refused and not rules & {Rule.BUSY, Rule.FULL}:
        return not_bookable(event_type, start, refused)
    return SlotTaken(f"Those who host {event_type.slug} are busy at {start.isoformat()}.")


def _reasons(
    connection: Connection, desk: Desk, wish: Wish, start: datetime, found: Mapping[str, Taken], zone: str
) -> tuple[Reason, ...]:
    now, event_type = desk.now(), wish.event_type
    told = availability.explain(
        event_type,
        people(desk, event_type, found),
        now=now,
        start=start,
        duration=wish.duration,
        zone=zone,
        open_seats=open_seats(connection, wish, now),
    )
    span = (start - event_type.buffer_before, start + wish.duration + event_type.buffer_after)
    precise = [
        replace(each, rule=found[each.host].rule(span))
        if each.rule == Rule.BUSY and each.host in found
        else each
        for each in told
    ]
    if event_type.seats and is_full(connection, wish, start):
        # The hosts are busy with nothing else than this.
        others = [each for each in precise if each.rule != Rule.BUSY]
        return (Reason(rule=Rule.FULL), *others)
    return tuple(precise)
