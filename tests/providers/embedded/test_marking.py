"""Busy masks stay what bookings make of them, and are mended where somebody has broken them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.exc import IntegrityError

from booker_components.errors import SlotTaken
from booker_components.policy import Rule
from booker_components.providers.embedded import taking
from booker_components.providers.embedded.marking import count, rebuild
from booker_components.storage import Instant, Storage
from booker_components.values import Booking, CancelScope

from ...invariants import problems, wrong_masks
from ..samples import DAY, HALF_HOUR, INTRO, NINE, slot
from ..team import of, starts
from .histories import CLASS, EDGE, LONG, MINUTE, ODD, PLAIN, WEEKLY, History, history

#: The block that ends at `EDGE`.
BLOCK = 641

#: Statements of this database that wait for somebody else's lock.
_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""


def is_right(storage: Storage) -> bool:
    """Tell whether every mask is right, by the engine's own account and by that of the tests."""
    with storage.reading() as connection:
        return count(connection).wrong == 0 and wrong_masks(connection) == []


def do(storage: Storage, statement: str, **values: Any) -> None:
    """Do something to the rows."""
    with storage.transaction() as connection:
        connection.execute(text(statement), values)


def masks(storage: Storage) -> dict[tuple[int, int], tuple[int, bytes]]:
    """Give unit and mask of each host and block."""
    query = text("SELECT host_id, block, unit, mask FROM booker_busy_masks")
    with storage.reading() as connection:
        return {(row.host_id, row.block): (row.unit, bytes(row.mask)) for row in connection.execute(query)}


def rebuilt(storage: Storage) -> int:
    """Write all masks anew, and give how many were wrong."""
    with storage.transaction() as connection:
        return rebuild(connection)


@pytest.fixture
def past(url: str) -> Iterator[History]:
    """Some bookings in a database of each kind."""
    with history(url) as made:
        yield made


# --- bookings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_masks_are_what_bookings_make_of_them(url: str, seed: int) -> None:
    """Whatever is booked, moved, cancelled and declined, of any kind: in the end and on the way there."""
    with history(url, seed) as past:
        for _ in range(4):
            past.go_on(20)

            assert is_right(past.storage)
        assert problems(past.storage) == []
        assert all(past.done[act] for act in ("book", "move", "cancel"))


def test_all_of_it_can_be_given_back(past: History) -> None:
    """Then no bit is set."""
    past.go_on(40)

    while open_now := past.open():
        past.engine.cancel(open_now[0].shared or open_now[0].uid, scope=CancelScope.ALL)

    assert len(masks(past.storage)) > 3
    assert all(not any(mask) for _, mask in masks(past.storage).values())
    assert is_right(past.storage)


def test_a_time_across_the_edge_of_a_block_is_in_both(past: History) -> None:
    """When it is booked, when it moves and when it is given back."""
    booking = past.engine.book(of(LONG, EDGE - 10 * 60 * MINUTE))
    booked = set_minutes(past.storage)
    past.engine.reschedule(booking.uid, EDGE - 29 * 60 * MINUTE, by="host")
    moved = set_minutes(past.storage)
    past.engine.cancel(booking.uid)

    assert booked == {BLOCK: 10 * 60, BLOCK + 1: 20 * 60}
    assert moved == {BLOCK: 29 * 60, BLOCK + 1: 60}
    assert set_minutes(past.storage) == {BLOCK: 0, BLOCK + 1: 0}


def set_minutes(storage: Storage) -> dict[int, int]:
    """Give how many minutes are marked in each block, of whomever."""
    found: dict[int, int] = {}
    for (_, block), (unit, mask) in masks(storage).items():
        count = unit * int.from_bytes(mask, "little").bit_count()
        found[block] = found.get(block, 0) + count
    return found


def test_masks_are_of_minutes_only_where_they_must_be(past: History) -> None:
    """The block of a booking with odd minutes; that of another one is of fives."""
    past.engine.book(of(PLAIN, EDGE))
    free = past.engine.slots(ODD, DAY)[0].start

    past.engine.book(of(ODD, free, duration=ODD.duration))

    assert {block: unit for (_, block), (unit, _) in masks(past.storage).items()} == {BLOCK: 1, BLOCK + 1: 5}
    assert is_right(past.storage)


def test_what_fails_marks_nothing(past: History) -> None:
    """Of a series whose last date is taken, the first ones are not marked either."""
    past.engine.book(of(LONG, EDGE + timedelta(days=14)))
    past.engine.book(of(PLAIN, EDGE + timedelta(days=14)))
    before = masks(past.storage)

    with pytest.raises(SlotTaken):
        past.engine.book(of(WEEKLY, EDGE))

    assert masks(past.storage) == before


