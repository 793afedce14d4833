"""Tests of the copies of feeds, on each kind of database: who reads, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from booker_components.providers.embedded.calendars.copies import Copies, Copy
from booker_components.storage import Storage

from .ics import NOW

ADDRESS = "https://example.com/calendar"
PAUSE = timedelta(minutes=5)


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """A database with our tables."""
    made = Storage(database_url)
    yield made
    made.close()


@pytest.fixture
def copies(storage: Storage) -> Copies:
    """The copy of one feed."""
    return Copies(storage, ADDRESS)


def test_unknown_feed_has_nothing(copies: Copies) -> None:
    """Nobody has read it, and nobody does."""
    found = copies.read()

    assert found == Copy()
    assert copies.body() == b""
    assert not found.is_under_way
    assert found.is_older(PAUSE, NOW)
    assert found.may_be_tried(PAUSE, NOW)


def test_one_of_many_gets_the_turn(copies: Copies) -> None:
    """However many want to read a feed at once, one does."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: copies.claim(PAUSE, NOW), range(8)))

    assert sum(found) == 1
    assert copies.read().is_under_way


def test_turn_comes_again_after_a_pause(copies: Copies) -> None:
    """Whoever had it may have died; and a clock may have been set back."""
    turns = [copies.claim(PAUSE, NOW + step) for step in (0 * PAUSE, PAUSE / 2, PAUSE, PAUSE / 2)]

    assert turns == [True, False, True, True]


def test_what_was_read_is_kept(copies: Copies, storage: Storage) -> None:
    """Bytes, headers and instants are read back as they were, by the address alone."""
    copies.claim(PAUSE, NOW)
    copies.keep(NOW, {"body": b"\0\xffBEGIN", "etag": '"1"', "last_modified": "Mon", "good_at": NOW})

    found = Copies(storage, ADDRESS).read()

    assert found == Copy(etag='"1"', last_modified="Mon", has_body=True, good_at=NOW, tried_at=NOW)
    assert copies.body() == b"\0\xffBEGIN"
    assert not found.is_under_way
    assert Copies(storage, f"{ADDRESS}?").read() == Copy()


def test_failure_ends_the_reading(copies: Copies) -> None:
    """Nobody waits for a reader that has given up; the next one begins without its error."""
    copies.claim(PAUSE, NOW)
    copies.keep(NOW, {"error": "It is down."})
    failed = copies.read()
    copies.claim(PAUSE, NOW + PAUSE)

    assert (failed.error, failed.is_under_way) == ("It is down.", False)
    assert (copies.read().error, copies.read().is_under_way) == ("", True)


def test_late_reader_does_not_undo_a_newer_one(copies: Copies) -> None:
    """Of two answers the one that was asked for last counts."""
    copies.claim(PAUSE, NOW)
    copies.claim(PAUSE, NOW + PAUSE)
    copies.keep(NOW + PAUSE, {"body": b"new", "good_at": NOW + PAUSE})

    copies.keep(NOW, {"body": b"old", "good_at": NOW})

    assert copies.body() == b"new"


def test_many_uids_are_looked_up(copies: Copies) -> None:
    """A calendar may have more events than a statement has parameters."""
    assert copies.ours([f"{number:022}" for number in range(40_000)]) == set()
