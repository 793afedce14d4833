"""Tests of transactions and of the type of instants, on both kinds of databases."""

import contextlib
import contextvars
import os
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import DBAPIError

from booker_components.errors import Collision, ProviderUnavailable
from booker_components.storage import Instant, Storage, instant_of

from .marks import mark, marked, marks, marks_on
from .postgres import libpq
from .processes import forked, run_forking


@pytest.fixture
def storage(empty_url):
    """A storage with one table."""
    made = marked(empty_url)
    yield made
    made.close()


def _fail_after(work):
    work()
    raise ZeroDivisionError


# --- transactions ---


def test_a_transaction_is_kept_when_its_block_ends(storage):
    """What was written is there for others afterwards."""
    mark(storage, "a")

    assert marks(storage) == ["a"]


def test_a_transaction_is_rolled_back_when_its_block_raises(storage):
    """An exception passes through and leaves nothing behind."""
    with pytest.raises(ZeroDivisionError), storage.transaction():
        _fail_after(lambda: mark(storage, "a"))

    assert marks(storage) == []


def test_an_inner_transaction_joins_the_outer_one(storage, empty_url):
    """Inner and outer share one connection, and the outer one decides."""
    other = Storage(empty_url)

    with storage.transaction() as outer:
        with storage.transaction() as inner:
            same = inner is outer
        mark(storage, "a")
        unseen = marks(other)

    assert same
    assert unseen == []
    assert marks(storage) == ["a"]


def test_a_failed_inner_transaction_rolls_everything_back(storage):
    """Catching the error of an inner transaction does not save the outer one, and says so."""

    def outer():
        with storage.transaction():
            mark(storage, "outer")
            with contextlib.suppress(ZeroDivisionError), storage.transaction():
                _fail_after(lambda: mark(storage, "inner"))

    with pytest.raises(RuntimeError, match="Nothing of this transaction was kept"):
        outer()

    assert marks(storage) == []


def test_reading_within_a_transaction_sees_what_it_wrote(storage):
    """A read joins the transaction that is open."""
    with storage.transaction():
        mark(storage, "a")

        assert marks(storage) == ["a"]


def test_reading_does_not_wait_for_a_writer(storage):
    """While one thread writes, another reads what was there before."""
    seen = []
    reader = threading.Thread(target=lambda: seen.extend(marks(storage)))

    with storage.transaction():
        mark(storage, "a")
        reader.start()
        reader.join(timeout=5)

    assert not reader.is_alive()
    assert seen == []


def test_a_transaction_takes_no_lock_before_its_first_statement(storage):
    """A block may wait for something slow without keeping other writers out."""
    writer = threading.Thread(target=mark, args=(storage, "other"))

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


def test_a_reading_sees_one_state(storage):
    """What others commit meanwhile is seen by the next reading."""
    writer = threading.Thread(target=mark, args=(storage, "a"))

    with storage.reading() as connection:
        before = marks_on(connection)
        writer.start()
        writer.join()
        after = marks_on(connection)

    assert (before, after) == ([], [])
    assert marks(storage) == ["a"]


# --- looks ---


def _words(storage):
    return [word for (word,) in storage.look("SELECT word FROM words ORDER BY id", ())]


def test_a_look_gives_the_rows_of_one_statement(storage):
    """In order, each a tuple of what the driver gives; none where there is nothing."""
    nothing = list(storage.look("SELECT id, word FROM words", ()))
    for word in ("a", "b", "c%"):
        mark(storage, word)

    found = storage.look("SELECT id, word FROM words WHERE word <> ? AND id BETWEEN ? AND ?", ("b", 1, 3))

    assert nothing == []
    assert [tuple(row) for row in found] == [(1, "a"), (3, "c%")]


def test_a_look_takes_and_gives_instants(storage):
    """To the microsecond, of any zone; `instant_of` reads them, in UTC."""
    table = Table("instants", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant))
    zone = timezone(timedelta(hours=5, minutes=45))
    given = [datetime(2200, 12, 31, 23, 59, 59, 999999, tzinfo=zone), datetime(1969, 1, 1, tzinfo=UTC)]
    with storage.transaction() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"at": each} for each in given])

    found = [
        instant_of(storage.look("SELECT at FROM instants WHERE at = ?", (each,))[0][0]) for each in given
    ]

    assert found == given
    assert {each.tzinfo for each in found} == {UTC}
    assert storage.look("SELECT at FROM instants WHERE at > ?", (given[0],)) == []


