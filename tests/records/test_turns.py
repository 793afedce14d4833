"""Tests of turns, of which one is given at a time."""

from __future__ import annotations

from datetime import timedelta

from booker_components.records.turns import LASTS, Turns
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..conftest import MONDAY


def test_one_has_the_turn_at_a_time(storage: Storage) -> None:
    """While somebody has it nobody else gets it; another thing's turn is free."""
    turns = Turns(storage, FrozenClock(MONDAY))

    mine = turns.take("guest")

    assert mine is not None
    assert turns.take("guest") is None
    assert turns.take("other") is not None


def test_a_turn_that_was_given_back_is_free(storage: Storage) -> None:
    """The next one need not wait."""
    turns = Turns(storage, FrozenClock(MONDAY))
    mine = turns.take("guest")
    assert mine is not None

    turns.give_back(mine)

    assert turns.take("guest") is not None


def test_it_can_be_asked_whether_somebody_has_a_turn(storage: Storage) -> None:
    """Of several things, any one will do; nobody has what was given back, or has ended."""
    clock = FrozenClock(MONDAY)
    turns = Turns(storage, clock, lasts=timedelta(minutes=4))
    mine, lost = turns.take("guest"), turns.take("other")
    assert mine is not None
    assert lost is not None

    before = [turns.is_taken("guest"), turns.is_taken("nobody", "other"), turns.is_taken("nobody")]
    turns.give_back(mine)
    clock.move(timedelta(minutes=4))

    assert before == [True, True, False]
    assert not turns.is_taken("guest", "other")


def test_a_turn_ends_by_itself(storage: Storage) -> None:
    """Whoever has died with it does not keep it; and what comes back late gives back nobody else's."""
    clock = FrozenClock(MONDAY)
    turns = Turns(storage, clock)
    lost = turns.take("guest")
    assert lost is not None
    clock.move(LASTS - timedelta(seconds=1))
    before = turns.take("guest")
    clock.move(timedelta(seconds=1))

    after = turns.take("guest")
    turns.give_back(lost)

    assert before is None
    assert after is not None
    assert turns.take("guest") is None
