"""The dates of a series: those that a form would book, and those that were booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from .. import times
from ..links import Purpose
from ..values import Booking, BookingStatus, Series
from . import wording
from .components import Dates, SeriesDate
from .reading import Reading
from .runtime import Runtime

# So many dates are named before "and 3 more" (contracts/calcom.md 1.8), and so many are looked at for changes
# of the clocks.
_NAMED = 5
_LOOKED_AT = 100

_STANDING = {
    BookingStatus.CONFIRMED: "",
    BookingStatus.PENDING: "Waiting",
    BookingStatus.CANCELLED: "Cancelled",
    BookingStatus.REJECTED: "Declined",
}


def wanted(
    series: Series, start: datetime, duration: timedelta, reading: Reading, *, count: int, host_zone: str
) -> Dates:
    """Give the first dates of *series* from *start* on, as a guest reads them who wants *count* of them."""
    most = min(series.occurrences, _LOOKED_AT)
    starts = times.occurrences(start, reading.zone, series.frequency, series.interval, most)
    further = series.occurrences - _NAMED
    return Dates(
        dates=tuple(
            _date(
                each,
                each + duration,
                reading,
                mark=_shift(start, each, reading.zone),
                hidden=place >= count,
            )
            for place, each in enumerate(starts[:_NAMED])
        ),
        more=f"and {max(count - _NAMED, 1)} more" if further > 0 else "",
        complete=count <= _NAMED,
        note=_note(starts[:count], reading, host_zone),
    )


def booked(parts: Runtime, booking: Booking, reading: Reading) -> tuple[SeriesDate, ...]:
    """Give every date of the series of *booking*, each with the link to its own page."""
    return tuple(_booked(parts, booking, each, reading) for each in booking.each())


def _booked(parts: Runtime, here: Booking, booking: Booking, reading: Reading) -> SeriesDate:
    shown = booking.uid == here.uid
    # A link is bound to the state that a booking is in; what has another one is shown as to anybody.
    same = booking.is_open == here.is_open
    path = parts.links.path(Purpose.MANAGE, booking) if same else f"/bookings/{booking.uid}"
    mark = _STANDING[booking.status] or ("Over" if booking.end <= parts.service.clock() else "")
    return _date(
        booking.start,
        booking.end,
        reading,
        mark=", ".join(filter(None, (mark, "this one" if shown else ""))).capitalize(),
        href="" if shown else parts.url(path),
    )


def _date(
    start: datetime, end: datetime, reading: Reading, *, mark: str, href: str = "", hidden: bool = False
) -> SeriesDate:
    said = wording.when(start, end, reading)
    return SeriesDate(date=said.date, time=said.time, mark=mark, href=href, hidden=hidden)


def _shift(first: datetime, start: datetime, zone: str) -> str:
    """Give the offset at *start* where it is not that of the *first* date."""
    offset = times.offset_label(zone, start)
    return "" if offset == times.offset_label(zone, first) else offset


def _note(starts: Sequence[datetime], reading: Reading, host_zone: str) -> str:
    if len({times.offset_label(reading.zone, each) for each in starts}) < 2:
        return ""
    note = "The clocks change in between; the time of day stays the same for you."
    hours = {times.clock_time(each, host_zone, reading.locale, True) for each in starts}
    return note if len(hours) < 2 else f"{note} For the host it will be another hour."
