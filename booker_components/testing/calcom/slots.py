"""Free slots, as Cal.com finds them (contracts/calcom.md 4.6, 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from ... import times
from .records import Booking, EventType, Schedule, User
from .spans import Grid, Span, common, hours, without, zone_span
from .store import Store

VERSIONS = ("2024-09-04",)

_DAY = timedelta(days=1)
#: How far ahead a rolling window is looked for (contracts/calcom.md 9.2, step 13).
_FAR = 61


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of an event type."""

    window: Span
    #: The visitor's zone.
    zone: str = "UTC"
    #: In minutes.
    length: int
    #: The uid of the booking that moves.
    moving: str = ""
    #: Whether it is asked in order to book: reservations then count for nothing, and the window has been
    #: looked at.
    booking: bool = False


def schedule_of(store: Store, event_type: EventType, user: User) -> Schedule:
    """Give the hours of a host: the event type's, else his own (contracts/calcom.md 9.2, step 3)."""
    chosen = event_type.fields.get("scheduleId") if event_type.team is None else None
    found = store.schedules.get(chosen or user.schedule or 0)
    return found or Schedule(id=0, owner=user.id, name="", zone=user.zone)


def available(store: Store, event_type: EventType, ask: Ask) -> list[datetime]:
    """Give the starts of the free slots in the window, in order."""
    starts = _starts(store, event_type, ask)
    if ask.booking:
        return starts
    end = _last_instant(store, event_type, ask)
    starts = [each for each in starts if end is None or each < end]
    if event_type.fields["onlyShowFirstAvailableSlot"]:
        firsts = {times.local_date(each, ask.zone): each for each in reversed(starts)}
        starts = sorted(firsts.values())
    return starts


def _starts(store: Store, event_type: EventType, ask: Ask) -> list[datetime]:
    """Give the free starts, as if there were no booking window."""
    earliest = store.clock() + event_type.minutes("minimumBookingNotice")
    grid = Grid(
        length=ask.length,
        frequency=event_type.fields["slotInterval"] or ask.length,
        offset=event_type.fields["offsetStart"],
        optimised=event_type.fields["showOptimizedSlots"],
        zone=times.zone(ask.zone),
    )
    found = grid.starts(_free(store, event_type, ask), earliest)
    first, last = ask.window
    length = timedelta(minutes=ask.length)
    return [
        each
        for each in found
        if first <= each <= last and _fits(store, event_type, ask, (each, each + length))
    ]


def _free(store: Store, event_type: EventType, ask: Ask) -> list[Span]:
    """Give when the hosts are free, together or, in a round robin, any of them."""
    each_free = [_free_host(store, event_type, user, ask) for user in event_type.hosts]
    if event_type.scheduling == "roundRobin":
        return sorted({span for spans in each_free for span in spans})
    together = each_free[0] if each_free else []
    for spans in each_free[1:]:
        together = common(together, spans)
    return together


def _free_host(store: Store, event_type: EventType, user: User, ask: Ask) -> list[Span]:
    work = hours(schedule_of(store, event_type, user), ask.window)
    return without(work, _busy(store, event_type, user, ask))


def _busy(store: Store, event_type: EventType, user: User, ask: Ask) -> Iterator[Span]:
    """Give when a host is busy, buffers included (contracts/calcom.md 9.2, step 5)."""
    before, after = event_type.minutes("beforeEventBuffer"), event_type.minutes("afterEventBuffer")
    for booking in store.blocking(user, besides=(ask.moving,)):
        other = booking.event_type
        start = booking.start - other.minutes("beforeEventBuffer") - after
        end = booking.end + other.minutes("afterEventBuffer") + before
        if other is event_type and seats_left(store, booking.event_type, booking.start, ask.length) > 0:
            yield from ((start, booking.start), (booking.end, end))
        else:
            yield start, end
    for held in [] if ask.booking else store.held():
        shares = held.event_type is event_type and event_type.seats
        if not shares and any(host.id == user.id for host in held.event_type.hosts):
            yield held.start, held.end


