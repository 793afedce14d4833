"""Series: one form books several dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from booker_components.errors import NotBookable, SlotTaken
from booker_components.values import (
    Approval,
    Attendee,
    BookingStatus,
    CancelScope,
    EventKind,
    Frequency,
    HostGroup,
    Limit,
    Member,
    Period,
    Seats,
    Series,
)

from ..samples import ADA, INTRO, engine_on, slot
from ..team import GRACE, HOUR, alone, of

WEEK = timedelta(weeks=1)
WEEKLY = replace(
    INTRO, slug="weekly", title="Weekly", series=Series(frequency=Frequency.WEEKLY, occurrences=4)
)
SOLO = alone(ADA, "solo")


def _starts(booking):
    return [each.start for each in booking.occurrences]


def test_all_dates_are_booked_as_one_series(url):
    """Each is a booking of its own, and all know of each other."""
    engine, _ = engine_on(url, WEEKLY)
    told = []
    engine.on_change(lambda kind, booking: told.append((kind, booking.start, len(booking.occurrences))))

    booked = engine.book(of(WEEKLY, slot(0)))

    dates = [slot(0) + number * WEEK for number in range(4)]
    assert _starts(booked) == dates
    assert told == [(EventKind.CREATED, each, 4) for each in dates]
    assert {engine.get(each.uid).series for each in booked.occurrences} == {booked.series}
    assert engine.get(booked.series).uid == booked.uid


def test_a_guest_may_want_fewer(url):
    """At most as many as the event type has."""
    engine, _ = engine_on(url, WEEKLY)

    booked = engine.book(of(WEEKLY, slot(0), occurrences=2))

    assert len(booked.occurrences) == 2


def test_one_date_alone_is_no_series(url):
    """Nothing else belongs to it."""
    engine, _ = engine_on(url, WEEKLY)

    booked = engine.book(of(WEEKLY, slot(0), occurrences=1))

    assert (booked.series, booked.occurrences) == ("", ())


def test_dates_keep_the_guests_wall_time_over_a_change_of_the_clocks(url):
    """New York changes on 8 March 2026: an hour earlier in UTC from then on."""
    engine, _ = engine_on(url, WEEKLY)
    guest = Attendee(name="Zoe", email="zoe@example.org", zone="America/New_York")

    booked = engine.book(replace(of(WEEKLY, slot(4)), attendee=guest, occurrences=2))

    assert _starts(booked) == [slot(4), datetime(2026, 3, 10, 10, 0, tzinfo=UTC)]


def test_a_taken_date_is_planned_as_such_and_refuses_the_whole_series(url):
    """Nothing is booked unless the guest leaves that date out."""
    engine, _ = engine_on(url, WEEKLY, SOLO)
    engine.book(of(SOLO, slot(0) + 2 * WEEK))

    planned = engine.plan(WEEKLY, slot(0))
    with pytest.raises(SlotTaken):
        engine.book(of(WEEKLY, slot(0)))
    still_free = [each.free for each in engine.plan(WEEKLY, slot(0))]
    booked = engine.book(of(WEEKLY, slot(0), without=(slot(0) + 2 * WEEK,)))

    assert [each.free for each in planned] == [True, True, False, True]
    assert still_free == [True, True, False, True]
    assert _starts(booked) == [slot(0), slot(0) + WEEK, slot(0) + 3 * WEEK]


def test_leaving_every_date_out_books_nothing(url):
    """There is nothing to book then."""
    engine, _ = engine_on(url, WEEKLY)

    with pytest.raises(NotBookable):
        engine.book(of(WEEKLY, slot(0), without=tuple(slot(0) + n * WEEK for n in range(4))))


def test_the_same_key_is_one_series(url):
    """A form sent twice makes no second one."""
    engine, _ = engine_on(url, WEEKLY)

    first = engine.book(of(WEEKLY, slot(0), key="form-1"))
    again = engine.book(of(WEEKLY, slot(0), key="form-1"))

    assert again == first


@pytest.mark.parametrize(
    ("scope", "left"),
    [(CancelScope.ONE, 3), (CancelScope.FOLLOWING, 1), (CancelScope.ALL, 0)],
    ids=["one", "following", "all"],
)
def test_one_date_or_the_rest_or_all_can_be_cancelled(url, scope, left):
    """Counted from the second date; each cancelled one is told."""
    engine, _ = engine_on(url, WEEKLY)
    told = []
    engine.on_change(lambda kind, booking: told.append(kind))
    booked = engine.book(of(WEEKLY, slot(0)))

    after = engine.cancel(booked.occurrences[1].uid, by="guest", scope=scope)

    open_now = [each for each in after.occurrences if each.status is BookingStatus.CONFIRMED]
    assert after.status is BookingStatus.CANCELLED
    assert len(open_now) == left
    assert told.count(EventKind.CANCELLED) == 4 - left


def test_one_date_moves_alone(url):
    """The others stay as they are."""
    engine, _ = engine_on(url, WEEKLY)
    booked = engine.book(of(WEEKLY, slot(0)))

    moved = engine.reschedule(booked.occurrences[1].uid, slot(3) + WEEK, by="guest")

    assert _starts(moved) == [slot(0), slot(3) + WEEK, slot(0) + 2 * WEEK, slot(0) + 3 * WEEK]


def test_a_host_decides_about_the_whole_series(url):
    """One yes for all dates."""
    asked = replace(WEEKLY, approval=Approval())
    engine, _ = engine_on(url, asked)
    booked = engine.book(of(asked, slot(0)))

    agreed = engine.confirm(booked.occurrences[2].uid)

    assert booked.status is BookingStatus.PENDING
    assert {each.status for each in agreed.occurrences} == {BookingStatus.CONFIRMED}


def test_a_series_takes_a_seat_on_each_date(url):
    """Two guests share all four dates."""
    course = replace(WEEKLY, seats=Seats(per_slot=2))
    engine, _ = engine_on(url, course)

    one, two = (engine.book(of(course, slot(0), guest=guest)) for guest in ("one", "two"))

    pairs = zip(one.occurrences, two.occurrences, strict=True)
    assert all(engine.get(a.uid).shared == engine.get(b.uid).shared != "" for a, b in pairs)
    with pytest.raises(SlotTaken):
        engine.book(of(course, slot(0), guest="three"))


def test_the_same_key_is_one_series_whichever_date_it_begins_with(url):
    """Also where the first date was left out, as a caller of the engine may do."""
    engine, _ = engine_on(url, WEEKLY)
    request = of(WEEKLY, slot(0), key="key", without=(slot(0),))

    first = engine.book(request)

    assert engine.book(request) == first
    assert first.start == slot(0) + WEEK


@pytest.mark.parametrize("seats", [None, Seats(per_slot=2)], ids=["alone", "shared"])
def test_dates_that_have_taken_place_are_not_cancelled_with_the_rest(url, seats):
    """Nobody is told that what has been is off; one that is meant itself is cancelled all the same."""
    kind = replace(WEEKLY, seats=seats)
    engine, clock = engine_on(url, kind)
    booked = engine.book(of(kind, slot(0)))
    last = booked.occurrences[-1].uid
    clock.set(slot(0) + WEEK)

    engine.cancel(last, scope=CancelScope.ALL)

    assert [each.is_open for each in engine.get(booked.uid).each()] == [True, True, False, False]
    assert not engine.cancel(booked.uid, scope=CancelScope.ALL).is_open


def test_what_guests_share_is_cancelled_as_a_whole_also_once_it_has_begun(url):
    """The dates of its seats' series do not matter."""
    kind = replace(WEEKLY, seats=Seats(per_slot=2))
    engine, clock = engine_on(url, kind)
    booked = engine.book(of(kind, slot(0)))
    clock.set(slot(1))

    engine.cancel(booked.shared)

    assert [each.is_open for each in engine.get(booked.uid).each()] == [False, True, True, True]


