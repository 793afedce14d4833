"""What every form asks, and the answers that places need."""

from __future__ import annotations

from ..languages import N_
from ..values import LocationKind, Question, QuestionKind

NAME = Question(slug="name", label=N_("Your name"), required=True)
EMAIL = Question(slug="email", label=N_("E-mail address"), kind=QuestionKind.EMAIL, required=True)
NOTES = Question(slug="notes", label=N_("Additional notes"), kind=QuestionKind.LONG_TEXT)
PHONE = Question(slug="phone", label=N_("Phone number"), kind=QuestionKind.PHONE, required=True)
PLACE = Question(slug="place", label=N_("Where shall we meet?"), kind=QuestionKind.LONG_TEXT, required=True)

#: The locations for which a guest says where, in the question `PLACE`.
GUESTS_PLACES = frozenset({LocationKind.ATTENDEE_ADDRESS, LocationKind.ATTENDEE_CHOICE})
