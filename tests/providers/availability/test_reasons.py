"""Why times are not offered."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest

from booker_components.policy import Rule
from booker_components.providers.embedded.availability import explain
from booker_components.times import parse_instant
from booker_components.values import BookingWindow, Counting, Seats

from .offers import HOUR, LONG_AGO, MINUTE, absence, at, event_type, group, host, people, schedule

HALF = 30 * MINUTE


def told(
    offer, start, *, busy=(), others=(), now=LONG_AGO, duration=HALF, zone="", seats=MappingProxyType({})
):
    """Give the reasons against a start on 4 March 2026, as "rule" or "rule:host"."""
    reasons = explain(
        offer,
        people(offer, busy, others),
        now=now,
        start=at(f"2026-03-04 {start}"),
        duration=duration,
        zone=zone,
        open_seats=seats,
    )
    return [f"{each.rule}:{each.host}" if each.host else str(each.rule) for each in reasons]


def on_the_day(start, end):
    """Give a busy time of the day."""
    return f"2026-03-04 {start}", f"2026-03-04 {end}"


@pytest.mark.parametrize(
    ("start", "rules"),
    [
        pytest.param("2026-03-04T09:00:00Z", [], id="free"),
        pytest.param("2026-03-04T09:00:00.5Z", [Rule.GRID], id="half-a-second-off"),
        pytest.param("2026-03-04T09:10:00Z", [Rule.GRID], id="off-the-grid"),
        pytest.param("2026-03-04T10:00:00Z", [Rule.BUSY], id="busy"),
        pytest.param("2026-03-04T10:10:00Z", [Rule.BUSY, Rule.GRID], id="busy-and-off-the-grid"),
        pytest.param("2026-03-04T11:00:00Z", [Rule.HOURS], id="after-hours"),
        pytest.param("2026-03-04T10:45:00Z", [Rule.HOURS, Rule.GRID], id="too-long-for-the-hours"),
        pytest.param("2026-03-02T10:00:00Z", [Rule.PAST], id="past"),
        pytest.param("2026-03-03T08:00:00Z", [Rule.NOTICE, Rule.HOURS], id="too-soon-and-out-of-hours"),
        pytest.param("2026-03-06T09:00:00Z", [Rule.HORIZON], id="too-late"),
        pytest.param("1970-01-01T00:00:00Z", [Rule.PAST, Rule.HOURS], id="first-year"),
        pytest.param("2200-12-31T23:59:59Z", [Rule.HORIZON, Rule.HOURS, Rule.GRID], id="last-year"),
    ],
)
def test_explain_gives_every_reason(start, rules):
    """A host sees all rules that refuse a time; none means free."""
    offer = event_type("UTC", "09:00-11:00", minimum_notice=HOUR, window=BookingWindow(days=2))
    everybody = people(offer, [on_the_day("10:00", "10:30")])

    reasons = explain(offer, everybody, now=at("2026-03-03 07:30"), start=parse_instant(start), duration=HALF)

    assert [reason.rule for reason in reasons] == rules
    assert all(bool(reason.host) is (reason.rule in (Rule.HOURS, Rule.BUSY)) for reason in reasons)


def test_a_length_that_is_not_on_offer_is_a_reason():
    """Though the time were free."""
    assert told(event_type("UTC", "09:00-11:00"), "09:00", duration=HOUR) == ["duration"]


def test_buffers_are_a_reason():
    """A booking that is too near counts as busy."""
    offer = event_type("UTC", "09:00-11:00", buffer_after=10 * MINUTE)

    assert told(offer, "09:00", busy=[on_the_day("09:35", "10:00")]) == ["busy:ada"]


@pytest.mark.parametrize(
    ("start", "rules"),
    [("09:30", []), ("09:00", ["grid"]), ("10:15", []), ("10:00", ["grid"]), ("09:40", ["grid"])],
)
def test_steps_are_those_of_the_moment(start, rules):
    """After now, the first slot is on the grid, and the next ones as far apart as the interval."""
    offer = event_type("UTC", "08:00-12:00", slot_interval=45 * MINUTE)

    found = told(offer, start, now=at("2026-03-04 08:50"), busy=[on_the_day("08:50", "09:20")])

    assert found == rules or (start == "09:00" and found == ["busy:ada"])


def test_later_slots_of_a_day_are_told():
    """Where only the first of each day is offered, by the guest's days."""
    offer = event_type("UTC", "09:00-11:00", first_only=True)

    assert told(offer, "09:00") == []
    assert told(offer, "09:30") == ["later"]
    assert told(offer, "09:30", zone="Asia/Kathmandu") == ["later"]
    assert told(offer, "09:30", busy=[on_the_day("09:00", "09:30")]) == []