SIX = replace(WEEKLY, series=Series(frequency=Frequency.WEEKLY, occurrences=6))
TWO_A_MONTH = (Limit(per=Period.MONTH, count=2),)
#: Of an event type with two hosts in turn.
TURNS = {
    "hosts": (replace(ADA, limits=TWO_A_MONTH), GRACE),
    "groups": (HostGroup(members=(Member(host="ada"), Member(host="grace"))),),
}


@pytest.mark.parametrize(
    ("changes", "free"),
    [
        ({"limits": TWO_A_MONTH}, "++---+"),
        ({"limits": (Limit(per=Period.MONTH, total=HOUR),)}, "++---+"),
        ({"hosts": (replace(ADA, limits=TWO_A_MONTH),)}, "++---+"),
        ({"guest_limits": TWO_A_MONTH}, "++---+"),
        ({"max_active": 3}, "+++---"),
        ({"limits": TWO_A_MONTH, "seats": Seats(per_slot=3)}, "++---+"),
        (TURNS, "++++++"),
        ({**TURNS, "hosts": tuple(replace(each, limits=TWO_A_MONTH) for each in (ADA, GRACE))}, "++++-+"),
    ],
    ids=["event type", "length", "host", "guest", "active", "shared", "one in turn", "both in turn"],
)
def test_dates_are_planned_as_if_those_before_them_were_booked(url, changes, free):
    """Five are in March, and the last in April: what is planned so is booked as it is."""
    six = replace(SIX, **changes)
    engine, _ = engine_on(url, six)

    planned = engine.plan(six, slot(0))
    without = tuple(each.start for each in planned if not each.free)
    if without:
        with pytest.raises(NotBookable):
            engine.book(of(six, slot(0)))
    booked = engine.book(of(six, slot(0), without=without))

    assert "".join("+" if each.free else "-" for each in planned) == free
    assert _starts(booked) == [each.start for each in planned if each.free]


def test_what_is_booked_counts_with_the_dates_that_are_planned(url):
    """One of two in the month; a seat that is left of it takes nothing more."""
    six = replace(SIX, limits=TWO_A_MONTH, seats=Seats(per_slot=3))
    engine, _ = engine_on(url, six)
    engine.book(of(six, slot(0) + 2 * WEEK, occurrences=1))

    planned = engine.plan(six, slot(0))
    booked = engine.book(of(six, slot(0), without=tuple(each.start for each in planned if not each.free)))

    assert [each.free for each in planned] == [True, False, True, False, False, True]
    assert len(booked.occurrences) == 3
