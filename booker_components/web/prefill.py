"""What an address or a host knows of a guest's answers beforehand (contracts/calcom.md 10.4).

A value that cannot be used is passed over in silence; what is half right is shown, and checked when sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from .. import questions
from ..values import EventType, Location, LocationKind, Question, QuestionKind
from . import forms
from .state import Pairs

_FACT = re.compile(r"metadata\[([^\[\]]+)\]|(utm_(?:source|medium|campaign|term|content))")
_ONE_OF = (QuestionKind.SELECT, QuestionKind.RADIO)
# What Cal.com's addresses call the places; every other word is a service for video calls.
_PLACES = {
    "inPerson": LocationKind.IN_PERSON,
    "link": LocationKind.LINK,
    "userPhone": LocationKind.PHONE,
    "phone": LocationKind.ATTENDEE_PHONE,
    "attendeeInPerson": LocationKind.ATTENDEE_ADDRESS,
    "somewhereElse": LocationKind.ATTENDEE_CHOICE,
}


def known(sent: MultiDict[str, str], event_type: EventType) -> Pairs:
    """Give what *sent* says about a booking of *event_type*, under the names of the form's fields.

    These are the slugs of the questions; Cal.com's other names for them are understood, too. Facts for the
    booking's metadata keep their names.
    """
    names = set(_asked(event_type))
    pairs = [
        (name, value) for name, value in sent.items(multi=True) if value and (name in names or is_fact(name))
    ]
    found = {name for name, _ in pairs}
    others = (pair for pair in _translated(sent, event_type) if pair[0] in names - found and pair[1])
    return (*(pair for pair in pairs if pair[0] != "location"), *_place(pairs, event_type), *others)


def of_host(mapping: Mapping[str, object]) -> MultiDict[str, str]:
    """Give what a host knows of its user as parameters, lists as several."""
    pairs = [
        (name, each)
        for name, value in mapping.items()
        for each in (value if isinstance(value, (list, tuple)) else (value,))
    ]
    return MultiDict(
        (name, "true" if each is True else str(each))
        for name, each in pairs
        if each not in (None, "") and each is not False
    )


def answers(pairs: Pairs, event_type: EventType) -> dict[str, Any]:
    """Give the answers among *pairs* as a form wants them, by the name of its field."""
    given: MultiDict[str, str] = MultiDict(pairs)
    found = ((slug, _value(each, given.getlist(slug))) for slug, each in _asked(event_type).items())
    return {slug: value for slug, value in found if value is not None}


def is_fact(name: str) -> bool:
    """Tell whether the parameter *name* holds a fact for the metadata, or says where a guest came from."""
    return _FACT.fullmatch(name) is not None


def facts(sent: MultiDict[str, str]) -> Mapping[str, str]:
    """Give the facts in *sent* by name, as many as may be kept; `metadata[crm]=7` is the fact "crm"."""
    found: dict[str, str] = {}
    for name, value in sent.items():
        match = _FACT.fullmatch(name)
        if match is None or not value or len(found) == questions.FACTS_LIMIT:
            continue
        fact = {match[1] or match[2]: value}
        try:
            questions.check_facts(fact)
        except ValueError:
            continue
        found |= fact
    return found


def _asked(event_type: EventType) -> dict[str, Question]:
    asked = (*forms.guest_questions(event_type), *forms.unseen_questions(event_type))
    return {each.slug: each for each in asked}


def _value(question: Question, values: Sequence[str]) -> Any:
    """Give the *values* of one field as its question takes them; None for nothing that could be used."""
    if question.kind is QuestionKind.EMAILS:
        return "\n".join(values) or None
    if question.kind in (*_ONE_OF, QuestionKind.CHECKBOXES):
        values = [each for each in values if each in question.options]
    if not values:
        return None
    if question.kind is QuestionKind.CHECKBOXES:
        return values
    if question.kind is QuestionKind.BOOLEAN:
        return values[0].lower() in ("true", "1", "yes", "on")
    return values[0] if question.kind is not QuestionKind.NUMBER or _is_number(values[0]) else None


def _is_number(text: str) -> bool:
    try:
        return questions.check(Question(slug="n", label="", kind=QuestionKind.NUMBER), text) is not None
    except ValueError:
        return False


# --- other names ---------------------------------------------------------------------------------


def _translated(sent: MultiDict[str, str], event_type: EventType) -> Iterator[tuple[str, str]]:
    """Give what *sent* says under other names than those of our fields."""
    names = (sent.get("firstName", ""), sent.get("lastName", ""))
    yield "name", " ".join(filter(None, names))
    yield "phone", sent.get("attendeePhoneNumber", "")
    for guest in sent.getlist("guest"):
        yield "guests", guest
    for question in event_type.questions:
        if question.slug in forms.FORM_WORDS:
            for value in sent.getlist(question.slug):
                yield forms.field_name(question.slug), value


def _place(pairs: Sequence[tuple[str, str]], event_type: EventType) -> Iterator[tuple[str, str]]:
    """Give the choice of the place as the form has it: by its label, and what a guest adds to it."""
    chosen = next((value for name, value in pairs if name == "location"), "")
    said = _said(chosen)
    if not said:
        yield from [("location", chosen)] if chosen else ()
        return
    kind = _PLACES.get(said["value"], LocationKind.CONFERENCE)
    found = [each for each in event_type.locations if each.kind is kind]
    added = said.get("optionValue", "")
    if found:
        yield "location", forms.location_label(_best(found, added))
        field = forms.GIVEN.get(kind)
        if field and added:
            yield field, added


def _said(text: str) -> dict[str, str]:
    """Give the texts of `{"value": ..., "optionValue": ...}`; nothing where *text* is no such thing."""
    if not text.startswith("{"):
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    return texts if texts.get("value") else {}


def _best(found: Sequence[Location], added: str) -> Location:
    return next((each for each in found if added and each.value == added), found[0])
