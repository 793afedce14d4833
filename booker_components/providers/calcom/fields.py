"""Booking fields: Cal.com's as questions of ours, answers as it wants them (contracts/calcom.md 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...values import Answer, LocationKind, Question, QuestionKind, ReasonRule
from .locations import international
from .objects import Object

#: Fields whose answer is the attendee's phone number (contracts/calcom.md 10.3).
PHONES = ("attendeePhoneNumber", "smsReminderNumber", "aiAgentCallPhoneNumber")

# Our form asks these by itself.
_ASKED_ANYWAY = frozenset({"name", "email", "location", "guests", "rescheduleReason"})
_SYSTEM = _ASKED_ANYWAY | {"notes", "title", *PHONES}
# What bookings list among the answers and what is no answer to a question.
_NO_ANSWERS = _ASKED_ANYWAY | {"notes", "displayEmail", "displayGuests", "rescheduledReason"}

_KINDS = {
    "textarea": QuestionKind.LONG_TEXT,
    "email": QuestionKind.EMAIL,
    "multiemail": QuestionKind.EMAILS,
    "phone": QuestionKind.PHONE,
    "number": QuestionKind.NUMBER,
    "select": QuestionKind.SELECT,
    "radio": QuestionKind.RADIO,
    "multiselect": QuestionKind.CHECKBOXES,
    "checkbox": QuestionKind.CHECKBOXES,
    "boolean": QuestionKind.BOOLEAN,
    "url": QuestionKind.URL,
}
# What says nothing, for the fields that are demanded and never shown.
_BLANKS: Mapping[str, Any] = {
    "text": "-",
    "textarea": "-",
    "address": "-",
    "boolean": False,
    "multiselect": [],
    "checkbox": [],
    "multiemail": [],
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One booking field of an event type."""

    slug: str
    type: str
    label: str
    required: bool
    hidden: bool
    locked: bool
    placeholder: str
    options: tuple[str, ...]

    @classmethod
    def read(cls, found: Object) -> Field:
        """Read a field as the API puts it out (contracts/calcom.md 10.3)."""
        kind = found.text("type", "text")
        slug = found.text("slug") or kind
        return cls(
            slug=slug,
            type=kind,
            label=found.text("label") or slug,
            required=found.flag("required"),
            hidden=found.flag("hidden"),
            locked=found.flag("disableOnPrefill"),
            placeholder=found.text("placeholder"),
            options=_options(found),
        )

    @property
    def is_own(self) -> bool:
        """Whether it is the host's own, and none of the system's (contracts/calcom.md 10.2)."""
        return self.slug not in _SYSTEM

    def question(self) -> Question:
        """Give it as a question; a hidden one is never demanded, for nobody could answer it."""
        kind = _KINDS.get(self.type, QuestionKind.TEXT)
        return Question(
            slug=self.slug,
            label=self.label,
            kind=kind,
            required=self.required and not self.hidden,
            options=self.options,
            placeholder=self.placeholder,
            hidden=self.hidden,
            locked=self.locked,
        )

    def sent(self, answer: Answer) -> object:
        """Give an answer in the type that the API takes: numbers and truth values are not texts."""
        if self.type == "phone":
            return international(str(answer))
        if isinstance(answer, tuple):
            return list(answer)
        return int(answer) if isinstance(answer, float) and answer.is_integer() else answer

    def blank(self) -> object:
        """Give an answer that says nothing, None where there is no such.

        The API demands answers to the host's own required fields even where they are hidden
        (contracts/calcom.md 10.3); Cal.com's own form, which does not, would book.
        """
        return _BLANKS.get(self.type) if self.required and self.hidden else None


def _options(found: Object) -> tuple[str, ...]:
    """Give the options: texts, or objects with a value where options have prices."""
    given = found.fields.get("options")
    if isinstance(given, list) and given and all(isinstance(each, dict) for each in given):
        return tuple(each.text("value") or each.word("label") for each in found.children("options"))
    return found.texts("options")


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What an event type asks of a guest; a system field that is missing is as Cal.com has it by default."""

    fields: tuple[Field, ...]

    @classmethod
    def read(cls, found: Sequence[Object]) -> Form:
        """Read the fields of an event type, in order."""
        return cls(fields=tuple(map(Field.read, found)))

    def field(self, slug: str) -> Field | None:
        """Give one field; None if there is none."""
        return next((each for each in self.fields if each.slug == slug), None)

    def asked(self, kinds: Sequence[LocationKind]) -> tuple[Field, ...]:
        """Give the fields that are questions of ours, for an event type with locations of these *kinds*.

        Where the host calls the guest at any rate, the number for reminders is not asked for again.
        """
        skipped = set(_ASKED_ANYWAY)
        if tuple(kinds) == (LocationKind.ATTENDEE_PHONE,):
            skipped |= set(PHONES)
        if not self._demands_notes:
            skipped.add("notes")
        return tuple(each for each in self.fields if each.slug not in skipped)

    @property
    def takes_notes(self) -> bool:
        """Whether guests may leave notes; where they must, it is a question, for our field is optional."""
        notes = self.field("notes")
        return notes is None or not (notes.hidden or notes.required)

    @property
    def takes_guests(self) -> bool:
        """Whether guests may invite others."""
        guests = self.field("guests")
        return guests is None or not guests.hidden

    @property
    def reschedule_reason(self) -> ReasonRule:
        """Whether a guest who moves a booking is asked why."""
        reason = self.field("rescheduleReason")
        if reason is None:
            return ReasonRule.OPTIONAL
        if reason.hidden:
            return ReasonRule.OFF
        return ReasonRule.REQUIRED if reason.required else ReasonRule.OPTIONAL

    @property
    def _demands_notes(self) -> bool:
        notes = self.field("notes")
        return notes is not None and notes.required and not notes.hidden


def answers(responses: Mapping[str, Any]) -> dict[str, Answer]:
    """Give the answers of a booking to the questions of our form; what says nothing is left out."""
    found = {slug: _answer(value) for slug, value in responses.items() if slug not in _NO_ANSWERS}
    return {slug: value for slug, value in found.items() if value not in (None, "", "-", ())}


def _answer(value: object) -> Answer | None:
    if isinstance(value, list):
        return tuple(str(each) for each in value if isinstance(each, (str, int, float)))
    return value if isinstance(value, (str, int, float)) else None
