"""Questions as WTForms fields, and these as what templates print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms import Field as WTField
from wtforms.form import BaseForm

from .. import questions
from ..languages import gettext as _
from ..values import Question, QuestionKind
from . import wording
from .components import Field, Option

_CHOICES = (QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES)
_INPUTS = {
    QuestionKind.EMAIL: "email",
    QuestionKind.PHONE: "tel",
    QuestionKind.LONG_TEXT: "long_text",
    QuestionKind.EMAILS: "list",
}
_AUTOCOMPLETE = {"name": "name", "email": "email", "phone": "tel", "place": "street-address"}

#: What guests read for an option, by its value.
Labels = Mapping[str, str]
#: Raises `ValueError`, with a sentence for the guest, for an answer that will not do.
Rule = Callable[[Any], object]


def anything(_value: Any) -> None:
    """Find nothing wrong: a rule."""


def wtfield(question: Question, rule: Rule | None) -> Any:
    """Give the unbound field for *question*, checked by *rule* or by that of its kind.

    Whatever is wrong our own rules say, so that none of WTForms' messages is ever shown.
    """
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


def view(question: Question, field: WTField, prefix: str, labels: Labels) -> Field:
    """Give *field*, which asks *question*, for the template; ids start with *prefix*.

    Options are shown as *labels* have them, or else as they are.
    """
    kind = _INPUTS.get(question.kind, str(question.kind))
    long = kind in ("long_text", "list")
    return Field(
        kind=kind,
        id=_id(question, prefix),
        name=question.slug,
        label=question.label,
        value=_text(question, field),
        required=question.required,
        options=_options(question, field, prefix, labels),
        help=question.help or (_("E-mail addresses, one on each line.") if kind == "list" else ""),
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


def _options(question: Question, field: WTField, prefix: str, labels: Labels) -> tuple[Option, ...]:
    chosen = field.data if isinstance(field.data, (list, tuple)) else (field.data,)
    return tuple(
        Option(
            id=f"{_id(question, prefix)}-{number}",
            value=each,
            label=labels.get(each, each),
            chosen=each in chosen,
        )
        for number, each in enumerate(question.options, start=1)
    )


def problem(question: Question, sentence: str) -> str:
    """Give the line that says what is wrong with the answer to *question*, which a *sentence* tells."""
    label = wording.own(question.label)
    if question.label.endswith(_ENDS):
        # Translators: A line of the list of problems, where the question ends with a mark of its own.
        return _("%(question)s %(problem)s", question=label, problem=sentence)
    # Translators: A line of the list of problems, as in "Your name: Please fill this in."
    return _("%(question)s: %(problem)s", question=label, problem=sentence)


# The signs after which no language sets a colon.
_ENDS = tuple("?.:!…？。：！؟።;")


def target(question: Question, prefix: str) -> str:
    """Give the id that a line of the error summary leads to: a group's first option, else the field."""
    grouped = question.kind in (QuestionKind.RADIO, QuestionKind.CHECKBOXES)
    return _id(question, prefix) + ("-1" if grouped else "")


def _id(question: Question, prefix: str) -> str:
    # A provider's slugs may hold anything, and ids no blanks.
    return f"{prefix}-{quote(question.slug, safe='')}"
