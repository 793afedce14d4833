"""What a guest may answer: one rule per kind of question, for forms and for calls from Python alike."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from . import times
from .errors import InvalidRequest
from .values import (
    Answer,
    BookingRequest,
    EventType,
    Location,
    LocationKind,
    Question,
    QuestionKind,
)

_T = TypeVar("_T")

#: The longest answers, in characters.
TEXT_LIMIT = 500
LONG_TEXT_LIMIT = 5000

NAME = Question(slug="name", label="Your name", required=True)
EMAIL = Question(slug="email", label="E-mail address", kind=QuestionKind.EMAIL, required=True)
NOTES = Question(slug="notes", label="Additional notes", kind=QuestionKind.LONG_TEXT)
PHONE = Question(slug="phone", label="Phone number", kind=QuestionKind.PHONE, required=True)
PLACE = Question(slug="place", label="Where shall we meet?", kind=QuestionKind.LONG_TEXT, required=True)

#: Most facts that may be kept with a booking beside our own mark, and the longest name and text of one
#: (contracts/calcom.md 4.8).
FACTS_LIMIT = 49
FACT_NAME_LIMIT = 40
FACT_LIMIT = 500

#: The locations for which a guest says where, in the question `PLACE`.
GUESTS_PLACES = frozenset({LocationKind.ATTENDEE_ADDRESS, LocationKind.ATTENDEE_CHOICE})

_EMPTY = "Please fill this in."
_NO_CHOICE = "Please choose one of the options."
_MISSING = {
    QuestionKind.BOOLEAN: "Please tick this.",
    QuestionKind.SELECT: _NO_CHOICE,
    QuestionKind.RADIO: _NO_CHOICE,
    QuestionKind.CHECKBOXES: "Please choose at least one of the options.",
}
# Line breaks and tabs are text; the other control characters break headers, files and terminals.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BETWEEN_ADDRESSES = re.compile(r"[\s,;]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,30}")


def check(question: Question, value: object) -> Answer | None:
    """Give the answer in its proper type, None for no answer; `ValueError` holds a sentence for the guest."""
    if value is None or value == "" or value == () or value == [] or value is False:
        if question.required:
            raise ValueError(_MISSING.get(question.kind, _EMPTY))
        return False if value is False else None
    answer = _RULES[question.kind](question, value)
    if answer not in ("", ()):
        return answer
    if question.required:
        raise ValueError(_EMPTY)
    return None


def addresses(text: str | None) -> tuple[str, ...]:
    """Give the e-mail addresses in *text*, with blanks, commas or lines between them, unchecked."""
    return tuple(filter(None, _BETWEEN_ADDRESSES.split(text or "")))


def check_guests(event_type: EventType, guests: tuple[str, ...]) -> tuple[str, ...]:
    """Give the guests' addresses, each once; `ValueError` holds a sentence for the guest."""
    if len(guests) > event_type.max_guests:
        raise ValueError(f"You can invite {event_type.max_guests} guests at most.")
    return tuple(dict.fromkeys(_email(EMAIL, guest) for guest in guests))


def check_occurrences(event_type: EventType, wanted: object) -> int | None:
    """Give how many dates of a series are booked, None for all; `ValueError` has a sentence for the guest."""
    if wanted is None:
        return None
    if event_type.series is None:
        raise ValueError("This is booked one date at a time.")
    most, text = event_type.series.occurrences, str(wanted).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number > most:
        raise ValueError(f"You can book {most} dates at most.")
    if number < 1:
        raise ValueError(f"Please enter a whole number from 1 to {most}.")
    return number


def check_without(event_type: EventType, request: BookingRequest) -> tuple[datetime, ...]:
    """Give the dates of a series that are left out; `ValueError` holds a sentence for the guest."""
    series = event_type.series
    if not request.without:
        return ()
    if series is None:
        raise ValueError("This is booked one date at a time.")
    count, zone = request.occurrences or series.occurrences, request.attendee.zone
    first, *others = times.occurrences(request.start, zone, series.frequency, series.interval, count)
    if first in request.without:
        raise ValueError("The first date cannot be left out. Please choose another time.")
    if not set(request.without) <= set(others):
        raise ValueError("Only dates of the series can be left out.")
    return request.without


