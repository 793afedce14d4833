"""Keys of requests: one request makes one booking, whichever process it reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from booker_components.records.keys import KEEP, Claim, RequestKeys
from booker_components.records.pruning import BATCH
from booker_components.records.tables import request_keys
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..conftest import MONDAY
from ..processes import FORKS

PROCESSES, PATIENCE = 8, 30


@pytest.fixture
def keys(storage: Storage, clock: FrozenClock) -> RequestKeys:
    """Keys of which none is used yet."""
    return RequestKeys(storage, clock)


def test_the_first_user_of_a_key_makes_the_booking(keys: RequestKeys) -> None:
    """The second one is told that it is under way."""
    first, second = keys.claim("key", "print"), keys.claim("key", "other")

    assert first == Claim(key="key", mine=True, fingerprint="print", uid="", begun_at=MONDAY)
    assert second == Claim(key="key", mine=False, fingerprint="print", uid="", begun_at=MONDAY)


def test_the_booking_of_a_key_is_remembered(keys: RequestKeys) -> None:
    """Whoever comes later gets the uid."""
    keys.claim("key", "print")
    keys.keep("key", "uid-1")

    again = keys.claim("key", "print")
    assert again == Claim(key="key", mine=False, fingerprint="print", uid="uid-1", begun_at=MONDAY)


def test_what_a_key_has_made_is_known_by_its_uid(keys: RequestKeys) -> None:
    """So that no other request takes it for its own; what is under way has no uid yet."""
    keys.claim("key", "print")
    assert not keys.made("uid-1")
    keys.keep("key", "uid-1")

    assert keys.made("uid-1")
    assert not keys.made("uid-2")


def test_an_unused_key_is_unknown(keys: RequestKeys) -> None:
    """Reading claims nothing."""
    assert keys.read("key") is None
    assert keys.claim("key", "print").mine


def test_a_forgotten_key_is_free(keys: RequestKeys) -> None:
    """A request that was refused may be sent again under its key."""
    keys.forget(keys.claim("key", "print"))

    assert keys.claim("key", "other").mine


def test_a_key_that_made_a_booking_is_not_forgotten(keys: RequestKeys) -> None:
    """A late failure frees nothing that has succeeded."""
    claim = keys.claim("key", "print")
    keys.keep("key", "uid-1")
    keys.forget(claim)

    known = keys.read("key")
    assert known is not None
    assert known.uid == "uid-1"


def test_one_takes_over_from_who_does_not_end(keys: RequestKeys, clock: FrozenClock) -> None:
    """Of two who find the same unfinished claim, the second comes too late."""
    claim = keys.claim("key", "print")
    clock.move(timedelta(minutes=2))

    taken = [keys.take_over(claim, "print"), keys.take_over(claim, "print")]

    assert taken == [replace(claim, begun_at=MONDAY + timedelta(minutes=2)), None]
    assert keys.read("key") == replace(claim, mine=False, begun_at=MONDAY + timedelta(minutes=2))


def test_who_was_taken_over_from_frees_nothing(keys: RequestKeys, clock: FrozenClock) -> None:
    """Or a third one would book beside the second."""
    claim = keys.claim("key", "print")
    clock.move(timedelta(minutes=2))
    keys.take_over(claim, "print")

    keys.forget(claim)
    keys.give_up(claim)

    assert not keys.claim("key", "print").mine
    assert not keys.claim("key", "print").given_up


def test_nobody_takes_over_what_has_ended(keys: RequestKeys) -> None:
    """A booking that was made in the meantime stands."""
    claim = keys.claim("key", "print")
    keys.keep("key", "uid-1")

    assert keys.take_over(claim, "print") is None


def test_a_claim_that_was_given_up_is_taken_over_at_once(keys: RequestKeys) -> None:
    """By any request under its key, for nobody minds the one before."""
    keys.give_up(keys.claim("key", "print"))
    claim = keys.claim("key", "other")

    taken = keys.take_over(claim, "other")

    assert (claim.mine, claim.given_up) == (False, True)
    assert taken == Claim(key="key", mine=True, fingerprint="other", uid="", begun_at=MONDAY)


# --- forgetting ----------------------------------------------------------------------------------


def _made(keys: RequestKeys) -> None:
    keys.keep(keys.claim("old", "print").key, "uid-1")


def _unknown(keys: RequestKeys) -> None:
    keys.claim("old", "print")


def _given_up(keys: RequestKeys) -> None:
    keys.give_up(keys.claim("old", "print"))


@pytest.mark.parametrize("end", [_made, _unknown, _given_up])
def test_a_key_is_forgotten_when_its_request_can_make_nothing_again(
    keys: RequestKeys, clock: FrozenClock, end: Callable[[RequestKeys], None]
) -> None:
    """Not before, however it has ended: what was given up may have made a booking too."""
    end(keys)
    clock.move(KEEP - timedelta(microseconds=1))
    keys.claim("another", "print")
    young = keys.read("old")
    clock.move(timedelta(microseconds=1))

    keys.claim("yet another", "print")

    assert young is not None
    assert keys.read("old") is None
    assert keys.read("another") is not None


def test_a_key_that_was_taken_over_is_kept_from_then_on(keys: RequestKeys, clock: FrozenClock) -> None:
    """Its outcome is as unknown as that of a new one."""
    claim = keys.claim("old", "print")
    clock.move(KEEP / 2)
    taken = keys.take_over(claim, "print")
    clock.move(KEEP / 2)

    keys.claim("another", "print")

    assert taken is not None
    assert keys.read("old") == replace(taken, mine=False)


def test_an_old_key_that_is_used_again_is_known_still(keys: RequestKeys, clock: FrozenClock) -> None:
    """Nothing is forgotten while nothing new comes."""
    _made(keys)
    clock.move(2 * KEEP)

    again = keys.claim("old", "print")

    assert (again.mine, again.uid) == (False, "uid-1")


def test_old_keys_go_a_few_at_a_time(keys: RequestKeys, storage: Storage, clock: FrozenClock) -> None:
    """After a year with many bookings nobody waits until all of them are gone."""
    with storage.transaction():
        for number in range(BATCH + 2):
            keys.claim(f"old-{number}", "print")
    clock.move(KEEP)

    keys.claim("new-1", "print")
    some = _count(storage)
    keys.claim("new-2", "print")

    assert (some, _count(storage)) == (3, 2)


def _count(storage: Storage) -> int | None:
    with storage.reading() as connection:
        return connection.scalar(select(func.count()).select_from(request_keys))


# --- many processes ------------------------------------------------------------------------------


def _claim(url: str, number: int, line: Any, results: Any) -> None:
    """Line up, then claim the same key as everybody."""
    keys = RequestKeys(Storage(url), FrozenClock(MONDAY))
    line.wait()
    claim = keys.claim("key", str(number))
    results.put((claim.mine, claim.fingerprint))


def test_of_many_processes_one_has_the_key(storage: Storage, database_url: str) -> None:
    """One claim is the first, and all the others know whose it is."""
    line, results = FORKS.Barrier(PROCESSES, timeout=PATIENCE), FORKS.Queue()
    processes = [
        FORKS.Process(target=_claim, args=(database_url, number, line, results), daemon=True)
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()

    try:
        claims = [results.get(timeout=PATIENCE) for _ in processes]
    finally:
        for process in processes:
            process.join(timeout=PATIENCE)

    assert sum(mine for mine, _ in claims) == 1
    assert len({fingerprint for _, fingerprint in claims}) == 1