def test_seats_of_one_time_mark_it_once(past: History) -> None:
    """Its host is free when the last guest has gone."""
    first, second = (past.engine.book(of(CLASS, EDGE + HALF_HOUR, guest=guest)) for guest in ("ann", "bo"))
    past.engine.cancel(first.uid)
    kept = set_minutes(past.storage)
    past.engine.cancel(second.uid)

    assert kept == {BLOCK + 1: 30}
    assert set_minutes(past.storage) == {BLOCK + 1: 0}


# --- minutes that two have ------------------------------------------------------------------------


def taken(storage: Storage, start: datetime, duration: timedelta, host: int = 1) -> int:
    """Take the time of a host, as bookings do, though theirs begins with a whole minute; give its number."""
    times = taking.Times.of(INTRO, start, duration)
    with storage.transaction() as connection:
        return taking.take(connection, INTRO, times, [host], uid=taking.new_uid())


@pytest.mark.parametrize("number", [0, 1], ids=["the one before", "the one after"])
def test_a_minute_that_two_have_is_taken_until_both_have_gone(past: History, number: int) -> None:
    """The first ends twenty seconds after a minute has begun, and the second begins there."""
    change = NINE + HALF_HOUR + timedelta(seconds=20)
    both = [
        taken(past.storage, change - HALF_HOUR, HALF_HOUR),
        taken(past.storage, change, timedelta(minutes=2)),
    ]
    together = set_minutes(past.storage)[BLOCK]

    with past.storage.transaction() as connection:
        taking.leave(connection, both[number])
    half = is_right(past.storage), set_minutes(past.storage)[BLOCK]
    with past.storage.transaction() as connection:
        taking.leave(connection, both[1 - number])

    assert together == 31 + 2
    assert half == (True, 3 if number == 0 else 31)
    assert set_minutes(past.storage)[BLOCK] == 0


def test_one_that_moves_leaves_a_minute_to_its_neighbour(past: History) -> None:
    """And takes one that it has with another, or with itself."""
    change = NINE + timedelta(seconds=20)
    before, moving, after = (taken(past.storage, change + each * HALF_HOUR, HALF_HOUR) for each in range(3))
    assert is_right(past.storage)

    for start, length in ((3, 30), (-1, 30), (1, 20), (1, 30)):
        times = taking.Times.of(INTRO, change + start * HALF_HOUR, timedelta(minutes=length))
        with past.storage.transaction() as connection:
            taking.move(connection, moving, times, [1])
        assert is_right(past.storage)
    with past.storage.transaction() as connection:
        taking.leave(connection, before)
        taking.leave(connection, after)

    assert is_right(past.storage)
    assert set_minutes(past.storage)[BLOCK] == 31


# --- at once --------------------------------------------------------------------------------------


def at_once(url: str, storage: Storage, first: Callable[[], object], second: Callable[[], Any]) -> Any:
    """Do *first*, and *second* from before that is safe; give what came of the second."""
    with ThreadPoolExecutor(1) as pool:
        with storage.transaction():
            first()
            future = pool.submit(second)
            _await_waiting(url, future)
        return future.result(60)


def _await_waiting(url: str, future: Future[Any]) -> None:
    # On SQLite the second cannot even begin before the first has ended.
    if not url.startswith("postgresql"):
        return
    with closing(Storage(url)) as storage:
        give_up = time.monotonic() + 30
        while not future.done() and not _is_waiting(storage):
            assert time.monotonic() < give_up, "Nobody waits for anybody."
            time.sleep(0.005)
    assert not future.done()


def _is_waiting(storage: Storage) -> bool:
    with storage.reading() as connection:
        return bool(connection.scalar(text(_WAITING)))


def test_two_who_take_other_times_of_a_host_at_once_have_both(url: str, past: History) -> None:
    """The second one waits for the first, adds its own to what that has marked, and is not refused."""
    made: list[Booking] = []

    second = at_once(
        url,
        past.storage,
        lambda: made.append(past.engine.book(of(PLAIN, EDGE))),
        lambda: past.engine.book(of(PLAIN, EDGE + HALF_HOUR, guest="bo")),
    )

    assert [each.uid for each in past.open()] == [made[0].uid, second.uid]
    assert is_right(past.storage)


def test_one_who_frees_a_time_while_another_is_taken_loses_no_bit(url: str, past: History) -> None:
    """Neither what is taken nor what is freed."""
    booking = past.engine.book(of(PLAIN, EDGE))

    at_once(
        url,
        past.storage,
        lambda: past.engine.book(of(PLAIN, EDGE + HALF_HOUR)),
        lambda: past.engine.cancel(booking.uid),
    )

    assert is_right(past.storage)
    assert set_minutes(past.storage) == {BLOCK + 1: 30}


