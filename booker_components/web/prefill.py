"""What an address or a host knows of a guest's answers beforehand (contracts/calcom.md 10.4).

A value that cannot be used is passed over in silence; what is half right is shown, and checked when sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from .. import questions
from ..values import EventType, Location, LocationKind, Question, QuestionKind
from . import forms
from .state import Pairs

_FACT = re.compile(r"metadata\[([^\[\]]+)\]|(utm_(?:source|medium|campaign|term|content))")
_LONGEST_KEPT = 300
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
    names = set(asked(event_type))
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


def told(mapping: Mapping[str, object], event_type: EventType) -> Pairs:
    """Give what a host knows of its user about a booking of *event_type*, under the names of the fields."""
    names = by_slug(event_type)
    fields = {names[name].slug if name in names else name: value for name, value in mapping.items()}
    return known(of_host(fields), event_type)


def beforehand(said: Pairs, told: Pairs, event_type: EventType) -> tuple[Pairs, Pairs]:
    """Give what links keep, and else forms carry, of what an address has *said* and a host has *told*."""
    known = (*said, *without(dict(said), told))
    # Every link of a page repeats what it keeps, so only a little stays in links, and nothing of the host's.
    if known == said and sum(len(name) + len(value) for name, value in said) <= _LONGEST_KEPT:
        return said, ()
    return (), (*known, *((forms.LOCKED, name) for name in _lockable(event_type) if name in dict(said)))


def fixed(said: Container[str], known: Pairs, event_type: EventType) -> frozenset[str]:
    """Give the fields that are shown as not to be changed, as the address has *said* what is *known* of them.

    No more than shown: whoever writes the address can change them (contracts/calcom.md 10.4).
    """
    found = answers(known, event_type)
    return frozenset(name for name in _lockable(event_type) if name in said and found.get(name))


def without(fields: Iterable[str], pairs: Pairs) -> Pairs:
    """Give those of *pairs* that are not about *fields*, whichever of its names a fact has."""
    gone = {_own_name(each) for each in fields}
    return tuple(pair for pair in pairs if _own_name(pair[0]) not in gone)


def _own_name(field: str) -> str:
    """Give the one name of *field*; where a guest came from has two."""
    fact = _fact(field)
    return f"metadata[{fact}]" if fact else field


def _lockable(event_type: EventType) -> Iterator[str]:
    """Give the fields that are locked once they are prefilled."""
    return (each.slug for each in forms.guest_questions(event_type) if each.locked)


def answers(pairs: Pairs, event_type: EventType) -> dict[str, Any]:
    """Give the answers among *pairs* as a form wants them, by the name of its field."""
    given: MultiDict[str, str] = MultiDict(pairs)
    found = ((slug, _value(each, given.getlist(slug))) for slug, each in asked(event_type).items())
    return {slug: value for slug, value in found if value is not None}


def asked(event_type: EventType) -> dict[str, Question]:
    """Give all questions of *event_type*, seen and unseen, by the names of their fields."""
    questions_ = (*forms.guest_questions(event_type), *forms.unseen_questions(event_type))
    return {each.slug: each for each in questions_}


def by_slug(event_type: EventType) -> dict[str, Question]:
    """Give the same by the slugs under which a host knows them.

    The form's own come first: where a further question has the slug "name", its field's name stands for it.
    """
    fields = asked(event_type)
    own = {forms.field_name(each.slug): each.slug for each in event_type.questions}
    found = {name: each for name, each in fields.items() if name not in own}
    for name, slug in own.items():
        found[name if slug in found else slug] = fields[name]
    return found


def is_fact(name: str) -> bool:
    """Tell whether the parameter *name* holds a fact for the metadata, or says where a guest came from."""
    return bool(_fact(name))


def facts(sent: MultiDict[str, str]) -> Mapping[str, str]:
    """Give the facts in *sent* by name, as many as may be kept; `metadata[crm]=7` is the fact "crm"."""
    return {_fact(name): value for name, value in facts_sent(sent)}


def facts_sent(sent: MultiDict[str, str]) -> Pairs:
    """Give the parameters in *sent* that hold these facts; what is said first of one counts."""
    found: dict[str, tuple[str, str]] = {}
    for name, value in sent.items():
        fact = _fact(name)
        if not fact or not value or fact in found or len(found) == questions.FACTS_LIMIT:
            continue
        try:
            questions.check_facts({fact: value})
        except ValueError:
            continue
        found[fact] = (name, value)
    return tuple(found.values())


def _fact(name: str) -> str:
    """Give the name of the fact that the parameter *name* holds; "" if it holds none."""
    match = _FACT.fullmatch(name)
    return (match[1] or match[2]) if match else ""


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
        yield "location", forms.location_word(_best(found, added))
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
