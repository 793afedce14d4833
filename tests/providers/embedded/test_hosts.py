"""Several hosts: collective, round robin, both, and moves."""

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest

from booker_components.errors import SlotTaken
from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import Absence, HostGroup, Member

from ..samples import ADA, DAY, HALF_HOUR, NOW, engine_on, slot
from ..team import ALAN, GRACE, MIXED, PAIR, ROBIN, alone, hosts, of, starts

SOLO = alone(ADA, "solo")
HERS = alone(GRACE, "hers")


def test_a_collective_time_is_free_when_everybody_is(url):
    """A booking of one of them takes the time of all."""
    engine, _ = engine_on(url, PAIR, SOLO, HERS)
    engine.book(of(SOLO, slot(0)))
    engine.book(of(HERS, slot(1)))

    booked = engine.book(of(PAIR, slot(2)))

    assert hosts(booked) == ["ada", "grace"]
    assert starts(engine, PAIR, DAY) == [slot(number) for number in range(3, 10)]
    assert slot(2) not in starts(engine, SOLO, DAY)
    assert slot(2) not in starts(engine, HERS, DAY)
    with pytest.raises(SlotTaken):
        engine.book(of(PAIR, slot(1)))


def test_a_cancelled_collective_booking_frees_everybody(url):
    """And tells still who it was."""
    engine, _ = engine_on(url, PAIR, SOLO, HERS)
    booked = engine.book(of(PAIR, slot(0)))

    cancelled = engine.cancel(booked.uid)

    assert hosts(cancelled) == ["ada", "grace"]
    assert slot(0) in starts(engine, SOLO, DAY)
    assert slot(0) in starts(engine, HERS, DAY)


def test_round_robin_takes_turns_and_is_full_when_nobody_is_left(url):
    """Three hosts take three bookings of one time, and the next time begins with the first one again."""
    engine, clock = engine_on(url, ROBIN)

    at_once = [hosts(engine.book(of(ROBIN, slot(0), guest=f"g{number}"))) for number in range(3)]
    clock.move(timedelta(minutes=1))
    after = hosts(engine.book(of(ROBIN, slot(1))))

    assert sorted(at_once) == [["ada"], ["alan"], ["grace"]]
    assert after == ["ada"]
    assert slot(0) not in starts(engine, ROBIN, DAY)
    with pytest.raises(SlotTaken):
        engine.book(of(ROBIN, slot(0)))


def test_round_robin_shares_fairly(url):
    """Of 30 bookings every host gets 10."""
    engine, clock = engine_on(url, ROBIN)
    given = Counter()

    for number in range(10):
        for guest in range(3):
            given[hosts(engine.book(of(ROBIN, slot(number), guest=f"g{guest}")))[0]] += 1
            clock.move(timedelta(seconds=1))

    assert given == {"ada": 10, "grace": 10, "alan": 10}


def test_fixed_and_round_robin_hosts_come_together(url):
    """Ada is in every booking, so two of them never overlap."""
    engine, _ = engine_on(url, MIXED)

    first = engine.book(of(MIXED, slot(0)))
    second = engine.book(of(MIXED, slot(1)))

    assert (hosts(first), hosts(second)) == (["ada", "grace"], ["ada", "alan"])
    assert slot(0) not in starts(engine, MIXED, DAY)


def test_two_of_three_leave_no_time_for_two_others(url):
    """k of n: what is left of the group is too little."""
    two = replace(ROBIN, groups=(HostGroup(members=tuple(map(_member, ["ada", "grace", "alan"])), need=2),))
    engine, _ = engine_on(url, two)

    booked = engine.book(of(two, slot(0)))

    assert len(booked.hosts) == 2
    assert slot(0) not in starts(engine, two, DAY)


def _member(slug):
    return Member(host=slug)


def test_a_move_keeps_the_host(url):
    """Times are offered at which that host is free, though others would be."""
    engine, _ = engine_on(url, ROBIN, SOLO)
    booked = engine.book(of(ROBIN, slot(0)))
    engine.book(of(SOLO, slot(1)))
    assert hosts(booked) == ["ada"]

    assert slot(1) not in starts(engine, ROBIN, DAY, moving=booked.uid)
    with pytest.raises(SlotTaken):
        engine.reschedule(booked.uid, slot(1), by="guest")
    assert hosts(engine.reschedule(booked.uid, slot(2), by="guest")) == ["ada"]


