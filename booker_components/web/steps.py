"""The booker and the reschedule widget, step by step: pick a time, then fill in the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from .. import times
from ..errors import BookerError, CodeNeeded
from ..languages import gettext as _
from ..links import Purpose
from ..records.prefills import Prefill
from ..values import Booking, EventType, Slot
from . import (
    branding,
    cancelling,
    carrying,
    components,
    csrf,
    forms,
    guards,
    holding,
    locking,
    prefill,
    state,
    verifying,
    wording,
)
from .calendar import Calendar
from .components import Choice, Hidden
from .forms import LOCKED, Form
from .planning import Planning
from .runtime import Runtime
from .state import PREFILL, Pairs, State
from .summary import Summary, elsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps:
    """What both widgets that pick a time have in common."""

    parts: Runtime
    event_type: EventType
    state: State
    #: The id of the widget.
    id: str
    #: What was typed and must not be lost.
    carried: tuple[Hidden, ...] = ()
    #: What the host knows of its user, who cannot change all of it.
    bound: Prefill = locking.NOTHING
    alert: str = ""
    #: The booking that is being moved.
    booking: Booking | None = None
    #: The token of the visitor's own hold of a slot.
    hold: str = ""
    #: What the guest has to show by a code before anything is booked.
    code: CodeNeeded | None = None
    #: The chosen slot, once it was found to be free.
    found: Slot | None = None

    @classmethod
    def of_booking(
        cls,
        parts: Runtime,
        event_type: EventType,
        query: MultiDict[str, str],
        *,
        id: str,
        owner: str = "",
        typed: MultiDict[str, str] | None = None,
        told: Pairs = (),
    ) -> Steps:
        """Read from *query* where a visitor stands in the booker; *typed* is what a form sent along.

        *told* is what a host's page knows of the visitor, to stay out of links.
        """
        token = query.get(PREFILL, "")
        bound, complaint = locking.find(parts, token, event_type, acts=typed is not None)
        said = prefill.known(query, event_type) if typed is None else carrying.sent(typed, event_type)
        kept: Pairs = ()
        carried = prefill.without(bound.locked, said)
        if typed is None:
            kept, carried = prefill.beforehand(carried, told or bound.open, event_type)
        if token and not complaint:
            kept = ((PREFILL, token), *kept)
        path = parts.url(state.booker_path(event_type, owner))
        return cls(
            parts=parts,
            event_type=event_type,
            state=state.read(query, event_type, path=path, kept=kept).saying(complaint),
            id=id,
            carried=carrying.hidden(carried),
            bound=bound,
            hold=carrying.hold_token(typed),
        )

    @classmethod
    def of_move(
        cls,
        parts: Runtime,
        event_type: EventType,
        booking: Booking,
        query: MultiDict[str, str],
        *,
        id: str,
        typed: MultiDict[str, str] | None = None,
    ) -> Steps:
        """Read from *query* where a visitor who may move *booking* stands; links keep letting them in."""
        path, _, link = parts.url(parts.links.path(Purpose.RESCHEDULE, booking)).partition("?")
        # A booking keeps its length, whatever the address says.
        steps = MultiDict((name, value) for name, value in query.items(multi=True) if name != "duration")
        at = state.read(steps, event_type, path=path, kept=tuple(parse_qsl(link)), zone=booking.attendee.zone)
        known = carrying.named(typed, lambda name: name == "reason") if typed is not None else ()
        return cls(
            parts=parts,
            event_type=event_type,
            state=at,
            id=id,
            carried=carrying.hidden(known),
            booking=booking,
            hold=carrying.hold_token(typed),
        )

    # --- what is shown ---

    def widget(self, form: Form | None = None, *, taken: bool = False) -> components.Chooser:
        """Give the widget: with *form* once a time is chosen, else with the calendar."""
        kind = components.Reschedule if self.booking else components.Booker
        other_site = elsewhere(self.event_type) if self.is_elsewhere() else None
        return kind(
            id=self.id,
            slug=self.event_type.slug,
            action=self._action(),
            brand=branding.of(self.parts, self.event_type),
            summary=self._summary().component(),
            alert=wording.told(self.alert, *self.state.complaints),
            picker=None if form or other_site else self._picker(),
            form=self._form(form, taken=taken) if form else None,
            elsewhere=other_site,
            back=self._back() if form else None,
            alternatives=self._alternatives() if taken else (),
            carried=(*self.carried, *self.state.spoken()) if self.carried else (),
            keep=cancelling.keep(self.parts, self.booking) if self.booking else None,
        )

    def is_shared(self, widget: components.Chooser) -> bool:
        """Tell whether whoever asks for the same sees the same *widget*: nothing of one visitor is in it."""
        personal = self.state.kept or self.booking or widget.carried or widget.form
        return not (personal or widget.alert or widget.elsewhere)

    def title(self) -> str:
        """Give the title of the page."""
        if self.booking:
            # Translators: The title of a page; what is moved is a booking.
            return _("Move: %(title)s", title=wording.own(self.booking.title))
        return self.event_type.title

    def form(self, typed: MultiDict[str, str] | None = None) -> Form:
        """Give the form with what was *typed*, or with what is known."""
        if self.booking:
            carried = MultiDict((each.name, each.value) for each in self.carried)
            rule, why = self.event_type.reschedule.reason, _("Why are you moving it?")
            return forms.reason_form(rule, why, typed=typed or carried or None)
        given = self._known() if typed is None else tuple(typed.items(multi=True))
        given = locking.over(self.bound.locked, given)
        return forms.guest_form(
            self.event_type,
            typed=None if typed is None else MultiDict(given),
            prefill=prefill.answers(given, self.event_type),
            locked=frozenset(self.bound.locked) | self._fixed(),
            facts=prefill.facts(MultiDict(given)),
        )

    # --- where the visitor stands ---

    def token(self) -> str:
        """Give the token that stands for what the host knows of its user; "" for none, or one of no use."""
        return "" if self.booking else dict(self.state.kept).get(PREFILL, "")

    def series(self, form: Form) -> Planning | None:
        """Give the dates of a series that *form* asks for; None without a series."""
        if self.booking:
            return None
        at = self.state
        return Planning.of(self.parts.service, self.event_type, at.slot, self.duration(), at.reading, form)

    def duration(self) -> timedelta:
        """Give the length of what is booked or moved."""
        return self.booking.duration if self.booking else self.state.duration or self.event_type.duration

    def find(self, start: datetime) -> Slot | None:
        """Give the free slot at *start*, or the one that is held for the visitor; None if there is none."""
        calendar = self._calendar()
        return calendar.find(start) or self._held(start) or calendar.find_for_host(start)

    def choosing(self) -> Steps:
        """Give the same step with a hold let go that is not of the chosen time."""
        slot = self.state.slot
        if self.hold and not (slot and self._held(slot)):
            holding.let_go(self.parts, self._hold_uid())
            return replace(self, hold="")
        return self

    def asks_for_code(self) -> bool:
        """Tell whether the guest has to show whose the address is; not where the host says whose it is."""
        known = "email" in self.bound.locked
        return not self.booking and verifying.wanted(self.parts, self.event_type, known=known)

    def is_elsewhere(self) -> bool:
        """Tell whether this can only be booked on another site; what is booked can be moved here."""
        return bool(self.event_type.elsewhere) and not self.booking

    def without_time(self, alert: str) -> Steps:
        """Give the calendar, with *alert*, on the day of the time that is not to be had."""
        slot = self.state.slot
        day = times.local_date(slot, self.state.reading.zone) if slot else self.state.day
        return replace(self, alert=alert, state=self.state.at(day=day))

    def saying(self, error: BookerError) -> Steps:
        """Give the same step with a sentence about *error*."""
        return replace(self, alert=wording.sentence(error, self.state.reading))

    def with_new_key(self) -> Steps:
        """Give the same step with a form that makes another booking than the one before."""
        return replace(self, carried=tuple(each for each in self.carried if each.name != carrying.KEY))

    # --- parts ---

    def _picker(self) -> components.Picker:
        form, overlay = f"{self.id}-go" if self.carried else "", self.parts.settings.overlay != "none"
        return self.parts.memory.picker(self._calendar().view(form, overlay=overlay))

    def _calendar(self) -> Calendar:
        return Calendar(
            service=self.parts.service,
            event_type=self.event_type,
            state=self.state,
            id=self.id,
            duration=self.duration(),
            moving=self.booking,
        )

    def _hold_uid(self) -> str:
        return holding.uid_of(self.parts, MultiDict({holding.FIELD: self.hold}))

    def _held(self, start: datetime) -> Slot | None:
        hold = holding.held(self.parts, self._hold_uid()) if self.hold else None
        return Slot(start=hold.start, end=hold.end) if hold and hold.start == start else None

    def _known(self) -> Pairs:
        """Give what the address, the host or an earlier form brought along."""
        return (*self.state.kept, *((each.name, each.value) for each in self.carried))

    def _fixed(self) -> frozenset[str]:
        # Links keep what the address has said and nothing else; a form has it marked, beside what was typed.
        marked = {each.value for each in self.carried if each.name == LOCKED}
        said = marked if self.carried else dict(self.state.kept)
        return prefill.fixed(said, self._known(), self.event_type)

    def _summary(self) -> Summary:
        return Summary(
            event_type=self.event_type,
            reading=self.state.reading,
            duration=self.duration(),
            now=self.parts.service.clock(),
            start=self.state.slot,
            slot=self.found,
            booking=self.booking,
        )

    def _action(self) -> str:
        """Give the address that a POST goes to: the widget's own, with the link that lets the guest in."""
        return f"{self.state.path}?{urlencode(self.state.kept)}" if self.booking else self.state.path

    def _form(self, form: Form, *, taken: bool) -> components.Form:
        prefix, series, code = f"{self.id}-f", self.series(form), self._awaited(form)
        return components.Form(
            action=self._action(),
            submit=self._submit(code),
            hidden=(*self._hidden(form, code), csrf.field(self.parts.keys)),
            fields=form.fields(prefix),
            problems=form.problems(prefix),
            dates=series.component() if series else None,
            hold="" if taken else self._hold_address(),
            guards=None if self.booking else guards.of(self.parts, code, prefix=prefix),
        )

    def _awaited(self, form: Form) -> CodeNeeded | None:
        """Give which code *form* asks for: what was mailed for it before stays good."""
        if self.code or self.booking or not self.asks_for_code():
            return self.code
        return verifying.awaited(self.parts, form.answer("email") or "")

    def _submit(self, code: CodeNeeded | None) -> str:
        waits = self._summary().waits()
        if self.booking:
            return _("Request new time") if waits else _("Move booking")
        if not code and self.asks_for_code() and not verifying.is_shown(self.parts):
            return _("Verify email")
        return _("Request booking") if waits else _("Confirm booking")

    def _hold_address(self) -> str:
        zone = self.booking.attendee.zone if self.booking else self.state.reading.zone
        return holding.address(self.parts, self.event_type, self.duration(), zone=zone, token=self.token())

    def _hidden(self, form: Form, code: CodeNeeded | None) -> Iterator[Hidden]:
        """Give what the form sends along unseen: the state, what is kept or carried, and its key."""
        yield from replace(self.state, kept=()).hidden()
        if self.event_type.zone_locked:
            # So that scripts do not propose another.
            yield Hidden(name="tz", value=self.state.reading.zone)
        if self._hold_address():
            yield Hidden(name=holding.FIELD, value=self.hold)
        if not self.booking:
            yield from carrying.unseen(self._known(), form, fixed=self._fixed())
            yield from guards.hidden(self.parts, code)

    def _back(self) -> Choice:
        slot = self.state.slot
        day = times.local_date(slot, self.state.reading.zone) if slot else None
        return self.state.at(day=day).choice(_("Choose another time"))

    def _alternatives(self) -> tuple[Choice, ...]:
        slot = self.state.slot
        if slot is None:
            return ()
        return self._calendar().times_of(times.local_date(slot, self.state.reading.zone))
