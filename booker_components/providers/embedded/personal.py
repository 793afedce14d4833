"""What the engine's tables hold of a guest: found, told and erased; each in the transaction at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, or_, select, update

from ...erasing import ERASED, Person, erased_location, erased_title
from ...storage import Storage
from .audit import history
from .tables import HOLDING, audit, bookings, host_times, hosts

#: Columns in which somebody else's booking may name the person.
_WORDS = (
    "request_key", "title", "attendee_name", "attendee_phone", "guests", "answers", "location", "notes",
    "metadata", "reason", "changed_by",
)  # fmt: skip
_NOT_TOLD = frozenset({"id", "appointment_id", "guest"})


def open_bookings(storage: Storage, person: Person, now: datetime) -> tuple[str, ...]:
    """Give the uids of the person's bookings that are open and not over at *now*, by start."""
    query = (
        select(bookings)
        .where(_may_name(person), bookings.c.status.in_(HOLDING), bookings.c.ends > now)
        .order_by(bookings.c.starts, bookings.c.id)
    )
    with storage.reading() as connection:
        return tuple(row.uid for row in connection.execute(query) if person.has(row.attendee_email))


def uids(storage: Storage, person: Person) -> tuple[str, ...]:
    """Give the uids of the person's bookings."""
    with storage.reading() as connection:
        return tuple(row.uid for row in _found(connection, person) if person.has(row.attendee_email))


def is_host(storage: Storage, person: Person) -> bool:
    """Tell whether a host has the person's address."""
    with storage.reading() as connection:
        return any(map(person.has, connection.scalars(select(hosts.c.email))))


def tell(storage: Storage, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Give what is kept: their bookings and their history whole, of others' bookings what concerns them."""
    with storage.reading() as connection:
        found = _found(connection, person)
        own = [row for row in found if person.has(row.attendee_email)]
        return {
            "bookings": [_told(connection, row) for row in own],
            "named_in": [_named(row, person) for row in found if row not in own],
            "history": [each for row in own for each in _changes(connection, row.uid)],
        }


def erase(storage: Storage, person: Person) -> dict[str, int]:
    """Erase it, and give how many rows of what were changed."""
    counts = {"bookings": 0, "named_in": 0, "history": 0}
    with storage.transaction() as connection:
        for row in _found(connection, person):
            own = person.has(row.attendee_email)
            changes = _own(row, person) if own else _others(row, person)
            connection.execute(update(bookings).where(bookings.c.id == row.id).values(changes))
            counts["bookings" if own else "named_in"] += 1
            counts["history"] += _erase_history(connection, person, row.uid, own=own)
    return counts


def _found(connection: Connection, person: Person) -> Sequence[Row[Any]]:
    query = select(bookings).where(_may_name(person)).order_by(bookings.c.starts, bookings.c.id)
    return [row for row in connection.execute(query) if _names(row, person)]


def _may_name(person: Person) -> Any:
    columns = [bookings.c[name] for name in ("guest", "attendee_email", *_WORDS)]
    return or_(*(func.lower(cast(each, Text)).like(person.pattern) for each in columns))


def _names(row: Row[Any], person: Person) -> bool:
    return person.has(row.attendee_email) or any(person.is_in(row._mapping[name]) for name in _WORDS)


# --- telling -------------------------------------------------------------------------------------


def _told(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    facts = {name: value for name, value in row._mapping.items() if name not in _NOT_TOLD}
    query = (
        select(hosts.c.name)
        .join(host_times, host_times.c.host_id == hosts.c.id)
        .where(host_times.c.appointment_id == row.appointment_id)
        .order_by(host_times.c.place)
    )
    return {**facts, "hosts": list(connection.scalars(query))}


def _named(row: Row[Any], person: Person) -> dict[str, Any]:
    facts = {name: row._mapping[name] for name in ("event_type", "title", "starts", "ends", "status")}
    return {**facts, "named_in": [name for name in _WORDS if person.is_in(row._mapping[name])]}


def _changes(connection: Connection, uid: str) -> Iterator[dict[str, Any]]:
    for entry in history(connection, uid):
        yield {
            "booking": uid,
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "reason": entry.after.reason,
            "starts": entry.after.start,
            "status": entry.after.status.value,
        }


# --- erasing -------------------------------------------------------------------------------------


def _own(row: Row[Any], person: Person) -> dict[str, Any]:
    """Give the columns of the person's own booking, once nothing that a guest says is left."""
    return {
        "guest": "",
        "attendee_name": ERASED,
        "attendee_email": "",
        "attendee_phone": "",
        "title": person.gone_from(erased_title(row.title, row.attendee_name)),
        "location": person.gone_from(erased_location(row.location)),
        "guests": [],
        "answers": {},
        "metadata": {},
        "notes": "",
        "reason": "",
        "changed_by": person.gone_from(row.changed_by),
        "request_key": None,
    }


def _others(row: Row[Any], person: Person) -> dict[str, Any]:
    """Give the columns of somebody else's booking, once the person is not named in it."""
    changes = {name: person.gone_from(row._mapping[name]) for name in _WORDS}
    key = None if person.is_in(row.request_key) else row.request_key
    return {**changes, "guests": person.gone_from(person.without(row.guests)), "request_key": key}


def _erase_history(connection: Connection, person: Person, uid: str, *, own: bool) -> int:
    count = 0
    for row in connection.execute(select(audit).where(audit.c.booking_uid == uid)).all():
        changes = {name: _facts(row._mapping[name], person, own=own) for name in ("before", "after")}
        changes["actor"] = person.gone_from(row.actor)
        if any(row._mapping[name] != value for name, value in changes.items()):
            connection.execute(update(audit).where(audit.c.id == row.id).values(changes))
            count += 1
    return count


def _facts(facts: Mapping[str, Any] | None, person: Person, *, own: bool) -> Any:
    if facts is None:
        return None
    return person.gone_from({**facts, "reason": ""} if own else dict(facts))
