"""What may be booked, moved and cancelled, why not, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from booker_components.policy import (
    Rule,
    bookable_window,
    earliest_start,
    may_book,
    may_cancel,
    may_hold,
    may_reschedule,
)
from booker_components.times import day_window, format_instant, parse_instant
from booker_components.values import (
    Attendee,
    Booking,
    BookingStatus,
    BookingWindow,
    ChangeRule,
    Counting,
    EventType,
    Host,
    Seats,
)

PARIS = Host(slug="ada", name="Ada", zone="Europe/Paris")
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    """Give the instant of "2026-03-10 09:00" in UTC."""
    return parse_instant(text.replace(" ", "T") + "Z")


def event_type(**fields: object) -> EventType:
    """Give an event type of a host in Paris."""
    return replace(EventType(slug="call", title="Call", hosts=(PARIS,)), **fields)


def booking(**fields: object) -> Booking:
    """Give a booking from 10 March 2026, 09:00 to 09:30 UTC."""
    usual = Booking(
        uid="b1",
        event_type="call",
        title="Call",
        start=at("2026-03-10 09:00"),
        end=at("2026-03-10 09:30"),
        status=BookingStatus.CONFIRMED,
        hosts=(PARIS,),
        attendee=Attendee(name="Grace", email="grace@example.com"),
        created_at=at("2026-03-01 09:00"),
        updated_at=at("2026-03-01 09:00"),
    )
    return replace(usual, **fields)


# --- booking -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        pytest.param({"days": 0}, "2026-03-10 22:30", "2026-03-10 23:00", id="today"),
        pytest.param({"days": 1}, "2026-03-10 22:30", "2026-03-11 23:00", id="tomorrow"),
        pytest.param({"days": 19}, "2026-03-10 22:30", "2026-03-29 22:00", id="over-a-change-of-clocks"),
        pytest.param(
            {"days": None, "start": date(2026, 4, 1), "end": date(2026, 4, 2)},
            "2026-03-31 22:00",
            "2026-04-02 22:00",
            id="dates",
        ),
        pytest.param(
            {"days": 5, "end": date(2026, 3, 12)}, "2026-03-10 22:30", "2026-03-12 23:00", id="end-first"
        ),
        pytest.param(
            {"days": 1, "end": date(2026, 4, 12)}, "2026-03-10 22:30", "2026-03-11 23:00", id="days-first"
        ),
        pytest.param(
            {"days": 3, "start": date(2026, 3, 12)}, "2026-03-11 23:00", "2026-03-13 23:00", id="from"
        ),
        pytest.param(
            {"days": None, "end": date(2026, 3, 1)}, "2026-03-10 22:30", "2026-03-10 22:30", id="over"
        ),
    ],
)
def test_bookable_window_is_read_in_the_hosts_zone(window, start, end):
    """Dates begin at the host's midnight; notice counts from now (21:30 UTC, 22:30 in Paris)."""
    offered = event_type(window=BookingWindow(**window), minimum_notice=HOUR)

    allowed = bookable_window(offered, at("2026-03-10 21:30"))

    assert (format_instant(allowed.start), format_instant(allowed.end)) == tuple(
        format_instant(at(text)) for text in (start, end)
    )


@pytest.mark.parametrize(
    ("start", "rule", "until"),
    [
        pytest.param("2026-03-10 11:59", Rule.PAST, "2026-03-10 11:59", id="past"),
        pytest.param("2026-03-10 12:00", Rule.PAST, "2026-03-10 12:00", id="this-instant"),
        pytest.param("2026-03-10 12:01", Rule.NOTICE, "2026-03-10 08:01", id="too-soon"),
        pytest.param("2026-03-10 15:59", Rule.NOTICE, "2026-03-10 11:59", id="a-minute-too-soon"),
        pytest.param("2026-03-10 16:00", None, None, id="exactly-the-notice"),
        pytest.param("2026-03-12 22:59", None, None, id="last-minute-of-the-last-day"),
        pytest.param("2026-03-12 23:00", Rule.HORIZON, "2026-03-10 23:00", id="midnight-after"),
        pytest.param("2026-03-20 12:00", Rule.HORIZON, "2026-03-17 23:00", id="opens-later"),
        pytest.param("2026-03-16 12:00", Rule.HORIZON, "2026-03-13 23:00", id="opens-at-the-weekend"),
    ],
)
def test_start_is_bookable_between_notice_and_horizon(start, rule, until):
    """With four hours of notice and two days ahead, asked at noon."""
    offered = event_type(minimum_notice=4 * HOUR, window=BookingWindow(days=2))

    verdict = may_book(offered, at(start), at("2026-03-10 12:00"))

    assert (bool(verdict), verdict.rule) == (rule is None, rule)
    assert verdict.until == (until and at(until))


