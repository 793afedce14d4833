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
from ..languages import N_, ngettext, speech
from ..languages import gettext as _
from ..policy import Rule, Verdict
from ..values import Approval, Booking, Frequency, Price, Seats, Series, Slot
from .components import When
from .reading import Reading

_CLOSED: Mapping[str, str] = {
    Rule.PAST: N_("This booking has begun or is over, so it can no longer be changed."),
    Rule.CANCELLED: N_("This booking was cancelled or declined, so it can no longer be changed."),
    Rule.DECIDED: N_("This booking waits for no answer any more."),
    Rule.NOT_ALLOWED: N_("This booking cannot be changed here."),
    Rule.GONE: N_("This can no longer be booked, so the booking cannot be moved."),
    Rule.SEAT: N_("Several guests share this time. To change your own seat, open the link in your own mail."),
}
#: What was possible once, and until when.
CHANGES_UNTIL = N_("Changes were possible until %(moment)s.")
MOVING_UNTIL = N_("Moving was possible until %(moment)s.")
CANCELLING_UNTIL = N_("Cancelling was possible until %(moment)s.")

_NOT_BOOKABLE: Mapping[str, str] = {
    Rule.PAST: N_("That time is over. Please choose another one."),
    Rule.NOTICE: N_("That time is too soon to be booked."),
    Rule.HORIZON: N_("That time is too far ahead, or before the first day that can be booked."),
    Rule.DURATION: N_("That length is not on offer."),
    Rule.AWAY: N_("The host is away at that time. Please choose another day."),
    Rule.HOLIDAY: N_("That day is a public holiday. Please choose another one."),
    Rule.LIMIT: N_("Nothing more is booked in that period. Please choose a later time."),
    Rule.GUEST_LIMIT: N_("You can have no more bookings in that period. Please choose a later time."),
    Rule.ACTIVE: N_(
        "You have as many bookings to come as one person may have. Please cancel one of them first."
    ),
    Rule.HELD: N_("Somebody else is about to book that time. Please choose another one, or try again soon."),
    Rule.FULL: N_("All seats at that time are taken. Please choose another time."),
    Rule.LATER: N_(
        "Only the first free time of each day can be booked. Please choose that one, or another day."
    ),
    Rule.PRIVATE: N_("This is booked by invitation. Please open the private link that you were sent."),
}
# The same where it is known when the answer changes.
_NOT_BOOKABLE_UNTIL: Mapping[str, str] = {
    Rule.NOTICE: N_("That time is too soon: it could be booked until %(moment)s."),
    Rule.HORIZON: N_("That time is too far ahead: it can be booked from %(moment)s."),
    Rule.AWAY: N_("The host is away until %(moment)s. Please choose a later time."),
    Rule.LIMIT: N_("Nothing more is booked before %(moment)s. Please choose a later time."),
    Rule.GUEST_LIMIT: N_("You can have no more bookings before %(moment)s. Please choose a later time."),
    Rule.ACTIVE: N_(
        "You have as many bookings to come as one person may have. Please cancel one of them first, "
        "or wait until %(moment)s."
    ),
    Rule.HELD: N_(
        "Somebody else is about to book that time. Please choose another one, or try again at %(moment)s."
    ),
}
_EACH: Mapping[Frequency, str] = {
    Frequency.WEEKLY: N_("Repeats every week"),
    Frequency.MONTHLY: N_("Repeats every month"),
    Frequency.YEARLY: N_("Repeats every year"),
}
# CLDR sets letters apart from digits, and Babel does not: "KWD 12.345".
_AMOUNT_AFTER_WORD = re.compile(r"(?<=[^\W\d_])(?=\d)")
# What stands between the parts of an enumeration, where that is not a comma and a blank.
_COMMAS = {"ar": "، ", "fa": "، ", "ur": "، ", "ja": "、", "zh": "、"}
# Languages whose sentences need no blank between them.
_UNSPACED = frozenset({"ja", "zh"})


