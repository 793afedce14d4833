"""Every widget in every state worth seeing, with fixed dates: for the gallery, the docs and the tests."""

from __future__ import annotations

from .choosing import bookers, reschedules
from .conditions import conditions
from .deciding import decisions
from .hostile import MARKUP as MARKUP
from .hostile import hidden
from .parts import Example as Example
from .standing import bookings, cancels, notices

_VISIBLE = (*bookers(), *conditions(), *reschedules(), *bookings(), *cancels(), *decisions(), *notices())

#: All examples; those that are `hidden` are for tests, not for people.
EXAMPLES: tuple[Example, ...] = (*_VISIBLE, *hidden(_VISIBLE))
