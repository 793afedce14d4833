"""Keys of requests: one request makes one booking, whichever process it reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components.records.keys import Claim, RequestKeys
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..conftest import MONDAY
from ..processes import FORKS
from ..providers.samples import url_in

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


def _claim(url: str, number: int, line: Any, results: Any) -> None:
    """Line up, then claim the same key as everybody."""
    keys = RequestKeys(Storage(url), FrozenClock(MONDAY))
    line.wait()
    claim = keys.claim("key", str(number))
    results.put((claim.mine, claim.fingerprint))


def test_of_many_processes_one_has_the_key(storage: Storage, tmp_path: Path) -> None:
    """One claim is the first, and all the others know whose it is."""
    line, results = FORKS.Barrier(PROCESSES, timeout=PATIENCE), FORKS.Queue()
    processes = [
        FORKS.Process(target=_claim, args=(url_in(tmp_path), number, line, results), daemon=True)
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