# 5 March 2026 is a Thursday.
@pytest.mark.parametrize(
    ("now", "days", "last"),
    [
        ("2026-03-05 11:00", 0, "2026-03-05"),
        ("2026-03-05 11:00", 1, "2026-03-06"),
        ("2026-03-05 11:00", 2, "2026-03-09"),
        ("2026-03-05 22:59", 5, "2026-03-12"),
        ("2026-03-05 23:00", 5, "2026-03-13"),
        ("2026-03-07 11:00", 0, "2026-03-07"),
        ("2026-03-07 11:00", 1, "2026-03-09"),
        ("2026-03-08 11:00", 5, "2026-03-13"),
        ("2026-03-08 11:00", 6, "2026-03-16"),
        ("2026-03-05 11:00", 250, "2027-02-18"),
    ],
)
def test_business_days_end_the_window(now, days, last):
    """Monday to Friday are counted from tomorrow in Paris on; what lies between them may be booked too."""
    offered = event_type(window=BookingWindow(days=days, counting=Counting.BUSINESS))

    allowed = bookable_window(offered, at(now))

    assert allowed.end == day_window(date.fromisoformat(last), "Europe/Paris").end


@pytest.mark.parametrize("days", [0, 1, 3, 5, 8])
def test_a_start_beyond_business_days_opens_on_the_first_day_that_reaches_it(days):
    """On that day it is within the window, the day before it is not."""
    offered = event_type(window=BookingWindow(days=days, counting=Counting.BUSINESS))
    starts = [at("2026-03-16 09:00") + each * 24 * HOUR for each in range(7)]

    opening = [may_book(offered, start, at("2026-01-01 00:00")).until for start in starts]

    assert all(may_book(offered, start, until) for start, until in zip(starts, opening, strict=True))
    assert not any(
        may_book(offered, start, until - HOUR) for start, until in zip(starts, opening, strict=True)
    )


def test_bookable_days_are_within_61_days():
    """Which of them are bookable is for who knows the hosts' time to say; so is when a later one is."""
    offered = event_type(window=BookingWindow(days=2, counting=Counting.BOOKABLE))
    now = at("2026-03-10 12:00")

    verdict = may_book(offered, at("2026-05-10 12:00"), now)

    assert bookable_window(offered, now).end == at("2026-05-09 22:00")
    assert (verdict.rule, verdict.until) == (Rule.HORIZON, None)


def test_the_earliest_start_is_after_now_and_notice():
    """A start at this very instant is past; one exactly at the notice is not too soon."""
    now = at("2026-03-10 12:00")

    assert earliest_start(event_type(), now) == now + timedelta.resolution
    assert earliest_start(event_type(minimum_notice=HOUR), now) == now + HOUR


@pytest.mark.parametrize("start", ["2026-03-31 21:59", "2026-04-30 22:00"], ids=["before", "after"])
def test_dates_outside_a_fixed_window_never_open(start):
    """Outside a range of dates there is no instant to wait for."""
    limits = BookingWindow(days=None, start=date(2026, 4, 1), end=date(2026, 4, 30))

    verdict = may_book(event_type(window=limits), at(start), at("2026-03-10 12:00"))

    assert (verdict.rule, verdict.until) == (Rule.HORIZON, None)


@pytest.mark.parametrize(
    ("start", "until"),
    [
        pytest.param("2026-03-19 12:00", "2026-03-16 23:00", id="day-before-the-end"),
        pytest.param("2026-03-20 12:00", "2026-03-17 23:00", id="last-day"),
        pytest.param("2026-03-21 12:00", None, id="day-after-the-end"),
    ],
)
def test_what_the_last_date_cuts_off_never_opens(start, until):
    """Two days ahead, but not beyond 20 March: a guest waits only for what will come."""
    offered = event_type(window=BookingWindow(days=2, end=date(2026, 3, 20)))

    verdict = may_book(offered, at(start), at("2026-03-10 12:00"))

    assert (verdict.rule, verdict.until) == (Rule.HORIZON, until and at(until))


