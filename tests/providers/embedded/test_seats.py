"""Seats: several guests share a time, each with a seat."""

from dataclasses import replace

import pytest

from booker_components.errors import BookingClosed, SlotTaken
from booker_components.policy import Rule
from booker_components.values import Approval, BookingStatus, EventKind, Reason, Seats

from ..samples import ADA, DAY, INTRO, engine_on, slot
from ..team import ROBIN, alone, hosts, of, starts

COURSE = replace(INTRO, slug="course", title="Course", seats=Seats(per_slot=3))
SOLO = alone(ADA, "solo")


def _left(engine, start, **options):
    found = {each.start: each.seats_left for each in engine.slots(COURSE, DAY, **options)}
    return found.get(start)


def test_guests_share_a_time_until_it_is_full(url):
    """Three seats, counted down, then the time is gone."""
    engine, _ = engine_on(url, COURSE, SOLO)

    before = _left(engine, slot(0))
    seats = [engine.book(of(COURSE, slot(0), guest=f"g{number}")) for number in range(2)]
    between = _left(engine, slot(0))
    seats.append(engine.book(of(COURSE, slot(0), guest="g2")))

    assert (before, between, _left(engine, slot(0))) == (3, 1, None)
    assert len({each.uid for each in seats}) == 3
    assert len({each.shared for each in seats}) == 1
    with pytest.raises(SlotTaken):
        engine.book(of(COURSE, slot(0), guest="late"))


def test_a_full_time_says_that_it_is_full(url):
    """That is what hosts are told, of this start alone: at others, and for others, the host is busy."""
    engine, _ = engine_on(url, COURSE, SOLO)
    long = COURSE.durations[1]

    engine.book(of(COURSE, slot(0), guest="g0"))
    before = engine.explain(COURSE, slot(0))
    for number in (1, 2):
        engine.book(of(COURSE, slot(0), guest=f"g{number}"))

    busy = (Reason(rule=Rule.BUSY, host=ADA.slug),)
    assert before == ()
    assert engine.explain(COURSE, slot(0)) == (Reason(rule=Rule.FULL),)
    assert engine.explain(COURSE, slot(0), duration=long) == busy
    assert engine.explain(SOLO, slot(0)) == busy


def test_a_shared_time_takes_the_host_from_others(url):
    """Other event types do not get it, nor other starts of the same that overlap."""
    long = replace(COURSE, durations=(COURSE.durations[1],))
    engine, _ = engine_on(url, long, SOLO)

    engine.book(of(long, slot(0)))

    assert slot(0) not in starts(engine, SOLO, DAY)
    assert slot(1) not in starts(engine, long, DAY)
    assert slot(0) in starts(engine, long, DAY)
    with pytest.raises(SlotTaken):
        engine.book(of(SOLO, slot(1)))


def test_a_seat_given_up_is_free_and_the_last_one_frees_the_host(url):
    """The guest's own seat alone is cancelled."""
    engine, _ = engine_on(url, COURSE, SOLO)
    one, two = (engine.book(of(COURSE, slot(0), guest=guest)) for guest in ("one", "two"))

    engine.cancel(one.uid)
    after_one = _left(engine, slot(0)), engine.get(two.uid).status
    engine.cancel(two.uid)

    assert after_one == (2, BookingStatus.CONFIRMED)
    assert slot(0) in starts(engine, SOLO, DAY)


def test_a_seat_moves_alone(url):
    """It joins those at the other time; those left behind stay."""
    engine, _ = engine_on(url, COURSE)
    mover, stayer = (engine.book(of(COURSE, slot(0), guest=guest)) for guest in ("one", "two"))
    there = engine.book(of(COURSE, slot(2), guest="there"))

    moved = engine.reschedule(mover.uid, slot(2), by="guest")

    assert (moved.uid, moved.start, moved.shared) == (mover.uid, slot(2), there.shared)
    assert engine.get(stayer.uid).start == slot(0)
    assert (_left(engine, slot(0)), _left(engine, slot(2))) == (2, 1)


