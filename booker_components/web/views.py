"""The views: each reads the request, asks the service, and shows a component."""

from __future__ import annotations

import math
from datetime import datetime
from functools import partial
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from .. import ics, times
from ..errors import (
    BookerError,
    FormExpired,
    LinkExpired,
    LinkInvalid,
    ProviderUnavailable,
)
from ..languages import gettext as _
from ..languages import speak
from ..links import Purpose
from ..policy import Verdict
from ..redirects import verify_redirect
from ..values import Booking, BookingStatus, EventType, Occasion
from . import (
    cancelling,
    choosing,
    csrf,
    finding,
    forms,
    holding,
    htmx,
    language,
    leaving,
    limiting,
    making,
    notices,
    wording,
)
from .details import Details, for_strangers
from .reading import visitors
from .responses import protect, see_other, show
from .runtime import Runtime, runtime
from .steps import Steps

# More than any honest form holds; Flask answers 413 to anything longer.
_LONGEST_FORM = 256 * 1024


def register(blueprint: Blueprint) -> None:
    """Register the routes and what surrounds them."""
    both = ["GET", "POST"]
    # Vendors append to what their customers configured, with or without a slash at its end.
    add = partial(blueprint.add_url_rule, strict_slashes=False)
    add("/book/<slug>", "book", making.book, methods=both)
    add("/book/<username>/<slug>", "book", making.book, methods=both)
    add("/bookings/<uid>", "booking", booking)
    add("/bookings/<uid>.ics", "calendar", calendar)
    add("/bookings/<uid>/link", "link", link, methods=["POST"])
    add("/reschedule", "reschedule", reschedule, methods=both)
    add("/bookings/reschedule", "reschedule", reschedule, methods=both)
    add("/reschedule/<uid>", "reschedule", reschedule, methods=both)
    add("/bookings/reschedule/<uid>", "reschedule", reschedule, methods=both)
    add("/bookings/cancel/<uid>", "cancel", cancel, methods=both)
    add("/cancel/<uid>", "cancel", cancel, methods=both)
    add("/bookings/return", "landing", landing)
    add("/booker/static/<digest>/<name>", "static", static)
    blueprint.url_value_preprocessor(csrf.judge_own_forms)
    blueprint.before_request(_prepare)
    blueprint.after_request(lambda response: protect(runtime(), response))
    blueprint.teardown_request(lambda _error: speak(None))
    blueprint.register_error_handler(BookerError, refused)
    blueprint.register_error_handler(HTTPException, not_understood)


def _prepare() -> AnyResponse | None:
    """Ready the request for our views; what a host's boosted link asks for is loaded as a page of its own."""
    # Werkzeug fails at any look at a query whose bytes are no UTF-8.
    request.query_string = htmx.ascii_query().encode()
    request.max_content_length = _LONGEST_FORM
    request.max_form_memory_size = _LONGEST_FORM
    parts = runtime()
    speak(language.visitors(parts))
    parts.outbox.ensure()
    parts.receiver.ensure()
    if htmx.boosted() and request.method == "GET":
        return Response(headers={"HX-Redirect": htmx.address()})
    return None


# --- seeing --------------------------------------------------------------------------------------


def booking(uid: str) -> AnyResponse:
    """Show a booking: all of it to its guest, when and where to anyone who knows the uid."""
    parts = runtime()
    found = finding.booking(parts, uid)
    trusted = _trusts(parts, found)
    if elsewhere := _elsewhere(parts, found, trusted):
        return redirect(parts.url(elsewhere))
    component = Details(
        parts=parts,
        booking=found,
        reading=visitors(found.attendee.zone),
        id=htmx.target_id() or "bk-booking",
        trusted=trusted,
    ).component()
    return show(parts, component, title=component.headline)


