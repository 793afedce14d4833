"""The statements of a booking once more, by the driver alone: what of its time is the database's."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from booker_components.storage import Storage

from .filling import Database
from .writers import HOSTS, Bookings, place

# Numbers whose times nobody else comes to.
_FAR = 10_000_000
# How far from its start a booking looks around.
_AROUND = timedelta(days=30)

# Parameters that hold the number of a row which is written in the same transaction.
_NUMBERS = re.compile(r"(appointment_id|event)(_\d+)*")
_WRITTEN = re.compile(r"INSERT INTO booker_(appointment|event)s\b")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What was sent to the database."""

    text: str
    parameters: Any
    many: bool


@dataclass(kw_only=True, slots=True)
class Seen:
    """What was done for one booking."""

    start: datetime
    uid: str = ""
    statements: list[Statement] = field(default_factory=list)


def watch(url: str) -> list[Seen]:
    """Make a booking with each host, far ahead, and give what was done for it."""
    writer = Bookings(url)
    try:
        # Twice, for the first time fills caches, and what they save is not seen again.
        for number in range(_FAR, _FAR + HOSTS):
            writer.write(number)
        return [_watched(writer, number) for number in range(_FAR + HOSTS, _FAR + 2 * HOSTS)]
    finally:
        writer.close()


class Repeater:
    """Writes what bookings write, without any of our code."""

    def __init__(self, url: str, seen: Sequence[Seen]) -> None:
        """Write to the PostgreSQL of *url* what was *seen*, one booking of each host."""
        self._database = Database(url=url, storage=Storage(url))
        self._own = threading.local()
        self._connections: list[Any] = []
        self._seen = seen

    def write(self, number: int) -> None:
        """Do what a booking would."""
        if not hasattr(self._own, "connection"):
            self._own.connection = self._database.bare()
            self._connections.append(self._own.connection)
        host, start = place(number)
        with self._own.connection.transaction():
            _repeat(self._own.connection.cursor(), self._seen[host], start, f"again{number}")

    def close(self) -> None:
        """Close what is open."""
        for connection in self._connections:
            connection.close()


def _watched(writer: Bookings, number: int) -> Seen:
    seen = Seen(start=place(number)[1])
    with _listening(seen):
        seen.uid = writer.write(number).uid
    return seen


@contextmanager
def _listening(seen: Seen) -> Iterator[None]:
    def hear(_c: object, _u: object, text: str, parameters: Any, _x: object, many: bool) -> None:
        seen.statements.append(Statement(text=text, parameters=parameters, many=many))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def _repeat(cursor: psycopg.Cursor[Any], seen: Seen, start: datetime, uid: str) -> None:
    numbers: dict[str, int] = {}
    for each in seen.statements:
        text = each.text.encode()
        if each.many:
            cursor.executemany(text, [_filled(one, seen, start, uid, numbers) for one in each.parameters])
        else:
            cursor.execute(text, _filled(each.parameters, seen, start, uid, numbers))
        rows = cursor.fetchall() if cursor.description else ()
        if rows and (written := _WRITTEN.match(each.text)):
            name = "appointment_id" if written[1] == "appointment" else "event"
            numbers[name] = rows[0][0]


def _filled(
    parameters: Mapping[str, Any], seen: Seen, start: datetime, uid: str, numbers: Mapping[str, int]
) -> Mapping[str, Any]:
    """Give *parameters* as those of a booking at *start*."""

    def value_of(name: str, value: object) -> object:
        if found := _NUMBERS.fullmatch(name):
            return numbers.get(found[1], value)
        if isinstance(value, datetime) and abs(value - seen.start) < _AROUND:
            return value - seen.start + start
        if isinstance(value, str):
            return _renamed(value, seen.uid, uid)
        return value

    return {name: value_of(name, value) for name, value in parameters.items()}


def _renamed(text: str, before: str, uid: str) -> str:
    # Also keys of requests and of events are those of one booking.
    if "web:" in text:
        return text.partition("web:")[0] + f"web:{uid}"
    return str(uuid.uuid4()) if _UUID.fullmatch(text) else text.replace(before, uid)