def test_the_whole_is_nobodys_and_changes_for_everybody(url):
    """The host moves and cancels all seats by the uid that they share; each seat hears of it."""
    engine, _ = engine_on(url, COURSE)
    told = []
    engine.on_change(lambda kind, booking: told.append((kind, booking.uid)))
    seats = [engine.book(of(COURSE, slot(0), guest=f"g{number}")) for number in range(3)]
    shared = seats[0].shared
    told.clear()

    whole = engine.get(shared)
    moved = engine.reschedule(shared, slot(4), by="host")
    cancelled = engine.cancel(shared, by="host")

    assert not whole.is_held
    assert (moved.start, cancelled.status) == (slot(4), BookingStatus.CANCELLED)
    assert {engine.get(each.uid).status for each in seats} == {BookingStatus.CANCELLED}
    assert sorted(told) == sorted(
        (kind, each.uid) for kind in (EventKind.RESCHEDULED, EventKind.CANCELLED) for each in seats
    )
    with pytest.raises(BookingClosed):
        engine.cancel(shared)


@pytest.mark.parametrize(("shown", "seen"), [(True, ("Two", "Three")), (False, ())])
def test_guests_see_each_other_where_they_may(url, shown, seen):
    """By name, and none who has given up the seat."""
    course = replace(COURSE, seats=Seats(per_slot=5, show_guests=shown))
    engine, _ = engine_on(url, course)
    seats = [engine.book(of(course, slot(0), guest=guest)) for guest in ("one", "two", "gone", "three")]
    engine.cancel(seats[2].uid)

    assert engine.get(seats[0].uid).companions == seen


def test_seats_wait_for_approval_each_by_itself(url):
    """A pending seat holds its place, and a declined one gives it back."""
    asked = replace(COURSE, approval=Approval())
    engine, _ = engine_on(url, asked)
    one, two = (engine.book(of(asked, slot(0), guest=guest)) for guest in ("one", "two"))

    engine.decline(one.uid)
    engine.confirm(two.uid)

    assert _left(engine, slot(0)) == 2
    assert engine.get(one.uid).status is BookingStatus.REJECTED
    assert engine.get(two.uid).status is BookingStatus.CONFIRMED


def test_the_whole_can_be_agreed_to_after_one_of_its_seats(url):
    """Those who still wait are meant."""
    asked = replace(COURSE, approval=Approval())
    engine, _ = engine_on(url, asked)
    one, two = (engine.book(of(asked, slot(0), guest=guest)) for guest in ("one", "two"))
    engine.confirm(one.uid)

    engine.confirm(one.shared)

    assert engine.get(two.uid).status is BookingStatus.CONFIRMED
    with pytest.raises(BookingClosed):
        engine.confirm(one.shared)


def test_seats_fill_one_host_before_the_next_is_taken(url):
    """Round robin with seats: guests meet, and a second host opens another room when the first is full."""
    robin = replace(ROBIN, seats=Seats(per_slot=2))
    engine, _ = engine_on(url, robin)

    who = [hosts(engine.book(of(robin, slot(0), guest=f"g{number}")))[0] for number in range(4)]

    assert who[0] == who[1] != who[2] == who[3]


def test_the_own_seat_counts_as_free_when_it_is_the_only_one(url):
    """Moving by half an hour within a long course."""
    long = replace(COURSE, durations=(COURSE.durations[1],))
    engine, _ = engine_on(url, long)
    seat = engine.book(of(long, slot(0)))

    moved = engine.reschedule(seat.uid, slot(1), by="guest")

    assert slot(1) in starts(engine, long, DAY, moving=seat.uid) or moved.start == slot(1)
    assert moved.start == slot(1)


def test_the_revision_of_what_guests_share_never_goes_back(url):
    """Every change of a seat counts, and one that has moved elsewhere goes on counting."""
    asked = replace(COURSE, approval=Approval())
    engine, _ = engine_on(url, asked)
    one, two = (engine.book(of(asked, slot(0), guest=guest)) for guest in ("one", "two"))
    found = [engine.get(one.shared).revision]

    for change in (
        lambda: engine.confirm(one.uid),
        lambda: engine.reschedule(two.uid, slot(4), by="guest"),
        lambda: engine.book(of(asked, slot(0), guest="three")),
        lambda: engine.cancel(one.uid),
        lambda: engine.reschedule(one.shared, slot(2), by="host"),
    ):
        change()
        found.append(engine.get(one.shared).revision)

    assert found == sorted(set(found))