def calendar(uid: str) -> AnyResponse:
    """Give the booking as a calendar file."""
    parts = runtime()
    found = finding.booking(parts, uid)
    trusted = _trusts(parts, found)
    # The link in the file is the plain one: calendars are shared, and signed links are not to be.
    address = parts.public(f"/bookings/{found.uid}")
    shown = found if trusted else for_strangers(found, parts.service.event_type_of(found))
    domain = urlsplit(address or request.host_url).hostname or "localhost"
    body = ics.calendar_file(shown, domain=domain, url=address, people=trusted)
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="booking.ics"'
    return response


def landing() -> AnyResponse:
    """Take a guest who comes back from a vendor's own page to the booking, of which we now know.

    Of what vendors say without a signature the uid alone counts: the rest is asked of the provider. However
    often the address is opened, the subscribers hear of the booking once.
    """
    parts = runtime()
    secret = parts.settings.redirect_secret
    if secret and "sig" in request.args:
        verify_redirect(f"?{request.query_string.decode()}", secret=secret, now=parts.service.clock())
    uid = request.args.get("uid") or request.args.get("eventUid") or ""
    found = parts.service.observe(finding.booking(parts, uid).uid)
    return see_other(parts.url(f"/bookings/{found.uid}"))


def _elsewhere(parts: Runtime, found: Booking, trusted: bool) -> str:
    """Give the path to which the booking page leads on, "" where it is the one to show.

    An old link to a booking that was moved leads to the one that stands; Cal.com's own link for cancelling is
    the booking page with a parameter (contracts/calcom.md 3.4).
    """
    if found.replaced_by:
        new = finding.standing(parts, found)
        return parts.links.path(Purpose.MANAGE, new) if trusted else f"/bookings/{new.uid}"
    if request.args.get("cancel") != "true" or not (trusted and parts.service.may_cancel(found)):
        return ""
    path = parts.links.path(Purpose.CANCEL, found)
    whole = {name: value for name, value in request.args.items() if name == "allRemainingBookings"}
    return f"{path}{'&' if '?' in path else '?'}{urlencode(whole)}" if whole else path


def _trusts(parts: Runtime, found: Booking) -> bool:
    """Tell whether the visitor's link lets them in; a wrong link is an error, none at all is not.

    The uid of a time that guests share lets nobody in: free slots name it (contracts/calcom.md 4.6).
    """
    if not parts.links.signed:
        return found.is_held
    token = request.args.get("token", "")
    if token:
        parts.links.check(token, Purpose.MANAGE, found)
    return bool(token)


# --- moving and cancelling -----------------------------------------------------------------------


def reschedule(uid: str = "") -> AnyResponse:
    """Show the calendar for a booking; on POST go a step on, or move it."""
    parts = runtime()
    named = finding.booking(parts, uid or request.args.get("rescheduleUid", ""))
    found = finding.standing(parts, named)
    query, typed = choosing.sent()
    event_type = parts.service.event_type_of(found)
    as_asked = found.is_open and query.get("slot") == times.format_instant(found.start)
    if _done_before(parts, named, Purpose.RESCHEDULE, as_asked):
        return leaving.after(parts, Occasion.RESCHEDULED, event_type, found)
    parts.links.check(request.args.get("token", ""), Purpose.RESCHEDULE, named)
    verdict = parts.service.may_reschedule(found)
    if event_type is None or not verdict.allowed:
        return _closed(parts, found, verdict)
    identity = htmx.target_id() or "bk-reschedule"
    at = Steps.of_move(parts, event_type, found, query, id=identity, typed=typed)
    return choosing.take_step(at, partial(_move, parts, found))


def _move(parts: Runtime, found: Booking, start: datetime, form: forms.Form) -> Booking:
    # Moving takes no hold along, and the guest's own would make the time seem taken.
    holding.let_go(parts, holding.uid_of(parts, request.form))
    return parts.service.reschedule(
        found.uid, start, reason=form.answer("reason") or "", revision=found.revision
    )


