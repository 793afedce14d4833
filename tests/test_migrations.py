"""Tests of the migrations, on both kinds of databases: from nothing, and from the first released schema."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Table, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

import booker_components.outbox.tables
import booker_components.providers.embedded.tables
import booker_components.records.tables  # noqa: F401 - all three declare tables
from booker_components.engines import upgrade
from booker_components.errors import ConfigurationError
from booker_components.providers.embedded.marking import count, rebuild
from booker_components.storage import VERSION_TABLE, Instant, Storage, metadata

from .invariants import wrong_masks
from .processes import FORKS

#: The revision that stands when everything is done.
LATEST = "0004"

PROCESSES, PATIENCE = 8, 60

NINE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def storage(empty_url):
    """A storage on a database without any table."""
    made = Storage(empty_url)
    yield made
    made.close()


def _bring(storage, to):
    """Bring the schema to an older revision."""
    with storage.transaction() as connection:
        upgrade(connection, to=to)


def _revision(storage):
    with storage.reading() as connection:
        return list(connection.scalars(text(f"SELECT version_num FROM {VERSION_TABLE}")))


def _add(connection, table, *rows):
    """Add rows to a table as the database has it, whatever the models say; give its numbers."""
    there = Table(f"booker_{table}", MetaData(), autoload_with=connection)
    stored = Instant().process_bind_param
    for row in rows:
        values = {
            name: stored(value, connection.dialect) if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        connection.execute(there.insert().values(values))


def _rows(storage, table):
    """Give all rows of a table, as today's models read them, in the order of its first column."""
    there = metadata.tables[f"booker_{table}"]
    with storage.reading() as connection:
        return [row._asdict() for row in connection.execute(select(there).order_by(*there.primary_key))]


# --- what was there before ------------------------------------------------------------------------


def _booking(number, start, status="confirmed", *, host=1, **changes):
    """Give a row of the first released schema: half an hour, with a buffer of a quarter before it."""
    row = {
        "id": number,
        "uid": f"uid-{number}",
        "request_key": f"key-{number}" if number % 2 else None,
        "event_type": "intro-call",
        "title": "Intro call",
        "host_id": host,
        "starts": start,
        "ends": start + 30 * MINUTE,
        "blocked_from": start - 15 * MINUTE,
        "blocked_until": start + 30 * MINUTE,
        "first_starts": start,
        "former_starts": None,
        "status": status,
        "revision": 1,
        "attendee_name": "Zoë",
        "attendee_email": "Zoe@Example.ORG",
        "attendee_zone": "Asia/Tokyo",
        "attendee_locale": "ja",
        "attendee_phone": "+49 30 1",
        "guests": ["bo@example.org"],
        "answers": {"topic": 'Ärger: "a"', "days": ["Mon", "Tue"]},
        "location": None,
        "notes": "Ring twice.",
        "reason": "",
        "changed_by": "guest",
        "created_at": NINE - 900 * MINUTE,
        "updated_at": NINE - 800 * MINUTE + timedelta(microseconds=1),
    }
    return row | changes


#: Two that touch, others that overlap since they hold nothing, the same time of another host, one that moved.
BEFORE = (
    _booking(1, NINE),
    _booking(2, NINE + 45 * MINUTE, "pending"),
    _booking(3, NINE, "cancelled", revision=2, reason="Ill."),
    _booking(5, NINE, "rejected", revision=2, changed_by="host"),
    _booking(8, NINE, host=2, attendee_email="ÉVA@STRAẞE.example"),
    _booking(
        13,
        NINE + 600 * MINUTE,
        first_starts=NINE + 300 * MINUTE,
        former_starts=NINE + 300 * MINUTE,
        revision=3,
        location={"kind": "phone", "value": "+49"},
    ),
)

_HOST = {"slug": "ada", "name": "Ada", "zone": "Europe/Berlin", "email": "ada@example.com"}
_EVENT = {
    "event_id": "event-7",
    "dedupe_key": "uid-1:1",
    "kind": "created",
    "booking_uid": "uid-1",
    "at": NINE,
}
_DELIVERY = {"event": 7, "booking_uid": "uid-1", "subscriber": "mail", "attempts": 2, "next_at": NINE}

