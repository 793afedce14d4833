"""Who takes a booking."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from booker_components.providers.embedded.assigning import Standing, choose
from booker_components.values import HostGroup, Member

from ..team import MIXED, PAIR, ROBIN

_ALL = {"ada": "ada", "grace": "grace", "alan": "alan"}


def _group(*members, need=1):
    return replace(ROBIN, groups=(HostGroup(members=members, need=need),))


def _day(number, count=1):
    return Standing(count=count, last=datetime(2026, 1, number, tzinfo=UTC))


def test_whoever_is_in_no_group_takes_every_booking():
    """A collective event type takes all its hosts, or nobody."""
    assert choose(PAIR, _ALL, {}) == ("ada", "grace")
    assert choose(PAIR, {"ada": "ada"}, {}) == ()


def test_a_group_gives_one_beside_those_who_always_come():
    """Fixed hosts and round robin together."""
    assert choose(MIXED, _ALL, {}) == ("ada", "grace")
    assert choose(MIXED, {"ada": "ada", "alan": "alan"}, {}) == ("ada", "alan")
    assert choose(MIXED, {"grace": "grace", "alan": "alan"}, {}) == ()


def test_the_one_who_was_not_booked_for_longest_is_taken():
    """Whoever was never booked comes before everybody."""
    assert choose(ROBIN, _ALL, {"ada": _day(3), "grace": _day(1), "alan": _day(2)}) == ("grace",)
    assert choose(ROBIN, _ALL, {"ada": _day(3), "grace": _day(1)}) == ("alan",)


def test_priority_comes_before_turn():
    """The highest priority among those who can."""
    group = _group(Member(host="ada", priority=1), Member(host="grace", priority=3), Member(host="alan"))

    assert choose(group, _ALL, {"grace": _day(9)}) == ("grace",)
    assert choose(group, {"ada": "ada", "alan": "alan"}, {}) == ("alan",)


def test_weights_share_bookings_in_proportion():
    """Of 40 bookings, 3 : 1 : 1 gives 24, 8 and 8."""
    group = _group(Member(host="ada", weight=300), Member(host="grace"), Member(host="alan"))
    standing = {}

    for number in range(40):
        (slug,) = choose(group, _ALL, standing)
        had = standing.get(slug, Standing()).count
        standing[slug] = Standing(count=had + 1, last=datetime(2026, 1, 1, 0, number, tzinfo=UTC))

    assert {slug: each.count for slug, each in standing.items()} == {"ada": 24, "grace": 8, "alan": 8}


@pytest.mark.parametrize(("need", "expected"), [(1, 1), (2, 2), (3, 3)])
def test_a_group_may_need_several(need, expected):
    """k of n."""
    group = _group(*(Member(host=slug) for slug in _ALL), need=need)

    assert len(choose(group, _ALL, {})) == expected
    assert choose(group, {"ada": "ada"}, {}) == (("ada",) if need == 1 else ())


def test_nobody_stands_in_for_two_at_once():
    """A stand-in who is taken already is one person."""
    assert choose(PAIR, {"ada": "grace", "grace": "grace"}, {}) == ()
    assert choose(MIXED, {"ada": "alan", "grace": "grace", "alan": "alan"}, {"grace": _day(1)}) == (
        "alan",
        "grace",
    )
