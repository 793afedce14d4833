"""When a booking page is free, and who hosts then (contracts/jicoo.md 2.9, 2.10, 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from ... import times
from ..exchanges import Json
from ..spans import Span, days, merged, wall
from .records import Booking, EventType, User
from .store import Store


def free(store: Store, event_type: EventType, window: Span, *, moving: str = "") -> dict[datetime, int]:
    """Give the free starts in *window*, in order, each with the places that are left.

    The booking whose uid is *moving* takes no time.
    """
    if not event_type.enabled:
        return {}
    first, last = window
    starts = sorted({start for host in event_type.hosts for start in _grid(event_type, host.user, window)})
    wanted = [each for each in starts if first <= each < last and _may_start(store, event_type, each)]
    found = {start: place(store, event_type, start, moving=moving) for start in wanted}
    return {start: left for start, (_, left) in found.items() if left}


def place(
    store: Store, event_type: EventType, start: datetime, *, moving: str = ""
) -> tuple[list[User], int]:
    """Give who hosts a booking at *start*, and for how many there is room: nobody and 0 if it is taken."""
    groups = _groups(store, event_type, start, moving)
    for there in groups:
        if len(there) < event_type.capacity:
            return there[0].hosts, event_type.capacity - len(there)
    able = [each for each in event_type.hosts if _able(store, event_type, each.user, start, moving)]
    if event_type.assigned:
        able = sorted(able, key=lambda each: -each.priority)[:1]
    elif len(able) < len(event_type.hosts):
        able = []
    return [each.user for each in able], event_type.capacity if able else 0


def is_free(store: Store, event_type: EventType, start: datetime, *, moving: str = "") -> bool:
    """Tell whether a booking may be made, or moved, to *start*."""
    window = (start, start + timedelta(milliseconds=1))
    return start in free(store, event_type, window, moving=moving)


def _may_start(store: Store, event_type: EventType, start: datetime) -> bool:
    now = store.clock()
    if start < now + timedelta(minutes=event_type.notice):
        return False
    return event_type.days is None or start <= now + timedelta(days=event_type.days)


def _groups(store: Store, event_type: EventType, start: datetime, moving: str) -> list[list[Booking]]:
    """Give the bookings of the same page at the same time, those of the same hosts together."""
    groups: dict[tuple[str, ...], list[Booking]] = {}
    for each in store.bookings.values():
        if each.event_type is event_type and each.start == start and each.stands and each.uid != moving:
            groups.setdefault(tuple(host.id for host in each.hosts), []).append(each)
    return list(groups.values())


def _able(store: Store, event_type: EventType, user: User, start: datetime, moving: str) -> bool:
    """Tell whether a host works then and has nothing else to do, buffers included."""
    end = start + event_type.length
    work = merged(_hours(event_type, user, (start, end)))
    if not any(first <= start and end <= last for first, last in work):
        return False
    begin, finish = start - timedelta(minutes=event_type.before), end + timedelta(minutes=event_type.after)
    others = (each for each in store.bookings.values() if each.stands and each.uid != moving)
    return not any(
        user in each.hosts and _busy(each)[0] < finish and begin < _busy(each)[1] for each in others
    )


def _busy(booking: Booking) -> Span:
    before, after = booking.event_type.before, booking.event_type.after
    return booking.start - timedelta(minutes=before), booking.end + timedelta(minutes=after)


# --- working hours -------------------------------------------------------------------------------


def _grid(event_type: EventType, user: User, window: Span) -> Iterator[datetime]:
    """Give the starts that the hours of a host have: one after the other from when he begins."""
    step = timedelta(minutes=event_type.interval or event_type.duration)
    for start, end in _hours(event_type, user, window):
        while start + event_type.length <= end:
            yield start
            start += step


def _hours(event_type: EventType, user: User, window: Span) -> Iterator[Span]:
    """Give the hours of the page, else those of a host's default template, around *window*."""
    hours, zone_name = event_type.hours, event_type.zone
    if hours is None:
        calendar = next(each for each in user.calendars if each.default)
        hours, zone_name = calendar.hours, calendar.zone
    zone = times.zone(zone_name)
    for day in days(window, zone):
        for each in hours:
            # Sunday is 0 or 7.
            if each["wday"] % 7 == day.isoweekday() % 7:
                yield _span(day, each, zone)


def _span(day: date, hours: Json, zone: tzinfo) -> Span:
    start = wall(day, hours["startHour"], hours["startMinute"], zone)
    return start, wall(day, hours["endHour"], hours["endMinute"], zone)
