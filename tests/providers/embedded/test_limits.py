"""Limits: how much is booked of a host, of an event type and by a guest at most."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booker_components.errors import NotBookable
from booker_components.policy import Rule
from booker_components.values import Absence, BookingWindow, Counting, Limit, Period, TimeWindow

from ..samples import ADA, DAY, INTRO, engine_on, slot
from ..team import GRACE, HOUR, PAIR, alone, of, starts

A_DAY = timedelta(days=1)
NEXT_DAY = TimeWindow(start=DAY.end, end=DAY.end + A_DAY)
TWO_A_DAY = (Limit(per=Period.DAY, count=2),)


def test_a_full_day_is_not_offered_and_the_next_one_is(url):
    """Two bookings of the event type a day."""
    few = replace(INTRO, limits=TWO_A_DAY)
    engine, _ = engine_on(url, few)
    for number in range(2):
        engine.book(of(few, slot(number)))

    with pytest.raises(NotBookable) as refused:
        engine.book(of(few, slot(5)))

    assert starts(engine, few, DAY) == []
    assert len(starts(engine, few, NEXT_DAY)) == 10
    assert refused.value.rule == Rule.LIMIT
    assert [each.rule for each in engine.explain(few, slot(5))] == [Rule.LIMIT]


def test_minutes_count_with_what_is_asked_for(url):
    """Of 90 minutes a day 60 are booked: half an hour fits, an hour does not."""
    few = replace(INTRO, limits=(Limit(per=Period.DAY, total=timedelta(minutes=90)),))
    engine, _ = engine_on(url, few)
    engine.book(of(few, slot(0), duration=HOUR))

    assert starts(engine, few, DAY, duration=HOUR) == []
    assert len(starts(engine, few, DAY)) == 8


def test_a_hosts_limit_counts_whatever_it_is(url):
    """Bookings of another event type of the same host, and of several hosts."""
    busy = replace(ADA, limits=TWO_A_DAY)
    his, ours = alone(busy, "solo"), replace(PAIR, hosts=(busy, PAIR.hosts[1]))
    engine, _ = engine_on(url, his, ours)

    engine.book(of(his, slot(0)))
    engine.book(of(ours, slot(1)))

    assert starts(engine, his, DAY) == []
    assert starts(engine, ours, DAY) == []


def test_a_move_within_a_full_day_is_possible_and_into_one_is_not(url):
    """The booking that moves does not count where it was."""
    few = replace(INTRO, limits=TWO_A_DAY)
    engine, _ = engine_on(url, few)
    mover, _ = (engine.book(of(few, slot(number))) for number in range(2))
    outside = engine.book(of(few, slot(0) + A_DAY))

    with pytest.raises(NotBookable):
        engine.reschedule(outside.uid, slot(5), by="guest")
    moved = engine.reschedule(mover.uid, slot(5), by="guest")

    assert moved.start == slot(5)


def test_a_cancelled_booking_counts_no_more(url):
    """The day is open again."""
    few = replace(INTRO, limits=TWO_A_DAY)
    engine, _ = engine_on(url, few)
    first, _ = (engine.book(of(few, slot(number))) for number in range(2))

    engine.cancel(first.uid)

    assert len(starts(engine, few, DAY)) == 9


def test_a_guests_limit_is_told_by_the_address_without_case(url):
    """The times stay on offer, for it is not known who looks."""
    few = replace(INTRO, guest_limits=(Limit(per=Period.WEEK, count=1),))
    engine, _ = engine_on(url, few)
    engine.book(of(few, slot(0), guest="zoe"))

    with pytest.raises(NotBookable) as refused:
        engine.book(of(few, slot(1), guest="ZOE"))
    engine.book(of(few, slot(1), guest="other"))
    engine.book(of(few, slot(0) + timedelta(weeks=1), guest="zoe"))

    assert refused.value.rule == Rule.GUEST_LIMIT
    assert refused.value.until is not None


def test_a_guest_has_so_many_bookings_to_come_at_most(url):
    """What is over counts no more."""
    few = replace(INTRO, max_active=2)
    engine, clock = engine_on(url, few)
    for number in range(2):
        engine.book(of(few, slot(number)))

    with pytest.raises(NotBookable) as refused:
        engine.book(of(few, slot(2)))
    clock.set(slot(0))

    assert refused.value.rule == Rule.ACTIVE
    assert engine.book(of(few, slot(2))).start == slot(2)


def test_a_guest_at_the_limit_can_still_move(url):
    """The own booking does not count twice."""
    few = replace(INTRO, max_active=1, guest_limits=(Limit(per=Period.DAY, count=1),))
    engine, _ = engine_on(url, few)
    booked = engine.book(of(few, slot(0)))

    assert engine.reschedule(booked.uid, slot(1), by="guest").start == slot(1)


def test_a_stand_in_takes_no_more_than_the_event_type_allows(url):
    """The limit is the event type's, whoever does it; other bookings of the colleague do not count."""
    away = replace(ADA, away=(Absence(first=date(2026, 3, 3), last=date(2026, 3, 3), stand_in="grace"),))
    few, hers = alone(away, "few", limits=TWO_A_DAY), alone(GRACE, "hers")
    engine, _ = engine_on(url, few, hers)
    engine.book(of(hers, slot(9)))
    for number in range(2):
        engine.book(of(few, slot(number)))

    with pytest.raises(NotBookable):
        engine.book(of(few, slot(5)))

    assert starts(engine, few, DAY) == []
    assert engine.book(of(hers, slot(5))).is_open


def test_nothing_is_booked_after_the_last_bookable_day(url):
    """Two days with a free time are on offer, to guests; a host may go beyond."""
    two = replace(INTRO, window=BookingWindow(days=2, counting=Counting.BOOKABLE), limits=TWO_A_DAY)
    engine, _ = engine_on(url, two)
    third = slot(0) + 2 * A_DAY
    whole = TimeWindow(start=DAY.start - A_DAY, end=DAY.end + 7 * A_DAY)
    days = sorted({start.date() for start in starts(engine, two, whole)})

    with pytest.raises(NotBookable) as refused:
        engine.book(of(two, third))
    mine = engine.book(of(two, slot(0)))
    with pytest.raises(NotBookable):
        engine.reschedule(mine.uid, third, by="guest")

    assert len(days) == 2
    assert refused.value.rule == Rule.HORIZON
    assert engine.reschedule(mine.uid, third, by="host").start == third


def test_a_guests_limit_binds_the_guest_and_not_a_host_who_moves(url):
    """As notice and booking window do; what hosts and event type are limited to binds both."""
    few = replace(INTRO, guest_limits=(Limit(per=Period.DAY, count=1),), limits=TWO_A_DAY)
    engine, _ = engine_on(url, few)
    engine.book(of(few, slot(0)))
    mine, other = engine.book(of(few, slot(0) + A_DAY)), engine.book(of(few, slot(1) + A_DAY, guest="bo"))

    with pytest.raises(NotBookable) as refused:
        engine.reschedule(mine.uid, slot(5), by="guest")
    moved = engine.reschedule(mine.uid, slot(5), by="host")
    with pytest.raises(NotBookable) as full:
        engine.reschedule(other.uid, slot(6), by="host")

    assert (refused.value.rule, full.value.rule) == (Rule.GUEST_LIMIT, Rule.LIMIT)
    assert moved.start == slot(5)
