"""The decide widget in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from ..changes import reason_question
from ..errors import ProviderUnavailable
from ..languages import gettext as _
from ..languages import pgettext
from ..values import Location, LocationKind, ReasonRule
from ..web import components as web
from ..web import wording
from ..web.details import location_row
from ..web.forms import Form
from .offers import CAMILLE, FORMER, FRIEND, GUEST, GUEST_EMAIL, INTRO, NOTES, NOW
from .parts import Example, moment, posted, series_date, when


def _decide(id: str, state: str, headline: str, sentence: str, **changes: Any) -> web.Decide:
    base = web.Decide(
        id=id,
        state=state,
        headline=headline,
        sentence=sentence,
        title=INTRO.title,
        when=when(),
        guest_when=when(zone="Asia/Tokyo"),
        people=(
            web.Person(name=GUEST, role=pgettext("booking", "Guest"), email=GUEST_EMAIL),
            web.Person(name=FRIEND, role=pgettext("booking", "Guest")),
            web.Person(name=CAMILLE.name, role=pgettext("booking", "Host")),
        ),
        rows=(
            location_row(Location(kind=LocationKind.CONFERENCE)),
            web.Row(label=_("Phone"), text="+33 6 12 34 56 78"),
            web.Row(label="Size of your team", text="11 to 50"),
            web.Row(label=_("Notes"), text=NOTES),
        ),
        decline=pgettext("booking", "Decline"),
    )
    return replace(base, **changes)


def _decision(id: str, reason: str = "") -> web.Form:
    question = reason_question(ReasonRule.OPTIONAL, _("Reason, if you decline"))
    assert question is not None, "an optional question is asked"
    asked = (replace(question, help=_("The guest will read it.")),)
    form = Form.of(asked, typed=MultiDict({"reason": reason}))
    form.valid()
    return posted(id, form, action="/bookings/decide/1f0c?token=t", submit=pgettext("booking", "Agree"))


def _waiting(id: str, *conditions: str, reason: str = "", **changes: Any) -> web.Decide:
    until = _(
        "If nobody answers by %(moment)s, it is declined by itself.", moment=moment(NOW + timedelta(days=2))
    )
    sentence = wording.told(_("The time is kept for the guest meanwhile."), *conditions, until)
    form = _decision(id, reason)
    return replace(_decide(id, "pending", _("Do you agree to this booking?"), sentence, form=form), **changes)


def _waiting_series() -> web.Decide:
    waits = pgettext("series", "Waiting")
    here = pgettext("series", "%(state)s, this one", state=waits)
    days = [date(2026, 3, 12) + timedelta(weeks=2 * each) for each in range(4)]
    return _waiting(
        "decide-series",
        _("All dates of the series are decided about at once."),
        dates=tuple(series_date(day, mark=waits if number else here) for number, day in enumerate(days)),
    )


def _waiting_moved() -> web.Decide:
    return _waiting(
        "decide-moved",
        headline=_("Do you agree to the new time?"),
        sentence=_("The guest has moved the booking, and waits for your answer."),
        former=when(FORMER),
        guest_when=None,
    )


def decisions() -> tuple[Example, ...]:
    """Give the page on which a host decides, in every state."""
    failed, nothing = _(ProviderUnavailable.default_sentence), _("There is nothing left to decide.")
    too_late = _("The booking was to begin before anybody had agreed to it.")
    free = _("The time is free again.")
    told = (
        (_waiting("decide"), "A host is asked to agree."),
        (_waiting_moved(), "The guest has moved what waits."),
        (_waiting_series(), "All dates of a series wait."),
        (_waiting("decide-errors", reason="1" * 5311), "The reason is too long."),
        (_waiting("decide-failed", alert=failed), "The backend failed."),
        (
            _decide("decide-confirmed", "confirmed", _("This booking is confirmed"), nothing),
            "The host has agreed.",
        ),
        (
            _decide("decide-rejected", "rejected", _("This booking was declined"), free),
            "The host has declined.",
        ),
        (
            _decide("decide-cancelled", "cancelled", _("This booking was cancelled"), nothing),
            "The guest was faster.",
        ),
        (_decide("decide-past", "past", _("It is too late to decide"), too_late), "Nobody has decided."),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in told)
