"""Tests of PostgreSQL: what its connections are told, and what becomes of transactions that others end."""

import threading
import time
import traceback
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import TextClause, make_url, text
from sqlalchemy.exc import IntegrityError

from booker_components.errors import ConfigurationError, OutcomeUnknown, ProviderUnavailable, Refused
from booker_components.storage import Storage

from ..marks import mark, marked, marks
from ..postgres import libpq

_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def url(postgres):
    """The URL of a database without any table."""
    with postgres.database() as made:
        yield made


@pytest.fixture
def storage(url):
    """A storage with one table."""
    made = marked(url)
    yield made
    made.close()


@contextmanager
def _beside(url):
    """Give a connection that does not come from us, and commits at once."""
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        yield connection


def _shown(connection, *names):
    return [connection.scalar(text(f"SHOW {name}")) for name in names]


def _end(url):
    """End all connections to the database, as an administrator may; wait until they are gone."""
    with _beside(url) as other:
        while other.execute(f"SELECT pg_terminate_backend(pid) {_OTHERS}").fetchone():
            time.sleep(0.001)


# --- set-up of a connection ---


def test_a_connection_says_whose_it_is_and_waits_for_nobody_for_ever(storage):
    """Its zone is UTC; a lock, a statement and a pause within a transaction have their time."""
    names = ("TimeZone", "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")

    with storage.reading() as connection:
        told = _shown(connection, "application_name", "client_encoding", *names)

    assert told == ["booker_components", "UTF8", "UTC", "30s", "1min", "1min"]


def test_what_the_administrator_has_set_stands(url, postgres):
    """For a database, or for all."""
    postgres.run(f"ALTER DATABASE \"{make_url(url).database}\" SET lock_timeout = '7s'")

    with Storage(url).reading() as connection:
        told = _shown(connection, "lock_timeout", "statement_timeout")

    assert told == ["7s", "1min"]


def test_what_the_address_says_stands(url):
    """Parameters of libpq work as its documentation says."""
    address = make_url(url).update_query_dict(
        {"application_name": "clinic", "options": "-c statement_timeout=8s"}
    )

    with Storage(address.render_as_string(hide_password=False)).reading() as connection:
        told = _shown(connection, "application_name", "statement_timeout", "lock_timeout")

    assert told == ["clinic", "8s", "30s"]


def test_hosters_may_call_it_postgres(url):
    """The old word leads to the same database."""
    storage = marked(url.replace("postgresql://", "postgres://", 1))

    mark(storage, "a")

    assert marks(storage) == ["a"]