#: One row, or some, of every other table; none of them is touched by what came later.
OTHERS = {
    "hosts": ({"id": 1, **_HOST}, {"id": 2, **_HOST, "slug": "bo"}),
    "audit": (
        {"id": 4, "booking_uid": "uid-1", "revision": 1, "at": NINE, "actor": "guest", "action": "created"}
        | {"before": None, "after": {"status": "confirmed"}},
    ),
    "events": ({"id": 7, **_EVENT, "booking": {"uid": "uid-1", "title": "Intro call"}},),
    "deliveries": (
        {
            "id": 9,
            **_DELIVERY,
            "state": "pending",
            "first_tried_at": NINE,
            "done_at": None,
            "last_error": "x",
        },
    ),
    "known_bookings": (
        {"uid": "far", "status": "confirmed", "starts": NINE, "asked_at": NINE, "changed_at": None}
        | {"changes": 3, "shared": "seat"},
    ),
    "request_keys": ({"key": "k", "fingerprint": "f", "uid": "far", "begun_at": NINE, "keep_until": NINE},),
    "tokens": (
        {"provider": "calcom", "account": "ann", "box": b"\x00box", "digest": "d", "former_digest": "e"}
        | {"leased_until": None, "version": 4},
    ),
    "inbox": (
        {"id": 6, "provider": "calcom", "key": "calcom:1", "trigger": "PING", "received_at": NINE}
        | {"body": b"{}", "state": "kept", "attempts": 0, "next_at": NINE, "last_error": ""},
    ),
    "prefills": (
        {"id": "p", "event_type": "intro-call", "owner": "", "locked": "{}", "open": '{"name": "Bo"}'}
        | {"digest": "d", "keep_until": NINE},
    ),
    "moves": ({"uid": "new", "replaces": "old"},),
    "turns": ({"key": "t", "holder": "h", "until": NINE},),
    "reports": ({"kind": "orphan", "recipient": "r", "booking_uid": "uid-1", "told_at": None},),
}


@pytest.fixture
def old(storage):
    """A storage on a database of the first released schema, with rows in every table."""
    _bring(storage, "0003")
    with storage.transaction() as connection:
        for table, rows in OTHERS.items():
            _add(connection, table, *rows)
        _add(connection, "bookings", *BEFORE)
        _number_on(connection, "bookings", *OTHERS)
    return storage