def test_a_naive_instant_is_refused_by_a_look(storage):
    """As by every statement."""
    with pytest.raises(ValueError, match="has no zone"):
        storage.look("SELECT id FROM words WHERE id = ?", (datetime(2026, 1, 1),))


def test_a_look_within_a_transaction_sees_what_it_wrote(storage, empty_url):
    """Nobody else does, until that is kept."""
    with contextlib.closing(Storage(empty_url)) as other:
        with storage.transaction():
            mark(storage, "a")
            within, beside = _words(storage), _words(other)

        assert (within, beside, _words(other)) == (["a"], [], ["a"])


def test_a_look_sees_what_is_kept_by_then(storage):
    """Each one anew."""
    seen = []
    for word in ("a", "b"):
        mark(storage, word)
        seen.append(_words(storage))

    assert seen == [["a"], ["a", "b"]]


def test_a_look_does_not_wait_for_a_writer(storage):
    """While one thread writes, another sees what was there before."""
    seen = []
    looker = threading.Thread(target=lambda: seen.append(_words(storage)))

    with storage.transaction():
        mark(storage, "a")
        looker.start()
        looker.join(timeout=5)

    assert seen == [[]]


def _error_of(act):
    with pytest.raises(DBAPIError) as caught:
        act()
    return type(caught.value), str(caught.value.orig)


def _read(storage, statement):
    with storage.reading() as connection:
        connection.exec_driver_sql(statement)


def _look_within(storage, statement):
    with storage.transaction():
        storage.look(statement, ())


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM missing", "SELECT * FORM words", "SELECT id.b FROM words"]
)
def test_a_wrong_look_is_not_taken_for_an_unavailable_database(storage, statement):
    """It fails as a reading does, also within a transaction; the next one works."""
    mark(storage, "a")

    told = [
        _error_of(act)
        for act in (
            lambda: _read(storage, statement),
            lambda: storage.look(statement, ()),
            lambda: _look_within(storage, statement),
        )
    ]

    assert len(set(told)) == 1
    assert _words(storage) == ["a"]


def test_looks_give_their_connections_back(storage):
    """Also those that fail: in the end none is in use, and as many are open as one thread needs."""
    mark(storage, "a")
    for _ in range(100):
        storage.look("SELECT word FROM words", ())
        with pytest.raises(DBAPIError):
            storage.look("SELECT * FROM missing", ())

    pools = {storage._engines.writing.pool, storage._engines.reading.pool}
    assert [pool.checkedout() for pool in pools] == [0] * len(pools)
    assert all(pool.checkedin() <= 2 for pool in pools)


