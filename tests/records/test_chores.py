"""Tests of chores, which are done every so often by whoever comes first."""

from __future__ import annotations

from datetime import timedelta

from booker_components.records.chores import Chores
from booker_components.records.turns import Turns
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..conftest import MONDAY

MINUTE = timedelta(minutes=1)


def test_a_chore_begins_once_in_its_time(storage: Storage) -> None:
    """Whoever comes second is told so, another chore is nobody's, and later it is due again."""
    clock = FrozenClock(MONDAY)
    mine, theirs = Chores(storage, clock), Chores(storage, clock)

    began = [mine.begin("sweep", every=MINUTE), theirs.begin("sweep", every=MINUTE)]
    other = theirs.begin("dust", every=MINUTE)
    clock.move(MINUTE)
    again = [theirs.begin("sweep", every=MINUTE), mine.begin("sweep", every=MINUTE)]

    assert (began, other, again) == ([True, False], True, [True, False])


def test_it_is_known_when_a_chore_was_begun(storage: Storage) -> None:
    """Also long after, and whatever turns were given in between."""
    clock = FrozenClock(MONDAY)
    chores = Chores(storage, clock)
    before = chores.begun("sweep")

    chores.begin("sweep", every=MINUTE)
    clock.move(timedelta(days=30))
    Turns(storage, clock).take("something")

    assert (before, chores.begun("sweep")) == (None, MONDAY)
    assert chores.is_due("sweep", every=MINUTE)


def test_a_clock_that_was_put_back_does_not_repeat_a_chore(storage: Storage) -> None:
    """It is due once the clock has passed the moment again."""
    clock = FrozenClock(MONDAY)
    chores = Chores(storage, clock)
    chores.begin("sweep", every=MINUTE)

    clock.move(-timedelta(hours=1))
    early = chores.begin("sweep", every=MINUTE)
    clock.move(timedelta(hours=1) + MINUTE)

    assert not early
    assert chores.begin("sweep", every=MINUTE)