def _number_on(connection, *tables):
    """Let PostgreSQL number on after the rows that came with numbers, as if it had given them."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if {"id": "INTEGER"}.items() <= _types(connection, table).items():
            sequence = f"pg_get_serial_sequence('booker_{table}', 'id')"
            connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM booker_{table}))"))


def _types(connection, table):
    return {each["name"]: str(each["type"]) for each in inspect(connection).get_columns(f"booker_{table}")}


# --- from nothing ---------------------------------------------------------------------------------


def test_migrations_make_the_schema_that_the_code_declares(storage):
    """Alembic finds nothing to add to, or to remove from, a migrated database."""
    storage.upgrade()

    with storage.reading() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        difference = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert difference == []


def test_upgrading_twice_changes_nothing(storage):
    """A second start finds everything done."""
    storage.upgrade()
    storage.upgrade()

    assert _revision(storage) == [LATEST]


def test_a_failed_upgrade_leaves_nothing_behind(storage):
    """Tables of a migration that cannot be finished are rolled back."""
    with storage.transaction() as connection:
        connection.execute(text("CREATE TABLE booker_deliveries (id INTEGER)"))

    with pytest.raises(DBAPIError, match="already exists"):
        storage.upgrade()

    with storage.reading() as connection:
        assert inspect(connection).get_table_names() == ["booker_deliveries"]


def test_a_database_of_a_newer_version_is_refused(storage):
    """An older package does not touch what it does not know."""
    storage.upgrade()
    with storage.transaction() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))

    with pytest.raises(ConfigurationError, match="newer booker_components"):
        storage.upgrade()


def test_upgrading_leaves_logging_alone(storage):
    """A host's log handlers and levels are the host's."""
    before = (list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level)

    storage.upgrade()

    assert before == (list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level)


def test_tables_of_the_host_stay_as_they_are(storage):
    """One may share a database with us."""
    with storage.transaction() as connection:
        connection.execute(text("CREATE TABLE bookings (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('theirs')"))

    storage.upgrade()

    with storage.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "theirs"
        ours = {each for each in inspect(connection).get_table_names() if each.startswith("booker_")}
    assert ours == {*metadata.tables, VERSION_TABLE}


# --- many processes -------------------------------------------------------------------------------


def _start_at_once(url):
    line = FORKS.Barrier(PROCESSES)
    processes = [FORKS.Process(target=_start, args=(url, line)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=PATIENCE)
    return [process.exitcode for process in processes]


def _start(url, line):
    storage = Storage(url)
    line.wait()
    storage.upgrade()
    storage.upgrade()


def test_processes_that_start_at_once_migrate_a_fresh_database_once(storage, empty_url):
    """All of them succeed."""
    assert _start_at_once(empty_url) == [0] * PROCESSES

    assert _revision(storage) == [LATEST]


def test_processes_that_start_at_once_migrate_an_old_database_once(old, empty_url):
    """All of them succeed, and every booking is there once."""
    old.close()

    assert _start_at_once(empty_url) == [0] * PROCESSES

    assert _revision(old) == [LATEST]
    assert [row["uid"] for row in _rows(old, "bookings")] == [row["uid"] for row in BEFORE]


# --- from the first released schema ---------------------------------------------------------------

#: What a booking has that it had not then, and the other way round.
_NEW = {"appointment_id", "series", "decide_by", "guest", "metadata"}
_GONE = {"host_id", "blocked_from", "blocked_until"}


def test_bookings_stay_what_they_were(old):
    """Their numbers, uids, keys, times, words and answers are the same; the guest's address has no case."""
    old.upgrade()

    rows = _rows(old, "bookings")
    same = [{name: value for name, value in row.items() if name not in _NEW} for row in rows]
    assert same == [{name: value for name, value in row.items() if name not in _GONE} for row in BEFORE]
    assert {row["guest"] for row in rows} == {"zoe@example.org", "éva@strasse.example"}
    assert all(row["appointment_id"] == row["id"] for row in rows)
    assert all((row["series"], row["decide_by"], row["metadata"]) == ("", None, {}) for row in rows)


def test_each_booking_has_a_time_of_its_own(old):
    """It has the booking's uid and one place, which is taken if the booking holds it."""
    old.upgrade()

    taken = {row["uid"]: row["taken"] for row in _rows(old, "appointments")}
    assert taken == {"uid-1": 1, "uid-2": 1, "uid-3": 0, "uid-5": 0, "uid-8": 1, "uid-13": 1}
    assert {row["capacity"] for row in _rows(old, "appointments")} == {1}
    for row, before in zip(_rows(old, "appointments"), BEFORE, strict=True):
        assert {
            name: before[name] for name in ("id", "uid", "event_type", "starts", "ends")
        }.items() <= row.items()


def test_hosts_are_taken_when_they_were(old):
    """With the buffers of then; whoever was booked in vain is told of, and free."""
    old.upgrade()

    names = ("appointment_id", "host_id", "place", "blocked_from", "blocked_until", "holding")
    found = [tuple(row[name] for name in names) for row in _rows(old, "host_times")]
    holding = {"confirmed", "pending"}
    assert found == [
        (row["id"], row["host_id"], 0, row["blocked_from"], row["blocked_until"], row["status"] in holding)
        for row in BEFORE
    ]


def test_masks_are_made_of_the_times_that_hosts_are_taken(old):
    """Of what is held only; of five minutes each bit, which is faster, where nothing is in between."""
    later = NINE + 80 * 1440 * MINUTE
    odd = later + timedelta(seconds=61)
    edge = datetime(2026, 4, 1, tzinfo=UTC) - 10 * MINUTE
    with old.transaction() as connection:
        _add(
            connection,
            "bookings",
            _booking(21, odd, host=2),
            _booking(22, odd, "cancelled"),
            _booking(23, edge),
            _booking(24, datetime(1969, 12, 31, 23, 50, 0, 1, tzinfo=UTC), host=2),
        )

    old.upgrade()

    with old.reading() as connection:
        kept = {
            (row.host_id, row.block): row.unit
            for row in connection.execute(select(metadata.tables["booker_busy_masks"]))
        }
        assert wrong_masks(connection) == []
        assert count(connection) == (2, len(kept), 0)
    assert kept == {(1, 641): 5, (1, 642): 5, (2, 641): 5, (2, 643): 1, (2, -1): 5, (2, 0): 1}


