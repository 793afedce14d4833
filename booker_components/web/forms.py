"""The forms of the widgets: questions become WTForms fields, and fields become what templates print."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms import Field as WTField
from wtforms.form import BaseForm

from .. import questions
from ..service import reason_question
from ..values import (
    Answer,
    Attendee,
    BookingRequest,
    EventType,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    ReasonRule,
)
from .components import Field, Option, Problem

_CHOICES = (QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES)
_INPUTS = {
    QuestionKind.EMAIL: "email",
    QuestionKind.PHONE: "tel",
    QuestionKind.LONG_TEXT: "long_text",
}
_AUTOCOMPLETE = {"name": "name", "email": "email", "phone": "tel"}
_SEPARATORS = re.compile(r"[\s,;]+")
_LOCATION_WORDS = {
    LocationKind.IN_PERSON: "In person",
    LocationKind.LINK: "Online",
    LocationKind.PHONE: "By phone",
    LocationKind.ATTENDEE_PHONE: "We call you",
    LocationKind.OTHER: "Another place",
}

Rule = Callable[[Any], object]


def location_label(location: Location) -> str:
    """Give what guests read for a location."""
    return location.label or _LOCATION_WORDS[location.kind]


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Some questions with what was typed, and what is wrong with it."""

    asked: Sequence[Question]
    _fields: BaseForm

    @classmethod
    def of(
        cls,
        asked: Sequence[Question],
        *,
        typed: MultiDict[str, str] | None = None,
        prefill: Mapping[str, Any] | None = None,
        rules: Mapping[str, Rule] | None = None,
    ) -> Form:
        """Build the form: *typed* is what a POST sent, *prefill* what is known before; *rules* override."""
        rules = rules or {}
        fields = BaseForm({each.slug: _wtfield(each, rules.get(each.slug)) for each in asked})
        fields.process(typed, data=prefill or {})
        return cls(asked=asked, _fields=fields)

    def valid(self) -> bool:
        """Check every answer; afterwards `fields` and `problems` show what is wrong."""
        return bool(self._fields.validate())

    def answer(self, slug: str) -> Any:
        """Give what was typed for one question, unchecked."""
        return self._fields[slug].data if slug in self._fields else None

    def note(self, problems: Mapping[str, str]) -> None:
        """Add *problems* that only the service could find, by slug."""
        for slug, sentence in problems.items():
            if slug in self._fields:
                self._fields[slug].errors = [sentence]

    def fields(self, prefix: str) -> tuple[Field, ...]:
        """Give the fields for the template; ids start with *prefix*."""
        return tuple(_view(question, self._fields[question.slug], prefix) for question in self.asked)

    def problems(self, prefix: str) -> tuple[Problem, ...]:
        """Give the lines of the error summary."""
        return tuple(
            Problem(target=_target(question, prefix), sentence=f"{_named(question)} {errors[0]}")
            for question in self.asked
            if (errors := self._fields[question.slug].errors)
        )


# --- the form of an event type -------------------------------------------------------------------


def guest_questions(event_type: EventType) -> tuple[Question, ...]:
    """Give everything that the form of *event_type* asks, in order."""
    asked = [questions.NAME, questions.EMAIL]
    if len(event_type.locations) > 1:
        labels = tuple(map(location_label, event_type.locations))
        asked.append(
            Question(slug="location", label="Where", kind=QuestionKind.RADIO, required=True, options=labels)
        )
    if any(each.kind is LocationKind.ATTENDEE_PHONE for each in event_type.locations):
        only = len(event_type.locations) == 1
        asked.append(replace(questions.PHONE, required=only, help="" if only else _PHONE_HELP))
    asked += event_type.questions
    if event_type.max_guests:
        asked.append(_GUESTS)
    if event_type.notes:
        asked.append(questions.NOTES)
    return tuple(asked)


_PHONE_HELP = "Needed if we are to call you."
_GUESTS = Question(
    slug="guests",
    label="Guests",
    kind=QuestionKind.LONG_TEXT,
    help="E-mail addresses of further people, one on each line.",
)


def guest_form(
    event_type: EventType,
    *,
    typed: MultiDict[str, str] | None = None,
    prefill: Mapping[str, Any] | None = None,
) -> Form:
    """Give the form in which a guest answers the questions of *event_type*."""
    return Form.of(
        guest_questions(event_type),
        typed=typed,
        prefill=prefill,
        rules={"guests": lambda text: questions.check_guests(event_type, _addresses(text))},
    )


