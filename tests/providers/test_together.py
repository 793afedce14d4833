"""Tests of several calls at the same time."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from booker_components.errors import ProviderUnavailable
from booker_components.providers._together import together


def test_what_is_made_comes_in_order() -> None:
    """Whoever ends first."""
    assert together([partial(pow, 2, each) for each in range(9)], at_once=3) == [2**each for each in range(9)]


def test_calls_run_at_the_same_time() -> None:
    """Each waits here for the others."""
    gate = threading.Barrier(4, timeout=10)

    places = together([gate.wait] * 4, at_once=4)

    assert sorted(places) == [0, 1, 2, 3]


def test_no_more_run_than_allowed() -> None:
    """However many there are."""
    lock, running, most = threading.Lock(), 0, 0

    def call() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pause.wait(0.01)
        with lock:
            running -= 1

    pause = threading.Event()
    together([call] * 12, at_once=3)

    assert most <= 3


@pytest.mark.parametrize("count", [0, 1])
def test_few_need_no_thread(count: int) -> None:
    """One call is made by the caller."""
    assert together([threading.get_ident] * count, at_once=4) == [threading.get_ident()] * count


def test_the_first_failure_is_raised() -> None:
    """And no thread is left behind."""

    def fail(words: str) -> None:
        raise ProviderUnavailable(words)

    with pytest.raises(ProviderUnavailable, match="first"):
        together([partial(fail, "first"), partial(fail, "second")], at_once=2)

    assert not [each for each in threading.enumerate() if each.name.startswith("booker_")]
