"""A PostgreSQL server that is killed under many writers: nothing that was acknowledged is lost."""

import os
import random
import signal
import threading
import time
from collections import Counter

import psycopg
import pytest

from booker_components.errors import OutcomeUnknown, ProviderUnavailable

from ..marks import mark, marked, marks
from ..postgres import libpq, own_postgres

WRITERS, CRASHES = 4, 3
#: Seconds after which a writer that cannot write any more is a failure of the test.
PATIENCE = 60


@pytest.fixture(scope="module")
def server():
    """A server of our own that keeps what it confirms."""
    with own_postgres(durable=True) as made:
        yield made


@pytest.fixture
def url(server):
    """The URL of a database without any table."""
    with server.database() as made:
        yield made


@pytest.fixture
def storage(url):
    """A storage with one table."""
    made = marked(url)
    yield made
    made.close()


def _kill_a_backend(server, url):
    """Kill one process of the server, which then ends all others and recovers."""
    with psycopg.connect(libpq(url)) as connection:
        query = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        backend = connection.execute(query).fetchone()
    os.kill(backend[0], signal.SIGKILL)


def _crash(server, url):
    """End the server without giving it time to write anything, and start it again."""
    server.stop(signal.SIGQUIT)
    server.start()


def _restart(server, url):
    """End the server as its administrator does, and start it again."""
    server.stop()
    server.start()


class _Writers:
    """Threads that write until they are told to stop, and note what became of each word."""

    def __init__(self, storage):
        self._storage = storage
        self._done = threading.Event()
        self.kept, self.unknown, self.lost = [], [], []
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def _work(self, number):
        count = 0
        while not self._done.is_set():
            count += 1
            self._outcome(f"{number} {count}")

    def _outcome(self, word):
        try:
            mark(self._storage, word)
        except OutcomeUnknown:
            self.unknown.append(word)
        except ProviderUnavailable:
            self.lost.append(word)
            time.sleep(0.01)
        else:
            self.kept.append(word)

    def wait_for_more(self):
        """Wait until some more words are kept."""
        wanted, give_up = len(self.kept) + 10, time.monotonic() + PATIENCE
        while len(self.kept) < wanted:
            assert time.monotonic() < give_up
            time.sleep(0.005)

    def stop(self):
        """End all threads."""
        self._done.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.parametrize(
    "strike",
    [_kill_a_backend, _crash, _restart],
    ids=["backend killed", "server crashed", "server restarted"],
)
def test_what_was_acknowledged_survives(strike, server, url, storage):
    """What was kept is there once, what failed is not there, and of what is not known no half is there."""
    chosen, writers = random.Random(1), _Writers(storage)

    try:
        for _ in range(CRASHES):
            writers.wait_for_more()
            time.sleep(chosen.uniform(0, 0.05))
            strike(server, url)
        writers.wait_for_more()
    finally:
        writers.stop()
    found = Counter(marks(storage))

    assert max(found.values()) == 1
    assert set(writers.kept) <= found.keys()
    assert not found.keys() & set(writers.lost)
    assert found.keys() <= set(writers.kept) | set(writers.unknown)
