"""Tests of transactions, the type of instants, and migrations."""

import contextlib
import contextvars
import logging
import os
import sqlite3
import threading
import time
import warnings
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import OperationalError

import booker_components.outbox.tables
import booker_components.providers.embedded.tables  # noqa: F401 - both declare tables
from booker_components.engines import checked_url
from booker_components.errors import ConfigurationError, ProviderUnavailable
from booker_components.storage import VERSION_TABLE, Instant, Storage, metadata

from .processes import FORKS


@pytest.fixture
def path(tmp_path):
    """The file of the database."""
    return tmp_path / "booker.sqlite3"


@pytest.fixture
def storage(path):
    """A storage with one table, `marks`."""
    made = Storage(f"sqlite:///{path}")
    with made.transaction() as connection:
        connection.execute(text("CREATE TABLE marks (word TEXT)"))
    yield made
    made.close()


def _mark(storage, word):
    with storage.transaction() as connection:
        connection.execute(text("INSERT INTO marks VALUES (:word)"), {"word": word})


def _fail_after(work):
    work()
    raise ZeroDivisionError


def _marks(storage):
    with storage.reading() as connection:
        return list(connection.scalars(text("SELECT word FROM marks ORDER BY rowid")))


# --- transactions ---


def test_a_transaction_is_kept_when_its_block_ends(storage):
    """What was written is there for others afterwards."""
    _mark(storage, "a")

    assert _marks(storage) == ["a"]


def test_a_transaction_is_rolled_back_when_its_block_raises(storage):
    """An exception passes through and leaves nothing behind."""
    with pytest.raises(ZeroDivisionError), storage.transaction():
        _fail_after(lambda: _mark(storage, "a"))

    assert _marks(storage) == []


def test_an_inner_transaction_joins_the_outer_one(storage):
    """Inner and outer share one connection, and the outer one decides."""
    with storage.transaction() as outer:
        with storage.transaction() as inner:
            same = inner is outer
        _mark(storage, "a")
        unseen = sqlite3.connect(storage._url.database).execute("SELECT count(*) FROM marks").fetchone()

    assert same
    assert unseen == (0,)
    assert _marks(storage) == ["a"]


def test_a_failed_inner_transaction_rolls_everything_back(storage):
    """Catching the error of an inner transaction does not save the outer one, and says so."""

    def outer():
        with storage.transaction():
            _mark(storage, "outer")
            with contextlib.suppress(ZeroDivisionError), storage.transaction():
                _fail_after(lambda: _mark(storage, "inner"))

    with pytest.raises(RuntimeError, match="Nothing of this transaction was kept"):
        outer()

    assert _marks(storage) == []


def test_reading_within_a_transaction_sees_what_it_wrote(storage):
    """A read joins the transaction that is open."""
    with storage.transaction():
        _mark(storage, "a")

        assert _marks(storage) == ["a"]


def test_reading_does_not_wait_for_a_writer(storage):
    """While one thread writes, another reads what was there before."""
    seen = []
    reader = threading.Thread(target=lambda: seen.extend(_marks(storage)))

    with storage.transaction():
        _mark(storage, "a")
        reader.start()
        reader.join(timeout=5)

    assert not reader.is_alive()
    assert seen == []


def test_a_transaction_takes_no_lock_before_its_first_statement(storage):
    """A block may wait for something slow without keeping other writers out."""
    writer = threading.Thread(target=_mark, args=(storage, "other"))

    with storage.transaction():
        writer.start()
        writer.join(timeout=5)
        done = not writer.is_alive()

    assert done


def test_another_thread_with_a_copied_context_has_its_own_transaction(storage):
    """A connection is never shared with another thread, even if that runs in a copy of the context."""
    shared = []

    with storage.transaction():
        context = contextvars.copy_context()
        thread = threading.Thread(target=lambda: shared.append(context.run(lambda: storage.is_open)))
        thread.start()
        thread.join()

        assert storage.is_open

    assert shared == [False]


def test_two_storages_keep_their_transactions_apart(storage, tmp_path):
    """A transaction of one database is none of another."""
    other = Storage(f"sqlite:///{tmp_path}/other.sqlite3")

    with storage.transaction():
        assert not other.is_open


def test_many_threads_write_without_an_error(storage):
    """Check-then-insert by many threads never meets a locked database and loses nothing."""

    def work():
        for _ in range(20):
            with storage.transaction() as connection:
                count = connection.scalar(text("SELECT count(*) FROM marks"))
                connection.execute(text("INSERT INTO marks VALUES (:word)"), {"word": str(count)})

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert _marks(storage) == [str(number) for number in range(320)]


