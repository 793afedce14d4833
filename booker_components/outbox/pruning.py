"""Pruning: of a booking that has been over for long, only the last event is kept.

That one stays, so that the booking is still known as it was last told, and none of its events is added anew.
All others go together, once nothing of the booking waits to be delivered: the numbers of its events, by which
receivers of webhooks tell their order, do not change before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select

from ..storage import Storage
from .rows import DeliveryState, event_of
from .tables import deliveries, events

#: The events of so many bookings go in one transaction: few enough to keep no writer waiting.
BATCH = 50

#: So many bookings are looked at each time, the oldest first.
MOST = 2000


def prune(storage: Storage, before: datetime, *, most: int = MOST) -> int:
    """Forget what happened to bookings that ended, and were last heard of, before *before*.

    *most* bookings are looked at. Gives how many events were forgotten.
    """
    over = [row for row in _silent(storage, before, most) if _is_over(storage, row.last, before)]
    return sum(_forget(storage, over[place : place + BATCH]) for place in range(0, len(over), BATCH))


def _silent(storage: Storage, before: datetime, most: int) -> list[Row[Any]]:
    """Give bookings with several events of which nothing was heard since *before*, and nothing waits."""
    open_states = (DeliveryState.PENDING.value, DeliveryState.PARKED.value)
    waiting = select(deliveries.c.booking_uid).where(deliveries.c.state.in_(open_states))
    last = func.max(events.c.id).label("last")
    query = (
        select(events.c.booking_uid, last)
        .where(events.c.booking_uid.not_in(waiting))
        .group_by(events.c.booking_uid)
        .having(func.count() > 1, func.max(events.c.at) < before)
        .order_by(last)
        .limit(most)
    )
    with storage.reading() as connection:
        return list(connection.execute(query))


def _is_over(storage: Storage, last: int, before: datetime) -> bool:
    """Tell whether the booking, as its event *last* has it, ended before *before*; False if unreadable."""
    query = select(events).where(events.c.id == last)
    try:
        with storage.reading() as connection:
            return event_of(connection.execute(query).one()).booking.end < before
    # Another version of this package may have written it.
    except (LookupError, TypeError, ValueError):
        return False


def _forget(storage: Storage, over: Sequence[Row[Any]]) -> int:
    """Forget all events of these bookings but the last, and their deliveries."""
    uids, kept = [row.booking_uid for row in over], [row.last for row in over]
    # What has come since is newer than what is kept, and stays.
    older = events.c.booking_uid.in_(uids) & events.c.id.not_in(kept) & (events.c.id < max(kept))
    with storage.transaction() as connection:
        connection.execute(delete(deliveries).where(deliveries.c.event.in_(select(events.c.id).where(older))))
        return connection.execute(delete(events).where(older)).rowcount