def test_lengths_that_are_not_on_offer_are_refused():
    """Only the event type's own lengths can be booked."""
    asked = (event_type(durations=(HOUR,)), at("2026-03-11 12:00"), at("2026-03-10 12:00"))

    assert may_book(*asked, duration=HOUR)
    assert may_book(*asked, duration=2 * HOUR).rule is Rule.DURATION


@pytest.mark.parametrize(
    ("duration", "rule"),
    [
        pytest.param(None, None, id="any"),
        pytest.param(HOUR / 4, None, id="no-longer-on-offer"),
        pytest.param(HOUR, None, id="longest"),
        pytest.param(HOUR + timedelta.resolution, Rule.DURATION, id="longer"),
    ],
)
def test_whoever_moves_keeps_a_time_of_the_length_that_was_booked(duration, rule):
    """Lengths may have changed since; one longer than all of them would only keep others away."""
    offered = event_type(durations=(HOUR / 2, HOUR))

    verdict = may_hold(offered, at("2026-03-11 12:00"), at("2026-03-10 12:00"), duration=duration)

    assert verdict.rule is rule


def test_only_what_may_be_booked_can_be_held():
    """Notice and dates are those of booking."""
    offered = event_type(minimum_notice=HOUR)
    now = at("2026-03-10 12:00")

    assert may_hold(offered, now + HOUR / 2, now).rule is Rule.NOTICE
    assert may_hold(offered, now, now, duration=HOUR / 2).rule is Rule.PAST


def test_instants_are_told_in_utc():
    """Whatever zone a start or now is given in, and whatever the machine's is."""
    tokyo = timezone(9 * HOUR)
    now, start = at("2026-03-10 12:00").astimezone(tokyo), at("2026-03-20 12:00").astimezone(tokyo)
    offered = event_type(window=BookingWindow(days=2))

    told = [
        may_book(offered, now, now).until,
        may_book(offered, start, now).until,
        may_cancel(booking(start=start, end=start + HOUR), offered, now).until,
        bookable_window(offered, now).start,
    ]

    assert [instant.tzinfo is UTC for instant in told] == [True] * 4


# --- changing ------------------------------------------------------------------------------------

CUTOFFS = event_type(reschedule=ChangeRule(notice=24 * HOUR), cancel=ChangeRule(notice=2 * HOUR))


@pytest.mark.parametrize(
    ("now", "move", "cancel"),
    [
        pytest.param("2026-03-09 08:59", None, None, id="early"),
        pytest.param("2026-03-09 09:00", None, None, id="at-the-deadline-of-moving"),
        pytest.param("2026-03-09 09:01", Rule.CUTOFF, None, id="after-it"),
        pytest.param("2026-03-10 07:00", Rule.CUTOFF, None, id="at-the-deadline-of-cancelling"),
        pytest.param("2026-03-10 07:01", Rule.CUTOFF, Rule.CUTOFF, id="after-that"),
        pytest.param("2026-03-10 09:00", Rule.PAST, Rule.PAST, id="at-the-start"),
        pytest.param("2026-03-11 09:00", Rule.PAST, Rule.PAST, id="past"),
    ],
)
def test_moving_and_cancelling_have_cutoffs_of_their_own(now, move, cancel):
    """At a deadline the change is still possible; after it, no more."""
    assert may_reschedule(booking(), CUTOFFS, at(now)).rule is move
    assert may_cancel(booking(), CUTOFFS, at(now)).rule is cancel


@pytest.mark.parametrize(
    ("now", "rule", "until"),
    [
        pytest.param("2026-03-09 08:59", None, "2026-03-09 09:00", id="before-the-deadline"),
        pytest.param("2026-03-10 08:59", Rule.CUTOFF, "2026-03-09 09:00", id="after-it"),
        pytest.param("2026-03-10 09:00", None, None, id="begun"),
        pytest.param("2026-04-10 09:00", None, None, id="long-over"),
    ],
)
def test_what_has_begun_can_be_moved_where_that_is_allowed(now, rule, until):
    """The cut-off keeps guests from moving at the last minute, not from coming back afterwards."""
    offered = event_type(reschedule=ChangeRule(notice=timedelta(days=1), begun=True))

    verdict = may_reschedule(booking(), offered, at(now))

    assert (verdict.rule, verdict.until) == (rule, until and at(until))