def test_a_move_may_choose_hosts_anew(url):
    """With `same_hosts` off whoever's turn it is takes the booking."""
    anew = replace(ROBIN, same_hosts=False)
    engine, _ = engine_on(url, anew, SOLO)
    booked = engine.book(of(anew, slot(0)))
    engine.book(of(SOLO, slot(1)))

    moved = engine.reschedule(booked.uid, slot(1), by="guest")

    assert slot(1) in starts(engine, anew, DAY)
    assert hosts(moved) == ["grace"]
    assert slot(0) in starts(engine, SOLO, DAY)


def test_a_collective_booking_moves_over_its_own_time(url):
    """Half an hour later, both hosts' own time counting as free."""
    engine, _ = engine_on(url, replace(PAIR, durations=(PAIR.durations[1],)))
    booked = engine.book(of(PAIR, slot(0)))

    moved = engine.reschedule(booked.uid, slot(1), by="guest")

    assert (moved.start, hosts(moved)) == (slot(1), ["ada", "grace"])


def test_a_stand_in_takes_over_while_a_host_is_away(url):
    """The colleague's own bookings count, and the booking names who really comes."""
    away = replace(ADA, away=(Absence(first=date(2026, 3, 3), last=date(2026, 3, 3), stand_in="grace"),))
    hers, his = alone(GRACE, "hers"), alone(away, "solo")
    engine, _ = engine_on(url, his, hers)
    engine.book(of(hers, slot(0)))

    booked = engine.book(of(his, slot(1)))

    assert slot(0) not in starts(engine, his, DAY)
    assert hosts(booked) == ["grace"]
    assert slot(1) not in starts(engine, hers, DAY)


def test_hosts_of_another_group_do_not_matter(url):
    """Alan is in no event type of this engine's event types at work: nothing of his is asked."""
    engine, _ = engine_on(url, ROBIN, alone(ALAN, "his"))
    engine.book(of(alone(ALAN, "his"), slot(0)))

    given = sorted(hosts(engine.book(of(ROBIN, slot(0), guest=f"g{n}")))[0] for n in range(2))

    assert given == ["ada", "grace"]


class _Elsewhere:
    """Says of a host that one is busy at the fifth slot."""

    def busy(self, window):
        return [(slot(4), slot(5))]


def test_a_host_who_gives_up_an_event_type_is_not_moved_over_what_is_elsewhere(url):
    """The booking stays with that host, whose other calendars count as before."""
    mine, other = alone(ADA, "talk"), alone(GRACE, "talk")
    booked = engine_on(url, mine)[0].book(of(mine, slot(0)))
    with closing(Storage(url)) as storage:
        offer = Catalogue((other, SOLO))
        engine = EmbeddedProvider(
            offer, storage=storage, clock=FrozenClock(NOW), busy_sources={"ada": [_Elsewhere()]}
        )

        with pytest.raises(SlotTaken):
            engine.reschedule(booked.uid, slot(4))

        assert slot(4) not in starts(engine, other, DAY, moving=booked.uid)
        assert hosts(engine.reschedule(booked.uid, slot(5))) == ["ada"]


def test_a_move_keeps_to_the_zone_of_the_rules(url):
    """Slots start at even hours of the first host, whoever of the hosts has the booking."""
    kolkata = replace(ADA, zone="Asia/Kolkata", schedule=replace(ADA.schedule, zone="UTC"))
    robin = replace(ROBIN, hosts=(kolkata, GRACE, ALAN), durations=(2 * HALF_HOUR,), slot_interval=None)
    engine, _ = engine_on(url, robin, alone(kolkata, "solo"))
    engine.book(of(alone(kolkata, "solo"), slot(1)))

    booked = engine.book(of(robin, slot(1)))

    assert hosts(booked) != ["ada"]
    minutes = {each.minute for each in starts(engine, robin, DAY, moving=booked.uid)}
    assert minutes == {each.minute for each in starts(engine, robin, DAY)} == {30}
