"""Holds: a chosen time is kept for some minutes, and never outranks a booking."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.errors import NotBookable, SlotTaken, TooManyRequests
from booker_components.policy import Rule
from booker_components.providers.embedded.holding import MOST
from booker_components.values import Align, Seats

from ..samples import ADA, DAY, HALF_HOUR, INTRO, engine_on, slot
from ..team import ALAN, GRACE, ROBIN, alone, hosts, of, starts

SOLO = alone(ADA, "solo")
COURSE = replace(INTRO, slug="course", seats=Seats(per_slot=2))


def test_a_held_time_is_not_offered_until_it_lapses(url):
    """For no event type of the host."""
    engine, clock = engine_on(url, INTRO, SOLO)

    hold = engine.hold(INTRO, slot(0))
    meanwhile = starts(engine, INTRO, DAY)[0], starts(engine, SOLO, DAY)[0]
    known = engine.held(hold.uid)
    clock.set(hold.until)

    assert meanwhile == (slot(1), slot(1))
    assert (known, engine.held(hold.uid)) == (hold, None)
    assert starts(engine, INTRO, DAY)[0] == slot(0)


def test_a_released_time_is_free_at_once(url):
    """Releasing it twice is nothing to mind."""
    engine, _ = engine_on(url)
    hold = engine.hold(INTRO, slot(0))

    engine.release(hold.uid)
    engine.release(hold.uid)

    assert engine.held(hold.uid) is None
    assert starts(engine, INTRO, DAY)[0] == slot(0)


def test_what_is_held_or_booked_cannot_be_held(url):
    """Two visitors do not hold one time."""
    engine, _ = engine_on(url)
    engine.hold(INTRO, slot(0))
    engine.book(of(INTRO, slot(1)))

    for taken in (slot(0), slot(1)):
        with pytest.raises(SlotTaken):
            engine.hold(INTRO, taken)
    with pytest.raises(NotBookable):
        engine.hold(INTRO, slot(30))


def test_a_hold_never_outranks_a_booking(url):
    """Whoever books first has the time, and the hold is no use then."""
    engine, _ = engine_on(url)
    hold = engine.hold(INTRO, slot(0))

    engine.book(of(INTRO, slot(0), guest="quick"))

    with pytest.raises(SlotTaken):
        engine.book(of(INTRO, slot(0), hold=hold.uid))


def test_booking_uses_the_own_hold_up(url):
    """Nothing is held of a time that is cancelled later."""
    engine, _ = engine_on(url)
    hold = engine.hold(INTRO, slot(0))

    booked = engine.book(of(INTRO, slot(0), hold=hold.uid))
    engine.cancel(booked.uid)

    assert engine.held(hold.uid) is None
    assert starts(engine, INTRO, DAY)[0] == slot(0)


def test_a_hold_of_a_shared_time_keeps_a_seat(url):
    """The count goes down, for this event type only; two holds fill two seats."""
    engine, _ = engine_on(url, COURSE)
    engine.book(of(COURSE, slot(0)))

    engine.hold(COURSE, slot(0))

    assert slot(0) not in starts(engine, COURSE, DAY)
    with pytest.raises(SlotTaken):
        engine.hold(COURSE, slot(0))


def test_a_hold_of_a_round_robin_time_keeps_one_host(url):
    """Two of three are left."""
    engine, _ = engine_on(url, ROBIN)

    for _ in range(2):
        engine.hold(ROBIN, slot(0))
    still = slot(0) in starts(engine, ROBIN, DAY)
    engine.hold(ROBIN, slot(0))

    assert still
    assert slot(0) not in starts(engine, ROBIN, DAY)


def test_a_hold_lasts_as_long_as_said(url):
    """Ten minutes where nothing else is said."""
    engine, clock = engine_on(url)

    assert engine.hold(INTRO, slot(0)).until == clock() + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("zone", "minutes", "refused"),
    [("", 7, True), ("", 15, True), ("Asia/Kathmandu", 15, False), ("Asia/Kathmandu", 0, True)],
    ids=["any minute", "host's zone", "guest's zone", "not the guest's"],
)
def test_only_where_slots_start_is_a_time_held(url, zone, minutes, refused):
    """In the guest's zone, where they are aligned in it: else anybody could cover a day with odd minutes."""
    guests = replace(INTRO, align=Align.GUEST if zone else Align.HOST, slot_interval=2 * HALF_HOUR)
    engine, _ = engine_on(url, guests)
    start = slot(2) + timedelta(minutes=minutes)

    if refused:
        with pytest.raises(NotBookable) as refusal:
            engine.hold(guests, start, zone=zone)

        assert refusal.value.rule == Rule.GRID
    else:
        assert engine.hold(guests, start, zone=zone).start == start


def test_only_so_many_times_of_a_host_are_held_at_once(url):
    """Visitors cannot empty a calendar together; whoever gets no hold books all the same."""
    engine, clock = engine_on(url, INTRO, SOLO)
    held = [engine.hold(INTRO, slot(number)) for number in range(MOST)]
    other = slot(0) + timedelta(days=1)

    for event_type in (INTRO, SOLO):
        with pytest.raises(TooManyRequests):
            engine.hold(event_type, other)
    booked = engine.book(of(INTRO, other))
    engine.release(held[0].uid)
    engine.hold(SOLO, slot(0))
    clock.set(held[1].until)
    again = [engine.hold(INTRO, slot(number)) for number in range(MOST)]

    assert booked.start == other
    assert len(again) == MOST


def test_where_one_host_is_held_enough_another_is_kept(url):
    """Of a round robin; only when nobody is left is a hold refused."""
    engine, _ = engine_on(url, ROBIN, SOLO)
    for number in range(MOST):
        engine.hold(SOLO, slot(number))
    tomorrow = slot(0) + timedelta(days=1)

    for _ in range(2):
        engine.hold(ROBIN, tomorrow)
    with pytest.raises(TooManyRequests):
        engine.hold(ROBIN, tomorrow)


def test_a_held_seat_keeps_the_hosts_of_that_very_time(url):
    """Others of the round robin have nothing to do with it."""
    shared = replace(ROBIN, seats=Seats(per_slot=3))
    others = {each.slug: alone(each, f"only-{each.slug}") for each in (ADA, GRACE, ALAN)}
    engine, _ = engine_on(url, shared, *others.values())
    engine.book(of(shared, slot(1)))
    [host] = hosts(engine.book(of(shared, slot(0))))
    before = {slug: starts(engine, each, DAY) for slug, each in others.items()}

    for _ in range(2):
        engine.hold(shared, slot(0))

    assert (host, slot(0) in before["ada"]) == ("grace", True)
    assert {slug: starts(engine, each, DAY) for slug, each in others.items()} == before


def test_only_so_many_seats_are_held_at_once(url):
    """They are times of their hosts, too."""
    course = replace(COURSE, seats=Seats(per_slot=MOST + 5))
    engine, _ = engine_on(url, course)
    engine.book(of(course, slot(0)))
    for _ in range(MOST):
        engine.hold(course, slot(0))

    with pytest.raises(TooManyRequests):
        engine.hold(course, slot(0))
    engine.book(of(course, slot(0), guest="bo"))

    assert [each.seats_left for each in engine.slots(course, DAY) if each.start == slot(0)] == [3]
