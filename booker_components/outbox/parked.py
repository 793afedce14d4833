"""What was given up, for the digest: each parked delivery is told of once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, update

from ..storage import Storage
from .rows import Delivery, DeliveryState, delivery_of, joined
from .tables import deliveries

#: So many are told of at once; the others follow in the next digest.
MOST = 5000

# Databases take only so many parameters in a statement.
_CHUNK = 500


def untold(storage: Storage) -> tuple[Delivery, ...]:
    """Give the parked deliveries that nobody was told of yet, oldest first, `MOST` of them at most."""
    query = joined().where(_is_parked(), deliveries.c.done_at.is_(None)).order_by(deliveries.c.id).limit(MOST)
    with storage.reading() as connection:
        return tuple(delivery_of(row) for row in connection.execute(query))


def note_told(storage: Storage, told: Collection[Delivery], now: datetime) -> None:
    """Note that somebody was told at *now* of these; one that is parked anew will be news again."""
    ids = [each.id for each in told]
    with storage.transaction() as connection:
        for place in range(0, len(ids), _CHUNK):
            some = deliveries.c.id.in_(ids[place : place + _CHUNK])
            connection.execute(update(deliveries).where(_is_parked(), some).values(done_at=now))


def _is_parked() -> ColumnElement[bool]:
    return deliveries.c.state == DeliveryState.PARKED.value
