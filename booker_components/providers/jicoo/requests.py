"""Requests: what our values become in the bodies of calls (contracts/jicoo.md 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...errors import InvalidRequest
from ...questions import too_long, too_many_guests
from ...values import BookingRequest, EventType, LocationKind
from . import answers, locations
from .objects import written

#: The most characters of each field that is the guest's own, by the slug of its question in our form.
LIMITS: Mapping[str, int] = {"name": 64, "email": 255, "phone": 32, "notes": 2000}
MOST_GUESTS = 30
_TRACKING = ("campaign", "source", "medium", "content", "term")
_LONGEST_TRACKING = 255
_LANGUAGES = ("ja", "en")


def check(event_type: EventType, request: BookingRequest) -> None:
    """Raise `InvalidRequest` with a sentence for each field that Jicoo would refuse."""
    if problems := dict(_problems(event_type, request)):
        raise InvalidRequest(problems)


def _problems(event_type: EventType, request: BookingRequest) -> Iterator[tuple[str, str]]:
    attendee = request.attendee
    texts = {
        "name": attendee.name,
        "email": attendee.email,
        "phone": phone(request),
        "notes": message(request),
    }
    own = answers.own_fields(event_type.questions, request.answers)
    for slug, most in {**LIMITS, **answers.OWN_FIELDS}.items():
        length = len({**own, **texts}.get(slug, ""))
        if length > most:
            yield slug, too_long(length, most)
    if len(request.guests) > MOST_GUESTS:
        yield "guests", too_many_guests(MOST_GUESTS)
    yield from answers.unknown(event_type.questions, request.answers).items()


def booking_body(event_type: EventType, request: BookingRequest) -> dict[str, object]:
    """Give the body of a call that books; a field that says nothing is left out."""
    attendee = request.attendee
    always: dict[str, object] = {
        "eventTypeId": event_type.id,
        "startedAt": written(request.start),
        "timeZone": attendee.zone,
        "email": attendee.email,
        "name": attendee.name,
        # Named also where there is no choice: the documents call it required (contracts/jicoo.md 2.3).
        "locationId": locations.sent(request.location, event_type.locations),
    }
    said: dict[str, object] = {
        "phoneNumber": phone(request),
        "message": message(request),
        "ccEmails": list(request.guests),
        "locale": language(attendee.locale),
        "answers": answers.sent(event_type.questions, request.answers),
        "tracking": tracking(request.metadata),
        **answers.own_fields(event_type.questions, request.answers),
    }
    return {**always, **{name: value for name, value in said.items() if value}}


def phone(request: BookingRequest) -> str:
    """Give the guest's number: the one to be called at, else the one on file."""
    place = request.location
    called = place.value if place and place.kind is LocationKind.ATTENDEE_PHONE else ""
    return called or request.attendee.phone


def message(request: BookingRequest) -> str:
    """Give the notes, and below them where the guest wants to meet: no field is known that takes it."""
    place = request.location
    wanted = place.value if place and place.kind in locations.GUESTS_PLACES else ""
    return "\n\n".join(filter(None, (request.notes, wanted)))


def language(locale: str) -> str:
    """Give the language of a BCP 47 tag if Jicoo speaks it; "" leaves the choice to Jicoo."""
    short = locale.replace("_", "-").partition("-")[0].lower()
    return short if short in _LANGUAGES else ""


def tracking(facts: Mapping[str, str]) -> dict[str, str]:
    """Give the campaign that led to the booking: the facts "utm_source" and so on, without their prefix.

    What is too long is cut, for no guest could shorten it.
    """
    found = {name: facts.get(f"utm_{name}", "")[:_LONGEST_TRACKING] for name in _TRACKING}
    return {name: text for name, text in found.items() if text}