def cancel(uid: str) -> AnyResponse:
    """Ask once more; on POST cancel."""
    parts = runtime()
    named = finding.booking(parts, uid)
    found = finding.standing(parts, named)
    event_type = parts.service.event_type_of(found)
    if _done_before(parts, named, Purpose.CANCEL, found.status is BookingStatus.CANCELLED):
        return leaving.after(parts, Occasion.CANCELLED, event_type, found)
    parts.links.check(request.args.get("token", ""), Purpose.CANCEL, named)
    verdict = parts.service.may_cancel(found)
    if not verdict.allowed:
        return _closed(parts, found, verdict)
    typed = request.form if request.method == "POST" else None
    form = cancelling.form(parts, found, typed=typed, query=request.args)
    return _cancel(parts, event_type, found, form) if choosing.acts() else _show_cancel(parts, found, form)


def _cancel(parts: Runtime, event_type: EventType | None, found: Booking, form: forms.Form) -> AnyResponse:
    try:
        csrf.check(parts.keys)
        if not form.valid():
            return _show_cancel(parts, found, form, status=422)
        cancelled = parts.service.cancel(
            found.uid,
            reason=form.answer("reason") or "",
            scope=cancelling.scope(form),
            revision=found.revision,
        )
    except BookerError as error:
        alert = wording.sentence(error, visitors(found.attendee.zone))
        return _show_cancel(parts, found, form, alert=alert, status=error.status)
    return leaving.after(parts, Occasion.CANCELLED, event_type, cancelled)


def _done_before(parts: Runtime, found: Booking, purpose: Purpose, as_asked: bool) -> bool:
    """Tell whether this POST is the second of two at once, the first of which did what it asks for.

    Without scripts a double click sends a form twice, and the browser shows the second answer.
    """
    token = request.args.get("token", "")
    return as_asked and choosing.acts() and parts.links.just_used(token, purpose, found)


def _show_cancel(
    parts: Runtime, found: Booking, form: forms.Form, *, alert: str = "", status: int = 200
) -> AnyResponse:
    component = cancelling.component(
        parts,
        found,
        form,
        id=htmx.target_id() or "bk-cancel",
        reading=visitors(found.attendee.zone),
        alert=alert,
    )
    return show(parts, component, title=_("Cancel: %(title)s", title=wording.own(found.title)), status=status)


# --- links and refusals --------------------------------------------------------------------------


def link(uid: str) -> AnyResponse:
    """Mail a new link to the address on file; the answer never tells whether there is one."""
    parts = runtime()
    csrf.check(parts.keys)
    limiting.check_link_request(parts, uid, request.remote_addr or "")
    if parts.mails_links and finding.is_uid(uid):
        notices.ask_for_link(parts, uid)
    notice = notices.link_sent()
    return show(parts, notice, title=notice.headline)


def static(digest: str, name: str) -> AnyResponse:
    """Serve a static file."""
    return runtime().assets.answer(digest, name)


def refused(error: BookerError) -> AnyResponse:
    """Show what went wrong, and what the visitor can do about it."""
    parts = runtime()
    uid = (
        finding.seat_named() or (request.view_args or {}).get("uid") or request.args.get("rescheduleUid", "")
    )
    offers = isinstance(error, (LinkInvalid, LinkExpired, FormExpired))
    notice = notices.of(parts, error, uid=uid if offers else "")
    response = show(parts, notice, title=notice.headline, status=error.status)
    if isinstance(error, ProviderUnavailable) and error.retry_after:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after))
    return response


def not_understood(error: HTTPException) -> AnyResponse:
    """Show an HTTP error in our own words."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    notice = notices.of_status(status)
    return show(runtime(), notice, title=notice.headline, status=status)


def _closed(parts: Runtime, found: Booking, verdict: Verdict) -> AnyResponse:
    notice = notices.closed(parts, found, wording.closed(verdict, visitors(found.attendee.zone)))
    return show(parts, notice, title=notice.headline, status=409)
