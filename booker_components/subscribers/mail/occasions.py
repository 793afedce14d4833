"""What an event means for mail: which one is sent, if any, and what it does to calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ...ics import Method
from ...values import Booking, BookingEvent, BookingStatus, EventKind, Occurrence
from .site import Site

_TEMPLATES: Mapping[EventKind, str] = {
    EventKind.RESCHEDULED: "moved",
    EventKind.CONFIRMED: "approved",
    EventKind.CANCELLED: "cancelled",
    EventKind.REJECTED: "declined",
    EventKind.REMINDER: "reminder",
}

_BOOKED: Mapping[BookingStatus, str] = {
    BookingStatus.CONFIRMED: "confirmed",
    BookingStatus.PENDING: "pending",
}

#: What happens to the dates of a series at once, and how those stand by now that are still worth telling of.
_TOLD: Mapping[EventKind, frozenset[BookingStatus]] = {
    EventKind.CREATED: frozenset({BookingStatus.CONFIRMED, BookingStatus.PENDING}),
    EventKind.CONFIRMED: frozenset({BookingStatus.CONFIRMED}),
    EventKind.REJECTED: frozenset({BookingStatus.REJECTED}),
}

# Nobody moves a booking so often; a circle, which nothing but a broken provider makes, ends here.
_MOST_MOVES = 100


def template_of(event: BookingEvent) -> str:
    """Give the name of the mail about *event*; "" where there is none."""
    booking = event.booking
    if event.kind is EventKind.CREATED:
        return _BOOKED.get(booking.status, "")
    if event.kind is EventKind.RESCHEDULED and not booking.is_open:
        return ""
    return _TEMPLATES.get(event.kind, "")


def is_stale(event: BookingEvent, site: Site, now: datetime) -> bool:
    """Tell whether a reminder has come too late: the booking has begun, has moved or is off.

    Anything else that comes late is still told, for what comes after it would make no sense without.
    """
    if event.kind is not EventKind.REMINDER:
        return False
    current = site.current(event.booking.uid)
    if current is None or current.status is not BookingStatus.CONFIRMED:
        return True
    return current.start != event.booking.start or current.start <= now


def method_of(event: BookingEvent, before: Booking | None) -> Method | None:
    """Give what the mail about *event* does to the calendar of whoever gets it; None for nothing.

    What nobody has agreed to does not stand in calendars: most show it like any other appointment, and guests
    would come. A booking that waits again since it moved does: its old time is there, and is wrong.
    """
    kind, booking = event.kind, event.booking
    if kind in (EventKind.CANCELLED, EventKind.REJECTED):
        return Method.CANCEL if _was_entered(event, before) else None
    if kind is EventKind.RESCHEDULED:
        return Method.REQUEST if not _waits(booking) or _was_entered(event, before) else None
    if kind in (EventKind.CREATED, EventKind.CONFIRMED) and not _waits(booking):
        return Method.REQUEST
    return None


def together(event: BookingEvent) -> str:
    """Name what the events of several dates of a series tell of together; "" where each tells of its own.

    A series is booked at once, and decided about at once but for dates that were moved: one mail tells of it.
    Whatever else happens to several dates is told of each by itself: a calendar takes one of them from a mail
    (RFC 5546 section 3.2.5), and dates that are off but stand in the calendar are worse than many mails.
    """
    booking = event.booking
    if not booking.series or booking.former_start or event.kind not in _TOLD:
        return ""
    return f"{booking.series}/{event.kind}"


def dates_of(event: BookingEvent, site: Site) -> Sequence[Booking]:
    """Give the dates of the series of which *event* tells too, as they stand; none where it is one alone.

    The event itself may know of fewer: it was kept while the others were still to be written.
    """
    booking = event.booking
    if not together(event):
        return ()
    known: Sequence[Occurrence] = ()
    for uid in (booking.uid, booking.series):
        current = site.current(uid)
        known = known or (current.occurrences if current else ())
    dates = replace(booking, occurrences=tuple(known) or booking.occurrences).each()
    told = _TOLD[event.kind]
    found = [each for each in dates if each.status in told]
    return found if len(found) > 1 else ()


def former_of(booking: Booking, site: Site) -> tuple[Booking, ...]:
    """Give the bookings that *booking* replaced, the latest first, where moving makes a new one."""
    found: list[Booking] = []
    seen = {booking.uid}
    while booking.replaces and booking.replaces not in seen and len(found) < _MOST_MOVES:
        former = site.current(booking.replaces)
        if former is None:
            break
        seen.add(former.uid)
        found.append(former)
        booking = former
    return tuple(found)


def _waits(booking: Booking) -> bool:
    return booking.status is BookingStatus.PENDING


def _was_entered(event: BookingEvent, before: Booking | None) -> bool:
    """Tell whether the booking may stand in calendars since an earlier mail."""
    if before is not None:
        return not _waits(before) or before.former_start is not None
    return event.kind is not EventKind.REJECTED or event.booking.former_start is not None