def price(price: Price, locale: Locale) -> str:
    """Say what a booking costs: "€40.00"."""
    amount = Decimal(price.amount).scaleb(-get_currency_precision(price.currency))
    return _AMOUNT_AFTER_WORD.sub("\u00a0", format_currency(amount, price.currency, locale=locale))


def rhythm(series: Series) -> str:
    """Say how a series goes on: "Repeats every 2 weeks"."""
    every = series.interval
    if every == 1:
        return _(_EACH[series.frequency])
    match series.frequency:
        case Frequency.WEEKLY:
            return ngettext("Repeats every %(n)s week", "Repeats every %(n)s weeks", every)
        case Frequency.MONTHLY:
            return ngettext("Repeats every %(n)s month", "Repeats every %(n)s months", every)
        case Frequency.YEARLY:
            return ngettext("Repeats every %(n)s year", "Repeats every %(n)s years", every)


def seats_left(seats: Seats | None, slot: Slot) -> str:
    """Say how many of *seats* are left in *slot*: "3 seats left"; "" where guests are not to know."""
    left = slot.seats_left
    # Of some providers the slots alone tell that guests share a time.
    if left is None or (seats and not seats.show_left):
        return ""
    return ngettext("%(n)s seat left", "%(n)s seats left", left)


def approval(approval: Approval) -> str:
    """Say which bookings wait until the host has agreed to them."""
    if approval.within is None:
        return _("The host confirms each booking.")
    days, rest = divmod(approval.within, timedelta(days=1))
    if days and not rest:
        return ngettext(
            "Bookings made less than %(n)s day ahead wait for the host to confirm them.",
            "Bookings made less than %(n)s days ahead wait for the host to confirm them.",
            days,
        )
    # Translators: The length is one of hours and minutes, such as "36 hr" or "1 hr 30 min".
    return _(
        "Bookings made less than %(length)s ahead wait for the host to confirm them.",
        length=times.duration_name(approval.within, speech().locale),
    )


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
    """Give *names* as a list in words, in the language that is spoken: "Ann, Bo and Cy"."""
    return speech().listed(names)


def enumerated(texts: Iterable[str]) -> str:
    """Give *texts* one after the other, with no word between them: "red, green, blue"."""
    return _COMMAS.get(speech().locale.language, ", ").join(map(own, texts))


def own(text: str) -> str:
    """Give a *text* of somebody's own so that it can stand in a sentence that is spoken."""
    return speech().own(text)


def told(*sentences: str) -> str:
    """Give *sentences*, of which some may be empty, one after the other."""
    gap = "" if speech().locale.language in _UNSPACED else " "
    return gap.join(filter(None, sentences))


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
    clock = times.clock_time(instant, reading.zone, reading.locale, reading.hours24)
    # Translators: A day and a time of that day, as in "Tuesday 4 March 2026, 09:00": mind the comma.
    return _("%(date)s, %(time)s", date=day, time=clock)


def closed(refusal: Verdict | BookingClosed, reading: Reading, *, until: str = CHANGES_UNTIL) -> str:
    """Say why a booking can no longer be changed; *until* says what was possible once."""
    if refusal.rule == Rule.CUTOFF and refusal.until:
        return _(until, moment=moment(refusal.until, reading))
    return _(_CLOSED.get(refusal.rule or "", BookingClosed.default_sentence))


def not_bookable(refusal: NotBookable, reading: Reading) -> str:
    """Say why a time cannot be booked."""
    if refusal.until and (said := _NOT_BOOKABLE_UNTIL.get(refusal.rule)):
        return _(said, moment=moment(refusal.until, reading))
    return _(_NOT_BOOKABLE.get(refusal.rule, NotBookable.default_sentence))


def sentence(error: BookerError, reading: Reading) -> str:
    """Say what *error* means for the visitor, with its deadline in the visitor's zone."""
    said = error.sentence != type(error).default_sentence
    if isinstance(error, BookingClosed) and not said:
        return closed(error, reading)
    if type(error) is NotBookable and not said:
        return not_bookable(error, reading)
    return _(error.sentence)
