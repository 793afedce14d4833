"""What a form that was filled in asks to book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import questions
from ..values import Answer, Attendee, BookingRequest, EventType, Location, Question
from . import forms
from .forms import Form


def attendee(form: Form, *, zone: str, locale: str) -> Attendee:
    """Give the guest who filled in *form*."""
    return Attendee(
        name=form.answer("name") or "", email=form.answer("email") or "", zone=zone, locale=locale
    )


def fill(request: BookingRequest, form: Form, event_type: EventType) -> BookingRequest:
    """Give *request* with the answers of *form*."""
    answers: dict[str, Answer] = {
        each.slug: value
        for each in event_type.questions
        if (value := _answer(form, each)) not in (None, "", [], ())
    }
    occurrences = form.answer("occurrences")
    return replace(
        request,
        guests=questions.addresses(form.answer("guests")),
        notes=form.answer("notes") or "",
        answers=answers,
        location=_location(form, event_type),
        occurrences=questions.check_occurrences(event_type, occurrences),
        metadata=form.facts,
    )


def _answer(form: Form, question: Question) -> Any:
    """Give what was typed; of an unseen question only what can be used, since nobody could mend the rest."""
    value = form.answer(forms.field_name(question.slug))
    if not question.hidden:
        return value
    try:
        return questions.check(questions.asked(question), value or None)
    except ValueError:
        return None


def _location(form: Form, event_type: EventType) -> Location | None:
    label = form.answer("location")
    for each in event_type.locations:
        if len(event_type.locations) == 1 or forms.location_word(each) == label:
            given = forms.GIVEN.get(each.kind)
            return replace(each, value=form.answer(given) or "") if given else each
    return None
