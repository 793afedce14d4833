"""What hosts give their time to: found by the index however much there is, and never twice."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError

from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.providers.embedded.held import held_between
from booker_components.providers.embedded.tables import NO_OVERLAP
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import EventType, Limit, Period, TimeWindow

from ..samples import ADA, INTRO, NOW, slot
from ..team import ROBIN, of

BUSY = replace(ADA, slug="busy", limits=(Limit(per=Period.WEEK, count=9),))
LIMITED = replace(INTRO, slug="limited", hosts=(BUSY,), limits=(Limit(per=Period.DAY, count=5),))

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Row = tuple[int, int, int, bool]


# --- what is read ---------------------------------------------------------------------------------


@contextmanager
def _selected() -> Iterator[list[tuple[str, Any]]]:
    """Give every query of the block with its parameters, as SQLAlchemy sends them."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_others: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            found.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


_GROWS = r"booker_(host_times|appointments|bookings)"

#: Where all rows of a table that grows are read, in the words of each database; also one by one in order.
_READS_ALL = re.compile(
    rf"(SCAN|Seq Scan on) ({_GROWS}|next)\b(?! USING)"
    rf"|Index (Only )?Scan using \w+ on {_GROWS}\b[^\n]*(\n\s+Filter|\Z|\n\s*->)"
)

#: Many bookings of a host, for PostgreSQL reads all of a table that is small.
_MANY = (
    """
    INSERT INTO booker_appointments (uid, event_type, starts, ends, capacity, taken)
    SELECT 'old' || n, 'x', '2020-01-01Z'::timestamptz + n * interval '1 hour',
        '2020-01-01Z'::timestamptz + n * interval '1 hour' + interval '30 minutes', 1, 1
    FROM generate_series(1, 5000) AS n
    """,
    """
    INSERT INTO booker_host_times (appointment_id, host_id, place, blocked_from, blocked_until, holding)
    SELECT a.id, h.id, 0, starts, ends, true FROM booker_appointments AS a, booker_hosts AS h
    """,
    """
    INSERT INTO booker_bookings (uid, appointment_id, event_type, title, starts, ends, first_starts, status,
        revision, series, guest, attendee_name, attendee_email, attendee_zone, attendee_locale,
        attendee_phone, guests, answers, notes, metadata, reason, changed_by, created_at, updated_at)
    SELECT uid, id, event_type, '', starts, ends, starts, 'confirmed', 1, '', 'guest' || id, '', '', 'UTC',
        '', '', '[]', '{}', '', '{}', '', '', starts, starts FROM booker_appointments
    """,
    "ANALYZE booker_appointments, booker_host_times, booker_bookings",
)


@pytest.mark.parametrize("kind", [INTRO, LIMITED, ROBIN], ids=lambda kind: kind.slug)
def test_no_query_reads_every_time_that_was_ever_taken(database_url: str, kind: EventType) -> None:
    """The database finds by an index what it needs of them, and of the bookings."""
    storage = Storage(database_url)
    engine = EmbeddedProvider(Catalogue((kind,)), storage=storage, clock=FrozenClock(NOW))
    window = TimeWindow(start=NOW, end=NOW + timedelta(days=30))
    with closing(storage):
        if database_url.startswith("postgresql"):
            with storage.transaction() as connection:
                for statement in _MANY:
                    connection.exec_driver_sql(statement)
        with _selected() as queries:
            booking = engine.book(of(kind, slot(0)))
            engine.slots(kind, window, moving=booking.uid)
            engine.explain(kind, slot(0))
            engine.reschedule(booking.uid, slot(4), by="guest")
            engine.cancel(booking.uid)
        plans = [(statement, _plan(storage, statement, values)) for statement, values in queries]

    assert len(plans) > 20
    assert [each for each in plans if _READS_ALL.search(each[1])] == []


def _plan(storage: Storage, statement: str, values: Any) -> str:
    with storage.transaction() as connection:
        word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        many = isinstance(values, list)
        found = connection.exec_driver_sql(f"{word} {statement}", values[0] if many else values)
        return "\n".join(str(row[-1]) for row in found)


# --- what is written ------------------------------------------------------------------------------


def _random_row(chance: random.Random) -> _Row:
    start = chance.randrange(60)
    return chance.choice([1, 2]), start, start + chance.choice([1, 1, 2, 3, 5, 10]), chance.random() < 0.8


def _overlaps(one: _Row, other: _Row) -> bool:
    return one[3] and other[3] and one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _instant(number: int) -> datetime:
    return _EPOCH + number * timedelta(minutes=1)


@pytest.fixture
def url(database_url: str) -> str:
    """A database with two hosts and appointments to give their time to."""
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO booker_hosts (id, slug, name, zone, email) VALUES"
                " (1, 'ada', 'A', 'UTC', ''), (2, 'bo', 'B', 'UTC', '')"
            )
        )
        appointment = text(
            "INSERT INTO booker_appointments (id, uid, event_type, starts, ends, capacity, taken)"
            " VALUES (:id, :uid, 'x', :start, :end, 1, 1)"
        )
        both = {"start": _raw(database_url, 0), "end": _raw(database_url, 1)}
        connection.execute(appointment, [{"id": each, "uid": str(each), **both} for each in range(1, 400)])
    engine.dispose()
    return database_url


def _raw(url: str, number: int) -> Any:
    """Give an instant as the database keeps it."""
    return _instant(number) if url.startswith("postgresql") else number * 60_000_000


_INSERT = (
    "INSERT INTO booker_host_times (appointment_id, host_id, place, blocked_from, blocked_until, holding)"
    " VALUES (:id, :host, 0, :start, :end, :holding)"
)
_UPDATE = (
    "UPDATE booker_host_times SET host_id = :host, blocked_from = :start, blocked_until = :end,"
    " holding = :holding WHERE appointment_id = :id"
)


@pytest.mark.parametrize("seed", range(2))
def test_exactly_what_overlaps_is_refused(url: str, seed: int) -> None:
    """Whatever is there, whether a row is new or changes, and what is held is found again."""
    chance, rows = random.Random(seed), dict[int, _Row]()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    for number in range(1, 300):
        key = chance.choice(list(rows)) if rows and chance.random() < 0.4 else number
        row = _random_row(chance)
        values = {"id": key, "host": row[0], "holding": row[3]}
        values |= {"start": _raw(url, row[1]), "end": _raw(url, row[2])}

        refused = _is_refused(engine, _UPDATE if key in rows else _INSERT, values)

        assert refused == any(_overlaps(row, other) for each, other in rows.items() if each != key)
        if not refused:
            rows[key] = row
    engine.dispose()
    _require_found(url, chance, rows)


def _is_refused(engine: Engine, statement: str, values: dict[str, Any]) -> bool:
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), values)
    except IntegrityError as error:
        return NO_OVERLAP in str(error.orig)
    return False


def _require_found(url: str, chance: random.Random, rows: dict[int, _Row]) -> None:
    with closing(Storage(url)) as storage, storage.reading() as connection:
        for _ in range(100):
            start, but = chance.randrange(-5, 70), chance.choice([None, *rows])
            end, hosts = start + chance.choice([1, 2, 5, 20, 80]), chance.choice([(1,), (2,), (1, 2)])

            found = held_between(connection, hosts, _instant(start), _instant(end), but=but)

            assert sorted(found) == sorted(
                (host, (_instant(low), _instant(high)))
                for key, (host, low, high, held) in rows.items()
                if held and host in hosts and low < end and start < high and key != but
            )
