"""Tests of which booking stands in the place of which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booker_components.records.moves import Moves
from booker_components.storage import Storage
from booker_components.values import Booking

from ..test_payloads import FULL

PLAIN = replace(FULL, replaces="", replaced_by="")


def moved(uid: str, *, replaces: str = "", replaced_by: str = "") -> Booking:
    """Give a booking with its neighbours."""
    return replace(PLAIN, uid=uid, replaces=replaces, replaced_by=replaced_by)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_former_uids_are_found_in_any_order(storage: Storage, order: tuple[int, int]) -> None:
    """A chain is known as a whole, whatever was told first; telling it again changes nothing."""
    moves = Moves(storage)
    chain = (moved("two", replaces="one"), moved("three", replaces="two"))

    for number in (*order, *order):
        moves.note(chain[number])

    assert [moves.former(uid) for uid in ("one", "two", "three")] == [(), ("one",), ("two", "one")]
    assert [moves.is_superseded(uid) for uid in ("one", "two", "three")] == [True, True, False]


def test_a_successor_is_known_from_its_predecessor(storage: Storage) -> None:
    """A booking that names what stands in its place tells as much."""
    moves = Moves(storage)

    moves.note(moved("one", replaced_by="two"))

    assert moves.is_superseded("one")
    assert moves.former("two") == ("one",)


def test_a_booking_without_neighbours_is_nothing(storage: Storage) -> None:
    """Nothing is kept of what was never moved to another uid."""
    moves = Moves(storage)

    moves.note(moved("one"))

    assert moves.former("one") == ()
    assert not moves.is_superseded("one")


def test_a_circle_ends(storage: Storage) -> None:
    """What a broken provider tells does not keep anybody looking for ever."""
    moves = Moves(storage)

    moves.note(moved("one", replaces="two"))
    moves.note(moved("two", replaces="one"))
    moves.note(moved("self", replaces="self"))

    assert moves.former("one") == ("two", "one")
    assert moves.former("self") == ()
