"""Tests of syncing: whatever was acknowledged is on the disk by then, and one sync is made for many."""

import os
import shutil
import sqlite3
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from booker_components.engines.syncing import Syncs
from booker_components.errors import OutcomeUnknown
from booker_components.storage import Storage

from ..marks import mark, marked, marks
from ..processes import forked, run_forking

THREADS, WORDS = 8, 10


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


class _Disk:
    """What a power cut would leave of the log: its copies, as they were when a sync that is done began.

    Looks on as threads call `os.fdatasync`, and changes nothing.
    """

    def __init__(self, path, folder):
        self._log, self._folder = Path(f"{path}-wal"), folder
        self._begun = threading.local()
        self.copies = []
        self._count = 0
        # Written by nobody while the log is short.
        shutil.copy(path, folder / "base")

    @contextmanager
    def watched(self):
        """Watch this thread and all that are started in the block."""
        threading.setprofile(self._look)
        sys.setprofile(self._look)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    def after_a_power_cut(self, copies):
        """Give the words that the first so many *copies* of the log keep, the best of them."""
        found = [self._read(copy) for copy in self.copies[:copies]]
        return max(found, key=len, default=[])

    def _look(self, _frame, what, function):
        if function is os.fdatasync and what == "c_call":
            self._count += 1
            self._begun.copy = self._folder / f"log-{threading.get_ident()}-{self._count}"
            shutil.copy(self._log, self._begun.copy)
        elif function is os.fdatasync and what == "c_return":
            self.copies.append(self._begun.copy)

    def _read(self, copy):
        file = copy.with_suffix(".sqlite3")
        shutil.copy(self._folder / "base", file)
        shutil.copy(copy, f"{file}-wal")
        connection = sqlite3.connect(file)
        try:
            return [word for (word,) in connection.execute("SELECT word FROM words")]
        finally:
            connection.close()


@pytest.fixture
def disk(path, storage, tmp_path):
    """A disk on which the table is, and nothing in it."""
    # Writes the whole log into the database.
    storage.close()
    folder = tmp_path / "disk"
    folder.mkdir()
    return _Disk(path, folder)


def test_what_is_acknowledged_survives_a_power_cut(storage, disk):
    """A change is on the disk before whoever made it goes on."""
    with disk.watched():
        for word in "abc":
            mark(storage, word)
            assert word in disk.after_a_power_cut(len(disk.copies))


def test_what_many_threads_are_told_survives_a_power_cut(storage, disk):
    """Whoever made the sync: each word is on the disk when its own writer goes on."""
    told = []

    def work(number):
        for count in range(WORDS):
            mark(storage, f"{number} {count}")
            told.append((f"{number} {count}", len(disk.copies)))

    with disk.watched():
        threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(told) == THREADS * WORDS
    kept = {copies: set(disk.after_a_power_cut(copies)) for _, copies in told}
    assert [word for word, copies in told if word not in kept[copies]] == []


def test_what_is_called_after_a_commit_finds_it_safe(storage, disk):
    """Nobody elsewhere hears of what a power cut could take back."""
    found = []

    with disk.watched(), storage.transaction():
        mark(storage, "a")
        storage.after_commit(lambda: found.extend(disk.after_a_power_cut(len(disk.copies))))

    assert found == ["a"]


def test_a_child_of_a_fork_syncs_by_itself(storage, path, tmp_path):
    """Whatever its parent was about."""
    assert run_forking(_write_in_a_child, str(path), str(tmp_path)) == 0
    assert marks(storage) == ["parent", "child"]


def _write_in_a_child(path, folder):
    storage = Storage(f"sqlite:///{path}")
    mark(storage, "parent")

    def work():
        disk = _Disk(path, Path(folder))
        with disk.watched():
            mark(storage, "child")
        assert len(disk.copies) == 1

    assert os.waitpid(forked(work), 0)[1] == 0


# --- syncs alone ---


@pytest.fixture
def connection(path):
    """A connection to a database with a log."""
    made = sqlite3.connect(path)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("CREATE TABLE words (word TEXT)")
    yield made
    made.close()


def test_a_database_without_a_log_is_left_to_sqlite(tmp_path):
    """As on file systems that can have none."""
    connection = sqlite3.connect(tmp_path / "other.sqlite3")

    watched = Syncs().watch(connection)
    connection.close()

    assert not watched


def test_the_log_is_found_by_any_name_of_the_file(connection, path, tmp_path):
    """A link leads to the database, beside which the log is."""
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.sqlite3"
    link.symlink_to(path)
    other = sqlite3.connect(link)

    watched = Syncs().watch(other)
    other.close()

    assert watched


def test_a_log_that_is_gone_needs_no_sync(connection, path):
    """Whoever closed last has written it into the database."""
    syncs = Syncs()
    assert syncs.watch(connection)
    connection.close()

    syncs.settle()

    assert not Path(f"{path}-wal").exists()


class _AtCall:
    """Raises what a signal may raise, as soon as `os.fdatasync` or another function is called."""

    def __init__(self, function, error):
        self._code, self._error = getattr(function, "__code__", function), error

    def __call__(self, frame, what, function):
        if (what == "call" and frame.f_code is self._code) or (what == "c_call" and function is self._code):
            sys.setprofile(None)
            raise self._error


@pytest.mark.parametrize("function", [Syncs._sync, os.fdatasync], ids=["before the sync", "within the sync"])
def test_a_signal_leaves_nobody_waiting(connection, function):
    """Whoever made the sync for others is gone, and the next one makes it."""
    syncs = Syncs()
    assert syncs.watch(connection)

    sys.setprofile(_AtCall(function, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        syncs.settle()
    other = threading.Thread(target=syncs.settle, daemon=True)
    other.start()
    other.join(10)

    assert not other.is_alive()


def test_a_log_that_cannot_be_opened_for_a_while_is_synced_later(connection, path):
    """As when all the files that a process may have are open: that passes, and nothing is lost by it."""
    syncs = Syncs()
    assert syncs.watch(connection)
    # A loop of links cannot be opened.
    log = Path(f"{path}-wal")
    kept = log.rename(f"{path}-kept")
    log.symlink_to(log)

    with pytest.raises(OutcomeUnknown, match="cannot be synced"):
        syncs.settle()
    kept.replace(log)

    syncs.settle()


def test_where_the_disk_fails_nothing_is_called_safe_any_more(connection, path):
    """Nor what comes later, which is worth nothing without what was lost."""
    syncs = Syncs()
    assert syncs.watch(connection)
    # A device can be opened, and has nothing to sync.
    log = Path(f"{path}-wal")
    kept = log.rename(f"{path}-kept")
    log.symlink_to("/dev/null")

    with pytest.raises(OutcomeUnknown, match="start the app anew"):
        syncs.settle()
    log.unlink()
    kept.replace(log)

    with pytest.raises(OutcomeUnknown):
        syncs.settle()
