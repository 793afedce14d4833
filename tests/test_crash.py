"""kill -9 of processes at random moments: no half booking, no missing event, nothing acknowledged is lost.

On PostgreSQL the server itself crashes as well, and comes back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import pytest

from booker_components.outbox import DeliveryState

from .crashing import DATABASES
from .hammering import (
    NEEDS,
    PATIENCE,
    Field,
    broken_promises,
    deliver_everything,
    everything_booked,
    play_on,
    started,
    too_many,
)
from .invariants import problems
from .ledger import every_revision, heard
from .processes import FORKS

#: How many processes work at the same time, and how often one of them is killed.
PLAYERS, KILLS = 3, 8

#: After so many kills the database server crashes too.
CRASHES = (2, 5)

#: So many answers are waited for before each kill.
ANSWERS = 4


@pytest.fixture(scope="module", params=DATABASES)
def crashed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """A database whose writers were all killed, and what they had said until then."""
    folder = tmp_path_factory.mktemp("crashed")
    with DATABASES[request.param](folder) as database:
        field = Field(url=database.url, folder=folder, began=time.time())
        field.acknowledged.touch()
        _play_and_kill(field, database.crash)
        yield field


def _play_and_kill(field: Field, crash: Callable[[], None]) -> None:
    dice = random.Random(7)
    players = [FORKS.Process(target=play_on, args=(field, seed)) for seed in range(PLAYERS + KILLS)]
    with started(*players[:PLAYERS]):
        for number, (old, new) in enumerate(zip(players, players[PLAYERS:], strict=False)):
            _await_answers(field)
            time.sleep(dice.uniform(0, 0.2))
            old.kill()
            if number in CRASHES:
                crash()
            new.start()
        _await_answers(field)
        for player in players[PLAYERS:]:
            player.kill()
            player.join()


def _await_answers(field: Field) -> None:
    wanted, give_up = _answers(field) + ANSWERS, time.monotonic() + PATIENCE
    while _answers(field) < wanted and not field.wrong.exists():
        assert time.monotonic() < give_up, "Nobody has been told of anything for a while."
        time.sleep(0.005)


def _answers(field: Field) -> int:
    return field.acknowledged.read_bytes().count(b"\n")


def test_nothing_but_crashes_ends_a_process(crashed: Field) -> None:
    """Others' crashes, and those of the database, are met with patience."""
    assert not crashed.wrong.exists(), crashed.wrong.read_text()


def test_every_booking_is_whole(crashed: Field) -> None:
    """No page is torn, each revision has its event and its audit line, and no time is taken twice."""
    assert problems(crashed.url, needs=NEEDS) == []
    assert too_many(everything_booked(crashed)) == []


def test_nothing_acknowledged_is_lost(crashed: Field) -> None:
    """What a guest has been told is there."""
    assert _answers(crashed) >= ANSWERS * KILLS
    assert broken_promises(crashed, everything_booked(crashed)) == []


def test_what_was_left_is_delivered_in_order(crashed: Field) -> None:
    """After the last lease every event has been told at least once, each booking's in its order."""
    deliveries = deliver_everything(crashed)

    assert deliveries[DeliveryState.DONE] == sum(deliveries.values())
    for ledger in crashed.ledgers:
        assert heard(ledger) == every_revision(everything_booked(crashed))
