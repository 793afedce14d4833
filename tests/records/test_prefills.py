"""What hosts know of their users is kept until it is over, and not much longer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from booker_components import LinkExpired
from booker_components.records.prefills import Prefill, Prefills
from booker_components.records.pruning import BATCH
from booker_components.records.tables import prefills as rows
from booker_components.records.tables import request_keys
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..conftest import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANN = Prefill(
    event_type="intro",
    owner="team:sales",
    locked={"name": ("Ann \x00 山田\ud800",), "days": ("Mon", "Tue"), "company": ()},
    open=(("notes", "Hello"), ("days", "Wed"), ("days", "Thu")),
)


@pytest.fixture
def prefills(storage: Storage, clock: FrozenClock) -> Prefills:
    """Nothing is known of anybody."""
    return Prefills(storage, clock)


def _count(storage: Storage) -> int:
    with storage.reading() as connection:
        return connection.scalar(select(func.count()).select_from(rows)) or 0


def test_what_is_kept_is_found(prefills: Prefills) -> None:
    """As it was, empty answers and any character included."""
    id = prefills.keep(ANN, until=MONDAY + HOUR)

    assert prefills.find(id) == ANN


def test_ids_tell_nothing(storage: Storage, prefills: Prefills) -> None:
    """They are 128 random bits: the same kept anew has another."""
    ids = set()
    for _ in range(3):
        ids.add(prefills.keep(ANN, until=MONDAY + HOUR))
        with storage.transaction() as connection:
            connection.execute(rows.delete())

    assert len(ids) == 3
    assert {len(each) for each in ids} == {22}
    assert prefills.find("x") is None


def test_the_same_is_kept_once(prefills: Prefills, storage: Storage, clock: FrozenClock) -> None:
    """However often a page with it is opened within the day; then once more, for as long as is asked."""
    ids = []
    for _ in range(5):
        ids.append(prefills.keep(ANN, until=clock() + DAY))
        clock.move(DAY / 4)
    first, last = ids[0], prefills.keep(ANN, until=clock() + DAY)
    clock.move(DAY - timedelta(microseconds=1))

    assert (set(ids), _count(storage)) == ({first}, 2)
    assert (prefills.find(first), prefills.find(last)) == (None, ANN)


@pytest.mark.parametrize(
    "change",
    [
        {"event_type": "other"},
        {"owner": ""},
        {"locked": {**ANN.locked, "name": ("Bo",)}},
        {"locked": {}},
        {"open": ()},
    ],
    ids=["event type", "owner", "another name", "nothing locked", "nothing open"],
)
def test_what_differs_is_kept_apart(prefills: Prefills, change: dict[str, Any]) -> None:
    """Nobody gets what is known of somebody else, or for something else."""
    other = replace(ANN, **change)

    ids = [prefills.keep(each, until=MONDAY + HOUR) for each in (ANN, other)]

    assert [prefills.find(each) for each in ids] == [ANN, other]


def test_what_is_known_of_a_user_is_in_no_log() -> None:
    """Whoever writes it down by accident writes what it is for."""
    assert repr(ANN) == "Prefill(event_type='intro', owner='team:sales', uses=None)"


def test_what_is_over_is_not_given_out(prefills: Prefills, clock: FrozenClock) -> None:
    """Twice as long as was asked it may be used again; from then on not, though the row is still there."""
    id = prefills.keep(ANN, until=MONDAY + HOUR)

    clock.move(2 * HOUR - timedelta(microseconds=1))
    before = prefills.find(id)
    clock.move(timedelta(microseconds=1))

    assert (before, prefills.find(id)) == (ANN, None)


def test_what_is_over_goes_with_what_comes(prefills: Prefills, storage: Storage, clock: FrozenClock) -> None:
    """Nobody's data stays because nobody tidies up; what still stands is not touched."""
    prefills.keep(ANN, until=MONDAY + HOUR)
    standing = prefills.keep(ANN, until=MONDAY + 3 * HOUR)
    clock.move(2 * HOUR)

    new = prefills.keep(ANN, until=MONDAY + 7 * HOUR)

    assert _count(storage) == 2
    assert prefills.find(standing) == prefills.find(new) == ANN