def _fits(store: Store, event_type: EventType, ask: Ask, slot: Span) -> bool:
    """Tell whether the limits and the seats allow a slot whose time is free."""
    others = [each for each in _own(store, event_type) if each.uid != ask.moving]
    if event_type.seats:
        crossing = (each for each in others if each.start < slot[1] and slot[0] < each.end)
        if any(each.start != slot[0] for each in crossing):
            return False
        if not ask.booking and seats_left(store, event_type, slot[0], ask.length) < 1:
            return False
    return not any(_reached(store, event_type, others, slot, period) for period in _PERIODS)


def _own(store: Store, event_type: EventType) -> list[Booking]:
    return [each for each in store.bookings.values() if each.open and each.event_type is event_type]


def seats_left(store: Store, event_type: EventType, start: datetime, length: int) -> int:
    """Give how many seats are left at a time; 0 for an event type without seats."""
    taken = sum(len(each.attendees) for each in _own(store, event_type) if each.start == start)
    held = sum(each.start == start and each.event_type is event_type for each in store.held())
    return max(event_type.seats - taken - held, 0)


# --- limits and windows --------------------------------------------------------------------------

_PERIODS = ("day", "week", "month", "year")


def _reached(store: Store, event_type: EventType, others: list[Booking], slot: Span, period: str) -> bool:
    """Tell whether the period of a slot has as many bookings, or as many minutes, as it may."""
    zone = schedule_of(store, event_type, event_type.hosts[0]).zone
    now = _period(slot[0], zone, period)
    same = [each for each in others if _period(each.start, zone, period) == now]
    count = int((event_type.setting("bookingLimitsCount") or {}).get(period, 0))
    total = int((event_type.setting("bookingLimitsDuration") or {}).get(period, 0))
    length = (slot[1] - slot[0]) // timedelta(minutes=1)
    too_many = bool(count) and len(same) >= count
    return too_many or (bool(total) and sum(each.minutes for each in same) + length > total)


def _period(instant: datetime, zone: str, period: str) -> date:
    """Give the first day of the period; weeks start on Sunday."""
    day = times.local_date(instant, zone)
    if period == "week":
        return day - (day.isoweekday() % 7) * _DAY
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[period]


def _last_instant(store: Store, event_type: EventType, ask: Ask) -> datetime | None:
    """Give when the booking window ends; None if it has no end (contracts/calcom.md 9.2, step 13)."""
    window = event_type.setting("bookingWindow")
    if window is None:
        return None
    if window["type"] == "range":
        zone = schedule_of(store, event_type, event_type.hosts[0]).zone
        first, last = (times.parse_date(each[:10]) for each in window["value"])
        return zone_span(first, last, zone)[1]
    today = times.local_date(store.clock(), ask.zone)
    days = _bookable_days(store, event_type, ask) if window.get("rolling") else _days_from(today + _DAY)
    counted = (day for day in days if window["type"] != "businessDays" or day.weekday() < 5)
    # The days after today are counted; those that are bookable may begin with today.
    number = window["value"] - 1
    last_day = next(islice(counted, number, None), today + _FAR * _DAY) if number >= 0 else today
    return zone_span(last_day, last_day, ask.zone)[1]


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += _DAY


def _bookable_days(store: Store, event_type: EventType, ask: Ask) -> Iterable[date]:
    now = store.clock()
    whole = replace(ask, window=(now, now + _FAR * _DAY))
    return sorted({times.local_date(each, ask.zone) for each in _starts(store, event_type, whole)})


def in_window(store: Store, event_type: EventType, start: datetime, zone: str) -> bool:
    """Tell whether the notice and the booking window allow a start (contracts/calcom.md 4.8)."""
    ask = Ask(window=(start, start), zone=zone, length=event_type.lengths[0])
    window = event_type.setting("bookingWindow")
    end = _last_instant(store, event_type, ask)
    if window is not None and window["type"] == "range":
        zone = schedule_of(store, event_type, event_type.hosts[0]).zone
        if start < times.day_window(times.parse_date(window["value"][0][:10]), zone).start:
            return False
    earliest = store.clock() + event_type.minutes("minimumBookingNotice")
    return earliest <= start and (end is None or start < end)
