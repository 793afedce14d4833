"""The decide widget in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ..web import components as web
from .parts import CHOSEN, Example, form, when

_KEPT = "The time is kept for the guest meanwhile."
_UNTIL = "If nobody answers by Friday 6 March 2026, 10:00, it is declined by itself."


def _decide(id: str, state: str, headline: str, sentence: str, **changes: object) -> web.Decide:
    base = web.Decide(
        id=id,
        state=state,
        headline=headline,
        sentence=sentence,
        title="Introduction call",
        when=when(),
        guest_when=when(CHOSEN, "18:30 – 19:00", "Tokyo, Japan Standard Time (GMT+9)"),
        people=(
            web.Person(name="Ana Souza", role="Guest", email="ana@example.com"),
            web.Person(name="ben@example.com", role="Guest"),
            web.Person(name="Camille Laurent", role="Host"),
        ),
        rows=(
            web.Row(label="Where", text="Video call"),
            web.Row(label="Phone", text="+33 6 12 34 56 78"),
            web.Row(label="Size of your team", text="11 to 50"),
            web.Row(label="Notes", text="We have used the trial for a week.\nThree questions so far."),
        ),
        decline="Decline",
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields of Decide, by name


def _decision(id: str, errors: dict[str, str] | None = None) -> web.Form:
    reason = web.Field(
        kind="long_text",
        id=f"{id}-reason",
        name="reason",
        label="Reason, if you decline",
        help="The guest will read it.",
    )
    return replace(form((reason,), errors), action="/bookings/decide/1f0c?token=t", submit="Agree")


def _waiting(id: str, errors: dict[str, str] | None = None, **changes: object) -> web.Decide:
    question, sentence = "Do you agree to this booking?", f"{_KEPT} {_UNTIL}"
    return replace(_decide(id, "pending", question, sentence, form=_decision(id, errors)), **changes)  # type: ignore[arg-type]


def _waiting_series() -> web.Decide:
    days = ("12 March", "26 March", "9 April", "23 April")
    dates = tuple(
        web.SeriesDate(
            date=f"Thursday {day} 2026",
            time="10:30 – 11:00",
            mark="Waiting" if number else "Waiting, this one",
        )
        for number, day in enumerate(days)
    )
    sentence = f"{_KEPT} All dates of the series are decided about at once. {_UNTIL}"
    return _waiting("decide-series", sentence=sentence, dates=dates)


def decisions() -> tuple[Example, ...]:
    """Give the page on which a host decides, in every state."""
    said = (
        (_waiting("decide"), "A host is asked to agree."),
        (
            _waiting(
                "decide-moved",
                headline="Do you agree to the new time?",
                sentence="The guest has moved the booking, and waits for your answer.",
                former=when(date(2026, 3, 10), "14:00 – 14:30"),
                guest_when=None,
            ),
            "The guest has moved what waits.",
        ),
        (_waiting_series(), "All dates of a series wait."),
        (
            _waiting("decide-errors", {"reason": "Please use 5000 characters at most; these are 5311."}),
            "The reason is too long.",
        ),
        (
            _waiting("decide-failed", alert="The booking service is not available right now."),
            "The backend failed.",
        ),
        (
            _decide(
                "decide-confirmed",
                "confirmed",
                "This booking is confirmed",
                "There is nothing left to decide.",
            ),
            "The host has agreed.",
        ),
        (
            _decide("decide-rejected", "rejected", "This booking was declined", "The time is free again."),
            "The host has declined.",
        ),
        (
            _decide(
                "decide-cancelled",
                "cancelled",
                "This booking was cancelled",
                "There is nothing left to decide.",
            ),
            "The guest was faster.",
        ),
        (
            _decide(
                "decide-past",
                "past",
                "It is too late to decide",
                "The booking was to begin before anybody had agreed to it.",
            ),
            "Nobody has decided.",
        ),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in said)