def test_not_much_is_tidied_up_at_once(prefills: Prefills, storage: Storage, clock: FrozenClock) -> None:
    """So that nobody waits for it."""
    for each in range(BATCH + 5):
        prefills.keep(replace(ANN, owner=f"team:{each}"), until=MONDAY + HOUR)
    clock.move(2 * HOUR)

    prefills.keep(ANN, until=MONDAY + 3 * HOUR)

    assert _count(storage) == 6


def test_what_is_not_kept_tidies_nothing_up(prefills: Prefills, storage: Storage, clock: FrozenClock) -> None:
    """Both are one transaction."""

    def fail() -> None:
        with storage.transaction():
            prefills.keep(ANN, until=MONDAY + 3 * HOUR)
            raise LookupError

    prefills.keep(ANN, until=MONDAY + HOUR)
    clock.move(2 * HOUR)

    with pytest.raises(LookupError):
        fail()

    assert _count(storage) == 1


# --- uses ----------------------------------------------------------------------------------------------


def _uses(prefills: Prefills, id: str) -> int | None:
    found = prefills.find(id)
    assert found
    return found.uses


def test_uses_are_counted_by_the_row(prefills: Prefills) -> None:
    """The same that is counted twice is kept twice, and apart from what is not counted."""
    ids = [prefills.keep(replace(ANN, uses=uses), until=MONDAY + HOUR) for uses in (2, 2, None)]

    prefills.spend(ids[0], "a")

    assert [_uses(prefills, each) for each in ids] == [1, 2, None]


def test_a_key_uses_up_one(prefills: Prefills) -> None:
    """It tells whether it did so now or before; the key of another row is another one."""
    first, second = (prefills.keep(replace(ANN, uses=2), until=MONDAY + HOUR) for _ in range(2))

    told = [prefills.spend(id, "a") for id in (first, first, second)]

    assert told == [True, False, True]
    assert [_uses(prefills, each) for each in (first, second)] == [1, 1]


def test_no_more_is_used_than_there_is(prefills: Prefills) -> None:
    """Whoever has used it may come again; nobody else may come."""
    id = prefills.keep(replace(ANN, uses=1), until=MONDAY + HOUR)
    prefills.spend(id, "a")

    with pytest.raises(LinkExpired):
        prefills.spend(id, "b")
    with pytest.raises(LinkExpired):
        prefills.spend("none", "b")

    assert prefills.spend(id, "a") is False


def test_what_is_given_back_can_be_used_again(prefills: Prefills) -> None:
    """Once; a key that has used nothing gives nothing back."""
    id = prefills.keep(replace(ANN, uses=1), until=MONDAY + HOUR)
    prefills.spend(id, "a")

    for key in ("b", "a", "a"):
        prefills.give_back(id, key)

    assert _uses(prefills, id) == 1
    assert prefills.spend(id, "b") is True


def test_what_is_not_booked_is_not_used(prefills: Prefills, storage: Storage) -> None:
    """It goes with the transaction."""
    id = prefills.keep(replace(ANN, uses=1), until=MONDAY + HOUR)

    def fail() -> None:
        with storage.transaction():
            prefills.spend(id, "a")
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert _uses(prefills, id) == 1
    assert prefills.spend(id, "a") is True


def test_many_at_once_use_no_more_than_there_is(prefills: Prefills) -> None:
    """Each of eight with a key of its own, or all with the same."""
    id, other = (prefills.keep(replace(ANN, uses=3), until=MONDAY + HOUR) for _ in range(2))

    def spend(number: int) -> bool:
        try:
            return prefills.spend(id, f"key {number}")
        except LinkExpired:
            return False

    with ThreadPoolExecutor(8) as pool:
        each = list(pool.map(spend, range(8)))
        same = list(pool.map(lambda _: prefills.spend(other, "key"), range(8)))

    assert (each.count(True), same.count(True)) == (3, 1)
    assert [_uses(prefills, one) for one in (id, other)] == [0, 2]


def test_the_marks_of_uses_go_with_time(prefills: Prefills, storage: Storage) -> None:
    """They are of no use once the link is over."""
    id = prefills.keep(replace(ANN, uses=1), until=MONDAY + HOUR)
    prefills.spend(id, "a")

    with storage.reading() as connection:
        row = connection.execute(select(request_keys)).one()

    assert (row.fingerprint, row.uid, row.keep_until) == ("", "", MONDAY + 2 * HOUR)
