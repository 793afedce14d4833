"""The list that is made from busy masks is the one that is made from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booker_components.providers.embedded import availability, changing, taking
from booker_components.providers.embedded.people import Wish, look, open_seats, people, taken
from booker_components.values import EventType, Slots, TimeWindow

from ..samples import DAY, HALF_HOUR, INTRO, NINE, NOW
from ..team import of
from .histories import ASKED, BOTH, CLASS, EDGE, KINDS, LONG, MINUTE, ODD, PLAIN, ROBIN, TWO, History, history

#: A day across the edge of two blocks, the last minutes of one, the week around it, two months, and the past.
WINDOWS = {
    "a day": TimeWindow(start=EDGE - 12 * 60 * MINUTE, end=EDGE + 12 * 60 * MINUTE),
    "up to the edge": TimeWindow(start=EDGE - 61 * MINUTE, end=EDGE),
    "from the edge": TimeWindow(start=EDGE, end=EDGE + 61 * MINUTE),
    "a week": TimeWindow(start=EDGE - timedelta(days=3), end=EDGE + timedelta(days=4)),
    "two months": TimeWindow(start=NOW - timedelta(days=1), end=NOW + timedelta(days=70)),
    "the past": TimeWindow(start=NOW - timedelta(days=2), end=NOW - timedelta(days=1)),
    "nothing": TimeWindow(start=EDGE, end=EDGE),
}
DAY_OF_EDGE = WINDOWS["a day"]


def by_rows(
    past: History,
    kind: EventType,
    window: TimeWindow,
    *,
    duration: timedelta | None = None,
    moving: str | None = None,
    zone: str = "",
) -> Slots:
    """Give the list from the rows of all bookings, holds and limits, as a booking looks at them."""
    desk = past.engine._desk
    wish = Wish(event_type=kind, window=window, duration=duration or kind.duration)
    if moving:
        wish = changing.moving(desk, wish, moving)
    rest = {"now": desk.now(), "duration": wish.duration, "zone": zone}
    wish = replace(wish, window=availability.reach(wish.event_type, window=window, **rest))
    elsewhere = look(desk, wish)
    with past.storage.reading() as connection:
        found = people(desk, wish.event_type, taken(connection, desk, wish, elsewhere))
        seats = open_seats(connection, wish, desk.now())
    return availability.free_slots(wish.event_type, found, window=window, open_seats=seats, **rest)


def starts_in(
    past: History, kind: EventType, window: TimeWindow = DAY_OF_EDGE, **options: object
) -> list[datetime]:
    """Give the starts on the list, which is the same by the rows."""
    listed = past.engine.slots(kind, window, **options)

    assert listed == by_rows(past, kind, window, **options)
    return [slot.start for slot in listed]


class Calendar:
    """Says when somebody is busy elsewhere: with odd minutes, around the edge of two blocks."""

    def busy(self, window: TimeWindow) -> Sequence[tuple[datetime, datetime]]:
        """Give them, whatever is asked."""
        step = timedelta(hours=5)
        return [(EDGE + place * step, EDGE + place * step + 47 * MINUTE) for place in range(-9, 9)]


# --- anything -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_lists_are_those_of_the_rows(url: str, seed: int) -> None:
    """Of every kind and window, with holds, limits, seats and what is elsewhere; with something free."""
    elsewhere = {"busy_sources": {"ben": [Calendar()]}} if seed % 2 else {}
    with history(url, seed, **elsewhere) as past:
        past.go_on(50)

        found = {
            (kind.slug, name): past.engine.slots(kind, window, duration=length, zone="Asia/Kathmandu")
            == by_rows(past, kind, window, duration=length, zone="Asia/Kathmandu")
            for kind in KINDS
            for name, window in WINDOWS.items()
            for length in kind.durations
        }

        assert [key for key, same in found.items() if not same] == []
        assert all(past.engine.slots(kind, WINDOWS["two months"]) for kind in KINDS)


@pytest.mark.parametrize("seed", range(3, 5))
def test_lists_for_a_booking_that_moves_are_those_of_the_rows(url: str, seed: int) -> None:
    """Of every booking, alone or as a seat, and of every time that is shared as a whole."""
    with history(url, seed) as past:
        past.go_on(50)
        kinds = {kind.slug: kind for kind in KINDS}

        for booking in past.open():
            window = TimeWindow(start=booking.start - timedelta(days=1), end=booking.end + timedelta(days=1))
            for uid in filter(None, (booking.uid, booking.shared)):
                starts_in(past, kinds[booking.event_type], window, moving=uid, duration=booking.duration)


@pytest.mark.parametrize(
    "changes", [{"optimized": True}, {"first_only": True}, {"offset": 5 * MINUTE}], ids=str
)
def test_lists_that_look_further_are_those_of_the_rows(url: str, changes: dict[str, object]) -> None:
    """Where starts depend on what is free before them, beyond the window and across the edge of a block."""
    with history(url, 6) as past:
        past.go_on(40)

        for kind in (replace(PLAIN, **changes), replace(TWO, **changes)):
            for window in WINDOWS.values():
                starts_in(past, kind, window, zone="America/New_York")


# --- a booking that moves -------------------------------------------------------------------------


def test_the_own_time_of_one_that_moves_is_free_and_its_neighbours_is_not(url: str) -> None:
    """Nor is what another one has of the same five minutes, or of the same one."""
    with history(url) as past:
        booking, after = (past.engine.book(of(PLAIN, EDGE + place * HALF_HOUR)) for place in (0, 1))

        found = starts_in(past, PLAIN, moving=booking.uid)

        assert EDGE not in starts_in(past, PLAIN)
        assert EDGE in found
        assert after.start not in found


def test_a_minute_that_a_neighbour_has_as_well_stays_taken(url: str) -> None:
    """A booking from 9:00:20 to 9:30:20 moves, and another one begins there."""
    with history(url) as past:
        booking = past.engine.book(of(PLAIN, NINE))
        host, change = past.engine._desk.numbers()["ann"], NINE + HALF_HOUR + timedelta(seconds=20)
        with past.storage.transaction() as connection:
            number = changing._appointment(connection, booking.uid)
            taking.move(connection, number, taking.Times.of(INTRO, change - HALF_HOUR, HALF_HOUR), [host])
            later = taking.Times.of(INTRO, change, 2 * MINUTE)
            taking.take(connection, INTRO, later, [host], uid=taking.new_uid())
        minutes = replace(PLAIN, durations=(MINUTE,), slot_interval=MINUTE)

        found = starts_in(past, minutes, DAY, moving=booking.uid, duration=MINUTE)

        assert NINE + 29 * MINUTE in found
        assert NINE + 30 * MINUTE not in found
        assert NINE + 33 * MINUTE in found


def test_a_seat_that_moves_gives_its_hosts_free_only_if_it_is_the_last(url: str) -> None:
    """Else the others are still there, and the seat is one of several."""
    with history(url) as past:
        first, second = (past.engine.book(of(CLASS, NINE, guest=guest)) for guest in ("ann", "bo"))
        dans = replace(PLAIN, hosts=CLASS.hosts)

        whole = starts_in(past, CLASS, DAY, moving=first.shared)
        before = [
            slot.seats_left for slot in past.engine.slots(CLASS, DAY, moving=first.uid) if slot.start == NINE
        ]
        past.engine.cancel(second.uid)
        after = [
            slot.seats_left for slot in past.engine.slots(CLASS, DAY, moving=first.uid) if slot.start == NINE
        ]

        assert NINE in whole
        assert (before, after) == ([1], [3])
        assert NINE not in starts_in(past, dans, DAY)


# --- what is not in masks -------------------------------------------------------------------------


def test_holds_of_others_are_in_the_list_until_they_lapse(url: str) -> None:
    """Of any kind of the host's; those of a time with seats keep one of them from its own kind."""
    with history(url) as past:
        past.engine.book(of(CLASS, NINE))
        held = past.engine.hold(PLAIN, EDGE)
        past.engine.hold(CLASS, NINE)
        dans = replace(PLAIN, hosts=CLASS.hosts)
        meanwhile = (
            EDGE in starts_in(past, PLAIN),
            EDGE in starts_in(past, ODD),
            NINE in starts_in(past, dans, DAY),
        )
        left = [slot.seats_left for slot in past.engine.slots(CLASS, DAY) if slot.start == NINE]
        past.clock.set(held.until)

        assert meanwhile == (False, False, False)
        assert left == [1]
        assert EDGE in starts_in(past, PLAIN)
        assert [slot.seats_left for slot in past.engine.slots(CLASS, DAY) if slot.start == NINE] == [2]