def test_more_threads_look_at_once_than_there_are_connections(storage):
    """They wait for each other, and those that fail keep nobody waiting."""
    mark(storage, "a")
    seen, line = [], threading.Barrier(40)

    def work(place):
        line.wait()
        for _ in range(5):
            with contextlib.suppress(DBAPIError):
                storage.look("SELECT * FROM missing", ())
            seen.extend(_words(storage))

    threads = [threading.Thread(target=work, args=(place,)) for place in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert seen == ["a"] * 200


def test_a_look_at_a_file_that_is_no_database_fails_as_a_reading_does(tmp_path):
    """It is no matter of waiting."""
    (tmp_path / "booker.sqlite3").write_bytes(b"No database. " * 1000)
    with contextlib.closing(Storage(f"sqlite:///{tmp_path}/booker.sqlite3")) as storage:
        told = [
            _error_of(act)
            for act in (lambda: storage.look("SELECT 1", ()), lambda: _read(storage, "SELECT 1"))
        ]

    assert told[0] == told[1]
    assert issubclass(told[0][0], DBAPIError)


def test_a_look_at_a_database_that_is_gone_is_unavailable(tmp_path):
    """The file's folder, or the server's database; its password is not told."""
    addresses = (
        f"sqlite:///{tmp_path}/gone/booker.sqlite3",
        f"postgresql://ada:secret@/booker?host={tmp_path}",
    )
    storages = [Storage(address) for address in addresses]
    (tmp_path / "gone").rmdir()

    for storage in storages:
        with pytest.raises(ProviderUnavailable) as caught:
            storage.look("SELECT 1", ())
        assert "secret" not in str(caught.value)
        storage.close()


def test_a_look_by_a_connection_that_was_ended_takes_another(postgres):
    """Nobody notices: it is looked at before anything is done with it."""
    with postgres.database() as url, contextlib.closing(marked(url)) as storage:
        mark(storage, "a")
        before = _words(storage)
        with psycopg.connect(libpq(url), autocommit=True) as other:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            while other.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchone():
                time.sleep(0.001)

        assert before == _words(storage) == ["a"]


def test_a_connection_that_ends_within_a_look_is_unavailable(postgres, caplog):
    """The next look has another; nothing is said of a connection that nobody has any more."""
    with postgres.database() as url, contextlib.closing(marked(url)) as storage:
        mark(storage, "a")

        with pytest.raises(ProviderUnavailable):
            storage.look("SELECT pg_terminate_backend(pg_backend_pid())", ())

        assert _words(storage) == ["a"]
        assert storage._engines.reading.pool.checkedout() == 0
    assert caplog.text == ""


# --- attempts ---


def test_what_collides_is_tried_anew(storage):
    """Nothing of what came before the collision is kept, and the result is that of the last try."""
    tries = []

    def act():
        tries.append(storage.is_open)
        mark(storage, f"try {len(tries)}")
        if len(tries) < 3:
            raise Collision
        return len(tries)

    assert storage.attempt(act) == 3
    assert tries == [True] * 3
    assert marks(storage) == ["try 3"]


def test_what_collides_always_is_given_up(storage):
    """Somebody else always comes first: the caller hears of it in the end."""
    tries = []

    def act():
        tries.append(1)
        raise Collision

    with pytest.raises(Collision):
        storage.attempt(act)

    assert 1 < len(tries) < 100


def test_an_attempt_within_a_transaction_leaves_trying_to_the_outermost(storage):
    """A part cannot be tried anew: the database has given the whole up."""
    tries = []

    def act():
        tries.append(1)
        if len(tries) < 3:
            raise Collision

    storage.attempt(lambda: storage.attempt(act))

    assert len(tries) == 3


def test_other_failures_are_not_tried_anew(storage):
    """A second try would fail as well, and may harm."""
    tries = []

    def act():
        tries.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        storage.attempt(act)

    assert tries == [1]


# --- after the commit ---


def test_a_callback_runs_after_the_outermost_commit(storage):
    """It runs once, outside of any transaction, when the change is there for everybody."""
    seen = []

    with storage.transaction():
        with storage.transaction():
            mark(storage, "a")
            storage.after_commit(lambda: seen.append((marks(storage), storage.is_open)))
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
        mark(storage, "a")
        storage.after_commit(lambda: 1 / 0)
        storage.after_commit(lambda: seen.append(1))

    assert (marks(storage), seen) == (["a"], [1])
    assert "after a commit failed" in caplog.text


# --- failures ---


def test_a_wrong_statement_is_not_taken_for_an_unavailable_database(storage):
    """A fault of ours stays what it is."""
    with pytest.raises(DBAPIError, match="missing"), storage.reading() as connection:
        connection.execute(text("SELECT * FROM missing"))


# --- forks ---


def test_parent_and_children_of_a_fork_use_connections_of_their_own(storage, empty_url):
    """All of them read and write, each as if it were alone."""
    assert run_forking(_fork_and_write, empty_url) == 0
    assert sorted(marks(storage)) == ["after"] * 3 + ["before"] + ["child"] * 3


def _fork_and_write(url):
    storage = Storage(url)
    mark(storage, "before")
    for _ in range(3):
        child = forked(lambda: mark(storage, "child"))
        mark(storage, "after")
        assert os.waitpid(child, 0)[1] == 0


def test_children_of_a_fork_look_by_connections_of_their_own(storage, empty_url):
    """As they read; and the parent looks on."""
    assert run_forking(_fork_and_look, empty_url) == 0


def _fork_and_look(url):
    storage = Storage(url)
    mark(storage, "a")
    for _ in range(2):
        before = _words(storage)
        child = forked(lambda: _look_and_mark(storage))
        assert _words(storage)[0] == "a"
        assert os.waitpid(child, 0)[1] == 0
        assert len(_words(storage)) == len(before) + 1


def _look_and_mark(storage):
    assert _words(storage)[0] == "a"
    mark(storage, "child")
    assert "child" in _words(storage)


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
