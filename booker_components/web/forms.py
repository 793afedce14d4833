"""The forms of the widgets: questions become WTForms fields, and fields become what templates print.

What we ask ourselves is asked in the language that is spoken; what hosts and vendors ask stays as it is. The
values of options are the same in every language: an answer may come back in another than it was shown in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from .. import questions
from ..changes import reason_question
from ..languages import N_, ngettext
from ..languages import gettext as _
from ..questions import GUESTS_PLACES
from ..values import (
    EventType,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    ReasonRule,
    Series,
)
from . import guards, wording
from .components import Field, Problem
from .csrf import FIELD
from .fields import Labels, Rule, anything, problem, target, view, wtfield
from .language import PARAMETER
from .state import PREFILL

_LOCATION_WORDS = {
    LocationKind.IN_PERSON: N_("In person"),
    # Translators: Where a booking takes place.
    LocationKind.LINK: N_("Online"),
    # Translators: Where a booking takes place: the guest calls the host.
    LocationKind.PHONE: N_("By phone"),
    LocationKind.CONFERENCE: N_("Video call"),
    LocationKind.ATTENDEE_PHONE: N_("We call you"),
    LocationKind.ATTENDEE_ADDRESS: N_("We come to you"),
    LocationKind.ATTENDEE_CHOICE: N_("A place of your choice"),
    # Translators: Where a booking takes place: the host has not said more.
    LocationKind.OTHER: N_("Another place"),
}
_CHANGELESS = N_("This was filled in for you and cannot be changed here.")

#: The field in which a guest says what only the guest knows of a place.
GIVEN = {LocationKind.ATTENDEE_PHONE: "phone"} | dict.fromkeys(GUESTS_PLACES, "place")

#: The hidden field that names the questions which the address has answered, and which are shown locked then.
LOCKED = "locked"
# What forms and addresses use themselves. A provider's own question may have such a slug all the same.
FORM_WORDS = frozenset(
    {"name", "email", "guests", "notes", "location", "phone", "place", "occurrences", "reason", "scope"}
)
_STATE_WORDS = {
    "slot",
    "duration",
    "date",
    "month",
    "tz",
    "cal.tz",
    "clock",
    "token",
    PARAMETER,
    "zones",
    PREFILL,
}
_HIDDEN_WORDS = {"key", "go", "hold", "without", LOCKED, FIELD}
_OURS = FORM_WORDS | _STATE_WORDS | _HIDDEN_WORDS | guards.WORDS


def location_label(location: Location) -> str:
    """Give what guests read for a location: the host's own word, or ours in the language that is spoken."""
    return location.label or _(_LOCATION_WORDS[location.kind])


def location_word(location: Location) -> str:
    """Give the word that stands for a location in forms and addresses, whatever the language."""
    return location.label or _LOCATION_WORDS[location.kind]


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Some questions with what was typed, and what is wrong with it."""

    asked: Sequence[Question]
    _fields: BaseForm
    #: The names of the fields whose answers were known beforehand and are shown as not to be changed.
    locked: frozenset[str] = frozenset()
    #: Facts that the address brought along, for the booking's metadata.
    facts: Mapping[str, str] = field(default_factory=dict)
    #: The greatest answer to a question that asks how many, by its slug; the least is 1.
    most: Mapping[str, int] = field(default_factory=dict)
    #: What guests read for options whose values are not it, by the slug of their question.
    labels: Mapping[str, Labels] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        asked: Sequence[Question],
        *,
        typed: MultiDict[str, str] | None = None,
        prefill: Mapping[str, Any] | None = None,
        rules: Mapping[str, Rule] | None = None,
        unseen: Sequence[Question] = (),
        locked: frozenset[str] = frozenset(),
        facts: Mapping[str, str] | None = None,
        most: Mapping[str, int] | None = None,
        labels: Mapping[str, Labels] | None = None,
    ) -> Form:
        """Build the form: *typed* is what a POST sent, *prefill* what is known before; *rules* override.

        The texts of what is *asked* are shown as they are, but for options that have *labels*. Answers to
        *unseen* questions are taken, but nothing is wrong with them: nobody could mend it.
        """
        rules = {**(rules or {}), **{each.slug: anything for each in unseen}}
        fields = BaseForm({each.slug: wtfield(each, rules.get(each.slug)) for each in (*asked, *unseen)})
        fields.process(typed, data=prefill or {})
        return cls(
            asked=asked,
            _fields=fields,
            locked=locked,
            facts=facts or {},
            most=most or {},
            labels=labels or {},
        )

    def valid(self) -> bool:
        """Check every answer; afterwards `fields` and `problems` show what is wrong."""
        return bool(self._fields.validate())

    def answer(self, slug: str) -> Any:
        """Give what was typed for one question, unchecked."""
        return self._fields[slug].data if slug in self._fields else None

    def errors(self) -> Mapping[str, str]:
        """Give the sentence for each field that was found to be wrong, by its name."""
        return {each.name: str(each.errors[0]) for each in self._fields if each.errors}

    def note(self, problems: Mapping[str, str]) -> None:
        """Add *problems* that only the service could find, by slug."""
        for slug, sentence in problems.items():
            found = next((name for name in (slug, field_name(slug)) if name in self._fields), "")
            if found:
                self._fields[found].errors = [sentence]

    def fields(self, prefix: str) -> tuple[Field, ...]:
        """Give the fields for the template; ids start with *prefix*."""
        return tuple(self._view(question, prefix) for question in self.asked)

    def _view(self, question: Question, prefix: str) -> Field:
        labels = self.labels.get(question.slug, {})
        shown = view(question, self._fields[question.slug], prefix, labels)
        if question.slug in self.locked:
            return replace(shown, locked=True, help=wording.told(shown.help, _(_CHANGELESS)))
        most = self.most.get(question.slug, 0)
        return replace(shown, least=1, most=most) if most else shown

    def problems(self, prefix: str) -> tuple[Problem, ...]:
        """Give the lines of the error summary."""
        return tuple(
            Problem(target=target(question, prefix), sentence=problem(question, str(errors[0])))
            for question in self.asked
            if (errors := self._fields[question.slug].errors)
        )


# --- the form of an event type -------------------------------------------------------------------


def field_name(slug: str) -> str:
    """Give the name of the field for an event type's own question; its slug, unless that means something."""
    return f"answer-{slug}" if slug in _OURS else slug


