"""The booker and the reschedule widget in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ..web import components as web
from .parts import (
    ALTERNATIVES,
    BACK,
    FIRST,
    SUMMARY,
    TYPED,
    Example,
    choice,
    empty_picker,
    fields,
    filled,
    form,
    picker,
    questions,
    when,
)


def booker(id: str, **changes: object) -> web.Booker:
    """Give a booker with *changes*."""
    base = web.Booker(id=id, summary=SUMMARY, slug="intro-call", action="/book/intro-call")
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields of Booker, by name


def booker_form(id: str, form: web.Form, **changes: object) -> web.Booker:
    """Give a booker whose time is chosen."""
    summary = replace(SUMMARY, chosen=when())
    return booker(id, summary=summary, form=form, back=BACK, **changes)


def _long_booker(id: str) -> web.Booker:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    summary = web.Summary(
        title=f"Quarterly review of the {word} and of everything that follows from it",
        host="Prof. Dr. Maximiliane-Alexandra von und zu Guttenberg-Hohenstein, Ana, Ben and 12 others",
        description=("A sentence that goes on. " * 30, f"https://example.com/{'a' * 120}"),
        duration="1 h 30 min",
        locations=(
            "Our office in Lyon, 3rd floor, second door on the left, 69002 Lyon, France",
            "Video call",
        ),
    )
    return booker(id, summary=summary, picker=picker(id))


def bookers() -> tuple[Example, ...]:
    wrong = {"name": "Please enter your name.", "email": "This address has no @: ana.example.com"}
    lengths = (
        choice("30 min", "duration=30", current=True),
        choice("1 h", "duration=60"),
        choice("1 h 30 min", "duration=90"),
    )
    taken = "That time has just been taken. Please choose another one; nothing you typed is lost."
    carried = "10:30 has just been taken. These times are still free; nothing you typed is lost."
    wrong_email = replace(fields("booker-errors")[1], value="ana.example.com")
    with_errors = (fields("booker-errors")[0], wrong_email, *fields("booker-errors")[2:])
    return (
        Example(
            name="booker-first",
            component=booker("booker-first", picker=picker("booker-first", FIRST)),
            description="The first view: a month and its first free day.",
        ),
        Example(
            name="booker-day",
            component=booker("booker-day", picker=picker("booker-day")),
            description="A day is chosen.",
        ),
        Example(
            name="booker-empty",
            component=booker("booker-empty", picker=empty_picker("booker-empty")),
            description="A month without a free time.",
        ),
        Example(
            name="booker-durations",
            component=booker(
                "booker-durations", picker=replace(picker("booker-durations"), durations=lengths)
            ),
            description="Several lengths on offer.",
        ),
        Example(
            name="booker-form",
            component=booker_form("booker-form", form(fields("booker-form"))),
            description="A time is chosen.",
        ),
        Example(
            name="booker-errors",
            component=booker_form("booker-errors", form(with_errors, wrong)),
            description="The form came back with errors.",
        ),
        Example(
            name="booker-questions",
            component=booker_form("booker-questions", form(questions("booker-questions"))),
            description="Every kind of question.",
        ),
        Example(
            name="booker-question-errors",
            component=booker_form(
                "booker-question-errors",
                form(
                    questions("booker-question-errors"),
                    {
                        "size": "Please choose one.",
                        "terms": "Please read the terms.",
                        "source": "Please choose.",
                    },
                ),
            ),
            description="Errors at choices.",
        ),
        Example(
            name="booker-taken",
            component=booker_form(
                "booker-taken", form(filled("booker-taken")), alert=taken, alternatives=ALTERNATIVES
            ),
            description="The time was taken while the form was filled in.",
        ),
        Example(
            name="booker-carried",
            component=booker("booker-carried", picker=picker("booker-carried"), alert=carried, carried=TYPED),
            description="Choosing again with everything typed carried along.",
        ),
        Example(name="booker-long", component=_long_booker("booker-long"), description="Very long texts."),
    )


def _reschedule(id: str, **changes: object) -> web.Reschedule:
    base = web.Reschedule(
        id=id,
        summary=replace(SUMMARY, former=when(date(2026, 3, 10), "14:00 – 14:30")),
        slug="intro-call-move",
        action="/reschedule/1f0c",
        keep=web.Action(label="Keep the current time", href="/bookings/1f0c"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields of Reschedule, by name


def _reschedule_form(id: str, errors: dict[str, str] | None = None) -> web.Reschedule:
    reason = web.Field(
        kind="long_text", id=f"{id}-reason", name="reason", label="Reason", required=bool(errors)
    )
    posted = replace(form((reason,), errors), action="/reschedule/1f0c", submit="Move the booking")
    summary = replace(SUMMARY, former=when(date(2026, 3, 10), "14:00 – 14:30"), chosen=when())
    return _reschedule(id, summary=summary, form=posted, back=BACK)


def reschedules() -> tuple[Example, ...]:
    return (
        Example(
            name="reschedule-pick",
            component=_reschedule("reschedule-pick", picker=picker("reschedule-pick")),
            description="Choosing another time.",
        ),
        Example(
            name="reschedule-form",
            component=_reschedule_form("reschedule-form"),
            description="The new time is chosen.",
        ),
        Example(
            name="reschedule-errors",
            component=_reschedule_form("reschedule-errors", {"reason": "Please say why."}),
            description="A reason is required.",
        ),
    )
