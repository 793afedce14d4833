"""Tests of SQLite: durability, waiting, and forks of a process that holds its file."""

import logging
import os
import sqlite3
import threading
import time
import warnings

import pytest
from sqlalchemy import text

from booker_components.errors import ConfigurationError, ProviderUnavailable
from booker_components.storage import Storage

from ..marks import mark, marked, marks, marks_on
from ..processes import forked, run_forking


@pytest.fixture
def path(tmp_path):
    """The file of the database."""
    return tmp_path / "booker.sqlite3"


@pytest.fixture
def storage(path):
    """A storage with one table."""
    made = marked(f"sqlite:///{path}")
    yield made
    made.close()


def _pragmas(connection, *names):
    return [connection.scalar(text(f"PRAGMA {name}")) for name in names]


@pytest.mark.parametrize("opened", [Storage.reading, Storage.transaction], ids=["reading", "writing"])
def test_every_connection_is_set_up(storage, opened):
    """It journals ahead, keeps foreign keys and is patient; what it commits is synced (test_syncing)."""
    with opened(storage) as connection:
        values = _pragmas(connection, "journal_mode", "foreign_keys", "busy_timeout")

    assert values == ["wal", 1, 30000]


def test_without_a_log_each_commit_is_synced_by_sqlite(path):
    """As on a file system that cannot have one: the log alone is synced by us."""
    storage = marked(f"sqlite:///file:{path}?nolock=1&uri=true")

    with storage.transaction() as connection:
        values = _pragmas(connection, "journal_mode", "synchronous")
    storage.close()

    assert values == ["delete", 2]


def test_many_threads_write_without_an_error(storage):
    """Check-then-insert by many threads never meets a locked database and loses nothing."""

    def work():
        for _ in range(20):
            with storage.transaction() as connection:
                mark(storage, str(len(marks_on(connection))))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert marks(storage) == [str(number) for number in range(320)]


def test_a_busy_database_is_unavailable(path, storage):
    """A lock that another process holds for too long arrives as ProviderUnavailable"""
    impatient = Storage(f"sqlite:///{path}?timeout=0.05")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    with pytest.raises(ProviderUnavailable, match="database is locked"):
        mark(impatient, "a")

    blocker.execute("ROLLBACK")
    blocker.close()
    mark(impatient, "b")
    assert marks(storage) == ["b"]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    """A file where a folder should be is named."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="needs the folder"):
        Storage(f"sqlite:///{tmp_path}/file/booker.sqlite3")


def test_missing_folders_are_made(tmp_path):
    """A fresh instance folder needs no preparation."""
    Storage(f"sqlite:///{tmp_path}/a/b/booker.sqlite3").upgrade()

    assert (tmp_path / "a/b/booker.sqlite3").is_file()


# --- forks ---


def test_what_a_child_of_a_fork_writes_is_kept_when_the_parent_closes(storage, path):
    """The parent's last connection leaves the journal of the child alone; a third process reads all."""
    storage.close()

    assert run_forking(_close_while_a_child_writes, str(path)) == 0
    assert marks(storage) == ["parent", "before", "after"]


def _close_while_a_child_writes(path):
    storage = Storage(f"sqlite:///{path}")
    mark(storage, "parent")
    written, closed = os.pipe(), os.pipe()

    def work():
        mark(storage, "before")
        os.write(written[1], b"x")
        os.read(closed[0], 1)
        mark(storage, "after")

    child = forked(work)
    os.read(written[0], 1)
    marks(storage)
    storage.close()
    os.write(closed[1], b"x")
    assert os.waitpid(child, 0)[1] == 0


def test_a_child_forked_during_a_write_of_another_thread_can_write(storage, path):
    """The fork waits for the write to end, so that the child inherits no lock."""
    assert run_forking(_fork_during_a_write, str(path)) == 0
    assert marks(storage) == ["thread", "child", "parent"]


def _fork_during_a_write(path):
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    storage = Storage(f"sqlite:///{path}?timeout=2")
    begun = threading.Event()

    def write():
        with storage.transaction():
            mark(storage, "thread")
            begun.set()
            time.sleep(0.3)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    child = forked(lambda: mark(storage, "child"))
    assert os.waitpid(child, 0)[1] == 0
    writer.join()
    mark(storage, "parent")


def test_a_fork_inside_a_write_of_its_own_is_reported_and_harms_no_parent(storage, path):
    """No such child can write, which the log says; the parent goes on."""
    assert run_forking(_fork_inside_a_write, str(path)) == 0
    assert marks(storage) == ["first", "second"]


def _fork_inside_a_write(path):
    storage, said = Storage(f"sqlite:///{path}"), []
    handler = logging.Handler()
    handler.emit = said.append
    logging.getLogger("booker_components.storage").addHandler(handler)
    with storage.transaction():
        mark(storage, "first")
        assert os.waitpid(forked(lambda: None), 0)[1] == 0
        mark(storage, "second")
    assert [record.levelname for record in said] == ["ERROR"]
