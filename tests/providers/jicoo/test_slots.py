"""Tests of the free slots: asked for by weeks, at the same time, and kept for half a minute."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Response

from booker_components.errors import EventTypeNotFound, ProviderError, ProviderUnavailable
from booker_components.providers._http import Http
from booker_components.providers.jicoo.client import JicooClient, JicooUnprocessable
from booker_components.providers.jicoo.slots import SlotBoard
from booker_components.testing import FrozenClock
from booker_components.testing.jicoo import EventType as Page
from booker_components.testing.jicoo import weekly
from booker_components.values import EventType, Seats, Slot, TimeWindow

from ...processes import FORKS
from ..remote import as_json, serving
from .bare import MINUTE, NOW, BareJicoo, bare_jicoo, declared

DAY = timedelta(days=1)
HALF_HOUR = 30 * MINUTE
#: The day after, from 9 to 17 o'clock UTC.
TUESDAY = datetime(2026, 3, 3, tzinfo=UTC)
NINE = TUESDAY + timedelta(hours=9)
MARCH = TimeWindow(start=NOW, end=datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def at() -> Iterator[BareJicoo]:
    """A Jicoo with nothing in it."""
    with bare_jicoo() as made:
        yield made


def opened(at: BareJicoo, **fields: Any) -> tuple[Page, EventType, SlotBoard]:
    """Add a booking page that is open every day, and give it, its event type, and a board of its own."""
    page = at.fake.add_event_type(**{"hours": weekly(days=range(1, 8))} | fields)
    return page, declared(page.uid, durations=(HALF_HOUR,)), SlotBoard(at.client(), at.clock)


def starts(slots: tuple[Slot, ...]) -> list[datetime]:
    """Give the starts of slots."""
    return [each.start for each in slots]


def periods(at: BareJicoo) -> list[tuple[str, str]]:
    """Give the periods that were asked for since the last time, in order."""
    return sorted((each.query["periodStart"][0], each.query["periodEnd"][0]) for each in at.new())


# --- asking --------------------------------------------------------------------------------------


def test_slots_of_a_day_are_as_long_as_the_event_type(at: BareJicoo) -> None:
    """Jicoo tells no end (contracts/jicoo.md 2.9); those before and after the window are left out."""
    _, intro, board = opened(at)

    found = board.slots(intro, TimeWindow(start=NINE + HALF_HOUR, end=NINE + 3 * HALF_HOUR))

    assert [(each.start, each.end) for each in found] == [
        (NINE + HALF_HOUR, NINE + 2 * HALF_HOUR),
        (NINE + 2 * HALF_HOUR, NINE + 3 * HALF_HOUR),
    ]
    assert {each.seats_left for each in found} == {None}


def test_a_month_is_asked_for_by_weeks(at: BareJicoo) -> None:
    """None is longer than the seven days that Jicoo allows; the present one begins today."""
    at.clock.set(NOW + 2 * DAY)
    _, intro, board = opened(at)

    found = board.slots(intro, MARCH)

    assert len(found) == 28 * 16
    assert starts(found) == sorted(set(starts(found)))
    assert periods(at) == [
        ("2026-03-04T00:00:00.000Z", "2026-03-09T00:00:00.000Z"),
        ("2026-03-09T00:00:00.000Z", "2026-03-16T00:00:00.000Z"),
        ("2026-03-16T00:00:00.000Z", "2026-03-23T00:00:00.000Z"),
        ("2026-03-23T00:00:00.000Z", "2026-03-30T00:00:00.000Z"),
        ("2026-03-30T00:00:00.000Z", "2026-04-06T00:00:00.000Z"),
    ]


def test_the_past_is_not_asked_for(at: BareJicoo) -> None:
    """Nothing in it can be booked."""
    _, intro, board = opened(at)

    assert board.slots(intro, TimeWindow(start=NOW - 30 * DAY, end=NOW - DAY)) == ()
    assert periods(at) == []


def test_neighbouring_months_share_a_week(at: BareJicoo) -> None:
    """It is asked for once; so are the weeks of guests of every zone."""
    _, intro, board = opened(at)
    board.slots(intro, MARCH)
    periods(at)

    april = TimeWindow(start=MARCH.end - timedelta(hours=9), end=MARCH.end + 30 * DAY - timedelta(hours=9))
    found = board.slots(intro, april)

    assert len(found) == 30 * 16
    assert periods(at)[0][0] == "2026-04-06T00:00:00.000Z"


def test_weeks_are_asked_for_at_the_same_time(at: BareJicoo) -> None:
    """All of a month: each answer waits here for the other requests."""
    gate = threading.Barrier(5, timeout=10)

    def answer() -> Response:
        gate.wait()
        return as_json({"data": [], "errors": {}})

    with serving(answer) as remote:
        board = SlotBoard(JicooClient(at.http, remote.url, "key"), at.clock)
        found = board.slots(declared("x"), MARCH)

    assert found == ()
    assert len(remote.requests) == 5


def test_a_start_that_two_weeks_tell_is_one_slot(at: BareJicoo) -> None:
    """Whether the end of a period is in it, nobody says."""
    told = {"startedAt": "2026-03-09T00:00:00.000Z", "remainingCapacity": 1}
    with serving(as_json({"data": [told, told], "errors": {}})) as remote:
        board = SlotBoard(JicooClient(at.http, remote.url, "key"), at.clock)
        found = board.slots(declared("x"), MARCH)

    assert starts(found) == [datetime(2026, 3, 9, tzinfo=UTC)]


# --- keeping -------------------------------------------------------------------------------------


def test_slots_are_kept_for_half_a_minute(at: BareJicoo) -> None:
    """Then they are asked for again."""
    page, intro, board = opened(at)
    board.slots(intro, MARCH)
    at.fake.book(page, NINE)

    at.clock.move(timedelta(seconds=29))
    assert NINE in starts(board.slots(intro, MARCH))
    at.clock.move(timedelta(seconds=1))
    assert NINE not in starts(board.slots(intro, MARCH))


def test_slots_are_forgotten_after_a_change(at: BareJicoo) -> None:
    """Those of other event types too: they may have the same host."""
    page, intro, board = opened(at)
    board.slots(intro, MARCH)
    at.fake.book(page, NINE)

    board.drop()

    assert NINE not in starts(board.slots(intro, MARCH))


def test_those_who_ask_the_same_at_the_same_time_ask_once(at: BareJicoo) -> None:
    """Whatever the number of threads."""
    _, intro, board = opened(at)
    at.fake.next(delay=0.3, path="*/available_schedules", times=5)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: board.slots(intro, MARCH), range(8)))

    assert len(found) == 1
    assert len(periods(at)) == 5


def test_a_failure_is_not_kept(at: BareJicoo) -> None:
    """The next one asks again for what failed, and for nothing else."""
    _, intro, board = opened(at)
    at.fake.next(status=422, path="*/available_schedules")
    with pytest.raises(JicooUnprocessable):
        board.slots(intro, MARCH)

    assert len(board.slots(intro, MARCH)) > 28 * 16
    assert len(periods(at)) == 6


def _ask(board: SlotBoard, told: Any) -> None:
    told.send(len(board.slots(declared("x"), MARCH)))


def _ask_before_and_after_a_fork(url: str, told: Any) -> None:
    http = Http()
    board = SlotBoard(JicooClient(http, url, "key"), FrozenClock(NOW))
    _ask(board, told)
    board.drop()
    child = multiprocessing.get_context("fork").Process(target=_ask, args=(board, told))
    child.start()
    child.join()
    http.close()


def test_a_forked_process_can_ask_too() -> None:
    """It has neither threads nor connections of the one that it comes from."""
    slot = {"startedAt": "2026-03-10T00:00:00.000Z", "remainingCapacity": 1}
    ours, theirs = multiprocessing.Pipe()
    with serving(as_json({"data": [slot], "errors": {}})) as remote, ours, theirs:
        process = FORKS.Process(target=_ask_before_and_after_a_fork, args=(remote.url, theirs))
        process.start()
        process.join()

        assert [ours.recv() if ours.poll() else None for _ in range(2)] == [1, 1]
    assert len(remote.requests) == 10


# --- now -----------------------------------------------------------------------------------------


def test_a_start_is_looked_at_this_moment(at: BareJicoo) -> None:
    """What was kept does not count, and is left as it is."""
    page, intro, board = opened(at)
    board.slots(intro, MARCH)
    at.fake.book(page, NINE)

    assert NINE in starts(board.slots(intro, MARCH))
    assert NINE not in starts(board.around(intro, NINE))
    assert NINE + HALF_HOUR in starts(board.around(intro, NINE))


@pytest.mark.parametrize("length", [15 * MINUTE, timedelta(hours=20), 10 * DAY], ids=str)
def test_a_look_around_stays_within_a_week(at: BareJicoo, length: timedelta) -> None:
    """However long a booking is."""
    page = at.fake.add_event_type(duration=length // MINUTE)
    board = SlotBoard(at.client(), at.clock)

    board.around(declared(page.uid, durations=(length,)), NINE)

    ((first, last),) = periods(at)
    assert datetime.fromisoformat(first) <= TUESDAY
    assert datetime.fromisoformat(last) >= TUESDAY + DAY


# --- places --------------------------------------------------------------------------------------


def test_places_are_told_where_several_may_come(at: BareJicoo) -> None:
    """The last one of a group is told too."""
    page, intro, board = opened(at, capacity=3)
    at.fake.book(page, NINE)
    at.fake.book(page, NINE)
    at.fake.book(page, NINE + HALF_HOUR)

    found = board.slots(intro, TimeWindow(start=NINE, end=NINE + 3 * HALF_HOUR))

    assert [each.seats_left for each in found] == [1, 2, 3]


def test_places_are_told_where_it_is_declared(at: BareJicoo) -> None:
    """Then also if there is one left everywhere."""
    _, intro, board = opened(at)

    found = board.slots(replace(intro, seats=Seats(per_slot=1)), TimeWindow(start=NINE, end=NINE + DAY))

    assert {each.seats_left for each in found} == {1}


def test_full_times_and_unknown_numbers() -> None:
    """What is full is left out; what is told without a number is free."""
    told = [
        {"startedAt": "2026-03-10T00:00:00.000Z", "remainingCapacity": 0},
        {"startedAt": "2026-03-11T00:00:00.000Z", "remainingCapacity": None},
        {"startedAt": "2026-03-12T00:00:00.000Z"},
        {"startedAt": "2026-03-13T00:00:00.000Z", "remainingCapacity": 4},
    ]
    http = Http()
    with serving(as_json({"data": told, "errors": {}})) as remote:
        board = SlotBoard(JicooClient(http, remote.url, "key"), FrozenClock(NOW))
        found = board.slots(declared("x"), MARCH)
    http.close()

    assert [(each.start.day, each.seats_left) for each in found] == [(11, None), (12, None), (13, 4)]


# --- failing -------------------------------------------------------------------------------------


def test_an_unknown_event_type_is_not_found(at: BareJicoo) -> None:
    """Whoever may not read event types learns it here."""
    board = SlotBoard(at.client(), at.clock)

    for id in ("gone", ""):
        with pytest.raises(EventTypeNotFound):
            board.slots(declared(id), MARCH)


def test_an_outage_is_told(at: BareJicoo) -> None:
    """As such, though several calls failed."""
    _, intro, board = opened(at)
    at.fake.next(status=503, times=99)

    with pytest.raises(ProviderUnavailable):
        board.slots(intro, MARCH)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        [7],
        [{}],
        [{"startedAt": "nine"}],
        [{"startedAt": "2026-03-10T00:00:00"}],
        [{"startedAt": "2026-03-10T00:00:00Z", "remainingCapacity": -1}],
        [{"startedAt": "2026-03-10T00:00:00Z", "remainingCapacity": "many"}],
    ],
    ids=repr,
)
def test_garbage_is_a_provider_error(at: BareJicoo, data: object) -> None:
    """Never a KeyError."""
    with serving(as_json({"data": data, "errors": {}})) as remote:
        board = SlotBoard(JicooClient(at.http, remote.url, "key"), at.clock)

        with pytest.raises(ProviderError, match="Jicoo gave"):
            board.slots(declared("x"), MARCH)
