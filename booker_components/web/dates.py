"""The dates of a series: those that a form would book, and those that were booked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .. import times
from ..errors import BookerError
from ..languages import gettext as _
from ..languages import pgettext
from ..links import Purpose
from ..values import Booking, BookingStatus, Series
from . import wording
from .components import Dates, SeriesDate
from .reading import Reading
from .runtime import Runtime

# So many dates are named before the number of the others (contracts/calcom.md 1.8), and so many are looked at
# for changes of the clocks.
_NAMED = 5
_LOOKED_AT = 100


def wanted(
    series: Series,
    start: datetime,
    duration: timedelta,
    reading: Reading,
    *,
    count: int,
    host_zone: str,
    taken: Collection[datetime] = (),
) -> Dates:
    """Give the first dates of *series* from *start* on, as a guest reads them who wants *count* of them.

    Those that are *taken* are named, however late they come.
    """
    most = max(min(series.occurrences, _LOOKED_AT), count)
    starts = times.occurrences(start, reading.zone, series.frequency, series.interval, most)
    further = series.occurrences - _NAMED
    gone = tuple(
        _date(each, duration, reading, place=place, hidden=place > count, without=times.format_instant(each))
        for place, each in enumerate(starts, start=1)
        if each in taken
    )
    return Dates(
        dates=tuple(
            _date(
                each,
                duration,
                reading,
                mark=pgettext("series", "Not free") if each in taken else _shift(start, each, reading),
                hidden=place >= count,
            )
            for place, each in enumerate(starts[:_NAMED])
        ),
        # Scripts write another number into this and the note below: one alone, on which no word depends.
        more=_("Further dates: %(n)s", n=max(count - _NAMED, 1)) if further > 0 else "",
        complete=count <= _NAMED,
        note=_note(starts[:count], reading, host_zone),
        taken=gone,
        # Translators: Above a list of dates of a series; their number.
        taken_note=_("Not free, and left out: %(n)s", n=sum(not each.hidden for each in gone)),
    )


def booked(
    parts: Runtime, booking: Booking, reading: Reading, *, linked: bool = True
) -> tuple[SeriesDate, ...]:
    """Give every date of the series of *booking*; none without a series, or if it cannot be read now.

    Each is *linked* to its own page as its guest sees it.
    """
    series = _series(parts, booking)
    dates = replace(booking, occurrences=series.occurrences).each() if series else ()
    if len(dates) < 2:
        return ()
    return tuple(_booked(parts, each, reading, here=each.uid == booking.uid, linked=linked) for each in dates)


def _series(parts: Runtime, booking: Booking) -> Booking | None:
    if booking.occurrences or not booking.series:
        return booking
    try:
        return parts.service.get(booking.series)
    except BookerError:
        return None


def _booked(parts: Runtime, booking: Booking, reading: Reading, *, here: bool, linked: bool) -> SeriesDate:
    return _date(
        booking.start,
        booking.duration,
        reading,
        mark=_mark(booking, parts.service.clock(), here=here),
        href=parts.url(parts.links.path(Purpose.MANAGE, booking)) if linked and not here else "",
    )


def _mark(booking: Booking, now: datetime, *, here: bool) -> str:
    """Say how a date of a series stands, and whether it is the one on view."""
    state = _state(booking, now)
    if not here:
        return state
    # Translators: Marks at dates of a series: this is the booking on view, it may be "Cancelled, this one".
    return pgettext("series", "%(state)s, this one", state=state) if state else pgettext("series", "This one")


def _state(booking: Booking, now: datetime) -> str:
    match booking.status:
        case BookingStatus.PENDING:
            # Translators: A mark at a date of a series, which the host has not agreed to yet.
            return pgettext("series", "Waiting")
        case BookingStatus.CANCELLED:
            # Translators: A mark at a date of a series.
            return pgettext("series", "Cancelled")
        case BookingStatus.REJECTED:
            # Translators: A mark at a date of a series.
            return pgettext("series", "Declined")
    # Translators: A mark at a date of a series that has taken place.
    return pgettext("series", "Over") if booking.end <= now else ""


def _date(start: datetime, duration: timedelta, reading: Reading, **more: Any) -> SeriesDate:
    said = wording.when(start, start + duration, reading)
    return SeriesDate(date=said.date, time=said.time, **more)


def _shift(first: datetime, start: datetime, reading: Reading) -> str:
    """Give the offset at *start* where it is not that of the *first* date."""
    offset = times.offset_label(reading.zone, start, reading.locale)
    return "" if offset == times.offset_label(reading.zone, first, reading.locale) else offset


def _note(starts: Sequence[datetime], reading: Reading, host_zone: str) -> str:
    if len({times.offset_label(reading.zone, each, reading.locale) for each in starts}) < 2:
        return ""
    hours = {times.clock_time(each, host_zone, reading.locale, True) for each in starts}
    note = _("The clocks change in between; the time of day stays the same for you.")
    return note if len(hours) < 2 else wording.told(note, _("For the host it will be another hour."))
