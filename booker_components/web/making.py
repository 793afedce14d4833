"""The view of the booker: choose a time, say who you are, and book."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import request
from werkzeug.wrappers import Response

from ..values import Booking, BookingRequest
from . import choosing, filling, finding, guards, holding, htmx, locking, notices, planning
from .forms import Form
from .responses import show
from .runtime import runtime
from .state import PREFILL
from .steps import Steps


def book(slug: str, username: str = "") -> Response:
    """Show the booker; on POST go a step on, or book."""
    parts = runtime()
    event_type = parts.service.event_type(slug, owner=finding.owner(parts, username))
    query, typed = choosing.sent()
    if event_type.private:
        token = query.get(PREFILL, "")
        if not token:
            notice = notices.private()
            return show(parts, notice, title=notice.headline, status=403)
        locking.admit(parts, token, event_type, acts=choosing.acts())
    identity = htmx.target_id() or "bk-booker"
    at = Steps.of_booking(parts, event_type, query, id=identity, owner=username, typed=typed)
    return choosing.take_step(at, partial(_book, at))


def _book(at: Steps, start: datetime, form: Form) -> Booking:
    guards.check(at.parts, form.answer("email") or "", verify=at.asks_for_code())
    wanted = _request(at, start, form)
    book = partial(at.parts.service.book, wanted)
    if at.bound.uses is None:
        return book()
    return locking.spending(at.parts, at.token(), wanted.key, lambda spend: book(before=spend))


def _request(at: Steps, start: datetime, form: Form) -> BookingRequest:
    reading, series = at.state.reading, at.series(form)
    key = request.form.get("key", "")[:64]
    request_ = BookingRequest(
        event_type=at.event_type.slug,
        owner=at.event_type.owner,
        start=start,
        duration=at.state.duration,
        attendee=filling.attendee(form, zone=reading.zone, locale=str(reading.locale).replace("_", "-")),
        # Whoever writes a form can write its key; it must never meet one that the host chose.
        key=key and f"web:{key}",
        hold=holding.uid_of(at.parts, request.form),
        without=series.left_out(request.form.getlist(planning.FIELD)) if series else (),
        invited=at.event_type.private and at.bound is not locking.NOTHING,
    )
    return filling.fill(request_, form, at.event_type)