def test_transactions_are_isolated_as_we_expect_whatever_the_server_prefers(url, postgres):
    """A writer sees what others commit meanwhile; a reader sees one state and cannot write."""
    name = make_url(url).database
    postgres.run(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'serializable'")
    storage = Storage(url)

    with storage.transaction() as connection:
        writing = _shown(connection, "transaction_isolation", "transaction_read_only")
    with storage.reading() as connection:
        reading = _shown(connection, "transaction_isolation", "transaction_read_only")

    assert writing == ["read committed", "off"]
    assert reading == ["repeatable read", "on"]


def test_many_threads_wait_for_the_connections_that_there_are(storage):
    """Three times as many threads as connections: all of them write."""
    threads = [threading.Thread(target=mark, args=(storage, "x")) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert marks(storage) == ["x"] * 60


def _asked(url):
    """Give what the connections to the database were asked last."""
    with _beside(url) as other:
        return [row[0] for row in other.execute(f"SELECT query {_OTHERS}").fetchall()]


def test_a_connection_that_has_just_answered_is_not_asked_again(storage, url):
    """To ask costs as much as a statement."""
    mark(storage, "a")

    with storage.transaction():
        last = _asked(url)

    assert last == ["COMMIT"]


def test_a_connection_that_was_ended_is_replaced_although_it_has_just_answered(storage, url):
    """What the server said at its end is there to be read."""
    for word in ("a", "b"):
        mark(storage, word)
        _end(url)

    mark(storage, "c")

    assert marks(storage) == ["a", "b", "c"]


# --- failures ---


def _do(storage, *steps):
    """Take some steps in one transaction; texts are statements."""
    with storage.transaction() as connection:
        for step in steps:
            connection.execute(step) if isinstance(step, TextClause) else step()


def test_a_lock_that_others_hold_for_too_long_is_unavailable(storage, url):
    """What waits for it in vain has changed nothing, and works later."""
    with _beside(url) as other, other.transaction():
        other.execute("LOCK TABLE words")
        with pytest.raises(ProviderUnavailable, match="lock timeout"):
            _do(storage, text("SET LOCAL lock_timeout = '20ms'"), lambda: mark(storage, "a"))
    mark(storage, "b")

    assert marks(storage) == ["b"]


def test_a_statement_that_takes_too_long_is_unavailable(storage):
    """The server stops it."""
    with pytest.raises(ProviderUnavailable, match="statement timeout"):
        _do(storage, text("SET LOCAL statement_timeout = '20ms'"), text("SELECT pg_sleep(10)"))


def test_a_transaction_that_pauses_for_too_long_loses_its_locks(storage, url):
    """It fails when it goes on, and nothing of it is kept."""
    steps = (
        text("SET LOCAL idle_in_transaction_session_timeout = '20ms'"),
        lambda: mark(storage, "a"),
        lambda: _wait_until_alone(url),
        lambda: mark(storage, "b"),
    )

    with pytest.raises(ProviderUnavailable):
        _do(storage, *steps)

    assert marks(storage) == []


def _wait_until_alone(url):
    with _beside(url) as other:
        while other.execute(f"SELECT 1 {_OTHERS}").fetchone():
            time.sleep(0.001)


def test_an_idle_connection_that_was_ended_is_replaced(storage, url):
    """Nobody notices: it is looked at before anything is done with it."""
    mark(storage, "a")
    _end(url)

    mark(storage, "b")
    _end(url)

    assert marks(storage) == ["a", "b"]


def test_a_connection_that_ends_within_a_transaction_is_unavailable(storage, url):
    """Nothing is kept of it, and the next one works."""
    with pytest.raises(ProviderUnavailable):
        _do(storage, lambda: mark(storage, "a"), lambda: _end(url), lambda: mark(storage, "b"))

    assert marks(storage) == []


def test_a_connection_that_ends_at_the_very_end_leaves_the_outcome_unknown(storage, url):
    """Nobody is told that nothing was kept when something may have been."""
    with pytest.raises(OutcomeUnknown):
        _do(storage, lambda: mark(storage, "a"), lambda: _end(url))


def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    """At once, and nothing of the address is told beside where it leads."""
    storage = Storage(f"postgresql://ada:secret@/booker?host={tmp_path}")

    with pytest.raises(ProviderUnavailable) as caught, storage.reading():
        pass

    assert "secret" not in str(caught.value)


def test_the_character_nul_is_refused(storage):
    """PostgreSQL keeps every other one."""
    with pytest.raises(Refused, match="NUL"):
        mark(storage, "a\0b")
    mark(storage, "\x01\x7f\uffff\U0010ffff")

    assert marks(storage) == ["\x01\x7f\uffff\U0010ffff"]


def test_a_row_that_is_refused_is_not_quoted(storage):
    """A log that shows the error with all its causes has nothing of a guest in it."""
    # Put together here, as a traceback shows the lines of this test too.
    guest = "@".join(("ada", "example.com"))
    with storage.transaction() as connection:
        connection.execute(text("ALTER TABLE words ADD CHECK (length(word) < 5)"))

    with pytest.raises(IntegrityError) as caught:
        mark(storage, guest)

    assert "check constraint" in str(caught.value)
    assert guest not in "".join(traceback.format_exception(caught.value))


# --- deadlocks ---


_CHANGE = text("UPDATE words SET word = word || :added WHERE id = :id")


def _cross(run, storage):
    """Change two rows in two threads, each in another order; both have one before they want the other.

    *run* is what they do it with; gives the errors.
    """
    line, problems = threading.Barrier(2), []

    def work(first, second):
        tries = []

        def act():
            tries.append(1)
            with storage.transaction() as connection:
                connection.execute(_CHANGE, {"id": first, "added": str(first)})
                if len(tries) == 1:
                    line.wait()
                connection.execute(_CHANGE, {"id": second, "added": str(first)})

        try:
            run(act)
        except ProviderUnavailable as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


@pytest.fixture
def crossed(url, postgres):
    """A storage with two rows, in a database that finds deadlocks soon."""
    postgres.run(f"ALTER DATABASE \"{make_url(url).database}\" SET deadlock_timeout = '20ms'")
    made = marked(url)
    mark(made, "")
    mark(made, "")
    yield made
    made.close()


def test_of_two_that_wait_for_each_other_one_is_unavailable(crossed):
    """The database ends the deadlock: one is kept, of the other nothing."""
    problems = _cross(lambda act: act(), crossed)

    assert [str(each) for each in problems] == ["The database is not available: deadlock detected."]
    assert marks(crossed) in (["1", "1"], ["2", "2"])


def test_what_was_given_up_in_a_deadlock_is_tried_anew(crossed):
    """Both changes are made in the end, one after the other."""
    problems = _cross(crossed.attempt, crossed)

    assert problems == []
    assert marks(crossed) in (["12", "12"], ["21", "21"])


# --- rights ---


def test_a_user_who_may_not_make_tables_is_told_the_remedy(url, postgres):
    """From PostgreSQL 15 on that is so unless the database is the user's own."""
    with _beside(url) as other:
        other.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        other.execute("CREATE ROLE guest_of_booker LOGIN")
    storage = Storage(make_url(url).set(username="guest_of_booker").render_as_string(hide_password=False))

    try:
        with pytest.raises(ConfigurationError, match="GRANT CREATE ON SCHEMA public"):
            storage.upgrade()
    finally:
        storage.close()
        postgres.run("DROP ROLE guest_of_booker")
