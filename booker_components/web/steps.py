"""The booker and the reschedule widget, step by step: pick a time, then fill in the form."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from .. import times
from ..errors import BookerError
from ..links import Purpose
from ..values import Booking, EventType, TimeWindow
from . import cancelling, components, csrf, forms, state, wording
from .calendar import Calendar
from .components import Choice, Hidden, Summary
from .details import summary_locations
from .forms import Form, guest_questions, prefilled
from .runtime import Runtime
from .state import Pairs, State

_KEY = "key"
_WHY = "Why are you moving it?"
_LONGEST_KEPT = 300


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
    alert: str = ""
    #: The booking that is being moved.
    booking: Booking | None = None

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
    ) -> Steps:
        """Read from *query* where a visitor stands in the booker; *typed* is what a form sent along."""
        asked = [each.slug for each in guest_questions(event_type)]
        known = _answers(query, asked) if typed is None else _answers(typed, [*asked, _KEY])
        # Every link of a page repeats what it keeps, so only a little stays in links.
        kept = known if typed is None and _length(known) <= _LONGEST_KEPT else ()
        at = state.read(query, event_type, path=parts.url(_booker_path(event_type, owner)), kept=kept)
        hidden = () if kept else tuple(Hidden(name=name, value=value) for name, value in known)
        return cls(parts=parts, event_type=event_type, state=at, id=id, carried=hidden)

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
        known = _answers(typed, ["reason"]) if typed is not None else ()
        hidden = tuple(Hidden(name=name, value=value) for name, value in known)
        return cls(parts=parts, event_type=event_type, state=at, id=id, carried=hidden, booking=booking)

    # --- what is shown ---

    def widget(self, form: Form | None = None, *, taken: bool = False) -> components.Chooser:
        """Give the widget: with *form* once a time is chosen, else with the calendar."""
        kind = components.Reschedule if self.booking else components.Booker
        return kind(
            id=self.id,
            slug=self.event_type.slug,
            action=self._action(),
            summary=self._summary(),
            alert=" ".join(filter(None, (self.alert, *self.state.complaints))),
            picker=None if form else self._calendar().picker(),
            form=self._form(form) if form else None,
            back=self._back() if form else None,
            alternatives=self._alternatives() if taken else (),
            carried=self.carried,
            keep=cancelling.keep(self.parts, self.booking) if self.booking else None,
        )

    def title(self) -> str:
        """Give the title of the page."""
        return f"Move: {self.booking.title}" if self.booking else self.event_type.title

    def form(self, typed: MultiDict[str, str] | None = None) -> Form:
        """Give the form with what was *typed*, or with what is known."""
        if self.booking:
            known = MultiDict((each.name, each.value) for each in self.carried)
            return forms.reason_form(self.event_type.reschedule.reason, _WHY, typed=typed or known or None)
        return forms.guest_form(self.event_type, typed=typed, prefill=self._known())

    # --- where the visitor stands ---

    def duration(self) -> timedelta:
        """Give the length of what is booked or moved."""
        return self.booking.duration if self.booking else self.state.duration or self.event_type.duration

    def is_free(self, start: datetime) -> bool:
        """Tell whether a slot starts at *start*."""
        window = TimeWindow(start=start, end=start + timedelta(seconds=1))
        moving = self.booking.uid if self.booking else None
        found = self.parts.service.slots(self.event_type, window, duration=self.duration(), moving=moving)
        return any(slot.start == start for slot in found)

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
        return replace(self, carried=tuple(each for each in self.carried if each.name != _KEY))

    # --- parts ---

    def _calendar(self) -> Calendar:
        return Calendar(
            service=self.parts.service,
            event_type=self.event_type,
            state=self.state,
            id=self.id,
            duration=self.duration(),
            moving=self.booking,
        )

    def _known(self) -> dict[str, Any]:
        """Give the answers that the address or an earlier form brought along, by slug."""
        pairs = [(each.name, each.value) for each in self.carried]
        return prefilled(MultiDict([*self.state.kept, *pairs]), self.event_type)

    def _summary(self) -> Summary:
        duration = self.duration()
        slot, reading = self.state.slot, self.state.reading
        booking = self.booking
        return Summary(
            title=self.event_type.title,
            host=", ".join(host.name for host in self.event_type.hosts),
            description=tuple(filter(None, map(str.strip, self.event_type.description.split("\n\n")))),
            duration=times.duration_name(duration),
            locations=summary_locations(self.event_type),
            chosen=wording.when(slot, slot + duration, reading) if slot else None,
            former=wording.when(booking.start, booking.end, reading) if booking else None,
        )

    def _action(self) -> str:
        """Give the address that a POST goes to: the widget's own, with the link that lets the guest in."""
        return f"{self.state.path}?{urlencode(self.state.kept)}" if self.booking else self.state.path

    def _form(self, form: Form) -> components.Form:
        prefix = f"{self.id}-f"
        return components.Form(
            action=self._action(),
            submit="Move booking" if self.booking else "Confirm booking",
            hidden=(*self._hidden(form), csrf.field(self.parts.keys)),
            fields=form.fields(prefix),
            problems=form.problems(prefix),
        )

    def _hidden(self, form: Form) -> Iterator[Hidden]:
        """Give what the form sends along unseen: the state, what is kept or carried, and its key."""
        yield from replace(self.state, kept=()).hidden()
        if self.booking:
            return
        known = [*(Hidden(name=name, value=value) for name, value in self.state.kept), *self.carried]
        asked = {question.slug for question in form.asked}
        yield from (each for each in known if each.name not in asked)
        if not any(each.name == _KEY for each in known):
            yield Hidden(name=_KEY, value=secrets.token_urlsafe(16))

    def _back(self) -> Choice:
        slot = self.state.slot
        day = times.local_date(slot, self.state.reading.zone) if slot else None
        return self.state.at(day=day).choice("Choose another time")

    def _alternatives(self) -> tuple[Choice, ...]:
        slot = self.state.slot
        if slot is None:
            return ()
        return self._calendar().times_of(times.local_date(slot, self.state.reading.zone))


def from_mapping(prefill: Mapping[str, object]) -> tuple[Hidden, ...]:
    """Give what a host knows of its user as carried fields, lists as several."""
    pairs = [
        (name, each)
        for name, value in prefill.items()
        for each in (value if isinstance(value, (list, tuple)) else (value,))
    ]
    return tuple(
        Hidden(name=name, value="true" if each is True else str(each))
        for name, each in pairs
        if each not in (None, "") and each is not False
    )


def _answers(sent: MultiDict[str, str], wanted: Sequence[str]) -> Pairs:
    """Give what was *sent* for the *wanted* names, as it is."""
    return tuple((name, value) for name, value in sent.items(multi=True) if name in wanted and value)


def _length(pairs: Pairs) -> int:
    return sum(len(name) + len(value) for name, value in pairs)


def _booker_path(event_type: EventType, owner: str) -> str:
    return f"/book/{owner}/{event_type.slug}" if owner else f"/book/{event_type.slug}"