def test_verdicts_tell_the_deadline():
    """Before and after, `until` is the same instant: when changes are or were possible."""
    before, after = at("2026-03-08 09:00"), at("2026-03-09 10:00")

    assert may_reschedule(booking(), CUTOFFS, before).until == at("2026-03-09 09:00")
    assert may_reschedule(booking(), CUTOFFS, after).until == at("2026-03-09 09:00")
    assert may_cancel(booking(), CUTOFFS, after).until == at("2026-03-10 07:00")
    assert may_cancel(booking(), event_type(), before).until == booking().start


def test_verdicts_tell_when_it_was_too_late():
    """Of what has begun, that is its start."""
    assert may_cancel(booking(), CUTOFFS, at("2026-03-11 09:00")).until == booking().start


def test_what_may_change_at_any_time_has_no_deadline():
    """Where neither a cut-off nor the start ends it, there is nothing to tell."""
    offered = event_type(cancel=ChangeRule(begun=True))

    assert may_cancel(booking(), offered, at("2026-03-09 09:00")).until is None


def test_a_booking_without_cutoff_is_open_until_its_start():
    """A second before the start it can still be moved and cancelled."""
    moment = at("2026-03-10 08:59") + timedelta(seconds=59)

    assert may_reschedule(booking(), event_type(), moment)
    assert may_cancel(booking(), event_type(), moment)


def test_what_guests_may_not_do_is_refused_at_any_time():
    """Moving can be forbidden while cancelling is allowed, and the other way round."""
    now = at("2026-03-01 09:00")
    fixed = event_type(reschedule=ChangeRule(allowed=False))
    binding = event_type(cancel=ChangeRule(allowed=False))

    assert may_reschedule(booking(), fixed, now).rule is Rule.NOT_ALLOWED
    assert may_cancel(booking(), fixed, now)
    assert may_cancel(booking(), binding, now).rule is Rule.NOT_ALLOWED
    assert may_reschedule(booking(), binding, now)


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.REJECTED])
def test_closed_bookings_cannot_change(status):
    """What is cancelled says so, even when it is past as well."""
    closed = booking(status=status)

    for now in (at("2026-03-01 09:00"), at("2026-04-01 09:00")):
        assert may_reschedule(closed, event_type(), now).rule is Rule.CANCELLED
        assert may_cancel(closed, None, now).rule is Rule.CANCELLED


@pytest.mark.parametrize("offered", [True, False], ids=["still offered", "no longer offered"])
def test_what_guests_share_cannot_change_as_a_whole(offered):
    """The booking of all seats is nobody's, also where the event type that tells of seats is gone."""
    whole = booking(attendee=Attendee(name="", email=""))
    kind = event_type() if offered else None

    verdicts = [check(whole, kind, at("2026-03-09 09:00")) for check in (may_cancel, may_reschedule)]

    assert [verdict.rule for verdict in verdicts] == [Rule.SEAT, Rule.SEAT]


def test_a_booking_of_its_own_can_change_where_guests_share_a_time():
    """Not every provider has seats: some give each guest of one time a booking."""
    offered = event_type(seats=Seats(per_slot=5))

    assert may_cancel(booking(), offered, at("2026-03-09 09:00"))
    assert may_reschedule(booking(), offered, at("2026-03-09 09:00"))


def test_pending_bookings_can_change():
    """Waiting for approval is no hindrance."""
    assert may_cancel(booking(status=BookingStatus.PENDING), event_type(), at("2026-03-01 09:00"))


def test_bookings_of_event_types_that_are_gone_can_only_be_cancelled():
    """There is no time to move to, but cancelling stays possible until the start."""
    early, late = at("2026-03-10 08:59"), at("2026-03-10 09:00")

    assert may_reschedule(booking(), None, early).rule is Rule.GONE
    assert may_reschedule(booking(), None, late).rule is Rule.PAST
    assert may_cancel(booking(), None, early)
    assert may_cancel(booking(), None, late).rule is Rule.PAST