def test_many_take_times_of_one_host_at_once(past: History) -> None:
    """All of them have theirs, and all are marked: in blocks that nobody had before."""
    number, line = 6, Barrier(6)

    def book(place: int) -> Booking:
        line.wait(30)
        # On both sides of the edge of a block.
        return past.engine.book(of(PLAIN, EDGE + (place - 3) * HALF_HOUR, guest=f"guest{place}"))

    with ThreadPoolExecutor(number) as pool:
        made = list(pool.map(book, range(number)))

    assert len({each.uid for each in made}) == number
    assert is_right(past.storage)
    assert set_minutes(past.storage) == {BLOCK: 90, BLOCK + 1: 90}


def test_who_books_while_all_masks_are_written_waits_and_is_in_them(url: str, past: History) -> None:
    """A booking that had not begun is marked in what was written anew."""
    past.engine.book(of(PLAIN, EDGE))
    do(past.storage, "DELETE FROM booker_busy_masks")

    booking = at_once(
        url,
        past.storage,
        lambda: rebuilt(past.storage),
        lambda: past.engine.book(of(PLAIN, EDGE + HALF_HOUR, guest="bo")),
    )

    assert booking.is_open
    assert is_right(past.storage)


def test_masks_are_not_written_anew_before_who_books_is_done(url: str, past: History) -> None:
    """A booking that has begun is in them."""
    do(past.storage, "DELETE FROM booker_busy_masks")

    at_once(
        url,
        past.storage,
        lambda: past.engine.book(of(PLAIN, EDGE)),
        lambda: rebuilt(past.storage),
    )

    assert is_right(past.storage)
    assert set_minutes(past.storage) == {BLOCK + 1: 30}


def test_who_is_booking_goes_on_while_masks_wait_to_be_written_anew(url: str, past: History) -> None:
    """With the next date of a series, for example: they do not wait for each other."""
    past.engine.book(of(PLAIN, EDGE))
    do(past.storage, "DELETE FROM booker_busy_masks")
    with ThreadPoolExecutor(1) as pool:
        with past.storage.transaction():
            past.engine.book(of(PLAIN, EDGE + HALF_HOUR))
            mended = pool.submit(rebuilt, past.storage)
            _await_waiting(url, mended)
            past.engine.book(of(PLAIN, EDGE - HALF_HOUR))
        mended.result(60)

    assert is_right(past.storage)
    assert set_minutes(past.storage) == {BLOCK: 30, BLOCK + 1: 60}


def test_lists_do_not_wait_for_masks_that_are_written(url: str, past: History) -> None:
    """They go by those that were there."""
    past.engine.book(of(PLAIN, DAY.start))
    with ThreadPoolExecutor(1) as pool, past.storage.transaction():
        rebuilt(past.storage)

        listed = pool.submit(starts, past.engine, PLAIN, DAY).result(60)

    assert listed[0] == DAY.start + HALF_HOUR


# --- masks that are wrong -------------------------------------------------------------------------

_SAME_LENGTH = "UPDATE booker_busy_masks SET mask = :mask WHERE unit = 5"
_FULL, _EMPTY = b"\xff" * 1152, b"\0" * 1152

#: What somebody does to the masks of two blocks, and how many are wrong then.
_HARM = {
    "bits set": (_SAME_LENGTH, {"mask": _FULL}, 2),
    "bits cleared": (_SAME_LENGTH, {"mask": _EMPTY}, 2),
    "one bit set": (f"{_SAME_LENGTH} AND block = {BLOCK}", {"mask": b"\1" + _EMPTY[1:]}, 1),
    "a row deleted": (f"DELETE FROM booker_busy_masks WHERE block = {BLOCK}", {}, 1),
    "all deleted": ("DELETE FROM booker_busy_masks", {}, 2),
    "a row of another block": ("UPDATE booker_busy_masks SET block = block + 10", {}, 4),
    "a row of nothing": (
        "INSERT INTO booker_busy_masks (host_id, block, unit, mask) "
        "SELECT id, 700, 1, :mask FROM booker_hosts WHERE slug = 'ben'",
        {"mask": b"\1" + b"\0" * 5759},
        1,
    ),
    "of minutes, in place of fives": (
        "UPDATE booker_busy_masks SET unit = 1, mask = :mask",
        {"mask": b"\1" * 5760},
        2,
    ),
    "nothing": ("DELETE FROM booker_busy_masks WHERE block = 0", {}, 0),
}


@pytest.fixture
def booked(past: History) -> History:
    """Bookings of one host in two blocks."""
    for start in (slot(0), slot(4), EDGE):
        past.engine.book(of(PLAIN, start))
    return past