@pytest.mark.parametrize(
    ("zone", "rules"), [("", ["later"]), ("UTC", ["later"]), ("Asia/Tokyo", [])], ids=["host", "utc", "tokyo"]
)
def test_later_slots_are_told_by_the_guests_days(zone, rules):
    """Three in the afternoon is the next day in Tokyo, and its first slot."""
    offer = event_type("UTC", "09:00-10:00 15:00-16:00", first_only=True)

    assert told(offer, "15:00", zone=zone) == rules


def test_without_a_zone_the_hosts_days_count():
    """Hosts who ask why a time is not offered need not say in whose zone."""
    offer = event_type("Asia/Tokyo", "09:00-11:00", first_only=True)
    asked = {"now": LONG_AGO, "start": at("2026-03-04 09:30", "Asia/Tokyo"), "duration": HALF}

    found = explain(offer, people(offer), **asked)

    assert [reason.rule for reason in found] == [Rule.LATER]


def test_the_first_minute_that_may_be_booked_can_be_off_the_steps():
    """Slots start five minutes after the hour, so the hour that comes next is none."""
    offer = event_type("UTC", "09:00-11:00", offset=5 * MINUTE)

    assert told(offer, "09:00", now=at("2026-03-04 08:59:30")) == ["grid"]
    assert told(offer, "09:05", now=at("2026-03-04 08:59:30")) == []


def test_the_minute_before_a_slot_is_off_the_steps():
    """Where slots may start at any minute, only theirs are offered."""
    offer = event_type("UTC", "09:00-11:00", slot_interval=7 * MINUTE)

    assert told(offer, "09:06") == ["grid"]
    assert told(offer, "09:07") == []


def test_the_midnight_after_the_counted_days_is_too_far():
    """The last counted day ends with its last minute."""
    window = BookingWindow(days=2, counting=Counting.BOOKABLE)
    offer = event_type("UTC", "00:00-24:00", window=window)

    assert told(offer, "23:30", now=at("2026-03-03 08:00")) == []
    assert told(offer, "00:00", now=at("2026-03-02 08:00")) == ["horizon"]


def test_days_beyond_the_counted_ones_are_too_far():
    """Two days with free slots may be booked, today and the day after tomorrow."""
    window = BookingWindow(days=2, counting=Counting.BOOKABLE)
    offer = event_type("UTC", "09:00-11:00", window=window)
    full = [("2026-03-03 00:00", "2026-03-04 00:00")]
    now = at("2026-03-02 08:00")
    start = at("2026-03-05 09:00")

    beyond = explain(offer, people(offer, full), now=now, start=start, duration=HALF)

    assert told(offer, "09:00", busy=full, now=now) == []
    assert [reason.rule for reason in beyond] == [Rule.HORIZON]


def test_far_beyond_is_told_once():
    """Beyond the 61 days that are looked at, policy and counting say the same."""
    window = BookingWindow(days=2, counting=Counting.BOOKABLE)
    offer = event_type("UTC", "09:00-11:00", window=window)

    assert told(offer, "09:00", now=at("2025-03-04 08:00")) == ["horizon"]


# --- hosts ---------------------------------------------------------------------------------------


def test_each_host_who_cannot_is_told():
    """With the reasons of each, in the order of the hosts."""
    bob = host("bob", daily="12:00-13:00")
    offer = event_type(hosts=(host("ada", daily="09:00-11:00"), bob, host("cy", daily="09:00-11:00")))

    found = told(
        offer, "09:00", busy={"ada": [on_the_day("09:10", "09:20")], "bob": [on_the_day("08:00", "12:00")]}
    )

    assert found == ["busy:ada", "hours:bob", "busy:bob"]


def test_a_busy_host_is_no_reason_while_others_are_free():
    """Only where too few of a group are left, those who are not are told."""
    trio = tuple(host(slug, daily="09:00-11:00") for slug in ("ada", "bob", "cy"))
    offer = event_type(hosts=trio, groups=(group("ada", "bob", "cy", need=2),))
    busy = {"ada": [on_the_day("09:00", "11:00")], "bob": [on_the_day("10:00", "11:00")]}

    assert told(offer, "09:00", busy=busy) == []
    assert told(offer, "10:00", busy=busy) == ["busy:ada", "busy:bob"]


def test_a_group_that_has_enough_is_not_told():
    """Where somebody else is missing, its busy hosts are no reason."""
    trio = tuple(host(slug, daily="09:00-11:00") for slug in ("ada", "bob", "cy"))
    offer = event_type(hosts=trio, groups=(group("ada", "bob"),))
    busy = {slug: [on_the_day("09:00", "10:00")] for slug in ("ada", "cy")}

    assert told(offer, "09:00", busy=busy) == ["busy:cy"]


