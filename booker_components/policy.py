"""May this booking be made, moved or cancelled now, and if not, why and until when.

Pure functions, the same for pages, helpers and providers. Limits by date are read in the event type's zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from .times import day_window, local_date
from .values import Booking, ChangeRule, Counting, EventType, TimeWindow

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(2201, 1, 1, tzinfo=UTC)

#: How many days are looked at for bookable ones, today included.
_FAR = 61


class Rule(StrEnum):
    """Why something is refused."""

    #: It has begun already.
    PAST = "past"
    #: It begins sooner than the minimum notice allows.
    NOTICE = "notice"
    #: It is outside the dates that may be booked.
    HORIZON = "horizon"
    #: The host does not work then, or not until its end.
    HOURS = "hours"
    #: The host works then, but no slot starts at that time.
    GRID = "grid"
    #: The host is taken, buffers included.
    BUSY = "busy"
    #: The host is away, on leave.
    AWAY = "away"
    #: It is a public holiday where the host works.
    HOLIDAY = "holiday"
    #: The host has, or the event type has, as many bookings in the period as are taken.
    LIMIT = "limit"
    #: The guest has as many bookings in the period as one may have.
    GUEST_LIMIT = "guest_limit"
    #: The guest has as many bookings to come as one may have.
    ACTIVE = "active"
    #: Another visitor is filling in the form for it.
    HELD = "held"
    #: Every seat is taken.
    FULL = "full"
    #: Only the first free time of the day is offered, and this is a later one.
    LATER = "later"
    #: It does not wait for the host's decision, or does no longer.
    DECIDED = "decided"
    #: It is booked through a private link only, and this is none, or its uses are up.
    PRIVATE = "private"
    #: The event type does not come in this length.
    DURATION = "duration"
    #: Guests may not do this at all.
    NOT_ALLOWED = "not_allowed"
    #: The booking has been cancelled or rejected.
    CANCELLED = "cancelled"
    #: The time for changes is over.
    CUTOFF = "cutoff"
    #: The event type is no longer offered.
    GONE = "gone"
    #: The form's key has made another booking already.
    REPEATED = "repeated"
    #: Several guests share the booking, and it is not said whose seat is meant.
    SEAT = "seat"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Whether something is allowed; true if it is."""

    allowed: bool
    #: What refuses it; None if nothing does.
    rule: Rule | None = None
    #: The instant (UTC) at which the answer changes or changed, if there is one: the deadline of a change, or
    #: when a start comes within the booking window.
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.allowed


def _refused(rule: Rule, until: datetime | None = None) -> Verdict:
    return Verdict(allowed=False, rule=rule, until=until and until.astimezone(UTC))


# --- booking -------------------------------------------------------------------------------------


def earliest_start(event_type: EventType, now: datetime) -> datetime:
    """Give the first start that is neither past nor too soon; a start at this very instant is past."""
    return now + max(event_type.minimum_notice, timedelta.resolution)


def _dates(event_type: EventType, now: datetime) -> TimeWindow:
    """Give the instants of the dates that may be booked, today's passed hours included."""
    limits, zone = event_type.window, event_type.zone
    ends = [] if limits.end is None else [limits.end]
    if limits.days is not None:
        ends.append(_counted(limits.counting, local_date(now, zone), limits.days))
    return TimeWindow(
        start=_FIRST if limits.start is None else day_window(limits.start, zone).start,
        end=day_window(min(ends), zone).end if ends else _LAST,
    )


def _counted(counting: Counting, today: date, days: int) -> date:
    """Give the last date of a booking window of some *days*; of bookable ones, the last that is looked at."""
    if counting is Counting.BOOKABLE:
        return today + timedelta(days=_FAR - 1)
    return _weekdays_from(today, days) if counting is Counting.BUSINESS else today + timedelta(days=days)


def _weekdays_from(day: date, count: int) -> date:
    """Give the weekday that is the *count*-th after *day*, or before it for a negative *count*."""
    step = timedelta(days=1 if count > 0 else -1)
    # Five weekdays are a week; the last one to five are gone by themselves, as *day* may be a weekend's.
    weeks = max(abs(count) - 1, 0) // 5
    day, rest = day + 7 * weeks * step, abs(count) - 5 * weeks
    while rest:
        day += step
        rest -= day.weekday() < 5
    return day