def reason_form(rule: ReasonRule, label: str, *, typed: MultiDict[str, str] | None = None) -> Form:
    """Give the form that asks why, as *rule* wants it."""
    question = reason_question(rule, label)
    return Form.of((question,) if question else (), typed=typed)


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
        if (value := form.answer(each.slug)) not in (None, "", [], ())
    }
    return replace(
        request,
        guests=_addresses(form.answer("guests")),
        notes=form.answer("notes") or "",
        answers=answers,
        location=_location(form, event_type),
    )


def prefilled(query: MultiDict[str, str], event_type: EventType) -> dict[str, Any]:
    """Give the answers that *query* brings along, by the slug of their question."""
    found: dict[str, Any] = {}
    for each in guest_questions(event_type):
        values = query.getlist(each.slug)
        if not values:
            continue
        if each.slug == "guests":
            found[each.slug] = "\n".join(values)
        elif each.kind is QuestionKind.CHECKBOXES:
            found[each.slug] = values
        elif each.kind is QuestionKind.BOOLEAN:
            found[each.slug] = values[0].lower() in ("true", "1", "yes", "on")
        else:
            found[each.slug] = values[0]
    return found


def _addresses(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, _SEPARATORS.split(text or "")))


def _location(form: Form, event_type: EventType) -> Location | None:
    label = form.answer("location")
    for each in event_type.locations:
        if len(event_type.locations) == 1 or location_label(each) == label:
            asks = each.kind is LocationKind.ATTENDEE_PHONE
            return replace(each, value=form.answer("phone") or "") if asks else each
    return None


# --- questions as WTForms fields, WTForms fields as views ----------------------------------------


def _wtfield(question: Question, rule: Rule | None) -> Any:
    check = rule or (lambda value: questions.check(question, value))

    def validator(_form: BaseForm, field: WTField) -> None:
        try:
            check(field.data)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    common: dict[str, Any] = {"label": question.label, "validators": [validator]}
    if question.kind is QuestionKind.BOOLEAN:
        return BooleanField(**common, false_values=(False, "", "false"))
    if question.kind not in _CHOICES:
        return StringField(**common)
    kinds = {QuestionKind.CHECKBOXES: SelectMultipleField, QuestionKind.RADIO: RadioField}
    field = kinds.get(question.kind, SelectField)
    return field(**common, choices=list(question.options), validate_choice=False, coerce=str)


def _view(question: Question, field: WTField, prefix: str) -> Field:
    kind = "list" if question.slug == "guests" else _INPUTS.get(question.kind, str(question.kind))
    long = kind in ("long_text", "list")
    return Field(
        kind=kind,
        id=f"{prefix}-{question.slug}",
        name=question.slug,
        label=question.label,
        value=_text(question, field),
        required=question.required,
        options=_options(question, field, prefix),
        help=question.help,
        error=str(field.errors[0]) if field.errors else "",
        placeholder=question.placeholder,
        autocomplete=_AUTOCOMPLETE.get(question.slug, ""),
        maxlength=questions.LONG_TEXT_LIMIT if long else questions.TEXT_LIMIT,
    )


def _text(question: Question, field: WTField) -> str:
    if question.kind in _CHOICES:
        return ""
    if question.kind is QuestionKind.BOOLEAN:
        return "true" if field.data else ""
    return str(field.data or "")


def _options(question: Question, field: WTField, prefix: str) -> tuple[Option, ...]:
    chosen = field.data if isinstance(field.data, (list, tuple)) else (field.data,)
    return tuple(
        Option(id=f"{prefix}-{question.slug}-{number}", value=each, label=each, chosen=each in chosen)
        for number, each in enumerate(question.options, start=1)
    )


def _named(question: Question) -> str:
    """Give the label as the beginning of a line: a question mark needs no colon after it."""
    return question.label if question.label.endswith(("?", ".", ":", "!")) else f"{question.label}:"


def _target(question: Question, prefix: str) -> str:
    """Give the id that a line of the error summary leads to: a group's first option, else the field."""
    grouped = question.kind in (QuestionKind.RADIO, QuestionKind.CHECKBOXES)
    return f"{prefix}-{question.slug}" + ("-1" if grouped else "")
