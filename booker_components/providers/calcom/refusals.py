"""What Cal.com's refusals mean, by status, then loosely by words (contracts/calcom.md 4.5, 4.8).

Its words never go on: they may name uids of bookings and addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ...errors import BookerError, BookingClosed, EventTypeNotFound, InvalidRequest, NotBookable, SlotTaken
from ...languages import N_
from ...languages import gettext as _
from ...policy import Rule
from ...values import BookingRequest
from .client import CalcomError, CalcomForbidden, CalcomNotFound
from .event_types import Offer
from .fields import PHONES, Field

_TAKEN = (
    "already has booking at this time",
    "or is not available",
    "no more seats left",
    "no_available_users_found",
    "hosts_unavailable",
    "booking_seats_full",
    "booking_conflict",
    "already booked",
    "already reserved",
    "no seats left",
)
_BAD_ANSWER = ("booking field", "missing attendee phone number")
_CLOSED = (
    ("has already been cancelled", Rule.CANCELLED),
    ("has been cancelled", Rule.CANCELLED),
    ("already ended", Rule.PAST),
    ("does not allow cancellations", Rule.NOT_ALLOWED),
)
# How far our clock may be from Cal.com's.
_LEEWAY = timedelta(minutes=5)

_LIMIT = N_(
    "You have as many bookings of this kind as you may have. Please move or cancel one of them first."
)
_AT_CALCOM = N_("This can be booked at Cal.com only.")
_MOVED_AT_CALCOM = N_("This can be moved at Cal.com only.")
_TOO_MANY = N_("As many appointments cannot be booked at once.")
_NOT_NOW = N_("This cannot be booked at the moment.")
_LACKS_ANSWER = N_("The host needs an answer that this page does not ask for. Please contact the host.")
_FILL_IN = N_("Please fill this in.")
_WRONG_ANSWER = N_("Please check this answer.")
_DATES = N_("One of the dates is no longer free. Please choose another time, or fewer dates.")
_PHONE = N_("Please enter a phone number with its country code, like +49 30 123456.")


def of_time(error: CalcomError, *, several: bool = False) -> BookerError | None:
    """Tell what is wrong with the time that was asked for; None if the words say nothing about it.

    *several*: dates of a series were asked for together, and Cal.com does not say which of them it means.
    Taken slots come with 400 as often as with 409 (contracts/calcom.md 4.8).
    """
    words = error.text.lower() + error.code.lower()
    if error.answered == 409 or any(each in words for each in _TAKEN):
        return SlotTaken("Cal.com says that the time is taken.", sentence=_DATES if several else None)
    if "in the past" in words:
        return NotBookable("Cal.com says that the time is over.", rule=Rule.PAST)
    if "maximum number of active bookings" in words or "booker_limit_exceeded" in words:
        return NotBookable("The guest has as many bookings as Cal.com allows.", sentence=_LIMIT)
    return None


def of_bounds(error: CalcomError, start: datetime, *, notice: timedelta, now: datetime) -> NotBookable | None:
    """Tell whether *start* is too soon or too far ahead, which Cal.com does not tell apart."""
    if "can't be booked at the" not in error.text.lower():
        return None
    rule = Rule.NOTICE if start <= now + notice + _LEEWAY else Rule.HORIZON
    return NotBookable(f"Cal.com refuses the start by the rule '{rule}'.", rule=rule)


def of_booking(
    error: CalcomError, offer: Offer, request: BookingRequest, now: datetime
) -> BookerError | None:
    """Tell what a refusal to book means; None if that cannot be told from its words."""
    if isinstance(error, CalcomNotFound):
        return EventTypeNotFound(f"Cal.com has no event type {request.event_type!r} any more.")
    if isinstance(error, CalcomForbidden):
        return NotBookable("Cal.com takes this from the host alone.", sentence=_AT_CALCOM)
    notice = offer.event_type.minimum_notice
    bounds = of_bounds(error, request.start, notice=notice, now=now)
    several = offer.event_type.series is not None and request.occurrences != 1
    return of_time(error, several=several) or bounds or _of_fields(error, offer) or _of_event_type(error)


def _of_event_type(error: CalcomError) -> NotBookable | None:
    words = error.text.lower()
    if "lengthinminutes" in words:
        return NotBookable("Cal.com does not offer this length.", rule=Rule.DURATION)
    if "verification code" in words:
        return NotBookable("Cal.com wants the guest's address verified.", sentence=_AT_CALCOM)
    if "recurrence" in words:
        return NotBookable("Cal.com does not offer as many occurrences.", sentence=_TOO_MANY)
    if error.answered == 422 or "managed event type" in words:
        return NotBookable("Cal.com says that nobody hosts this event type.", sentence=_NOT_NOW)
    return None


# --- answers -------------------------------------------------------------------------------------


def _of_fields(error: CalcomError, offer: Offer) -> NotBookable | None:
    words = error.text.lower()
    if "booking location with" in words:
        return InvalidRequest({"location": _("Please choose one of the options.")})
    if any(each in words for each in _BAD_ANSWER):
        missing = "missing" in words
        found = _named(error.text, offer.form.fields) or _phone_field(words, offer.form.fields)
        return _of_answer(found, missing=missing, phone="phone number" in words)
    return _of_person(words, offer.form.fields)


def _of_answer(field: Field | None, *, missing: bool, phone: bool) -> NotBookable:
    if field is None and phone:
        return InvalidRequest({"phone": _(_PHONE)})
    if field is None or field.hidden:
        return NotBookable("Cal.com wants an answer to a field that is not shown.", sentence=_LACKS_ANSWER)
    sentence = _PHONE if phone else _FILL_IN if missing else _WRONG_ANSWER
    return InvalidRequest({field.slug: _(sentence)})


def _named(text: str, fields: tuple[Field, ...]) -> Field | None:
    """Give the field that *text* is about: the last one named before the options."""
    told = text.partition(". Allowed options")[0]
    places = {
        each: max(told.rfind(f"field '{each.slug}'"), told.rfind(f"field response: {each.slug}"))
        for each in fields
    }
    # Of two slugs at the same place one begins with the other.
    found = max(places, key=lambda each: (places[each], len(each.slug)), default=None)
    return found if found and places[found] >= 0 else None


def _phone_field(words: str, fields: tuple[Field, ...]) -> Field | None:
    asked = (each for each in fields if each.slug in PHONES and not each.hidden)
    return next(asked, None) if "phone number" in words else None


_PEOPLE: Mapping[str, tuple[str, str]] = {
    "guests": ("guests", N_("Please check these e-mail addresses.")),
    "email": ("email", N_("Please enter an e-mail address like name@example.com.")),
    "timezone": ("tz", N_("Please choose a time zone.")),
    "attendee.name": ("name", _FILL_IN),
}


def _of_person(words: str, fields: tuple[Field, ...]) -> NotBookable | None:
    """Tell which of the guest's own details the API's check of the body complains about."""
    if "phonenumber" in words or "phone number" in words:
        field = _phone_field("phone number", fields)
        return InvalidRequest({field.slug if field else "phone": _(_PHONE)})
    checked = " must be " in words or "should not be" in words
    found = next((told for key, told in _PEOPLE.items() if key in words), None) if checked else None
    return InvalidRequest({found[0]: _(found[1])}) if found else None


# --- changes -------------------------------------------------------------------------------------


def of_moving(error: CalcomError, start: datetime, *, notice: timedelta, now: datetime) -> BookerError | None:
    """Tell what a refusal to move to *start* means; None if that cannot be told from its words."""
    if "verification code" in error.text.lower():
        return NotBookable("Cal.com wants the guest's address verified.", sentence=_MOVED_AT_CALCOM)
    return of_closed(error) or of_time(error) or of_bounds(error, start, notice=notice, now=now)


def of_cancelling(error: CalcomError) -> BookerError | None:
    """Tell what a refusal to cancel means; None if that cannot be told."""
    words = error.text.lower()
    if "reason is required" in words:
        return InvalidRequest({"reason": _(_FILL_IN)})
    if "invalid seatuid" in words:
        return BookingClosed("Cal.com says that the seat was given up.", rule=Rule.CANCELLED)
    return of_closed(error)


def of_closed(error: CalcomError) -> BookingClosed | None:
    """Tell why a booking can no longer be changed; None if the words say nothing about it."""
    words = error.text.lower()
    for each, rule in _CLOSED:
        if each in words:
            return BookingClosed(f"Cal.com refuses the change by the rule '{rule}'.", rule=rule)
    # A 401 may also mean that our own credentials are wrong, which closes no booking.
    if isinstance(error, CalcomForbidden) and (error.answered == 403 or "host" in words):
        return BookingClosed("Cal.com lets only the host change this.", rule=Rule.NOT_ALLOWED)
    return None