def test_a_limit_is_in_the_list(url: str) -> None:
    """Of the event type, and of a host who has some."""
    with history(url) as past:
        for place in range(3):
            past.engine.book(of(ASKED, NINE + place * HALF_HOUR))

        assert starts_in(past, ASKED, DAY) == []
        assert len(starts_in(past, replace(ASKED, slug="other"), DAY)) == 45
        assert starts_in(past, ASKED, TimeWindow(start=DAY.end, end=DAY.end + 24 * 60 * MINUTE))


def test_a_limit_of_a_host_is_in_the_list(url: str) -> None:
    """Whatever it is that is booked; colleagues are free."""
    with history(url) as past:
        alone = replace(PLAIN, hosts=BOTH.hosts[1:])
        assert starts_in(past, alone, DAY)
        for place in range(4):
            past.engine.book(of(BOTH, NINE + 2 * place * HALF_HOUR))

        assert starts_in(past, alone, DAY) == starts_in(past, BOTH, DAY) == []
        assert starts_in(past, ROBIN, DAY)


def test_what_is_elsewhere_is_in_the_list(url: str) -> None:
    """To the minute, on both sides of the edge of a block; and only where that host is needed."""
    with history(url, busy_sources={"ben": [Calendar()]}) as past:
        found = starts_in(past, LONG), starts_in(past, replace(LONG, durations=(HALF_HOUR,)))

        assert found[0] == []
        assert EDGE not in found[1]
        assert EDGE + 60 * MINUTE in found[1]
        assert EDGE in starts_in(past, ROBIN)


def test_what_waits_is_in_the_list_and_what_was_declined_is_not(url: str) -> None:
    """Its mask changes with it."""
    with history(url) as past:
        asked = past.engine.book(of(ASKED, NINE))
        waiting = NINE in starts_in(past, ASKED, DAY)

        past.engine.decline(asked.uid)

        assert not waiting
        assert NINE in starts_in(past, ASKED, DAY)