def test_masks_that_are_made_anew_are_those_of_the_upgrade(old):
    """Bit for bit, so that nothing is to be done after it."""
    old.upgrade()
    before = _rows(old, "busy_masks")

    with old.transaction() as connection:
        mended = rebuild(connection)

    assert (mended, _rows(old, "busy_masks")) == (0, before)


@pytest.mark.parametrize("table", OTHERS)
def test_everything_else_stays_as_it_was(old, table):
    """Hosts, the audit, events and their deliveries, and all that is remembered."""
    old.upgrade()

    found = _rows(old, table)
    assert len(found) == len(OTHERS[table])
    for row, before in zip(found, OTHERS[table], strict=True):
        assert before.items() <= row.items()


def _new(number, start, *, host=1, uid="uid-new"):
    """Give rows of a new booking, as the engine writes them: its time, its host's, its guest's."""
    gone = {*_GONE, "id", "host_id"}
    guest = {name: value for name, value in _booking(0, start).items() if name not in gone}
    return (
        {"uid": uid, "event_type": "intro-call", "starts": start, "ends": start + 30 * MINUTE}
        | {"capacity": 1, "taken": 1},
        {"appointment_id": number, "host_id": host, "place": 0, "holding": True}
        | {"blocked_from": start - 15 * MINUTE, "blocked_until": start + 30 * MINUTE},
        guest
        | {"uid": uid, "appointment_id": number, "series": "", "guest": "zoe@example.org", "metadata": {}},
    )


def _insert(storage, number, start, **changes):
    with storage.transaction() as connection:
        for table, row in zip(
            ("appointments", "host_times", "bookings"), _new(number, start, **changes), strict=True
        ):
            connection.execute(metadata.tables[f"booker_{table}"].insert().values(row))


@pytest.mark.parametrize("minutes", [-15, 0, 15, 45], ids=["before", "same", "after", "the second"])
def test_an_overlap_with_an_old_booking_is_refused(old, minutes):
    """By the database itself, for confirmed and for pending ones."""
    old.upgrade()

    with pytest.raises(IntegrityError, match="booker_no_overlap"):
        _insert(old, 14, NINE + minutes * MINUTE)

    assert len(_rows(old, "bookings")) == len(BEFORE)


def test_a_neighbour_of_old_bookings_is_welcome_and_has_the_next_number(old):
    """Times may touch; a booking that was cancelled keeps nobody away."""
    old.upgrade()

    _insert(old, 14, NINE + 90 * MINUTE)
    _insert(old, 15, NINE + 45 * MINUTE, host=2, uid="uid-other")

    assert [row["id"] for row in _rows(old, "bookings")][-2:] == [14, 15]
    assert [row["id"] for row in _rows(old, "appointments")][-2:] == [14, 15]


def test_an_old_booking_cannot_be_moved_onto_another(old):
    """The rule holds for changes too, and for bookings that hold their time again."""
    old.upgrade()
    times = metadata.tables["booker_host_times"]

    for booking, change in (
        (13, {"blocked_from": NINE, "blocked_until": NINE + MINUTE}),
        (3, {"holding": True}),
    ):
        with pytest.raises(IntegrityError, match="booker_no_overlap"), old.transaction() as connection:
            connection.execute(times.update().where(times.c.appointment_id == booking).values(change))


def test_other_rules_of_the_schema_hold_after_the_upgrade(old):
    """Uids and request keys are given once, and no booking is without its time."""
    old.upgrade()
    bookings = metadata.tables["booker_bookings"]

    for change in ({"uid": "uid-2"}, {"request_key": "key-5"}, {"appointment_id": 99}, {"status": "odd"}):
        with pytest.raises(IntegrityError), old.transaction() as connection:
            connection.execute(bookings.update().where(bookings.c.id == 1).values(change))


def test_an_empty_old_database_can_be_used(storage):
    """The first booking has the first number."""
    _bring(storage, "0003")
    with storage.transaction() as connection:
        _add(connection, "hosts", _HOST)
    storage.upgrade()

    _insert(storage, 1, NINE)

    assert [row["id"] for row in _rows(storage, "bookings")] == [1]
