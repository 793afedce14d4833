"""The cancel widget: ask once more, with a reason."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from ..changes import reason_question
from ..languages import N_
from ..languages import gettext as _
from ..links import Purpose
from ..values import Booking, CancelScope, Question, QuestionKind, ReasonRule
from . import components, csrf, wording
from .components import Action
from .forms import Form
from .language import keeping
from .reading import Reading
from .runtime import Runtime

_SCOPES = {
    CancelScope.ONE: N_("Only this date"),
    CancelScope.FOLLOWING: N_("This date and all that follow"),
    CancelScope.ALL: N_("All dates that are left"),
}
_SCOPE = "scope"


def form(
    parts: Runtime,
    booking: Booking,
    *,
    typed: MultiDict[str, str] | None = None,
    query: MultiDict[str, str] | None = None,
) -> Form:
    """Give the form that asks why *booking* is cancelled, as its event type wants it.

    Of a series it asks how much, too; *query* is that of the address, which may propose an answer
    (contracts/calcom.md 3.2).
    """
    event_type = parts.service.event_type_of(booking)
    rule = event_type.cancel.reason if event_type else ReasonRule.OPTIONAL
    reason = reason_question(rule, _("Why are you cancelling?"))
    asked = tuple(filter(None, (_scope_question() if booking.series else None, reason)))
    all_remaining = query is not None and query.get("allRemainingBookings") == "true"
    proposed = _SCOPES[CancelScope.ALL if all_remaining else CancelScope.ONE]
    labels = {_SCOPE: {each: _(each) for each in _SCOPES.values()}}
    return Form.of(asked, typed=typed, prefill={_SCOPE: proposed}, labels=labels)


def _scope_question() -> Question:
    return Question(
        slug=_SCOPE,
        label=_("What shall be cancelled?"),
        kind=QuestionKind.RADIO,
        required=True,
        options=tuple(_SCOPES.values()),
        help=_("This booking belongs to a series."),
    )


def scope(form: Form) -> CancelScope:
    """Give how much is to be cancelled; what a form does not ask about is one booking."""
    chosen = form.answer(_SCOPE)
    return next((each for each, label in _SCOPES.items() if label == chosen), CancelScope.ONE)


def component(
    parts: Runtime, booking: Booking, form: Form, *, id: str, reading: Reading, alert: str = ""
) -> components.Cancel:
    """Give the widget with *form* in it."""
    prefix = f"{id}-f"
    return components.Cancel(
        id=id,
        title=booking.title,
        host=wording.listed(host.name for host in booking.hosts),
        when=wording.when(booking.start, booking.end, reading),
        form=components.Form(
            action=keeping(parts.url(parts.links.path(Purpose.CANCEL, booking))),
            submit=_("Cancel booking"),
            hidden=(csrf.field(parts.keys),),
            fields=form.fields(prefix),
            problems=form.problems(prefix),
        ),
        alert=alert,
        keep=keep(parts, booking),
    )


def keep(parts: Runtime, booking: Booking) -> Action:
    """Give the way back to the booking page, with nothing changed."""
    href = keeping(parts.url(parts.links.path(Purpose.MANAGE, booking)))
    return Action(label=_("Keep the booking as it is"), href=href)
