"""Every widget in every state worth seeing, with fixed dates: for the gallery, the docs and the tests."""

from __future__ import annotations

from .choosing import bookers, reschedules
from .conditions import conditions
from .deciding import decisions
from .hostile import MARKUP as MARKUP
from .hostile import hidden
from .notices import notices
from .parts import Example as Example
from .standing import bookings, cancels


def examples() -> tuple[Example, ...]:
    """Give all examples in the language that is spoken; those that are `hidden` are for tests alone.

    What hosts and guests have said stays in English, as it would.
    """
    shown = (*bookers(), *conditions(), *reschedules(), *bookings(), *cancels(), *decisions(), *notices())
    return (*shown, *hidden(shown))


#: The same in English.
EXAMPLES = examples()
