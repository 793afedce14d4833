"""Tests of the cache: what is kept, for how long, and what many threads at once make of it."""

from __future__ import annotations

import multiprocessing
import threading
import warnings
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import pytest

from booker_components.errors import ProviderError, ProviderUnavailable
from booker_components.providers._caching import Cache
from booker_components.testing import FrozenClock

from ..processes import FORKS

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that moves when told to."""
    return FrozenClock(datetime(2026, 3, 2, tzinfo=UTC))


class Counting:
    """Makes a value, and counts how often it was asked to."""

    def __init__(self, act: Callable[[], int] = lambda: 7) -> None:
        self.calls = 0
        self._act = act

    def __call__(self) -> int:
        """Count the call, and act."""
        self.calls += 1
        return self._act()


def test_a_value_is_made_once_until_it_is_old(clock: FrozenClock) -> None:
    """After its time it is made again; a clock set back makes no value live longer."""
    cache: Cache[str, int] = Cache(clock, keep=10 * SECOND)
    make = Counting()

    cache.get("a", make)
    clock.move(9 * SECOND)
    cache.get("a", make)
    assert make.calls == 1

    clock.move(SECOND)
    cache.get("a", make)
    assert make.calls == 2

    clock.move(-60 * SECOND)
    cache.get("a", make)
    assert make.calls == 3


def test_failures_are_not_kept(clock: FrozenClock) -> None:
    """The next caller tries again."""
    cache: Cache[str, int] = Cache(clock, keep=10 * SECOND)

    def fail() -> int:
        raise ProviderUnavailable("down")

    with pytest.raises(ProviderUnavailable):
        cache.get("a", fail)

    assert cache.get("a", lambda: 1) == 1


def test_dropped_values_are_made_again(clock: FrozenClock) -> None:
    """Only those of the keys that are unwanted."""
    cache: Cache[str, int] = Cache(clock, keep=10 * SECOND)
    make = Counting()
    cache.get("a", make)
    cache.put("b", 2)

    cache.drop(lambda key: key == "a")

    assert (cache.known("a"), cache.known("b")) == (None, 2)


def test_the_oldest_values_make_room(clock: FrozenClock) -> None:
    """However many keys are asked for, memory stays bounded."""
    cache: Cache[int, int] = Cache(clock, keep=10 * SECOND, size=3)

    for number in range(10):
        cache.put(number, number)

    assert [number for number in range(10) if cache.known(number) is not None] == [7, 8, 9]


def test_old_values_are_swept_away(clock: FrozenClock) -> None:
    """A list of slots is long, and nobody may ask for it again."""
    cache: Cache[int, Heavy] = Cache(clock, keep=10 * SECOND)
    old = [Heavy() for _ in range(5)]
    alive = [weakref.ref(each) for each in old]
    for number, each in enumerate(old):
        cache.put(number, each)
    del old, each

    clock.move(10 * SECOND)
    cache.put(8, Heavy())
    cache.put(9, Heavy())

    assert [each() for each in alive] == [None] * 5
    assert cache.known(8) is not None


class Heavy:
    """Something that one may wait for to go."""


class Gate:
    """Work that waits until it is let through."""

    def __init__(self, outcome: Callable[[], int]) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self._outcome = outcome

    def __call__(self) -> int:
        """Wait, then give the outcome."""
        self.begun.set()
        assert self.go.wait(10)
        return self._outcome()


def _fail(error: BaseException) -> int:
    raise error


def test_threads_that_want_the_same_make_it_once(clock: FrozenClock) -> None:
    """The others wait for the first one's value; other keys do not wait."""
    cache: Cache[str, int] = Cache(clock, keep=10 * SECOND)
    gate = Gate(lambda: 7)
    make = Counting(gate)

    with ThreadPoolExecutor(8) as pool:
        flights = [pool.submit(cache.get, "a", make) for _ in range(8)]
        assert gate.begun.wait(10)
        assert cache.get("b", lambda: 1) == 1
        gate.go.set()
        values = [flight.result(10) for flight in flights]

    assert (values, make.calls) == ([7] * 8, 1)


@pytest.mark.parametrize(
    ("error", "told"),
    [(ProviderError("bad"), ProviderError), (KeyError("bug"), ProviderUnavailable)],
    ids=["ours", "a bug"],
)
def test_a_failure_frees_those_who_wait(clock: FrozenClock, error: Exception, told: type[Exception]) -> None:
    """Nobody hangs, and nobody meets an error that is none of ours."""
    cache: Cache[str, int] = Cache(clock, keep=10 * SECOND)
    gate = Gate(lambda: _fail(error))

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get, "a", gate)
        assert gate.begun.wait(10)
        second = pool.submit(cache.get, "a", lambda: 5)
        gate.go.set()

        assert type(first.exception(10)) is type(error)
        # The second may also come when the first has failed already, and is then the first itself.
        met = second.exception(10)
        assert type(met) is told or second.result(10) == 5


def test_a_value_that_is_dropped_while_it_is_made_is_not_kept(clock: FrozenClock) -> None:
    """It was asked for before the change that dropped it."""
    cache: Cache[str, int] = Cache(clock, keep=10 * SECOND)
    gate = Gate(lambda: 1)

    with ThreadPoolExecutor(1) as pool:
        old = pool.submit(cache.get, "a", gate)
        assert gate.begun.wait(10)
        cache.drop()
        new = cache.get("a", lambda: 2)
        gate.go.set()

        assert (old.result(10), new) == (1, 2)

    assert cache.known("a") == 2


def _fork_while_a_value_is_made(told: Connection) -> None:
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    cache: Cache[str, int] = Cache(FrozenClock(datetime(2026, 3, 2, tzinfo=UTC)), keep=10 * SECOND)
    begun, end = threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        end.wait(30)
        return 1

    thread = threading.Thread(target=cache.get, args=("a", make))
    thread.start()
    begun.wait(30)
    child = multiprocessing.get_context("fork").Process(target=lambda: told.send(cache.get("a", lambda: 2)))
    child.start()
    child.join(10)
    child.kill()
    end.set()
    thread.join()
    told.send(cache.get("a", lambda: 3))


def test_a_forked_process_waits_for_no_thread_that_it_has_not() -> None:
    """What a thread of its parent was making it makes itself, and the parent goes on."""
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        process = FORKS.Process(target=_fork_while_a_value_is_made, args=(theirs,))
        process.start()
        process.join()

        assert [ours.recv() if ours.poll() else None for _ in range(2)] == [2, 1]
