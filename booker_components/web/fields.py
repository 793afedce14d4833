"""Questions as WTForms fields, and these as what templates print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms import Field as WTField
from wtforms.form import BaseForm

from .. import questions
from ..values import Question, QuestionKind
from .components import Field, Option

_CHOICES = (QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES)
_INPUTS = {
    QuestionKind.EMAIL: "email",
    QuestionKind.PHONE: "tel",
    QuestionKind.LONG_TEXT: "long_text",
    QuestionKind.EMAILS: "list",
}
_AUTOCOMPLETE = {"name": "name", "email": "email", "phone": "tel", "place": "street-address"}

#: Raises `ValueError`, with a sentence for the guest, for an answer that will not do.
Rule = Callable[[Any], object]


def anything(_value: Any) -> None:
    """Find nothing wrong: a rule."""


def wtfield(question: Question, rule: Rule | None) -> Any:
    """Give the unbound field for *question*, checked by *rule* or by that of its kind."""
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


def view(question: Question, field: WTField, prefix: str) -> Field:
    """Give *field*, which asks *question*, for the template; ids start with *prefix*."""
    kind = _INPUTS.get(question.kind, str(question.kind))
    long = kind in ("long_text", "list")
    return Field(
        kind=kind,
        id=_id(question, prefix),
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
        Option(id=f"{_id(question, prefix)}-{number}", value=each, label=each, chosen=each in chosen)
        for number, each in enumerate(question.options, start=1)
    )


def named(question: Question) -> str:
    """Give the label as the beginning of a line: a question mark needs no colon after it."""
    return question.label if question.label.endswith(("?", ".", ":", "!")) else f"{question.label}:"


def target(question: Question, prefix: str) -> str:
    """Give the id that a line of the error summary leads to: a group's first option, else the field."""
    grouped = question.kind in (QuestionKind.RADIO, QuestionKind.CHECKBOXES)
    return _id(question, prefix) + ("-1" if grouped else "")


def _id(question: Question, prefix: str) -> str:
    # A provider's slugs may hold anything, and ids no blanks.
    return f"{prefix}-{quote(question.slug, safe='')}"
