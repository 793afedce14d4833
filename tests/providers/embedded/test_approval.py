"""Approval: a pending booking holds its time until its host decides, or time does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.errors import BookingClosed, SlotTaken
from booker_components.values import Approval, BookingStatus, EventKind, Seats

from ..samples import DAY, INTRO, NOW, engine_on, slot
from ..team import of, starts

ASKED = replace(INTRO, slug="asked", title="Asked", approval=Approval())


@pytest.fixture
def engine(url):
    """An engine with an event type that waits for its host."""
    return engine_on(url, ASKED)[0]


def test_a_pending_booking_holds_its_time(engine):
    """Nobody else gets it meanwhile."""
    booked = engine.book(of(ASKED, slot(0)))

    assert booked.status is BookingStatus.PENDING
    assert slot(0) not in starts(engine, ASKED, DAY)
    with pytest.raises(SlotTaken):
        engine.book(of(ASKED, slot(0), guest="other"))


def test_a_host_agrees(engine):
    """Once."""
    booked = engine.book(of(ASKED, slot(0)))

    agreed = engine.confirm(booked.uid)

    assert (agreed.status, agreed.revision, agreed.changed_by) == (BookingStatus.CONFIRMED, 2, "host")
    with pytest.raises(BookingClosed):
        engine.confirm(booked.uid)
    with pytest.raises(BookingClosed):
        engine.decline(booked.uid)


def test_agreeing_makes_no_words_of_the_guest_the_hosts(engine):
    """Why a guest has moved a booking is not what the host says to everybody who was invited."""
    booked = engine.book(of(ASKED, slot(0)))
    engine.reschedule(booked.uid, slot(1), reason="See https://evil.example", by="guest")

    agreed = engine.confirm(booked.uid)

    assert (agreed.changed_by, agreed.reason) == ("host", "")


def test_a_host_declines_and_the_time_is_free(engine):
    """With a reason."""
    booked = engine.book(of(ASKED, slot(0)))

    declined = engine.decline(booked.uid, reason="On holiday")

    assert (declined.status, declined.reason) == (BookingStatus.REJECTED, "On holiday")
    assert slot(0) in starts(engine, ASKED, DAY)


@pytest.mark.parametrize(
    ("within", "status"),
    [(timedelta(hours=24), BookingStatus.CONFIRMED), (timedelta(hours=26), BookingStatus.PENDING)],
    ids=["early enough", "too close"],
)
def test_only_what_is_close_may_have_to_wait(url, within, status):
    """The slot is 25 hours ahead."""
    close = replace(ASKED, approval=Approval(within=within))
    engine, _ = engine_on(url, close)

    assert engine.book(of(close, slot(0))).status is status


@pytest.mark.parametrize(
    ("expires", "at"),
    [(timedelta(hours=2), NOW + timedelta(hours=2)), (None, slot(0))],
    ids=["after a while", "at its start"],
)
def test_what_nobody_decides_is_declined_by_itself(url, expires, at):
    """To the second, by the system, and told."""
    asked = replace(ASKED, approval=Approval(expires=expires))
    engine, clock = engine_on(url, asked)
    told = []
    engine.on_change(lambda kind, booking: told.append((kind, booking.changed_by)))
    booked = engine.book(of(asked, slot(0)))

    clock.set(at - timedelta(seconds=1))
    engine.tidy()
    before = engine.get(booked.uid).status
    clock.set(at)
    engine.tidy()
    engine.tidy()

    assert (before, engine.get(booked.uid).status) == (BookingStatus.PENDING, BookingStatus.REJECTED)
    assert told[1:] == [(EventKind.REJECTED, "system")]


def test_a_guests_move_waits_again_and_a_hosts_does_not(engine):
    """A host who moves a booking has agreed to that."""
    booked = engine.book(of(ASKED, slot(0)))
    engine.confirm(booked.uid)

    by_host = engine.reschedule(booked.uid, slot(1), by="host")
    by_guest = engine.reschedule(booked.uid, slot(2), by="guest")

    assert (by_host.status, by_guest.status) == (BookingStatus.CONFIRMED, BookingStatus.PENDING)


@pytest.mark.parametrize("days", [1, 3], ids=["earlier", "later"])
def test_what_a_host_moves_while_it_waits_is_declined_at_its_new_start(url, days):
    """Neither when it would have begun before, nor only after it has begun."""
    engine, clock = engine_on(url, ASKED)
    booked = engine.book(of(ASKED, slot(0) + timedelta(days=2)))
    moved = engine.reschedule(booked.uid, slot(0) + timedelta(days=days), by="host")

    clock.set(moved.start - timedelta.resolution)
    engine.tidy()
    before = engine.get(booked.uid).status
    clock.set(moved.start)
    engine.tidy()

    assert (before, engine.get(booked.uid).status) == (BookingStatus.PENDING, BookingStatus.REJECTED)


@pytest.mark.parametrize(
    ("expires", "by"),
    [(timedelta(hours=2), NOW + timedelta(hours=2)), (None, slot(0))],
    ids=["after a while", "at its start"],
)
def test_a_booking_tells_until_when_its_host_decides(url, expires, by):
    """As long as it waits, also to whoever is told of it."""
    asked = replace(ASKED, approval=Approval(expires=expires))
    engine, _ = engine_on(url, asked)
    told = []
    engine.on_change(lambda kind, booking: told.append(booking.decide_by))

    booked = engine.book(of(asked, slot(0)))
    agreed = engine.confirm(booked.uid)

    assert (booked.decide_by, agreed.decide_by) == (by, None)
    assert told == [by, None]


def test_of_what_guests_share_the_first_who_waits_tells_until_when(url):
    """Those who need not wait any more do not count."""
    course = replace(ASKED, seats=Seats(per_slot=3), approval=Approval(expires=timedelta(hours=2)))
    engine, clock = engine_on(url, course)
    first = engine.book(of(course, slot(0), guest="one"))
    clock.move(timedelta(minutes=1))
    second = engine.book(of(course, slot(0), guest="two"))
    clock.move(timedelta(minutes=1))
    engine.book(of(course, slot(0), guest="three"))
    engine.cancel(first.uid)

    assert engine.get(first.shared).decide_by == second.decide_by == NOW + timedelta(hours=2, minutes=1)
