"""Requests: what our values become in the bodies of calls (contracts/calcom.md 4.8)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from ...times import format_instant
from ...values import Answer, BookingRequest, LocationKind
from . import locations
from .bookings import MARK
from .event_types import Offer
from .fields import PHONES

_MINUTE = timedelta(minutes=1)

#: The languages that Cal.com speaks to attendees (its OpenAPI document, CreateBookingAttendee).
_LANGUAGES = frozenset(
    {"ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "es-419", "et", "eu", "fi", "fr"}
    | {"he", "hr", "hu", "id", "it", "iw", "ja", "km", "ko", "lv", "nl", "no", "pl", "pt", "pt-BR", "ro"}
    | {"ru", "sk", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh-CN", "zh-TW"}
)
_SPOKEN = {"zh": "zh-CN", "nb": "no", "nn": "no"}
# Scripts and territories in which Chinese is written in the traditional way (CLDR).
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def booking_body(offer: Offer, request: BookingRequest, *, mark: str) -> dict[str, object]:
    """Give the body of a call that books *offer*; *mark* is kept in the metadata, to find the booking by."""
    event_type = offer.event_type
    minutes = (request.duration or event_type.duration) // _MINUTE
    body: dict[str, object | None] = {
        "start": format_instant(request.start),
        "eventTypeId": int(event_type.id),
        "attendee": _attendee(offer, request),
        "bookingFieldsResponses": _responses(offer, request) or None,
        "guests": list(request.guests) or None,
        "location": locations.sent(request.location, event_type.locations),
        "metadata": {**request.metadata, MARK: mark},
        # Where there is one length only, the API refuses to be told it.
        "lengthInMinutes": minutes if len(event_type.durations) > 1 else None,
        "recurrenceCount": request.occurrences if event_type.series else None,
    }
    return {name: value for name, value in body.items() if value is not None}


def _attendee(offer: Offer, request: BookingRequest) -> dict[str, object]:
    attendee = request.attendee
    phone = locations.international(_phone(request))
    named: dict[str, object] = {
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.zone,
        "language": language(attendee.locale),
    }
    return {**named, "phoneNumber": phone} if phone else named


def _phone(request: BookingRequest) -> str:
    """Give the guest's number: every field that asks for one means the same (contracts/calcom.md 10.3)."""
    answered = (request.answers.get(slug) for slug in PHONES)
    asked = next((each for each in answered if isinstance(each, str) and each), "")
    place = request.location
    called = place.value if place and place.kind is LocationKind.ATTENDEE_PHONE else ""
    return asked or request.attendee.phone or called


def _responses(offer: Offer, request: BookingRequest) -> dict[str, object]:
    """Give the answers by Cal.com's slugs; notes are one of them (contracts/calcom.md 10.3)."""
    blanks = {each.slug: each.blank() for each in offer.form.fields if each.is_own}
    sent = {name: _sent(offer, name, value) for name, value in request.answers.items()}
    notes = {"notes": request.notes} if request.notes else {}
    known = {slug: value for slug, value in blanks.items() if value is not None}
    return {**known, **{slug: value for slug, value in sent.items() if slug not in PHONES}, **notes}


def _sent(offer: Offer, slug: str, answer: Answer) -> object:
    field = offer.form.field(slug)
    if field is not None:
        return field.sent(answer)
    return list(answer) if isinstance(answer, tuple) else answer


def language(locale: str) -> str:
    """Give the language of a BCP 47 tag as Cal.com names it, English for those that it does not speak."""
    short, *others = locale.replace("_", "-").lower().split("-")
    if short == "zh" and "hans" not in others and _TRADITIONAL.intersection(others):
        return "zh-TW"
    # A script may stand between: "pt-Latn-BR".
    wanted = "-".join((short, *others[-1:]))
    found = next((each for each in _LANGUAGES if each.lower() == wanted), "")
    return found or _SPOKEN.get(short) or (short if short in _LANGUAGES else "en")


# --- telling requests apart ----------------------------------------------------------------------


def mark_of(key: str) -> str:
    """Give the mark of the request with *key*: a digest, for the key itself is nobody's business."""
    return hashlib.sha256(f"booker:{key}".encode()).hexdigest()[:40]
