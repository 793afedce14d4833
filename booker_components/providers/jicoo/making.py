"""Booking: each request once, though Jicoo knows no idempotency (contracts/jicoo.md 2.3, 9.4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...errors import (
    BookerError,
    EventTypeNotFound,
    NotBookable,
    OutcomeUnknown,
    ProviderError,
    Refused,
    SlotTaken,
)
from ...languages import N_
from ...policy import Rule, may_book
from ...records.keys import RequestKeys
from ...records.turns import CHANGE_LASTS
from ...values import Booking, BookingRequest, EventType
from .._once import NothingMade, Once, fingerprint, settled
from . import finding, requests
from .bookings import Said
from .client import JicooError, JicooNotFound, JicooUnprocessable
from .desk import Desk

# What Jicoo answers where a booking is understood and refused.
_REFUSALS = frozenset({402, 422})

_NOT_TAKEN = N_("The booking was not accepted. Please check what you have entered, or choose another time.")


class Maker:
    """Makes bookings; a request that is sent again gives the booking that it made."""

    def __init__(self, desk: Desk, keys: RequestKeys) -> None:
        self._desk = desk
        self._keys = keys
        self._once = Once(keys, clock=desk.clock, sleep=desk.sleep, stale=CHANGE_LASTS)

    def book(self, request: BookingRequest) -> Booking:
        """Book; raises `NotBookable`, `SlotTaken`, `EventTypeNotFound`, `OutcomeUnknown` and the like."""
        event_type = self._desk.catalogue.one(request.event_type, request.owner or None)
        attempt = _Attempt(desk=self._desk, keys=self._keys, event_type=event_type, request=request)
        # Also one without a key leaves a trace: no other request may take its booking for its own.
        key = request.key or uuid.uuid4().hex
        with self._desk.turn(event_type, request.start, request.attendee.email):
            return self._once.make(key, fingerprint(request), attempt)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attempt:
    """One request, and how it becomes a booking."""

    desk: Desk
    keys: RequestKeys
    event_type: EventType
    request: BookingRequest

    # --- checking ---

    def check(self) -> None:
        """Raise unless the event type can be booked here, then, and with these answers."""
        event_type, request = self.event_type, self.request
        if event_type.elsewhere:
            raise NotBookable(
                f"{event_type.slug!r} can be booked at Jicoo only.",
                rule=Rule.NOT_ALLOWED,
                sentence=event_type.elsewhere,
            )
        verdict = may_book(event_type, request.start, self.desk.clock(), duration=request.duration)
        if verdict.rule:
            message = f"{event_type.slug!r} is refused by the rule '{verdict.rule}'."
            raise NotBookable(message, rule=verdict.rule, until=verdict.until)
        requests.check(event_type, request)
        self.desk.require_offered(event_type, request.start)

    # --- sending ---

    def send(self) -> Booking:
        """Make the booking; a call without an answer that has made nothing is repeated once."""
        try:
            return self._call()
        except OutcomeUnknown as unknown:
            if found := self._settled(unknown):
                return found
        try:
            return self._call()
        except OutcomeUnknown as unknown:
            if found := self._settled(unknown):
                return found
            raise
        except BookerError as error:
            return self._made_late(error)

    def _made_late(self, error: BookerError) -> Booking:
        """Give what the first call has made later than all looks; raise why there is no second one."""
        try:
            found = self.look()
        except ProviderError:
            raise NothingMade("Jicoo did not answer, and cannot be asked what it has done.") from None
        if found:
            return found
        if isinstance(error, Refused):
            raise error
        raise NothingMade("Jicoo did not answer, takes no second call, and has made no booking so far.")

    def _call(self) -> Booking:
        try:
            data = self._post(requests.booking_body(self.event_type, self.request))
        except JicooError as error:
            raise self._refused(error) from None
        finally:
            self.desk.board.drop()
        try:
            return self.desk.reader.read(data, self._said)
        except ProviderError as garbled:
            # It was made: what cannot be read is the answer, not the booking.
            raise OutcomeUnknown(garbled.message) from None

    def _post(self, body: Mapping[str, object]) -> Any:
        """Send a booking, without its location once more if that is refused (contracts/jicoo.md 2.3)."""
        try:
            return self.desk.client.post("/bookings", json=body)
        except JicooUnprocessable as error:
            if "location" not in error.text.lower():
                raise
        return self.desk.client.post(
            "/bookings", json={name: value for name, value in body.items() if name != "locationId"}
        )

    def _refused(self, error: JicooError) -> BookerError:
        """Say why, as far as the status and the slots tell: the words are not documented."""
        if isinstance(error, JicooNotFound):
            self.desk.catalogue.forget()
            return EventTypeNotFound(f"Jicoo has no event type {self.event_type.slug!r} any more.")
        if error.answered not in _REFUSALS:
            return error
        if self.desk.is_offered(self.event_type, self.request.start):
            return NotBookable(error.message, rule=Rule.NOT_ALLOWED, sentence=_NOT_TAKEN)
        return SlotTaken("Jicoo refused, and offers the slot no longer.")

    # --- finding out ---

    def can_look(self) -> bool:
        """Tell that bookings can be listed."""
        return True

    def read(self, uid: str) -> Booking:
        """Give the booking *uid* as it now stands."""
        return self.desk.reader.find(uid)

    def look(self) -> Booking | None:
        """Look for the booking; None if there is none that no other request has made."""
        trace = finding.Trace(
            event_type_id=self.event_type.id,
            start=self.request.start,
            email=self.request.attendee.email,
        )
        found = finding.find(self.desk.client, self.desk.reader, trace, taken=self.keys.made)
        return self.desk.reader.read(found.fields, self._said) if found else None

    def _settled(self, unknown: OutcomeUnknown) -> Booking | None:
        return settled(self.look, unknown, looks=finding.LOOKS, pause=finding.LOOK, sleep=self.desk.sleep)

    @property
    def _said(self) -> Said:
        """What Jicoo was told, as it will tell it again."""
        request = self.request
        attendee = replace(request.attendee, phone=requests.phone(request))
        return replace(Said.of(request), attendee=attendee, notes=requests.message(request))