# --- after the commit ---


def test_a_callback_runs_after_the_outermost_commit(storage):
    """It runs once, outside of any transaction, when the change is there for everybody."""
    seen = []

    with storage.transaction():
        with storage.transaction():
            _mark(storage, "a")
            storage.after_commit(lambda: seen.append((_marks(storage), storage.is_open)))
        assert seen == []

    assert seen == [(["a"], False)]


def test_a_callback_never_runs_after_a_rollback(storage):
    """A change that was not made is not told."""
    seen = []

    with pytest.raises(ZeroDivisionError), storage.transaction():
        _fail_after(lambda: storage.after_commit(lambda: seen.append(1)))

    assert seen == []


def test_a_callback_outside_of_a_transaction_runs_at_once(storage):
    """There is nothing to wait for."""
    seen = []

    storage.after_commit(lambda: seen.append(1))

    assert seen == [1]


def test_a_failing_callback_is_logged_and_hides_no_commit(storage, caplog):
    """Nobody takes a change that was made for failed, and the next callback runs."""
    seen = []

    with storage.transaction():
        _mark(storage, "a")
        storage.after_commit(lambda: 1 / 0)
        storage.after_commit(lambda: seen.append(1))

    assert (_marks(storage), seen) == (["a"], [1])
    assert "after a commit failed" in caplog.text


# --- failures ---


def test_a_busy_database_is_unavailable(path, storage):
    """A lock that another process holds for too long arrives as ProviderUnavailable"""
    impatient = Storage(f"sqlite:///{path}?timeout=0.05")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    with pytest.raises(ProviderUnavailable, match="database is locked"):
        _mark(impatient, "a")

    blocker.execute("ROLLBACK")
    blocker.close()
    _mark(impatient, "b")
    assert _marks(storage) == ["b"]


def test_a_wrong_statement_is_not_taken_for_an_unavailable_database(storage):
    """A fault of ours stays what it is."""
    with pytest.raises(OperationalError, match="no such table"), storage.reading() as connection:
        connection.execute(text("SELECT * FROM missing"))


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("sqlite://", "use a file"),
        ("sqlite:///:memory:", "use a file"),
        ("sqlite:///file::memory:?uri=true", "use a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "use a file"),
        ("mysql://localhost/x", "use 'sqlite' or 'postgresql'"),
        ("booker.sqlite3", "write for example"),
    ],
    ids=["empty", "memory", "shared memory", "mode memory", "other kind", "no url"],
)
def test_a_url_that_cannot_work_is_refused_with_the_remedy(url, remedy):
    """The message names the setting and what to write instead."""
    with pytest.raises(ConfigurationError, match="BOOKER_DATABASE_URL") as caught:
        Storage(url)

    assert remedy in str(caught.value)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    """A file where a folder should be is named."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="needs the folder"):
        Storage(f"sqlite:///{tmp_path}/file/booker.sqlite3")


def test_missing_folders_are_made(tmp_path):
    """A fresh instance folder needs no preparation."""
    Storage(f"sqlite:///{tmp_path}/a/b/booker.sqlite3").upgrade()

    assert (tmp_path / "a/b/booker.sqlite3").is_file()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_postgresql_is_always_spoken_to_by_psycopg_3(scheme):
    """SQLAlchemy's own choice of the driver differs from version to version."""
    assert checked_url(f"{scheme}://u@h/d").drivername == "postgresql+psycopg"


# --- set-up of a connection ---


def test_a_confirmed_change_survives_a_power_cut(storage):
    """Every connection syncs each commit, journals ahead and keeps foreign keys."""
    with storage.reading() as connection:
        values = [
            connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert values == ["wal", 2, 1, 30000]


# --- instants ---


def test_an_instant_comes_back_to_the_microsecond_in_utc(storage):
    """Any zone goes in, UTC comes out, and far dates keep their microseconds."""
    table = Table("instants", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant))
    zone = timezone(timedelta(hours=5, minutes=45))
    given = [datetime(2200, 12, 31, 23, 59, 59, 999999, tzinfo=zone), datetime(1969, 1, 1, tzinfo=UTC), None]

    with storage.transaction() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"at": each} for each in given])
        found = list(connection.scalars(select(table.c.at).order_by(table.c.id)))

    assert found == given
    assert found[0].tzinfo is UTC


def test_a_naive_instant_is_refused():
    """A time without a zone is never stored."""
    with pytest.raises(ValueError, match="has no zone"):
        Instant().process_bind_param(datetime(2026, 1, 1), sqlite_dialect())


# --- forks ---


