"""Tests of the fair lock: order, patience, and those who leave the queue."""

import signal
import threading
import time

import pytest

from booker_components.engines.fair import FairLock

from ..processes import run_forking

#: Seconds after which what must happen at once is a failure of the test.
PATIENCE = 30.0


@pytest.fixture
def lock():
    """A lock that somebody has."""
    made = FairLock()
    assert made.acquire(timeout=0)
    return made


def _wait(lock, had, name, *, timeout=PATIENCE):
    """Start a thread that waits for *lock*, notes that it had it, and gives it on; it waits already."""

    def work():
        if lock.acquire(timeout=timeout):
            had.append(name)
            lock.release()

    waiting = len(lock._places)
    thread = threading.Thread(target=work)
    thread.start()
    give_up = time.monotonic() + PATIENCE
    while len(lock._places) == waiting and time.monotonic() < give_up:
        time.sleep(0.001)
    return thread


def test_those_who_wait_have_it_in_the_order_in_which_they_came(lock):
    """Each gives it to the next."""
    had = []
    threads = [_wait(lock, had, name) for name in "abcdef"]

    lock.release()
    for thread in threads:
        thread.join()

    assert had == list("abcdef")


def test_nobody_overtakes_who_waits(lock):
    """Whoever comes when it is given on finds it taken."""
    had = []
    thread = _wait(lock, had, "waiting")

    lock.release()
    overtaken = lock.acquire(timeout=PATIENCE)
    thread.join()

    assert overtaken
    assert had == ["waiting"]


@pytest.mark.parametrize("timeout", [0, 0.01], ids=["at once", "soon"])
def test_who_loses_patience_leaves_the_queue(lock, timeout):
    """What was waited for in vain goes to whoever comes later."""
    waited = lock.acquire(timeout=timeout)
    lock.release()

    assert not waited
    assert lock.acquire(timeout=0)


def test_those_who_leave_hold_nobody_up(lock):
    """The one behind has its turn."""
    had = []
    impatient = _wait(lock, had, "impatient", timeout=0.05)
    patient = _wait(lock, had, "patient")

    impatient.join()
    lock.release()
    patient.join()

    assert had == ["patient"]


def test_who_is_interrupted_leaves_the_queue():
    """A signal ends the wait with what its handler raises, and the lock is free again afterwards."""
    assert run_forking(_be_interrupted) == 0


def _be_interrupted():
    lock = FairLock()
    lock.acquire(timeout=0)

    def end(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(KeyboardInterrupt):
        lock.acquire(timeout=PATIENCE)
    lock.release()
    assert lock.acquire(timeout=0)


def test_one_at_a_time_has_it():
    """Many threads that come and go, some without patience, never have it together."""
    lock, inside, most = FairLock(), [], []

    def work():
        for round_ in range(200):
            if lock.acquire(timeout=0.0001 if round_ % 3 else PATIENCE):
                inside.append(1)
                most.append(len(inside))
                inside.pop()
                lock.release()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(most) == {1}
    assert lock.acquire(timeout=0)
