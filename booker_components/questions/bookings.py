"""What a guest asks for as a whole: every field in its proper form, or which of them are wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from .. import times
from ..errors import InvalidRequest
from ..languages import N_, ngettext
from ..languages import gettext as _
from ..values import Answer, BookingRequest, EventType, Location, LocationKind, Question
from .kinds import NO_CHOICE, check, check_text, email, is_text, plain_digits
from .own import EMAIL, GUESTS_PLACES, NAME, NOTES, PHONE, PLACE

_T = TypeVar("_T")

#: Most facts that may be kept with a booking beside our own mark, and the longest name and text of one
#: (contracts/calcom.md 4.8).
FACTS_LIMIT = 49
FACT_NAME_LIMIT = 40
FACT_LIMIT = 500

#: What is said of an answer to no question.
UNASKED = N_("This question is not asked.")
_SINGLE = N_("This is booked one date at a time.")


def check_guests(event_type: EventType, guests: tuple[str, ...]) -> tuple[str, ...]:
    """Give the guests' addresses, each once; `ValueError` holds a sentence for the guest."""
    if len(guests) > event_type.max_guests:
        raise ValueError(too_many_guests(event_type.max_guests))
    return tuple(dict.fromkeys(email(EMAIL, guest) for guest in guests))


def check_occurrences(event_type: EventType, wanted: object) -> int | None:
    """Give how many dates of a series are booked, None for all; `ValueError` has a sentence for the guest."""
    if wanted is None:
        return None
    if event_type.series is None:
        raise ValueError(_(_SINGLE))
    most, text = event_type.series.occurrences, plain_digits(str(wanted)).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number > most:
        raise ValueError(
            ngettext("You can book %(n)s date at most.", "You can book %(n)s dates at most.", most)
        )
    if number < 1:
        raise ValueError(_("Please enter a whole number from 1 to %(most)s.", most=most))
    return number


def check_without(event_type: EventType, request: BookingRequest) -> tuple[datetime, ...]:
    """Give the dates of a series that are left out; `ValueError` holds a sentence for the guest."""
    series = event_type.series
    if not request.without:
        return ()
    if series is None:
        raise ValueError(_(_SINGLE))
    count, zone = request.occurrences or series.occurrences, request.attendee.zone
    first, *others = times.occurrences(request.start, zone, series.frequency, series.interval, count)
    if first in request.without:
        raise ValueError(_("The first date cannot be left out. Please choose another time."))
    if not set(request.without) <= set(others):
        raise ValueError(_("Only dates of the series can be left out."))
    return request.without


def too_many_guests(most: int) -> str:
    """Say that more than *most* guests were invited."""
    return ngettext("You can invite %(n)s guest at most.", "You can invite %(n)s guests at most.", most)


def check_facts(facts: Mapping[str, str]) -> None:
    """Hold *facts*, kept with a booking, against the limits; `ValueError` names the one that is passed."""
    if len(facts) > FACTS_LIMIT:
        raise ValueError(f"There are {len(facts)} facts; {FACTS_LIMIT} can be kept at most.")
    for name, text in facts.items():
        if not (isinstance(name, str) and 0 < len(name) <= FACT_NAME_LIMIT):
            raise ValueError(f"The name of a fact has 1 to {FACT_NAME_LIMIT} characters.")
        if not isinstance(text, str) or len(text) > FACT_LIMIT or not is_text(name + text):
            raise ValueError(f"A fact is a text of {FACT_LIMIT} characters at most.")


def asked(question: Question) -> Question:
    """Give *question* as a guest meets it: what is not shown is not required."""
    return replace(question, required=False) if question.hidden else question


class _Problems(dict[str, str]):
    """The sentences for the fields that are wrong, by slug."""

    def attempt(self, slug: str, rule: Callable[..., _T], *values: object) -> _T | None:
        """Give what *rule* makes of *values*, or note why it refuses."""
        try:
            return rule(*values)
        except ValueError as problem:
            self[slug] = str(problem)
            return None


def checked(event_type: EventType, request: BookingRequest) -> BookingRequest:
    """Give *request* with every field in its proper form; `InvalidRequest` says which fields are wrong.

    An answer that is required but not asked for, its question being hidden, may be missing: whether it is
    needed is the provider's to say (contracts/calcom.md 10.3).
    """
    problems = _Problems()
    attendee = request.attendee
    location = problems.attempt("location", check_location, event_type, request.location)
    phone = problems.attempt("phone", _checked_phone, location, request)
    place = problems.attempt("place", _checked_place, location, request)
    occurrences = problems.attempt("occurrences", check_occurrences, event_type, request.occurrences)
    problems.attempt("metadata", check_facts, request.metadata)
    name = problems.attempt("name", check, NAME, attendee.name)
    email = problems.attempt("email", check, EMAIL, attendee.email)
    guests = problems.attempt("guests", check_guests, event_type, request.guests)
    notes = problems.attempt("notes", check, NOTES, request.notes)
    problems.attempt("tz", times.zone, attendee.zone)
    for slug, text in (("key", request.key), ("by", request.by), ("locale", attendee.locale)):
        problems.attempt(slug, check_text, text)
    if not problems.keys() & {"tz", "occurrences"}:
        problems.attempt("without", check_without, event_type, request)
    answers = _checked_answers(event_type, request.answers, problems)
    if problems:
        raise InvalidRequest(problems)
    if location and location.kind in (LocationKind.ATTENDEE_PHONE, *GUESTS_PLACES):
        location = replace(location, value=place or phone or "")
    return replace(
        request,
        attendee=replace(attendee, name=str(name), email=str(email), phone=phone or ""),
        guests=guests or (),
        notes=str(notes or ""),
        answers=answers,
        location=location,
        occurrences=occurrences,
    )


def _checked_answers(
    event_type: EventType, answers: Mapping[str, Answer], problems: _Problems
) -> dict[str, Answer]:
    known = {each.slug: asked(each) for each in event_type.questions}
    problems |= dict.fromkeys(answers.keys() - known, _(UNASKED))
    given = {slug: problems.attempt(slug, check, each, answers.get(slug)) for slug, each in known.items()}
    return {slug: answer for slug, answer in given.items() if answer is not None}


def check_location(event_type: EventType, wanted: Location | None) -> Location | None:
    """Give the location that is *wanted*, as the event type has it; `ValueError` if it has no such.

    A guest's number or address is not looked at: it is a field of its own.
    """
    if not event_type.locations:
        return None
    offered = event_type.locations[0] if len(event_type.locations) == 1 and wanted is None else wanted
    for each in event_type.locations:
        if offered is not None and (each.kind, each.label) == (offered.kind, offered.label):
            return each
    raise ValueError(_(NO_CHOICE))


def _checked_phone(location: Location | None, request: BookingRequest) -> str:
    """Give the guest's number: the one to call at *location*, else the one on file if there is one."""
    number = request.attendee.phone
    if location is None or location.kind is not LocationKind.ATTENDEE_PHONE:
        return str(check(replace(PHONE, required=False), number) or "")
    given = request.location.value if request.location else ""
    return str(check(PHONE, given or number))


def _checked_place(location: Location | None, request: BookingRequest) -> str:
    """Give where the guest wants to meet, on one line, where *location* leaves that to the guest."""
    if location is None or location.kind not in GUESTS_PLACES:
        return ""
    given = str(check(PLACE, request.location.value if request.location else ""))
    return ", ".join(filter(None, map(str.strip, given.splitlines())))
