"""What a guest may answer: one rule per kind of question, for forms and for calls from Python alike."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
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
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,30}")


def check(question: Question, value: object) -> Answer | None:
    """Give the answer in its proper type, None for no answer; `ValueError` holds a sentence for the guest."""
    if value is None or value == "" or value == () or value == [] or value is False:
        if question.required:
            raise ValueError(_MISSING.get(question.kind, _EMPTY))
        return False if value is False else None
    answer = _RULES[question.kind](question, value)
    if answer == "" and question.required:
        raise ValueError(_EMPTY)
    return None if answer == "" else answer


def check_guests(event_type: EventType, guests: tuple[str, ...]) -> tuple[str, ...]:
    """Give the guests' addresses, each once; `ValueError` holds a sentence for the guest."""
    if len(guests) > event_type.max_guests:
        raise ValueError(f"You can invite {event_type.max_guests} guests at most.")
    return tuple(dict.fromkeys(_email(EMAIL, guest) for guest in guests))


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
    """Give *request* with every field in its proper form; `InvalidRequest` says which fields are wrong."""
    problems = _Problems()
    attendee = request.attendee
    location = problems.attempt("location", check_location, event_type, request.location)
    phone = problems.attempt("phone", _checked_phone, location, request)
    name = problems.attempt("name", check, NAME, attendee.name)
    email = problems.attempt("email", check, EMAIL, attendee.email)
    guests = problems.attempt("guests", check_guests, event_type, request.guests)
    notes = problems.attempt("notes", check, NOTES, request.notes)
    problems.attempt("tz", times.zone, attendee.zone)
    answers = _checked_answers(event_type, request.answers, problems)
    if problems:
        raise InvalidRequest(problems)
    if location and location.kind is LocationKind.ATTENDEE_PHONE:
        location = replace(location, value=phone or "")
    return replace(
        request,
        attendee=replace(attendee, name=str(name), email=str(email), phone=phone or ""),
        guests=guests or (),
        notes=str(notes or ""),
        answers=answers,
        location=location,
    )


def _checked_answers(
    event_type: EventType, answers: Mapping[str, Answer], problems: _Problems
) -> dict[str, Answer]:
    known = {each.slug: each for each in event_type.questions}
    problems |= dict.fromkeys(answers.keys() - known, "This question is not asked.")
    given = {slug: problems.attempt(slug, check, each, answers.get(slug)) for slug, each in known.items()}
    return {slug: answer for slug, answer in given.items() if answer is not None}


def check_location(event_type: EventType, wanted: Location | None) -> Location | None:
    """Give the location that is *wanted*, as the event type has it; `ValueError` if it has no such.

    A guest's number is not looked at: it is a field of its own.
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


# --- one rule per kind ---------------------------------------------------------------------------


def _plain(value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise ValueError("This must be a text.")
    if _CONTROL.search(value):
        raise ValueError("This has characters that cannot be used. Please type it again.")
    text = value.strip()
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
        return validate_email(text, check_deliverability=False).normalized if text else ""
    except EmailNotValidError:
        raise ValueError("Please enter an e-mail address like name@example.com.") from None


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
    QuestionKind.PHONE: _phone,
    QuestionKind.NUMBER: _number,
    QuestionKind.SELECT: _choice,
    QuestionKind.RADIO: _choice,
    QuestionKind.CHECKBOXES: _choices,
    QuestionKind.BOOLEAN: _boolean,
    QuestionKind.URL: _url,
}
