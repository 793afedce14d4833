"""Databases for benchmarks: fresh ones, and bookings written by the thousand."""

from __future__ import annotations

import argparse
import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import Table, func, insert, select

from booker_components.providers.embedded.marking import rebuild
from booker_components.providers.embedded.tables import appointments, host_times, hosts
from booker_components.storage import Storage
from booker_components.values import EventType
from tests.postgres import libpq, own_postgres

from .workloads import Span

_HOUR, _QUARTER = timedelta(hours=1), timedelta(minutes=15)
#: So many rows are written at once.
_CHUNK = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A time of a host that is booked, or was until it was given back."""

    start: datetime
    end: datetime
    holding: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """A database with our tables."""

    url: str
    storage: Storage

    @property
    def kind(self) -> str:
        """The name of what it is."""
        return "PostgreSQL" if self.url.startswith("postgres") else "SQLite"

    def bare(self) -> sqlite3.Connection | psycopg.Connection:
        """Give a connection of the driver's own, which commits each statement by itself."""
        if self.kind == "PostgreSQL":
            return psycopg.connect(libpq(self.url), autocommit=True)
        file = self.url.removeprefix("sqlite:///")
        made = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
        made.execute("PRAGMA synchronous = FULL")
        return made


def add_database(parser: argparse.ArgumentParser) -> None:
    """Let the command line say which database is used."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--postgres", action="store_true", help="start a PostgreSQL, in place of a SQLite file"
    )
    where.add_argument("--database-url", default="", help="use this database, which must be empty")


@contextmanager
def fresh_database(url: str = "", *, postgres: bool = False) -> Iterator[Database]:
    """Give a database with our tables: that of *url*, one in a PostgreSQL of our own, or a SQLite file.

    The latter are gone after the block. A server of our own keeps what it confirms, as a host's does.
    """
    with ExitStack() as stack:
        if postgres and not url:
            url = stack.enter_context(stack.enter_context(own_postgres(durable=True)).database())
        elif not url:
            folder = stack.enter_context(TemporaryDirectory(prefix="booker-bench-"))
            url = f"sqlite:///{Path(folder) / 'booker.sqlite3'}"
        storage = Storage(url)
        stack.callback(storage.close)
        storage.upgrade()
        _require_empty(storage)
        yield Database(url=url, storage=storage)


def history(window: Span, count: int) -> Iterator[Held]:
    """Give *count* bookings of a host that take nothing of *window*, from its start up to its end.

    A third is over, a third comes later, and a third lies in the window and was cancelled.
    """
    start, end = window
    third = count // 3
    step = max((end - start) // max(third, 1) // _QUARTER, 1) * _QUARTER
    for number in range(third):
        yield Held(start=start - (number + 1) * _HOUR, end=start - (number + 1) * _HOUR + _QUARTER)
        yield Held(start=end + (number + 24) * _HOUR, end=end + (number + 24) * _HOUR + _QUARTER)
        again = start + number * step % (end - start)
        yield Held(start=again, end=again + _QUARTER, holding=False)


def fill(storage: Storage, event_type: EventType, times: Mapping[int, Iterable[Held]]) -> int:
    """Write each of the *times* of each host, by number, and give how many: what slots are read from.

    The earlier ones first: to look for overlaps, SQLite reads all that end later.
    """
    with storage.transaction() as connection:
        first = (connection.scalar(select(func.max(appointments.c.id))) or 0) + 1
        numbers = itertools.count(first)
        rows = (
            (next(numbers), host, held)
            for host, own in times.items()
            for held in sorted(own, key=lambda held: held.start)
        )
        while chunk := list(itertools.islice(rows, _CHUNK)):
            written: list[tuple[Table, list[dict[str, Any]]]] = [
                (appointments, [_appointment(event_type, number, held) for number, _, held in chunk]),
                (host_times, [_host_time(*each) for each in chunk]),
            ]
            for table, values in written:
                connection.execute(insert(table), values)
        rebuild(connection)
        return next(numbers) - first


def _require_empty(storage: Storage) -> None:
    with storage.reading() as connection:
        if connection.scalar(select(func.count()).select_from(hosts)):
            raise SystemExit(
                "The database has hosts already. Name an empty one: benchmarks write what they like."
            )


def numbers_of(storage: Storage, event_type: EventType) -> list[int]:
    """Give the numbers under which the hosts of *event_type* are in the database, in their order."""
    with storage.reading() as connection:
        known = {row.slug: int(row.id) for row in connection.execute(select(hosts.c.slug, hosts.c.id))}
    return [known[host.slug] for host in event_type.hosts]


def _appointment(event_type: EventType, number: int, held: Held) -> dict[str, Any]:
    return {
        "id": number,
        "uid": f"bench{number}",
        "event_type": event_type.slug,
        "starts": held.start,
        "ends": held.end,
        "capacity": 1,
        "taken": int(held.holding),
    }


def _host_time(number: int, host: int, held: Held) -> dict[str, Any]:
    return {
        "id": number,
        "appointment_id": number,
        "host_id": host,
        "place": 0,
        "blocked_from": held.start,
        "blocked_until": held.end,
        "holding": held.holding,
    }