def check_text(text: str) -> str:
    """Give *text* as it is; `ValueError` if it has characters that not every database keeps."""
    if _CONTROL.search(text):
        raise ValueError("This has characters that cannot be used. Please type it again.")
    return text


def check_facts(facts: Mapping[str, str]) -> None:
    """Hold *facts*, kept with a booking, against the limits; `ValueError` names the one that is passed."""
    if len(facts) > FACTS_LIMIT:
        raise ValueError(f"There are {len(facts)} facts; {FACTS_LIMIT} can be kept at most.")
    for name, text in facts.items():
        if not (isinstance(name, str) and 0 < len(name) <= FACT_NAME_LIMIT):
            raise ValueError(f"The name of a fact has 1 to {FACT_NAME_LIMIT} characters.")
        if not isinstance(text, str) or len(text) > FACT_LIMIT or _CONTROL.search(name + text):
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
    problems |= dict.fromkeys(answers.keys() - known, "This question is not asked.")
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
    raise ValueError(_NO_CHOICE)


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


# --- one rule per kind ---------------------------------------------------------------------------


def _plain(value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise ValueError("This must be a text.")
    text = check_text(value).strip()
    if len(text) > limit:
        raise ValueError(f"Please use {limit} characters at most; these are {len(text)}.")
    return text


def _text(_question: Question, value: object) -> str:
    return " ".join(_plain(value, TEXT_LIMIT).split())


def _long_text(_question: Question, value: object) -> str:
    return _plain(value, LONG_TEXT_LIMIT).replace("\r\n", "\n")


def _email(question: Question, value: object) -> str:
    text = _text(question, value)
    try:
        return _address(text) if text else ""
    except EmailNotValidError:
        raise ValueError("Please enter an e-mail address like name@example.com.") from None


def _emails(question: Question, value: object) -> tuple[str, ...]:
    """Give several addresses, each once: Cal.com refuses duplicates (contracts/calcom.md 10.1)."""
    given = value if isinstance(value, (tuple, list)) else addresses(_long_text(question, value))
    found: dict[str, None] = {}
    for text in filter(None, (_text(question, each) for each in given)):
        try:
            found[_address(text)] = None
        except EmailNotValidError:
            raise ValueError(f"Please enter addresses like name@example.com; {text} is none.") from None
    return tuple(found)


def _address(text: str) -> str:
    return validate_email(text, check_deliverability=False).normalized


def _phone(question: Question, value: object) -> str:
    text = _text(question, value)
    if text and not (_PHONE.fullmatch(text) and sum(map(str.isdigit, text)) >= 5):
        raise ValueError("Please enter a phone number like +49 30 123456.")
    return text


def _number(question: Question, value: object) -> float | str:
    text = _text(question, str(value)) if not isinstance(value, bool) else "no"
    if not text:
        return ""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("Please enter a number.")
    return number


def _choice(question: Question, value: object) -> str:
    if value not in question.options:
        raise ValueError(_NO_CHOICE)
    return str(value)


def _choices(question: Question, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (tuple, list, set, frozenset)):
        raise ValueError(_NO_CHOICE)
    return tuple(dict.fromkeys(_choice(question, each) for each in value))


def _boolean(_question: Question, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("This must be yes or no.")
    return value


def _url(question: Question, value: object) -> str:
    text = _text(question, value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if text and not (parts.scheme in ("http", "https") and parts.netloc and " " not in text):
        raise ValueError("Please enter an address that starts with https:// or http://.")
    return text


_RULES: Mapping[QuestionKind, Callable[[Question, object], Answer]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _long_text,
    QuestionKind.EMAIL: _email,
    QuestionKind.EMAILS: _emails,
    QuestionKind.PHONE: _phone,
    QuestionKind.NUMBER: _number,
    QuestionKind.SELECT: _choice,
    QuestionKind.RADIO: _choice,
    QuestionKind.CHECKBOXES: _choices,
    QuestionKind.BOOLEAN: _boolean,
    QuestionKind.URL: _url,
}
