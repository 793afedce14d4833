"""Tests of the circuit breaker."""

from __future__ import annotations

from booker_components.providers._breaker import Breaker


class Seconds:
    """A clock of seconds that moves only when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def open_breaker(clock: Seconds) -> Breaker:
    """Make a breaker that has just had its third and last failure, and rests for ten seconds."""
    breaker = Breaker(clock, failures=3, rest=10.0)
    for _ in range(3):
        breaker.tell(alive=False)
    return breaker


def test_host_is_asked_until_it_has_failed_often() -> None:
    """Fewer failures than the limit keep nobody away."""
    breaker = Breaker(Seconds(), failures=3, rest=10.0)

    breaker.tell(alive=False)
    breaker.tell(alive=False)

    assert breaker.wait() == 0.0


def test_host_is_left_alone_after_many_failures() -> None:
    """Callers are told how long the rest still lasts."""
    clock = Seconds()
    breaker = open_breaker(clock)

    clock.now += 4.0

    assert breaker.wait() == 6.0


def test_success_between_failures_starts_the_count_again() -> None:
    """Only failures in a row count."""
    breaker = Breaker(Seconds(), failures=3, rest=10.0)

    for alive in (False, False, True, False, False):
        breaker.tell(alive=alive)

    assert breaker.wait() == 0.0


def test_one_caller_tries_the_host_after_the_rest() -> None:
    """After the rest one caller goes on; the others wait for what comes of it."""
    clock = Seconds()
    breaker = open_breaker(clock)

    clock.now += 10.0

    assert [breaker.wait(), breaker.wait()] == [0.0, 10.0]


def test_successful_try_lets_everybody_in() -> None:
    """A host that answers again is asked by all."""
    clock = Seconds()
    breaker = open_breaker(clock)
    clock.now += 10.0
    breaker.wait()

    breaker.tell(alive=True)

    assert [breaker.wait(), breaker.wait()] == [0.0, 0.0]


def test_failed_try_begins_another_rest() -> None:
    """One more failure after the rest is enough."""
    clock = Seconds()
    breaker = open_breaker(clock)
    clock.now += 10.0
    breaker.wait()
    clock.now += 3.0

    breaker.tell(alive=False)

    assert breaker.wait() == 10.0


def test_try_that_never_ends_keeps_nobody_away_for_ever() -> None:
    """When the caller who tried the host was lost, another one tries it after one more rest."""
    clock = Seconds()
    breaker = open_breaker(clock)
    clock.now += 10.0
    breaker.wait()

    clock.now += 10.0

    assert breaker.wait() == 0.0
