"""Holds: slots kept for visitors who are filling in the form; advisory, a booking never minds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from ...errors import SlotTaken
from ...records.pruning import prune
from ...values import EventType, Hold
from . import assigning, choosing
from .desk import Desk
from .people import Elsewhere, Wish, look, open_seats
from .tables import holds
from .taking import Times, new_uid


def hold(desk: Desk, event_type: EventType, start: datetime, duration: timedelta) -> Hold:
    """Keep a slot for some minutes; `SlotTaken` or `NotBookable` if it is not to be had."""
    wish = Wish(event_type=event_type, window=choosing.moment(start), duration=duration)
    now, times = desk.now(), Times.of(event_type, start, duration)
    made = Hold(uid=new_uid(), start=times.starts, end=times.ends, until=now + desk.hold)
    elsewhere, numbers = look(desk, wish), desk.numbers()
    row = {"uid": made.uid, "event_type": event_type.slug, "until": made.until, **times.own, **times.blocked}
    with desk.storage.transaction() as connection:
        who = _who(connection, desk, wish, elsewhere, now)
        connection.execute(insert(holds), [{**row, "host_id": numbers[slug]} for slug in who])
        prune(connection, holds.c.id, holds.c.until, now)
    return made


def _who(
    connection: Connection, desk: Desk, wish: Wish, elsewhere: Elsewhere, now: datetime
) -> Sequence[str]:
    """Give those who would be booked."""
    event_type, start = wish.event_type, wish.window.start
    if open_seats(connection, wish, now):
        # The hosts are taken already; what is kept is a seat.
        return (event_type.host.slug,)
    able = choosing.takers(connection, desk, wish, start, elsewhere, zone=None)
    standing = assigning.read_standing(connection, event_type, desk.numbers(), able.values(), now)
    who = assigning.choose(event_type, able, standing)
    if not who:
        raise SlotTaken(f"Those who host {event_type.slug} are busy at {start.isoformat()}.")
    return who


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