def test_hosts_are_told_in_their_order():
    """As the event type names them, whatever their slugs."""
    trio = tuple(host(slug, daily="12:00-13:00") for slug in ("zoe", "ada", "moe"))

    assert told(event_type(hosts=trio), "09:00") == ["hours:zoe", "hours:ada", "hours:moe"]


def test_a_stand_in_is_told_on_the_dates_of_the_absence_only():
    """Up to its last minute in Tokyo, and not the evening before."""
    away = (absence("2026-03-04", stand_in="bob"),)
    offer = event_type(hosts=(host("ada", "Asia/Tokyo", "09:00-10:00", away=away),))
    day_before = {"now": LONG_AGO, "start": at("2026-03-03 12:00"), "duration": HALF}

    last = told(offer, "14:59", others=[host("bob")])
    before = explain(offer, people(offer, others=[host("bob")]), **day_before)

    assert last == ["away:ada", "hours:bob", "grid"]
    assert [(reason.rule, reason.host) for reason in before] == [(Rule.HOURS, "ada")]


def test_each_minute_of_the_slot_counts_and_no_other():
    """The first, on which the host is busy still, and not the one after the last."""
    offer = event_type("UTC", "08:00-09:30")

    assert told(offer, "09:00", busy=[on_the_day("08:30", "09:01")]) == ["busy:ada"]
    assert told(offer, "09:00", busy=[on_the_day("09:29", "09:30")]) == ["busy:ada"]


def test_days_off_are_told_apart():
    """Being away, a holiday and hours that do not reach are different reasons."""
    ada = host("ada", daily="22:00-02:00", away=(absence("2026-03-05"),))
    # 8 March is a holiday in Berlin, and a Sunday.
    bob = host("bob", zone="Europe/Berlin", daily="09:00-11:00", holidays="DE-BE")
    sunday = at("2026-03-08 09:00")

    away = told(event_type(hosts=(ada,), durations=(3 * HOUR,)), "22:00", duration=3 * HOUR)
    both = told(event_type(hosts=(ada,), durations=(5 * HOUR,)), "22:00", duration=5 * HOUR)
    off = explain(
        event_type(hosts=(bob,)),
        people(event_type(hosts=(bob,))),
        now=LONG_AGO,
        start=sunday,
        duration=HALF,
    )

    assert away == ["away:ada"]
    assert both == ["away:ada", "hours:ada"]
    assert [(reason.rule, reason.host) for reason in off] == [(Rule.HOLIDAY, "bob")]


def test_the_stand_in_is_told_as_well():
    """The host is away, and whoever stands in cannot either; if that one can, there is no reason."""
    ada = host("ada", daily="09:00-11:00", away=(absence("2026-03-04", stand_in="bob"),))
    bob = host("bob", daily="09:00-10:00")

    assert told(event_type(hosts=(ada,)), "09:00", others=[bob]) == []
    assert told(event_type(hosts=(ada,)), "10:00", others=[bob]) == ["away:ada", "hours:bob"]


def test_nobody_can_do_it_twice():
    """Where everybody could and one is needed twice, that is the reason."""
    ada = host("ada", daily="09:00-11:00", away=(absence("2026-03-04", stand_in="bob"),))
    bob = host("bob", daily="09:00-11:00")
    duo = (host("ada", daily="09:00-11:00"), bob)
    overlapping = event_type(hosts=duo, groups=(group("ada"), group("ada", "bob", need=2)))

    assert told(event_type(hosts=(ada, bob)), "09:00") == ["away:ada"]
    assert told(overlapping, "09:00") == ["busy:ada"]


def test_hours_of_the_event_type_are_the_reason_too():
    """Its own hours count for each host."""
    offer = event_type("UTC", "09:00-11:00", schedule=schedule("14:00-15:00"))

    assert told(offer, "09:00") == ["hours:ada"]


# --- seats ---------------------------------------------------------------------------------------


def test_a_shared_time_needs_no_free_host():
    """While it has seats left, neither hosts nor grid refuse it."""
    offer = event_type("UTC", "09:00-11:00", seats=Seats(per_slot=2))
    start, busy = at("2026-03-04 09:10"), [on_the_day("09:10", "09:40")]

    assert told(offer, "09:10", busy=busy, seats={start: 1}) == []
    assert told(offer, "09:10", busy=busy, seats={start: 0}) == ["busy:ada", "grid"]
    assert told(offer, "09:10", busy=busy, seats={start: 1}, now=start) == ["past"]


def test_a_length_must_be_positive():
    """No time at all cannot be asked about."""
    with pytest.raises(ValueError, match="must be positive"):
        told(event_type("UTC", "09:00-11:00"), "09:00", duration=timedelta())
