"""What a visitor sends while choosing a time: a step further, or the form to be acted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from ..errors import BookerError, CodeNeeded, InvalidRequest, NotBookable, SlotTaken
from ..languages import N_
from ..languages import gettext as _
from ..policy import Rule
from ..values import Booking, Occasion
from . import csrf, leaving, planning, prefill
from .components import Chooser
from .forms import Form
from .responses import show
from .steps import Steps

# The parameters of the zone's own form, which it sends beside the state that its "go" holds.
_BESIDE = ("tz", "date")
_NOT_ALL_FREE = N_(
    "Not all of these dates are free. Please look at what would be left out, and send the form once more."
)


def acts() -> bool:
    """Tell whether a form was sent to be acted on, not just to go a step on."""
    return request.method == "POST" and "go" not in request.form


def sent() -> tuple[MultiDict[str, str], MultiDict[str, str] | None]:
    """Give the query that says where the visitor stands, and what a form sent along.

    That query is the address's own, or what a "go" button holds, or the fields of a form to be acted on.
    """
    if request.method != "POST":
        return request.args, None
    if "go" not in request.form:
        return request.form, request.form
    try:
        query = MultiDict(parse_qsl(request.form["go"], max_num_fields=100))
    except ValueError:
        raise BadRequest from None
    for name in _BESIDE:
        if name not in query and name in request.form:
            query[name] = request.form[name]
    return query, request.form


def take_step(at: Steps, act: Callable[[datetime, Form], Booking]) -> Response:
    """Show where the visitor stands; or *act* on the time and the form that were sent."""
    if at.is_elsewhere():
        return _shown(at, at.widget(), 409 if acts() else 200)
    return _submit(at, act) if acts() else _show_step(at.choosing())


def _show_step(at: Steps) -> Response:
    """Show the form once the address names a free time, else the calendar."""
    status = 400 if at.state.complaints else 200
    slot = at.state.slot
    if slot is None:
        return _shown(at, at.widget(), status)
    found = at.find(slot)
    if found is None:
        again = at.without_time(_("This time is no longer free. Please choose another one."))
        return _shown(at, again.widget(), status)
    return _shown(at, replace(at, found=found).widget(at.form()), status)


def _submit(at: Steps, act: Callable[[datetime, Form], Booking]) -> Response:
    form, slot = at.form(request.form), at.state.slot
    if slot is None:
        return _shown(at, at.without_time(_("Please choose a time first.")).widget(), 422)
    try:
        csrf.check(at.parts.keys)
        if not form.valid() or at.state.complaints:
            return _shown(at, at.widget(form), 422)
        booking = act(slot, form)
    except (SlotTaken, NotBookable) as error:
        if _has_conflicts(at, form, error):
            return _shown(at, replace(at, alert=_(_NOT_ALL_FREE)).widget(form), 409)
        return _shown(at, _refused(at, form, error), error.status)
    except BookerError as error:
        return _shown(at, _refused(at, form, error), error.status)
    occasion = Occasion.RESCHEDULED if at.booking else Occasion.BOOKED
    came = prefill.without(at.bound.locked, prefill.facts_sent(request.form))
    # What every link keeps is the guest's way in, or an answer: it stays here.
    query = (*replace(at.state, kept=()).pairs(), *came)
    return leaving.after(at.parts, occasion, at.event_type, booking, query)


def _has_conflicts(at: Steps, form: Form, error: SlotTaken | NotBookable) -> bool:
    """Tell whether *error* is about dates of a series of which the visitor does not know; not the first."""
    series, slot = at.series(form), at.state.slot
    if series is None or slot is None or isinstance(error, InvalidRequest):
        return False
    conflicts = series.has_conflicts(request.form.getlist(planning.FIELD))
    return conflicts and (at.find(slot) is not None or series.is_held())


def _refused(at: Steps, form: Form, error: BookerError) -> Chooser:
    """Give the form again with everything typed, and what to do about *error*."""
    if isinstance(error, InvalidRequest):
        form.note(error.problems)
    again = at.saying(error)
    if isinstance(error, CodeNeeded):
        again = replace(again, code=error)
    if isinstance(error, NotBookable) and error.rule == Rule.REPEATED:
        again = again.with_new_key()
    return again.widget(form, taken=isinstance(error, SlotTaken))


def _shown(at: Steps, widget: Chooser, status: int) -> Response:
    return show(at.parts, widget, title=at.title(), status=status, shared=at.is_shared(widget))
