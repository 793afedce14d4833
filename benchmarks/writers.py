"""What is written in the benchmark of bookings: whole bookings, and bare rows under the same constraint."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from booker_components.outbox import Outbox
from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.service import BookingService
from booker_components.storage import Storage
from booker_components.testing import Recorder
from booker_components.values import (
    Attendee,
    Booking,
    BookingRequest,
    BookingWindow,
    EventType,
    Host,
    Schedule,
)

from .filling import Database
from .workloads import NOW, START

HOSTS = 8

_QUARTER, _YEAR = timedelta(minutes=15), timedelta(days=365)
_QUARTERS = _YEAR // _QUARTER
_ALWAYS = Schedule(weekly=(((0, 1440),),) * 7)
#: Has no common divisor with the quarters of a year: times come in no order, and none comes twice.
_STRIDE = 7919

_RULES = "SELECT sql FROM sqlite_master WHERE tbl_name = 'booker_host_times' AND sql > '' ORDER BY rowid"
_COLUMNS = "appointment_id, host_id, place, blocked_from, blocked_until, holding"


def place(number: int) -> tuple[int, datetime]:
    """Give the host, from 0 on, and the start that belong to a *number*."""
    turn, host = divmod(number, HOSTS)
    year, quarter = divmod(turn, _QUARTERS)
    return host, START + year * _YEAR + quarter * _STRIDE % _QUARTERS * _QUARTER


def event_types() -> list[EventType]:
    """Give an event type for each host, of a quarter of an hour at any time."""
    return [
        EventType(
            slug=f"talk-{number}",
            title="Talk",
            hosts=(Host(slug=f"host-{number}", name=f"Host {number}", zone="UTC", schedule=_ALWAYS),),
            durations=(_QUARTER,),
            window=BookingWindow(days=None),
        )
        for number in range(HOSTS)
    ]


class Bookings:
    """Whole bookings: with every rule, the audit, the event, and a subscriber who is to hear of it."""

    def __init__(self, url: str) -> None:
        """Book in the database of *url*."""
        self._storage = Storage(url)
        provider = EmbeddedProvider(Catalogue(event_types()), storage=self._storage, clock=_now)
        outbox = Outbox(self._storage, [Recorder()], clock=_now)
        self._service = BookingService(provider=provider, storage=self._storage, outbox=outbox, clock=_now)

    def write(self, number: int) -> Booking:
        """Book, as a form that was sent."""
        host, start = place(number)
        guest = Attendee(name="Zoe", email=f"zoe{number}@example.org", zone="Asia/Tokyo", locale="en")
        return self._service.book(
            BookingRequest(
                event_type=f"talk-{host}", start=start, attendee=guest, key=f"web:{secrets.token_urlsafe(16)}"
            )
        )

    def close(self) -> None:
        """Close what is open."""
        self._storage.close()


def _now() -> datetime:
    return NOW


class Bare:
    """Single rows in a table with the same columns and constraints as that of the hosts' times."""

    def __init__(self, url: str) -> None:
        """Write to the database of *url*, which `prepare` has prepared."""
        self._database = Database(url=url, storage=Storage(url))
        self._own = threading.local()
        self._connections: list[Any] = []

    def write(self, number: int) -> None:
        """Insert a row."""
        if not hasattr(self._own, "connection"):
            self._own.connection = self._database.bare()
            self._connections.append(self._own.connection)
        host, start = place(number)
        row = (number, host + 1, 0, *self._stored(start, start + _QUARTER), True)
        marks = ", ".join(["%s" if self._database.kind == "PostgreSQL" else "?"] * len(row))
        self._own.connection.execute(f"INSERT INTO bare_host_times ({_COLUMNS}) VALUES ({marks})", row)

    def close(self) -> None:
        """Close what is open."""
        for connection in self._connections:
            connection.close()

    def _stored(self, *instants: datetime) -> Sequence[object]:
        if self._database.kind == "PostgreSQL":
            return instants
        return [int(each.timestamp()) * 1_000_000 for each in instants]


def prepare(database: Database) -> None:
    """Make the table for bare rows."""
    connection: Any = database.bare()
    try:
        if database.kind == "PostgreSQL":
            connection.execute("CREATE TABLE bare_host_times (LIKE booker_host_times INCLUDING ALL)")
        else:
            for (rule,) in connection.execute(_RULES).fetchall():
                connection.execute(rule.replace("booker_host_times", "bare_host_times"))
    finally:
        connection.close()
