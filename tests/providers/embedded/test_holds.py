"""Holds: a chosen time is kept for some minutes, and never outranks a booking."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.errors import NotBookable, SlotTaken
from booker_components.values import Seats

from ..samples import ADA, DAY, INTRO, engine_on, slot
from ..team import ROBIN, alone, of, starts

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
