"""Sentences that need a time or a rule to be said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_precision

from .. import times
from ..errors import BookerError, BookingClosed, NotBookable
from ..policy import Rule, Verdict
from ..values import Approval, Booking, Frequency, Price, Seats, Series, Slot
from .components import When
from .reading import Reading

_CLOSED: Mapping[str, str] = {
    Rule.PAST: "This booking has begun or is over, so it can no longer be changed.",
    Rule.CANCELLED: "This booking was cancelled or declined, so it can no longer be changed.",
    Rule.DECIDED: "This booking waits for no answer any more.",
    Rule.NOT_ALLOWED: "This booking cannot be changed here.",
    Rule.GONE: "This can no longer be booked, so the booking cannot be moved.",
    Rule.SEAT: "Several guests share this time. To change your own seat, open the link in your own mail.",
}
_NOT_BOOKABLE: Mapping[str, str] = {
    Rule.PAST: "That time is over. Please choose another one.",
    Rule.NOTICE: "That time is too soon to be booked.",
    Rule.HORIZON: "That time is too far ahead, or before the first day that can be booked.",
    Rule.DURATION: "That length is not on offer.",
    Rule.AWAY: "The host is away at that time. Please choose another day.",
    Rule.HOLIDAY: "That day is a public holiday. Please choose another one.",
    Rule.LIMIT: "Nothing more is booked in that period. Please choose a later time.",
    Rule.GUEST_LIMIT: "You can have no more bookings in that period. Please choose a later time.",
    Rule.ACTIVE: "You have as many bookings to come as one person may have. Please cancel one of them first.",
    Rule.HELD: "Somebody else is about to book that time. Please choose another one, or try again soon.",
    Rule.FULL: "All seats at that time are taken. Please choose another time.",
    Rule.LATER: "Only the first free time of each day can be booked. Please choose that one, or another day.",
    Rule.PRIVATE: "This is booked by invitation. Please open the private link that you were sent.",
}
# The same where it is known when the answer changes.
_NOT_BOOKABLE_UNTIL: Mapping[str, str] = {
    Rule.NOTICE: "That time is too soon: it could be booked until {}.",
    Rule.HORIZON: "That time is too far ahead: it can be booked from {}.",
    Rule.AWAY: "The host is away until {}. Please choose a later time.",
    Rule.LIMIT: "Nothing more is booked before {}. Please choose a later time.",
    Rule.GUEST_LIMIT: "You can have no more bookings before {}. Please choose a later time.",
    Rule.ACTIVE: "You have as many bookings to come as one person may have. Please cancel one of them first, "
    "or wait until {}.",
    Rule.HELD: "Somebody else is about to book that time. Please choose another one, or try again at {}.",
}
# CLDR sets letters apart from digits, and Babel does not: "KWD 12.345".
_AMOUNT_AFTER_WORD = re.compile(r"(?<=[^\W\d_])(?=\d)")
_STEPS = {Frequency.WEEKLY: "week", Frequency.MONTHLY: "month", Frequency.YEARLY: "year"}


def price(price: Price, locale: Locale) -> str:
    """Say what a booking costs: "€40.00"."""
    amount = Decimal(price.amount).scaleb(-get_currency_precision(price.currency))
    return _AMOUNT_AFTER_WORD.sub("\u00a0", format_currency(amount, price.currency, locale=locale))


def rhythm(series: Series) -> str:
    """Say how a series goes on: "every 2 weeks"."""
    step = _STEPS[series.frequency]
    return f"every {step}" if series.interval == 1 else f"every {series.interval} {step}s"


def seats_left(seats: Seats | None, slot: Slot) -> str:
    """Say how many of *seats* are left in *slot*: "3 seats left"; "" where guests are not to know."""
    left = slot.seats_left
    # Of some providers the slots alone tell that guests share a time.
    if left is None or (seats and not seats.show_left):
        return ""
    return f"{left} seat{'' if left == 1 else 's'} left"


def approval(approval: Approval) -> str:
    """Say which bookings wait until the host has agreed to them."""
    if approval.within is None:
        return "The host confirms each booking."
    return f"Bookings made less than {_length(approval.within)} ahead wait for the host to confirm them."


def _length(length: timedelta) -> str:
    """Say a length, in days where it is that long: "1 day", "36 h"."""
    days, rest = divmod(length, timedelta(days=1))
    if rest or not days:
        return times.duration_name(length)
    return "1 day" if days == 1 else f"{days} days"


def when(start: datetime, end: datetime, reading: Reading) -> When:
    """Say the span from *start* to *end* as *reading* wants it."""
    day = times.local_date(start, reading.zone)
    return When(
        date=times.full_date(day, reading.locale),
        time=times.time_span(start, end, reading.zone, reading.locale, reading.hours24),
        zone=times.zone_label(reading.zone, start, reading.locale),
        iso=times.format_instant(start),
    )


def listed(names: Iterable[str]) -> str:
    """Give *names* as a list in words: "Ann, Bo and Cy"."""
    *others, last = tuple(names) or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def booked_when(booking: Booking, reading: Reading) -> When:
    """Say when *booking* is."""
    return when(booking.start, booking.end, reading)


def when_in(zone: str, booking: Booking, reading: Reading) -> When | None:
    """Say when *booking* is in *zone*; None where it reads as it does for *reading*."""
    here, there = booked_when(booking, reading), booked_when(booking, replace(reading, zone=zone))
    return None if (there.date, there.time) == (here.date, here.time) else there


def former_when(booking: Booking, reading: Reading) -> When | None:
    """Say when *booking* was before it was moved; None where it was not, or no longer stands."""
    if booking.former_start is None or not booking.is_open:
        return None
    return when(booking.former_start, booking.former_start + booking.duration, reading)


def moment(instant: datetime, reading: Reading) -> str:
    """Say one instant: "Tuesday 4 March 2026, 09:00"."""
    day = times.full_date(times.local_date(instant, reading.zone), reading.locale)
    return f"{day}, {times.clock_time(instant, reading.zone, reading.locale, reading.hours24)}"


def closed(refusal: Verdict | BookingClosed, reading: Reading, *, subject: str = "Changes were") -> str:
    """Say why a booking can no longer be changed; *subject* says what was possible once."""
    if refusal.rule == Rule.CUTOFF and refusal.until:
        return f"{subject} possible until {moment(refusal.until, reading)}."
    return _CLOSED.get(refusal.rule or "", BookingClosed.default_sentence)


def not_bookable(refusal: NotBookable, reading: Reading) -> str:
    """Say why a time cannot be booked."""
    if refusal.until and (said := _NOT_BOOKABLE_UNTIL.get(refusal.rule)):
        return said.format(moment(refusal.until, reading))
    return _NOT_BOOKABLE.get(refusal.rule, NotBookable.default_sentence)


def sentence(error: BookerError, reading: Reading) -> str:
    """Say what *error* means for the visitor, with its deadline in the visitor's zone."""
    said = error.sentence != type(error).default_sentence
    if isinstance(error, BookingClosed) and not said:
        return closed(error, reading)
    if type(error) is NotBookable and not said:
        return not_bookable(error, reading)
    return error.sentence
