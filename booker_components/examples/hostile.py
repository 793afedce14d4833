"""Examples for the tests alone: markup in every text, and as little as a widget can hold."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from markupsafe import Markup

from ..web import components as web
from .parts import PATH, Example

#: None of this may become an element or an attribute.
MARKUP = """<b>Ann</b> & "Bo" 'Cy' <script>alert(1)</script>"""
#: Fields that the library fills by itself, with words that mean something.
_WORDS = frozenset({"id", "kind", "target", "panel", "state", "tone", "iso", "autocomplete"})


def with_markup(value: Any) -> Any:
    """Give a copy of a dataclass with markup in every text that came from somebody."""
    return replace(
        value, **{each.name: _spoilt(each.name, getattr(value, each.name)) for each in fields(value)}
    )


def _spoilt(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_spoilt(name, each) for each in value)
    if is_dataclass(value):
        return with_markup(value)
    if isinstance(value, Markup):
        return value and Markup("<option>{}</option>").format(MARKUP)
    # What leads on at once must stay on its page, or nobody could look at it.
    kept = name in _WORDS or str(value).startswith("#")
    return MARKUP if isinstance(value, str) and value and not kept else value


def _renamed(example: Example) -> Example:
    """Give *example* as a hidden one with markup in it; its ids stay as they are, being on another page."""
    return replace(
        example, name=f"{example.name}-markup", component=with_markup(example.component), hidden=True
    )


def _minimal() -> tuple[Example, ...]:
    when = web.When(date="Thursday 12 March 2026", time="10:30", zone="UTC")
    booker = web.Booker(
        id="booker-minimal",
        summary=web.Summary(title="Call", host=""),
        slug="call",
        action="/book/call",
        form=web.Form(action=PATH, submit="Go", hidden=()),
    )
    booking = web.Booking(
        id="booking-minimal", state="confirmed", headline="Booked", sentence="", title="Call", when=when
    )
    decide = web.Decide(
        id="decide-minimal", state="past", headline="Too late", sentence="", title="Call", when=when
    )
    notice = web.Notice(id="notice-minimal", tone="error", headline="Sorry", sentence="It failed.")
    return tuple(
        Example(name=each.id, component=each, description="As little as possible.", hidden=True)
        for each in (booker, booking, decide, notice)
    )


def hidden(examples: tuple[Example, ...]) -> tuple[Example, ...]:
    """Give the examples that are no pleasure to look at."""
    return (*map(_renamed, examples), *_minimal())
