"""What the records hold of a guest: found, told and erased; each in the transaction at hand.

Turns are left alone: their keys are digests, and they end within minutes.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, or_, select, update

from ..erasing import Person, erased_booking
from ..storage import Storage
from .inbox import InboxState
from .tables import inbox, known_bookings, moves, prefills, reports, request_keys


def tell(storage: Storage, person: Person, uids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Give what is kept of the person, whose bookings have these *uids*."""
    with storage.reading() as connection:
        return {
            "prefills": [_prefill(row) for row in _prefills(connection, person)],
            "webhooks": [_webhook(row, person) for row in _inbox(connection, person)],
            "request_keys": [
                {"key": row.key, "booking": row.uid, "begun_at": row.begun_at, "keep_until": row.keep_until}
                for row in _keys(connection, person, uids)
            ],
            "known_bookings": [
                {"booking": row.uid, "status": row.status, "starts": row.starts, "changed_at": row.changed_at}
                for row in _of(connection, known_bookings, "uid", uids)
            ],
            "moves": [
                {"booking": row.uid, "replaces": row.replaces} for row in _of(connection, moves, "uid", uids)
            ],
            "reports": [
                {"booking": row.booking_uid, "kind": row.kind, "told_at": row.told_at}
                for row in _of(connection, reports, "booking_uid", uids)
            ],
        }


def erase(storage: Storage, person: Person, uids: Collection[str]) -> dict[str, int]:
    """Erase it, and give how many rows of what are gone or changed.

    Links to prefilled forms end, and so do the keys of requests, which hold a digest of the address.
    """
    with storage.transaction() as connection:
        links = [row.id for row in _prefills(connection, person)]
        connection.execute(delete(prefills).where(prefills.c.id.in_(links)))
        webhooks = _inbox(connection, person)
        for row in webhooks:
            body = _erased(row, person)
            connection.execute(update(inbox).where(inbox.c.id == row.id).values(body=body))
        keys = [row.key for row in _keys(connection, person, uids)]
        connection.execute(delete(request_keys).where(request_keys.c.key.in_(keys)))
    return {"prefills": len(links), "webhooks": len(webhooks), "request_keys": len(keys)}


def _of(connection: Connection, table: Table, column: str, uids: Collection[str]) -> list[Row[Any]]:
    return list(connection.execute(select(table).where(table.c[column].in_(uids)).order_by(table.c[column])))


def _keys(connection: Connection, person: Person, uids: Collection[str]) -> list[Row[Any]]:
    """Give the keys that made their bookings, and those into which a host has written their address."""
    named = func.lower(request_keys.c.key).like(person.pattern)
    query = select(request_keys).where(or_(request_keys.c.uid.in_(uids), named)).order_by(request_keys.c.key)
    return [row for row in connection.execute(query) if row.uid in uids or person.is_in(row.key)]


# --- prefills ------------------------------------------------------------------------------------


def _prefills(connection: Connection, person: Person) -> list[Row[Any]]:
    texts = (func.lower(column).like(person.pattern) for column in (prefills.c.locked, prefills.c.open))
    query = select(prefills).where(or_(*texts)).order_by(prefills.c.id)
    return [row for row in connection.execute(query) if person.is_in([*_answers(row)])]


def _prefill(row: Row[Any]) -> dict[str, Any]:
    locked, open_ = _answers(row)
    facts = {name: row._mapping[name] for name in ("event_type", "owner", "keep_until", "uses")}
    return {**facts, "locked": locked, "open": open_}


def _answers(row: Row[Any]) -> tuple[Any, Any]:
    return json.loads(row.locked), json.loads(row.open)


# --- webhooks that came in -----------------------------------------------------------------------


def _inbox(connection: Connection, person: Person) -> list[Row[Any]]:
    # Bodies are bytes in any form, which databases do not search; those that are done with are empty.
    query = select(inbox).where(inbox.c.body != b"").order_by(inbox.c.id)
    return [row for row in connection.execute(query) if person.is_in(_text_and_content(row.body))]


def _webhook(row: Row[Any], person: Person) -> dict[str, Any]:
    facts = {name: row._mapping[name] for name in ("provider", "trigger", "received_at", "state")}
    content = _content(row.body)
    if row.state == InboxState.KEPT.value or not isinstance(content, dict):
        return {**facts, "body": row.body.decode(errors="replace")}
    told = content.get("told")
    own = told if told and person.has(told["attendee"]["email"]) else None
    return {**facts, "booking": own, "notice": content.get("notice")}


def _erased(row: Row[Any], person: Person) -> bytes:
    """Give the body of a webhook without the person; one that nobody takes any more is emptied."""
    content = _content(row.body)
    if row.state not in (InboxState.NEW.value, InboxState.PARKED.value) or not isinstance(content, dict):
        return b""
    told, notice = content.get("told"), content.get("notice")
    rest = {
        **content,
        "told": erased_booking(told, person) if told else None,
        # Whoever fills in a form says more than an address.
        "notice": {**notice, "answers": {}, "notes": ""} if notice and person.is_in(notice) else notice,
    }
    return json.dumps(person.gone_from(rest)).encode()


def _text_and_content(body: bytes) -> list[Any]:
    return [body.decode(errors="replace"), _content(body)]


def _content(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