def guest_questions(event_type: EventType) -> tuple[Question, ...]:
    """Give everything that the form of *event_type* asks, in order; slugs are the names of its fields."""
    asked = [_how_often(event_type.series)] if event_type.series else []
    asked += [_said(questions.NAME), _said(questions.EMAIL), *_where(event_type.locations)]
    asked += (_own(each) for each in event_type.questions if not each.hidden)
    if event_type.max_guests:
        asked.append(_said(_GUESTS))
    if event_type.notes:
        asked.append(_said(questions.NOTES))
    return tuple(asked)


def unseen_questions(event_type: EventType) -> tuple[Question, ...]:
    """Give the questions of *event_type* that guests do not see; slugs are the names of their fields."""
    return tuple(_own(each) for each in event_type.questions if each.hidden)


def _said(question: Question, *, required: bool = True, **texts: str) -> Question:
    """Give a question of ours in the language that is spoken, with other *texts* where there are some."""
    label, help = texts.get("label", question.label), texts.get("help", question.help)
    return replace(question, required=question.required and required, label=_(label), help=_(help))


def _own(question: Question) -> Question:
    return replace(questions.asked(question), slug=field_name(question.slug))


def _how_often(series: Series) -> Question:
    # Translators: The beginning says how a series goes on, as in "Repeats every week, 8 times at most."
    words = ngettext(
        "%(rhythm)s, %(n)s time at most.",
        "%(rhythm)s, %(n)s times at most.",
        series.occurrences,
        rhythm=wording.rhythm(series),
    )
    label = _("How many dates?")
    return Question(slug="occurrences", label=label, kind=QuestionKind.NUMBER, required=True, help=words)


def _where(locations: Sequence[Location]) -> Iterator[Question]:
    """Give what a guest is asked about the place: which one, and what only the guest knows of it."""
    only = len(locations) == 1
    if len(locations) > 1:
        words = tuple(map(location_word, locations))
        yield Question(
            slug="location", label=_("Where"), kind=QuestionKind.RADIO, required=True, options=words
        )
    kinds = {each.kind for each in locations}
    if LocationKind.ATTENDEE_PHONE in kinds:
        yield _said(questions.PHONE, required=only, help="" if only else _PHONE_HELP)
    if kinds >= GUESTS_PLACES:
        yield _said(questions.PLACE, required=False, label=_ANY_PLACE, help=_PLACE_HELP)
    elif LocationKind.ATTENDEE_ADDRESS in kinds:
        yield _said(questions.PLACE, required=only, label=_ADDRESS, help="" if only else _COME_HELP)
    elif LocationKind.ATTENDEE_CHOICE in kinds:
        yield _said(questions.PLACE, required=only, help="" if only else _PLACE_HELP)


_ADDRESS = N_("Your address")
_ANY_PLACE = N_("Your address, or where we shall meet")
_PLACE_HELP = N_("Needed if you choose the place.")
_COME_HELP = N_("Needed if we are to come to you.")
_PHONE_HELP = N_("Needed if we are to call you.")
_GUESTS = Question(
    slug="guests",
    label=N_("Guests"),
    kind=QuestionKind.EMAILS,
    help=N_("E-mail addresses of further people, one on each line."),
)


def guest_form(
    event_type: EventType,
    *,
    typed: MultiDict[str, str] | None = None,
    prefill: Mapping[str, Any] | None = None,
    locked: frozenset[str] = frozenset(),
    facts: Mapping[str, str] | None = None,
) -> Form:
    """Give the form in which a guest answers the questions of *event_type*."""
    series = event_type.series
    default = {"occurrences": str(series.occurrences)} if series else {}
    return Form.of(
        guest_questions(event_type),
        typed=typed,
        prefill={**default, **(prefill or {})},
        rules={
            "guests": lambda text: questions.check_guests(event_type, questions.addresses(text)),
            "occurrences": lambda text: questions.check_occurrences(event_type, text or ""),
        },
        unseen=unseen_questions(event_type),
        locked=locked,
        facts=facts,
        most={"occurrences": series.occurrences} if series else {},
        labels={"location": {location_word(each): location_label(each) for each in event_type.locations}},
    )


def reason_form(rule: ReasonRule, label: str, *, typed: MultiDict[str, str] | None = None) -> Form:
    """Give the form that asks why, as *rule* wants it; *label* is the question as guests read it."""
    question = reason_question(rule, label)
    return Form.of((question,) if question else (), typed=typed)
