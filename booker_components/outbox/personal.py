"""What the outbox holds of a guest: found, told and erased; each in the transaction at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, select, update

from ..erasing import Person, erased_booking
from ..storage import Storage
from .rows import DeliveryState
from .tables import deliveries, events


def uids(storage: Storage, person: Person) -> tuple[str, ...]:
    """Give the uids of the bookings of which events tell that they are the person's."""
    with storage.reading() as connection:
        own = [row.booking_uid for row in _found(connection, person) if _is_own(row, person)]
    return tuple(dict.fromkeys(own))


def tell(storage: Storage, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Give what is kept: the events of their bookings, and to whom they went; of others' events the facts."""
    with storage.reading() as connection:
        found = list(_found(connection, person))
        own = [row for row in found if _is_own(row, person)]
        return {
            "events": [_told(row) | {"booking": row.booking} for row in own],
            "events_that_name_them": [_told(row) for row in found if not _is_own(row, person)],
            "deliveries": list(_deliveries(connection, own)),
        }


def erase(storage: Storage, person: Person) -> dict[str, int]:
    """Erase it, and give how many events were changed, and how many deliveries of them are still to come."""
    with storage.transaction() as connection:
        found = list(_found(connection, person))
        for row in found:
            erased = erased_booking(row.booking, person)
            connection.execute(update(events).where(events.c.id == row.id).values(booking=erased))
        states = [each["state"] for each in _deliveries(connection, found)]
        errors = _erase_errors(connection, person)
    waiting = sum(state != DeliveryState.DONE.value for state in states)
    return {"events": len(found), "waiting": waiting, "errors": errors}


def _found(connection: Connection, person: Person) -> Iterator[Row[Any]]:
    text = func.lower(cast(events.c.booking, Text))
    query = select(events).where(text.like(person.pattern)).order_by(events.c.id)
    for row in connection.execute(query).all():
        if erased_booking(row.booking, person) != row.booking:
            yield row


def _is_own(row: Row[Any], person: Person) -> bool:
    return person.has(row.booking["attendee"]["email"])


def _told(row: Row[Any]) -> dict[str, Any]:
    return {"id": row.event_id, "kind": row.kind, "at": row.at}


def _deliveries(connection: Connection, found: list[Row[Any]]) -> Iterator[dict[str, Any]]:
    names = {row.id: row.event_id for row in found}
    query = select(deliveries).where(deliveries.c.event.in_(names)).order_by(deliveries.c.id)
    for row in connection.execute(query):
        told = {name: row._mapping[name] for name in ("subscriber", "state", "attempts", "done_at")}
        yield {"event": names[row.event], **told}


def _erase_errors(connection: Connection, person: Person) -> int:
    """Erase the person from what failed deliveries left: a subscriber of the host's may have quoted them."""
    count = 0
    query = select(deliveries).where(func.lower(deliveries.c.last_error).like(person.pattern))
    for row in connection.execute(query).all():
        text = person.gone_from(row.last_error)
        if text != row.last_error:
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(last_error=text))
            count += 1
    return count
