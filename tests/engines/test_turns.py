"""Tests of the turns to write: nobody starves, nobody who died or hangs keeps the others out."""

import fcntl
import os
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from booker_components.engines import Turn
from booker_components.storage import Storage

from ..marks import mark, marked, marks
from ..processes import FORKS, forked, run_forking

PROCESSES = 4
#: Seconds after which a process that tells nothing is given up.
PATIENCE = 30


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


def _is_free(path, which="turn"):
    """Tell whether no process has the turn, or is next."""
    try:
        with _locked(path, which):
            return True
    except BlockingIOError:
        return False


@contextmanager
def _locked(path, which):
    """Hold the turn, or the place behind it, as another process would."""
    with (path.parent / f"{path.name}-{which}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


# --- threads ---


def test_of_two_connections_one_has_the_turn():
    """The other waits until it is given back; giving back what one does not have does nothing."""
    turn, first, second, had = Turn(), object(), object(), []

    def wait():
        turn.take(second)
        had.append("second")
        turn.give_back(second)

    turn.take(first)
    waiting = threading.Thread(target=wait)
    waiting.start()
    turn.give_back(second)
    had.append("first")
    turn.give_back(first)
    waiting.join()

    assert had == ["first", "second"]


# --- processes ---


def _write(url, line, done, results):
    """Write as often as can be until told to stop."""
    storage, count = Storage(url), 0
    line.wait()
    while not done.is_set():
        mark(storage, "x")
        count += 1
    results.put(count)


def test_no_process_starves(storage, path):
    """Of processes that write all the time, none gets less than a tenth of another's share."""
    line, done, results = FORKS.Barrier(PROCESSES + 1), FORKS.Event(), FORKS.Queue()
    arguments = (f"sqlite:///{path}", line, done, results)
    processes = [FORKS.Process(target=_write, args=arguments, daemon=True) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    line.wait(PATIENCE)
    while len(marks(storage)) < 25 * PROCESSES:
        time.sleep(0.05)
    done.set()

    counts = [results.get(timeout=PATIENCE) for _ in processes]
    for process in processes:
        process.join(timeout=PATIENCE)

    assert len(marks(storage)) == sum(counts)
    assert min(counts) >= max(counts) / 10


def test_the_turn_of_a_process_that_was_killed_is_free_at_once(storage, path):
    """Even if a child that it forked before lives on: what that inherited it has closed."""
    assert run_forking(_outlive, path) == 0
    mark(storage, "after")

    assert marks(storage) == ["kept", "after"]


def _outlive(path):
    reader, writer = os.pipe()
    _, status = os.waitpid(forked(lambda: _die_writing(path, reader)), 0)
    free = _is_free(path)
    os.write(writer, b"x")
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert free


def _die_writing(path, reader):
    """Fork a child that stays, then be killed in the middle of a write."""
    storage = Storage(f"sqlite:///{path}")
    mark(storage, "kept")
    forked(lambda: os.read(reader, 1))
    with storage.transaction():
        mark(storage, "lost")
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("which", ["turn", "next"])
def test_whoever_hangs_in_the_queue_is_passed_after_a_while(path, which):
    """A process that is stopped keeps its place, and others go ahead of it."""
    turn, connection = Turn(path, courtesy=0.1), object()

    with _locked(path, which):
        turn.take(connection)
        turn.give_back(connection)

    turn.close()


def test_a_turn_is_taken_in_the_order_of_asking(path):
    """Whoever has had it cannot have it again before the one who waits."""
    one, two, had = Turn(path), Turn(path), []
    first, second = object(), object()

    def wait():
        two.take(second)
        had.append("two")
        two.give_back(second)

    one.take(first)
    waiting = threading.Thread(target=wait)
    waiting.start()
    while _is_free(path, "next"):
        time.sleep(0.001)
    one.give_back(first)
    one.take(first)
    had.append("one")
    one.give_back(first)
    waiting.join()

    assert had == ["two", "one"]
    one.close()
    two.close()


def test_whoever_cannot_queue_writes_all_the_same(path):
    """Where the files beside the database cannot be made, SQLite's own waiting has to do."""
    (path.parent / f"{path.name}-next").mkdir()
    (path.parent / f"{path.name}-turn").mkdir()

    storage = marked(f"sqlite:///{path}")
    mark(storage, "a")

    assert marks(storage) == ["a"]


def test_another_name_of_the_file_leads_to_the_same_queue(storage, path):
    """A link to the database does not lead past the others."""
    (path.parent / "link").symlink_to(path)

    mark(Storage(f"sqlite:///{path.parent}/link"), "a")

    assert sorted(each.name for each in path.parent.iterdir() if each.name.startswith("link")) == ["link"]


def test_a_closed_storage_holds_no_file(storage, path):
    """What it had opened for the queue is closed with the rest, and opened again when needed."""
    mark(storage, "a")
    storage.close()

    left = [os.path.realpath(each) for each in Path("/proc/self/fd").glob("*")]
    mark(storage, "b")

    assert not [each for each in left if each.startswith(str(path))]
    assert marks(storage) == ["a", "b"]