def bookable_window(event_type: EventType, now: datetime) -> TimeWindow:
    """Give the starts (UTC) that notice and booking window allow *now*; start = end if there are none.

    Where days with a free slot are counted, it is as wide as it can be (contracts/calcom.md 9.2, step 13).
    """
    dates = _dates(event_type, now)
    start = max(earliest_start(event_type, now), dates.start).astimezone(UTC)
    return TimeWindow(start=start, end=max(start, dates.end))


def _opens(event_type: EventType, start: datetime) -> datetime | None:
    """Give when a *start* that is too far ahead comes within the rolling window; None if it never does."""
    limits, zone = event_type.window, event_type.zone
    day = local_date(start, zone)
    if limits.days is None or (limits.end is not None and day > limits.end):
        return None
    if limits.counting is Counting.BOOKABLE:
        return None
    business = limits.counting is Counting.BUSINESS
    opening = _weekdays_from(day, -limits.days) if business else day - timedelta(days=limits.days)
    return day_window(opening, zone).start


def booking_refusals(event_type: EventType, start: datetime, now: datetime) -> Iterator[Verdict]:
    """Give every refusal of a *start* by notice and dates, whatever the host's hours."""
    dates = _dates(event_type, now)
    if start <= now:
        yield _refused(Rule.PAST, start)
    elif start < earliest_start(event_type, now):
        yield _refused(Rule.NOTICE, start - event_type.minimum_notice)
    if start < dates.start:
        yield _refused(Rule.HORIZON)
    elif start >= dates.end:
        yield _refused(Rule.HORIZON, _opens(event_type, start))


def may_book(
    event_type: EventType, start: datetime, now: datetime, *, duration: timedelta | None = None
) -> Verdict:
    """Tell whether notice, dates and the lengths on offer allow an aware *start*; hours are the provider's.

    *duration* is checked if given.
    """
    if duration is not None and duration not in event_type.durations:
        return _refused(Rule.DURATION)
    return next(booking_refusals(event_type, start, now), Verdict(allowed=True))


def may_hold(
    event_type: EventType, start: datetime, now: datetime, *, duration: timedelta | None = None
) -> Verdict:
    """Tell whether a visitor may have an aware *start* kept, as `may_book`; but whoever moves keeps a length.

    So any *duration* will do that is no longer than the longest on offer.
    """
    if duration is not None and duration > max(event_type.durations):
        return _refused(Rule.DURATION)
    return may_book(event_type, start, now)


# --- changing ------------------------------------------------------------------------------------


def may_reschedule(booking: Booking, event_type: EventType | None, now: datetime) -> Verdict:
    """Tell whether a guest may move *booking* now.

    *event_type* None: it is no longer offered, so there is no time to move to.
    """
    if event_type is not None:
        return _may_change(booking, event_type.reschedule, now)
    verdict = _may_change(booking, ChangeRule(), now)
    return verdict if not verdict else _refused(Rule.GONE)


def may_cancel(booking: Booking, event_type: EventType | None, now: datetime) -> Verdict:
    """Tell whether a guest may cancel *booking* now.

    *event_type* None: it is no longer offered, and the booking can be cancelled until its start.
    """
    if event_type is None:
        return _may_change(booking, ChangeRule(), now)
    return _may_change(booking, event_type.cancel, now)


def _may_change(booking: Booking, rule: ChangeRule, now: datetime) -> Verdict:
    """Apply a rule: at the deadline itself the change is still allowed, at the start no more.

    One that allows changes of what has begun closes from its deadline to the start.
    """
    deadline, begun = booking.start - rule.notice, now >= booking.start
    if not booking.is_open:
        return _refused(Rule.CANCELLED)
    if begun and not rule.begun:
        return _refused(Rule.PAST, booking.start)
    # A booking that guests share is not changed by its own uid: each guest has the uid of a seat.
    if not booking.is_held:
        return _refused(Rule.SEAT)
    if not rule.allowed:
        return _refused(Rule.NOT_ALLOWED)
    if now > deadline and not begun:
        return _refused(Rule.CUTOFF, deadline)
    closes = not begun and (deadline < booking.start or not rule.begun)
    return Verdict(allowed=True, until=deadline.astimezone(UTC) if closes else None)
