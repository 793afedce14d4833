"""The booker and the reschedule widget in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from ..errors import SlotTaken
from ..languages import gettext as _
from ..values import EventType, ReasonRule
from ..web import components as web
from ..web import forms
from .offers import FIRST, FORMER, INTRO, LENGTHS, LONG, QUESTIONS, START
from .parts import (
    BOOKING,
    FILLED,
    PATH,
    TYPED,
    Example,
    clock,
    empty_picker,
    guest_form,
    picker,
    posted,
    state,
    summary,
    when,
)

_MOVE = "/reschedule/1f0c"


def booker(id: str, offer: EventType = INTRO, **changes: Any) -> web.Booker:
    """Give a booker of *offer* with its calendar, or with *changes*."""
    base = web.Booker(id=id, summary=summary(offer), slug="intro-call", action=PATH, picker=picker(id, offer))
    return replace(base, **changes)


def booker_form(
    id: str, offer: EventType = INTRO, form: web.Form | None = None, **changes: Any
) -> web.Booker:
    """Give a booker of *offer* whose time is chosen, with its form."""
    shown = form or guest_form(id, offer)
    said = summary(offer, START)
    return booker(id, offer, summary=said, picker=None, form=shown, back=_back(), **changes)


def _back() -> web.Choice:
    return state().choice(_("Choose another time"))


def _others() -> tuple[web.Choice, ...]:
    starts = (START + timedelta(minutes=each) for each in (-30, 30, 240))
    return tuple(state(slot=each).choice(clock(each)) for each in starts)


def bookers() -> tuple[Example, ...]:
    """Give the booker, step by step."""
    taken = _(SlotTaken.default_sentence)
    unknown = _("The time zone in the address is not known, so times are shown in another one.")
    wrong = guest_form("booker-errors", typed={"name": "", "email": "ana.example.com"})
    unanswered = guest_form("booker-question-errors", QUESTIONS, typed=FILLED | {"mobile": "12", "site": "x"})
    told = (
        (
            booker("booker-first", picker=picker("booker-first", at=state(day=FIRST))),
            "The first view: a month and its first free day.",
        ),
        (booker("booker-day"), "A day is chosen."),
        (booker("booker-empty", picker=empty_picker("booker-empty")), "A month without a free time."),
        (booker("booker-durations", LENGTHS), "Several lengths on offer."),
        (
            booker("booker-zones", picker=picker("booker-zones", at=state(zones=True)), alert=unknown),
            "The list of time zones, and a value in the address that could not be used.",
        ),
        (booker_form("booker-form"), "A time is chosen."),
        (booker_form("booker-errors", form=wrong), "The form came back with errors."),
        (booker_form("booker-questions", QUESTIONS), "Every kind of question."),
        (booker_form("booker-question-errors", QUESTIONS, unanswered), "Errors at choices."),
        (
            booker_form(
                "booker-taken",
                form=guest_form("booker-taken", known=FILLED),
                alert=taken,
                alternatives=_others(),
            ),
            "The time was taken while the form was filled in.",
        ),
        (
            booker("booker-carried", alert=taken, carried=TYPED),
            "Choosing again with everything typed carried along.",
        ),
        (booker("booker-long", LONG), "Very long texts."),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in told)


# --- moving --------------------------------------------------------------------------------------


def _reschedule(id: str, **changes: Any) -> web.Reschedule:
    keep = web.Action(label=_("Keep the booking as it is"), href=BOOKING)
    said = replace(summary(), former=when(FORMER))
    base = web.Reschedule(id=id, summary=said, slug="intro-call-move", action=_MOVE, keep=keep)
    return replace(base, **changes)


def _reschedule_form(id: str, rule: ReasonRule, typed: MultiDict[str, str] | None = None) -> web.Reschedule:
    form = forms.reason_form(rule, _("Why are you moving it?"), typed=typed)
    if typed is not None:
        form.valid()
    return _reschedule(
        id,
        summary=replace(summary(INTRO, START), former=when(FORMER)),
        form=posted(id, form, action=_MOVE, submit=_("Move booking")),
        back=_back(),
    )


def reschedules() -> tuple[Example, ...]:
    """Give the reschedule widget, step by step."""
    errors = _reschedule_form("reschedule-errors", ReasonRule.REQUIRED, MultiDict({"reason": ""}))
    told = (
        (_reschedule("reschedule-pick", picker=picker("reschedule-pick")), "Choosing another time."),
        (_reschedule_form("reschedule-form", ReasonRule.OPTIONAL), "The new time is chosen."),
        (errors, "A reason is required."),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in told)
