"""The decide widget: a host agrees to a booking that waits, or declines it, by a link of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from ..changes import reason_question
from ..errors import BookerError, BookingNotFound, InvalidRequest, LinkExpired, LinkInvalid
from ..languages import N_, pgettext
from ..languages import gettext as _
from ..links import Purpose
from ..values import Booking, BookingStatus, LocationKind, ReasonRule
from . import components, csrf, dates, details, finding, htmx, notices, wording
from .components import Person, Row
from .forms import Form
from .language import keeping
from .reading import Reading, visitors
from .responses import see_other, show
from .runtime import Runtime, runtime

_STATES = {
    "pending": (N_("Do you agree to this booking?"), N_("The time is kept for the guest meanwhile.")),
    "moved": (
        # Translators: The new time of a booking that its guest has moved.
        N_("Do you agree to the new time?"),
        N_("The guest has moved the booking, and waits for your answer."),
    ),
    "past": (
        N_("It is too late to decide"),
        N_("The booking was to begin before anybody had agreed to it."),
    ),
    "confirmed": (N_("This booking is confirmed"), N_("There is nothing left to decide.")),
    "rejected": (N_("This booking was declined"), N_("The time is free again.")),
    "cancelled": (N_("This booking was cancelled"), N_("There is nothing left to decide.")),
}
_CONFIRM, _DECLINE = "confirm", "decline"
_DONE = {_CONFIRM: BookingStatus.CONFIRMED, _DECLINE: BookingStatus.REJECTED}
_WHOLE_SERIES = N_("All dates of the series are decided about at once.")
# Translators: The booking is declined by itself.
_UNTIL = N_("If nobody answers by %(moment)s, it is declined by itself.")
_PLACES = {
    LocationKind.ATTENDEE_PHONE: N_("You call the guest"),
    # Translators: Where a booking takes place: where the guest lives or works.
    LocationKind.ATTENDEE_ADDRESS: N_("At the guest's"),
    # Translators: Where a booking takes place.
    LocationKind.ATTENDEE_CHOICE: N_("As the guest proposes"),
}
_UNDECIDED = N_("Please press one of the two buttons.")


def register(blueprint: Blueprint) -> None:
    """Register the route."""
    blueprint.add_url_rule(
        "/bookings/decide/<uid>", "decide", decide, methods=["GET", "POST"], strict_slashes=False
    )


def decide(uid: str) -> Response:
    """Show a booking to its host; on POST agree to it, or decline it.

    A uid is never enough, for the guest knows it; nor is a link of the guest's.
    """
    parts = runtime()
    if not finding.is_uid(uid):
        raise BookingNotFound("The uid has characters that no uid has.")
    found = parts.service.get(uid)
    decision = request.form.get("decision", "") if request.method == "POST" else ""
    if _done_before(parts, found, decision):
        return _on(parts, found)
    try:
        parts.links.check(request.args.get("token", ""), Purpose.DECIDE, found)
    except (LinkInvalid, LinkExpired) as error:
        notice, status = notices.undecidable(found, error)
        return show(parts, notice, title=notice.headline, status=status)
    at = _Decision(parts=parts, booking=found, reading=visitors(found.host.zone))
    return at.act(decision) if request.method == "POST" else at.shown()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Decision:
    """A booking as its host looks at it."""

    parts: Runtime
    booking: Booking
    #: In the host's zone.
    reading: Reading

    def act(self, decision: str) -> Response:
        """Do as the host has decided, and show what then stands."""
        form = _form(request.form)
        try:
            csrf.check(self.parts.keys)
            if decision not in _DONE:
                return self.shown(form, alert=_(_UNDECIDED), status=422)
            if not form.valid():
                return self.shown(form, status=422)
            return _on(self.parts, self._decided(decision, form.answer("reason") or ""))
        except BookerError as error:
            if isinstance(error, InvalidRequest):
                form.note(error.problems)
            return self.shown(form, alert=wording.sentence(error, self.reading), status=error.status)

    def _decided(self, decision: str, reason: str) -> Booking:
        service, uid, revision = self.parts.service, self.booking.uid, self.booking.revision
        if decision == _CONFIRM:
            return service.confirm(uid, revision=revision)
        return service.decline(uid, reason=reason, revision=revision)

    def shown(self, form: Form | None = None, *, alert: str = "", status: int = 200) -> Response:
        """Show the booking, with *form* while it waits."""
        widget = self.component(form or _form(), alert=alert)
        return show(self.parts, widget, title=widget.headline, status=status)

    def component(self, form: Form, *, alert: str = "") -> components.Decide:
        """Give the widget."""
        identity, booking, state = htmx.target_id() or "bk-decide", self.booking, self._state()
        headline, sentence = _STATES["moved" if state == "pending" and booking.former_start else state]
        series = dates.booked(self.parts, booking, self.reading, linked=False)
        return components.Decide(
            id=identity,
            state=state,
            headline=_(headline),
            sentence=wording.told(
                _(sentence), *(self._conditions(bool(series)) if state == "pending" else ())
            ),
            title=booking.title,
            when=wording.booked_when(booking, self.reading),
            guest_when=wording.when_in(booking.attendee.zone, booking, self.reading),
            former=wording.former_when(booking, self.reading),
            people=tuple(self._people()),
            rows=tuple(self._rows()),
            dates=series,
            form=self._form(form, f"{identity}-f") if state == "pending" else None,
            decline=pgettext("booking", "Decline"),
            alert=alert,
        )

    def _conditions(self, is_series: bool) -> Iterator[str]:
        if is_series:
            yield _(_WHOLE_SERIES)
        until = self.booking.decide_by
        # What is over is declined as the upkeep comes to it.
        if until and until > self.parts.service.clock():
            yield _(_UNTIL, moment=wording.moment(until, self.reading))

    def _form(self, form: Form, prefix: str) -> components.Form:
        return components.Form(
            action=keeping(self.parts.url(self.parts.links.path(Purpose.DECIDE, self.booking))),
            submit=pgettext("booking", "Agree"),
            hidden=(csrf.field(self.parts.keys),),
            fields=form.fields(prefix),
            problems=form.problems(prefix),
        )

    def _state(self) -> str:
        booking = self.booking
        waits = booking.status is BookingStatus.PENDING
        return "past" if waits and booking.start <= self.parts.service.clock() else str(booking.status)

    def _people(self) -> Iterator[Person]:
        guest = self.booking.attendee
        yield Person(name=guest.name, role=pgettext("booking", "Guest"), email=guest.email)
        for each in self.booking.guests:
            yield Person(name=each, role=pgettext("booking", "Guest"))
        for host in self.booking.hosts:
            yield Person(name=host.name, role=pgettext("booking", "Host"))

    def _rows(self) -> Iterator[Row]:
        booking = self.booking
        if place := booking.location:
            # What guests read of these is about them: "We come to you".
            label = _(_PLACES[place.kind]) if place.kind in _PLACES else place.label
            yield details.location_row(replace(place, label=label))
        if booking.attendee.phone:
            yield Row(label=_("Phone"), text=booking.attendee.phone)
        yield from details.answer_rows(booking, self.parts.service.event_type_of(booking), hidden=True)


def _form(typed: MultiDict[str, str] | None = None) -> Form:
    question = reason_question(ReasonRule.OPTIONAL, _("Reason, if you decline"))
    assert question is not None, "an optional question is asked"
    # Translators: The reason.
    return Form.of((replace(question, help=_("The guest will read it.")),), typed=typed)


def _on(parts: Runtime, booking: Booking) -> Response:
    """Lead to the page of *booking* as it now stands, whose link is another one."""
    return see_other(keeping(parts.url(parts.links.path(Purpose.DECIDE, booking))))


def _done_before(parts: Runtime, found: Booking, decision: str) -> bool:
    """Tell whether this POST is the second of two at once, the first of which has decided the same."""
    token = request.args.get("token", "")
    return found.status is _DONE.get(decision) and parts.links.just_used(token, Purpose.DECIDE, found)