def _run_forking(work, path):
    # In a process of its own: what threads of other tests hold during a fork stays held in the child.
    process = FORKS.Process(target=work, args=(str(path),))
    process.start()
    process.join(timeout=60)
    process.kill()
    return process.exitcode


def _forked(work):
    """Run *work* in a child of a fork; give the child, which ends with 0 if nothing was raised."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def test_what_a_child_of_a_fork_writes_is_kept_when_the_parent_closes(storage, path):
    """The parent's last connection leaves the journal of the child alone; a third process reads all."""
    storage.close()

    assert _run_forking(_close_while_a_child_writes, path) == 0
    assert _marks(storage) == ["parent", "before", "after"]


def _close_while_a_child_writes(path):
    storage = Storage(f"sqlite:///{path}")
    _mark(storage, "parent")
    written, closed = os.pipe(), os.pipe()

    def work():
        _mark(storage, "before")
        os.write(written[1], b"x")
        os.read(closed[0], 1)
        _mark(storage, "after")

    child = _forked(work)
    os.read(written[0], 1)
    _marks(storage)
    storage.close()
    os.write(closed[1], b"x")
    assert os.waitpid(child, 0)[1] == 0


def test_a_child_forked_during_a_write_of_another_thread_can_write(storage, path):
    """The fork waits for the write to end, so that the child inherits no lock."""
    assert _run_forking(_fork_during_a_write, path) == 0
    assert _marks(storage) == ["thread", "child", "parent"]


def _fork_during_a_write(path):
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    storage = Storage(f"sqlite:///{path}?timeout=2")
    begun = threading.Event()

    def write():
        with storage.transaction():
            _mark(storage, "thread")
            begun.set()
            time.sleep(0.3)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    child = _forked(lambda: _mark(storage, "child"))
    assert os.waitpid(child, 0)[1] == 0
    writer.join()
    _mark(storage, "parent")


def test_a_fork_inside_a_write_of_its_own_is_reported_and_harms_no_parent(storage, path):
    """No such child can write, which the log says; the parent goes on."""
    assert _run_forking(_fork_inside_a_write, path) == 0
    assert _marks(storage) == ["first", "second"]


def _fork_inside_a_write(path):
    storage, said = Storage(f"sqlite:///{path}"), []
    handler = logging.Handler()
    handler.emit = said.append
    logging.getLogger("booker_components.storage").addHandler(handler)
    with storage.transaction():
        _mark(storage, "first")
        assert os.waitpid(_forked(lambda: None), 0)[1] == 0
        _mark(storage, "second")
    assert [record.levelname for record in said] == ["ERROR"]


# --- migrations ---


def test_migrations_make_the_schema_that_the_code_declares(path):
    """Alembic finds nothing to add to, or to remove from, a migrated database."""
    storage = Storage(f"sqlite:///{path}")
    storage.upgrade()

    with storage.reading() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        difference = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert difference == []


def test_upgrading_twice_changes_nothing(path):
    """A second start finds everything done."""
    storage = Storage(f"sqlite:///{path}")

    storage.upgrade()
    storage.upgrade()

    with storage.reading() as connection:
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == "0003"


def test_a_failed_upgrade_leaves_nothing_behind(path):
    """Tables of a migration that cannot be finished are rolled back."""
    storage = Storage(f"sqlite:///{path}")
    with storage.transaction() as connection:
        connection.execute(text("CREATE TABLE booker_deliveries (id INTEGER)"))

    with pytest.raises(OperationalError, match="already exists"):
        storage.upgrade()

    with storage.reading() as connection:
        tables = list(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    assert tables == ["booker_deliveries"]


def test_a_database_of_a_newer_version_is_refused(path):
    """An older package does not touch what it does not know."""
    storage = Storage(f"sqlite:///{path}")
    storage.upgrade()
    with storage.transaction() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))

    with pytest.raises(ConfigurationError, match="newer booker_components"):
        storage.upgrade()


def test_upgrading_leaves_logging_alone(path):
    """A host's log handlers and levels are the host's."""
    before = (list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level)

    Storage(f"sqlite:///{path}").upgrade()

    assert before == (list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level)


def test_processes_that_start_at_once_upgrade_one_fresh_file(path):
    """Six processes on one file that is not there yet: all succeed, the schema is made once."""
    start = FORKS.Event()
    processes = [FORKS.Process(target=_upgrade, args=(str(path), start)) for _ in range(6)]
    for process in processes:
        process.start()

    start.set()
    for process in processes:
        process.join(timeout=60)

    assert [process.exitcode for process in processes] == [0] * 6


def _upgrade(path, start):
    storage = Storage(f"sqlite:///{path}")
    start.wait()
    storage.upgrade()
    storage.upgrade()
