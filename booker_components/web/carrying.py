"""What the forms of a booker carry along unseen, so that nothing typed is lost from step to step."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator

from werkzeug.datastructures import MultiDict

from ..values import EventType
from . import forms, holding, prefill
from .components import Hidden
from .forms import LOCKED, Form
from .state import Pairs
from .verifying import PROOF

#: The hidden field by which two requests of one form are one booking.
KEY = "key"


def sent(typed: MultiDict[str, str], event_type: EventType) -> Pairs:
    """Give what a form sent of its answers and of what it keeps, as it is."""
    asked = (*forms.guest_questions(event_type), *forms.unseen_questions(event_type))
    names = {KEY, LOCKED, PROOF, *(each.slug for each in asked)}
    return named(typed, lambda name: name in names or prefill.is_fact(name))


def named(typed: MultiDict[str, str], wanted: Callable[[str], bool]) -> Pairs:
    """Give of what a form sent the fields that are *wanted* by their names and hold something."""
    return tuple((name, value) for name, value in typed.items(multi=True) if value and wanted(name))


def hold_token(typed: MultiDict[str, str] | None) -> str:
    """Give the token of the hold that a form sent along; "" for none."""
    return typed.get(holding.FIELD, "") if typed is not None else ""


def hidden(pairs: Pairs) -> tuple[Hidden, ...]:
    """Give *pairs* as hidden fields."""
    return tuple(Hidden(name=name, value=value) for name, value in pairs)


def unseen(known: Pairs, form: Form, *, fixed: Collection[str]) -> Iterator[Hidden]:
    """Give what *form* does not ask of what is *known*, the names of the *fixed* fields, and a key."""
    # What guards a form says anew how much of a proof still counts.
    asked = {LOCKED, PROOF, *(question.slug for question in form.asked)}
    yield from (each for each in hidden(known) if each.name not in asked)
    yield from (Hidden(name=LOCKED, value=slug) for slug in sorted(fixed))
    if KEY not in dict(known):
        yield Hidden(name=KEY, value=secrets.token_urlsafe(16))
