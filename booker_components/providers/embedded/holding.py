"""Holds: slots kept for visitors who are filling in the form; advisory, a booking never minds them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from ...errors import SlotTaken, TooManyRequests
from ...records.pruning import prune
from ...values import EventType, Hold
from . import assigning, choosing, rows
from .desk import Desk
from .people import Elsewhere, Wish, look, open_seats
from .tables import appointments, holds, host_times
from .taking import Times, new_uid

#: How many times of one host are kept at once. Anybody may ask for a hold, as often as they like and from as
#: many addresses: it must not empty a calendar.
MOST = 10


def hold(desk: Desk, event_type: EventType, start: datetime, duration: timedelta, zone: str) -> Hold:
    """Keep a slot for some minutes; `SlotTaken` or `NotBookable` if it is not to be had.

    `NotBookable`, too, if slots never start then in *zone*, the guest's; "" is the host's.
    `TooManyRequests` if `MOST` times of the hosts are kept already.
    """
    wish = Wish(event_type=event_type, window=choosing.moment(start), duration=duration)
    now, times = desk.now(), Times.of(event_type, start, duration)
    made = Hold(uid=new_uid(), start=times.starts, end=times.ends, until=now + desk.hold)
    elsewhere = look(desk, wish)
    row = {"uid": made.uid, "event_type": event_type.slug, "until": made.until, **times.own, **times.blocked}
    with desk.storage.transaction() as connection:
        # One after the other has to look at what is held.
        rows.queue(connection, f"holds of {event_type.slug}")
        who = _who(connection, desk, wish, elsewhere, zone)
        connection.execute(insert(holds), [{**row, "host_id": number} for number in who])
        prune(connection, holds.c.id, holds.c.until, now)
    return made


def _who(connection: Connection, desk: Desk, wish: Wish, elsewhere: Elsewhere, zone: str) -> Collection[int]:
    """Give the numbers of those who would be booked."""
    event_type, now, numbers = wish.event_type, desk.now(), desk.numbers()
    # Its seats may be gone since they were counted: then it is as any other time.
    if open_seats(connection, wish, now) and (sharing := _sharing(connection, wish)):
        # The hosts are taken already; what is kept is a seat.
        if _kept(connection, sharing, now):
            raise _too_many(wish)
        return sharing
    able = choosing.takers(connection, desk, wish, wish.window.start, elsewhere, zone=zone)
    kept = _kept(connection, [numbers[slug] for slug in able.values()], now)
    left = {slug: who for slug, who in able.items() if numbers[who] not in kept}
    standing = assigning.read_standing(connection, event_type, numbers, left.values(), now)
    if chosen := assigning.choose(event_type, left, standing):
        return [numbers[slug] for slug in chosen]
    if kept:
        raise _too_many(wish)
    raise SlotTaken(f"Those who host {event_type.slug} are busy at {wish.window.start.isoformat()}.")


def _sharing(connection: Connection, wish: Wish) -> Sequence[int]:
    """Give the hosts of the appointment in which the next guest would get a seat."""
    a, start = appointments.c, wish.window.start
    same = (a.event_type == wish.event_type.slug) & (a.starts == start) & (a.ends == start + wish.duration)
    room = (a.capacity > 1) & (a.taken > 0) & (a.taken < a.capacity)
    first = select(a.id).where(same, room).order_by(a.id).limit(1).scalar_subquery()
    query = select(host_times.c.host_id).where(host_times.c.appointment_id == first)
    return connection.scalars(query.order_by(host_times.c.place)).all()


def _kept(connection: Connection, numbers: Collection[int], now: datetime) -> frozenset[int]:
    """Give those of the hosts of whom no more times may be kept."""
    query = (
        select(holds.c.host_id)
        .where(holds.c.host_id.in_(numbers), holds.c.until > now)
        .group_by(holds.c.host_id)
        .having(func.count() >= MOST)
    )
    return frozenset(connection.scalars(query))


def _too_many(wish: Wish) -> TooManyRequests:
    return TooManyRequests(f"{MOST} times of a host of {wish.event_type.slug} are held already.")


def held(desk: Desk, uid: str) -> Hold | None:
    """Give a hold that has not lapsed; None if there is none."""
    query = select(holds).where(holds.c.uid == uid, holds.c.until > desk.now()).limit(1)
    with desk.storage.reading() as connection:
        row = connection.execute(query).first() if _is_ours(uid) else None
    return Hold(uid=row.uid, start=row.starts, end=row.ends, until=row.until) if row else None


def release(desk: Desk, uid: str) -> None:
    """Give up a hold; one that is gone is nothing to mind."""
    if _is_ours(uid):
        with desk.storage.transaction() as connection:
            connection.execute(delete(holds).where(holds.c.uid == uid))


def forget_lapsed(desk: Desk) -> None:
    """Delete holds that have lapsed."""
    with desk.storage.transaction() as connection:
        prune(connection, holds.c.id, holds.c.until, desk.now())


def _is_ours(uid: str) -> bool:
    return uid.isascii() and uid.isalnum()