@pytest.mark.parametrize("harm", _HARM)
def test_wrong_masks_are_counted_and_mended(booked: History, harm: str) -> None:
    """All of them, so that what is there in the end is what was there before; and twice is once."""
    statement, values, wrong = _HARM[harm]
    before = masks(booked.storage)
    do(booked.storage, statement, **values)
    with booked.storage.reading() as connection:
        counted = count(connection).wrong

    mended = rebuilt(booked.storage)

    assert (counted, mended, rebuilt(booked.storage)) == (wrong, wrong, 0)
    assert masks(booked.storage) == before
    assert is_right(booked.storage)


def test_masks_of_minutes_become_those_of_fives(booked: History) -> None:
    """They were right, and lists are made faster now."""
    before = masks(booked.storage)
    for key, (_, mask) in before.items():
        widen(booked.storage, *key, int.from_bytes(mask, "little"))
    right, units = is_right(booked.storage), {unit for unit, _ in masks(booked.storage).values()}

    mended = rebuilt(booked.storage)

    assert (right, units, mended) == (True, {1}, 0)
    assert masks(booked.storage) == before


def widen(storage: Storage, host: int, block: int, bits: int) -> None:
    """Write a mask of fives as one of minutes."""
    wide = sum(31 << 5 * place for place in range(9216) if bits >> place & 1)
    do(
        storage,
        "UPDATE booker_busy_masks SET unit = 1, mask = :mask WHERE host_id = :host AND block = :block",
        mask=wide.to_bytes(5760, "little"),
        host=host,
        block=block,
    )


def test_masks_of_what_was_given_back_are_forgotten(booked: History) -> None:
    """When they are written anew: of a host who has nothing booked none is left."""
    for booking in booked.open():
        booked.engine.cancel(booking.uid)
    kept = len(masks(booked.storage))

    mended = rebuilt(booked.storage)

    assert (kept, mended, masks(booked.storage)) == (2, 0, {})


def test_rows_that_somebody_has_changed_are_in_masks_that_are_written_anew(booked: History) -> None:
    """Which is what a host does after such a change."""
    types = (bindparam("until", type_=Instant), bindparam("start", type_=Instant))
    later = text("UPDATE booker_host_times SET blocked_until = :until WHERE blocked_from = :start")
    with booked.storage.transaction() as connection:
        connection.execute(later.bindparams(*types), {"start": slot(0), "until": slot(2)})
    before = slot(1) in starts(booked.engine, PLAIN, DAY)

    mended = rebuilt(booked.storage)

    assert (before, mended) == (True, 1)
    assert slot(1) not in starts(booked.engine, PLAIN, DAY)
    assert is_right(booked.storage)


@pytest.mark.parametrize("mask", [_EMPTY + b"\0", _EMPTY[1:], b""], ids=["longer", "shorter", "nothing"])
def test_a_mask_of_another_length_is_refused(booked: History, mask: bytes) -> None:
    """By the database, for blocks are read one after the other."""
    with pytest.raises(IntegrityError):
        do(booked.storage, _SAME_LENGTH, mask=mask)


def test_nobody_is_booked_twice_by_masks_that_say_less(url: str, booked: History) -> None:
    """The list offers what is taken; nobody can book, hold or move to it, and what is asked why is told."""
    engine, other = booked.engine, booked.engine.book(of(PLAIN, slot(6)))
    do(booked.storage, _SAME_LENGTH, mask=_EMPTY)

    listed = starts(engine, PLAIN, DAY)

    assert slot(0) in listed
    assert [each.rule for each in engine.explain(PLAIN, slot(0))] == [Rule.BUSY]
    for act in (
        lambda: engine.book(of(PLAIN, slot(0), guest="bo")),
        lambda: engine.hold(PLAIN, slot(0)),
        lambda: engine.reschedule(other.uid, slot(0)),
    ):
        with pytest.raises(SlotTaken):
            act()
    assert all("busy masks" in problem for problem in problems(url))


def test_nothing_is_refused_by_masks_that_say_more(booked: History) -> None:
    """The list offers nothing; whoever asks for a time has it, and nothing is said against it."""
    do(booked.storage, _SAME_LENGTH, mask=_FULL)

    listed = starts(booked.engine, PLAIN, DAY)

    assert listed == []
    assert booked.engine.explain(PLAIN, slot(1)) == ()
    assert booked.engine.book(of(PLAIN, slot(1), guest="bo")).is_open


def test_a_booking_mends_no_more_than_its_own_minutes(booked: History) -> None:
    """What was wrong stays so until the masks are written anew; what is booked then is marked."""
    do(booked.storage, _SAME_LENGTH, mask=_EMPTY)

    booked.engine.book(of(PLAIN, slot(1), guest="bo"))

    assert not is_right(booked.storage)
    assert slot(1) not in starts(booked.engine, PLAIN, DAY)
    assert rebuilt(booked.storage) == 2
    assert is_right(booked.storage)
