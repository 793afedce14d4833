"""What can be wrong with what a guest is asked: where to meet, and the questions of the form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....values import EventType, Location, LocationKind, Question, QuestionKind
from ..problems import Found, below, slug_problems, text_problems

_FORM = {"name", "email", "guests", "notes", "location", "phone", "place", "reason", "scope"}
_SERIES = {"occurrences", "without"}
_STATE = {"slot", "duration", "date", "month", "tz", "clock", "lang", "zones", "token", "prefill"}
_HIDDEN = {"key", "go", "hold", "locked", "csrf_token"}
_VENDORS = {"attendeePhoneNumber", "rescheduleUid", "eventTypeSlug"}
#: Fields and parameters that forms and addresses use themselves; no question may take their names.
RESERVED_FIELDS = frozenset(_FORM | _SERIES | _STATE | _HIDDEN | _VENDORS)

_FIELD = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,63}", re.ASCII)
_FIELD_WORDS = "up to 64 letters, digits, hyphens and underscores, a letter first"
#: What only the guest knows, and the kind for what the host knows.
_GUESTS_OWN = {
    LocationKind.ATTENDEE_PHONE: LocationKind.PHONE,
    LocationKind.ATTENDEE_ADDRESS: LocationKind.IN_PERSON,
    LocationKind.ATTENDEE_CHOICE: LocationKind.OTHER,
}
_WITH_OPTIONS = (QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES)


def asked_problems(event_type: EventType) -> Found:
    """Find what is wrong with the locations and the questions of an event type."""
    for place, location in enumerate(event_type.locations):
        same = [_shown(each) for each in event_type.locations[:place]]
        yield from below(f"locations[{place}]", _location_problems(location, same))
    for place, question in enumerate(event_type.questions):
        earlier = [each.slug for each in event_type.questions[:place]]
        yield from below(f"questions[{place}]", _question_problems(question, earlier))


def _shown(location: Location) -> str:
    """Give what tells a location from others: guests choose by its label, or by its kind without one."""
    return location.label.strip().casefold() or location.kind


def _location_problems(location: Location, earlier: Sequence[str]) -> Found:
    given, others = bool(location.value), _GUESTS_OWN.get(location.kind)
    if (
        location.kind is LocationKind.LINK
        and given
        and not location.value.startswith(("https://", "http://"))
    ):
        yield "value", f'= {location.value!r} is not a web address. Begin it with "https://".'
    if others and given:
        yield "value", f"is given, but guests say it themselves. Leave it out, or use the kind {others}."
    if not (others or given or location.label):
        yield "", "says nothing. Give it a value or a label."
    if _shown(location) in earlier:
        yield "label", "leaves guests two locations that look alike. Give each a label of its own."


def _question_problems(question: Question, earlier: Sequence[str]) -> Found:
    yield from slug_problems("slug", question.slug, _FIELD, _FIELD_WORDS)
    yield from text_problems("label", question.label)
    if question.slug in RESERVED_FIELDS:
        yield "slug", f"= {question.slug!r} is a field of the form itself. Choose another name."
    if question.slug in earlier:
        yield "slug", f"= {question.slug!r} is taken by an earlier question. Choose another name."
    if question.kind in _WITH_OPTIONS:
        if (
            not question.options
            or len(set(question.options)) < len(question.options)
            or "" in question.options
        ):
            yield "options", f"must hold choices for the kind {question.kind}, none of them empty or twice."
    elif question.options:
        yield (
            "options",
            f"are given, but the kind {question.kind} takes none. Use select, radio or checkboxes.",
        )
