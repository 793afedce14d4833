"""Booking: each request once, though Cal.com knows no idempotency (contracts/calcom.md 4.8)."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ...errors import (
    BookerError,
    BookingNotFound,
    NotBookable,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    SlotTaken,
)
from ...policy import Rule, may_book
from ...records.keys import Claim, RequestKeys
from ...times import format_instant
from ...values import Booking, BookingRequest, EventType
from . import refusals
from .bookings import Found, read_seats
from .client import CalcomError, Resource
from .desk import Desk
from .event_types import Offer
from .holds import Holds
from .objects import Object
from .requests import booking_body, fingerprint, mark_of
from .slots import Search

# Whoever has not booked after this time has crashed: a call gets its answer, or none, much sooner.
_STALE = timedelta(seconds=60)
# How often, and how many seconds apart, the outcome of another one's call is looked at.
_WAITS, _WAIT = 25, 0.2
# The same for a booking that Cal.com may still be making.
_LOOKS, _LOOK = 3, 1.0
_MINUTE = timedelta(minutes=1)

_REPEATED = "This form has made a booking already. Send it once more to make another one."
_UNDER_WAY = "This booking is being made. Please wait a moment and send the form once more."


class _NothingMade(ProviderUnavailable):
    """A call got no answer, and has made nothing so far."""


class Maker:
    """Makes bookings; a request that is sent again gives the booking that it made."""

    def __init__(self, desk: Desk, holds: Holds, keys: RequestKeys) -> None:
        self._desk = desk
        self._holds = holds
        self._keys = keys

    def book(self, request: BookingRequest) -> Booking:
        """Book; raises `NotBookable`, `SlotTaken`, `EventTypeNotFound`, `OutcomeUnknown` and the like."""
        offer = self._desk.catalogue.one(request.event_type, request.owner or None)
        if request.key:
            return self._once(offer, request)
        self._check(offer, request)
        return self._send(offer, request, mark_of(uuid.uuid4().hex))

    # --- once for each key ---

    def _once(self, offer: Offer, request: BookingRequest) -> Booking:
        wanted = fingerprint(request)
        for _ in range(_WAITS):
            claim = self._keys.claim(request.key, wanted)
            if claim.mine:
                return self._first(offer, request, claim)
            if claim.fingerprint != wanted and not claim.given_up:
                raise _repeated()
            if claim.uid:
                return self._made_before(claim.uid)
            if self._desk.clock() - claim.begun_at > _STALE and (
                mine := self._took_over(offer, claim, wanted)
            ):
                return self._found(offer, request) or self._first(offer, request, mine, again=True)
            self._desk.sleep(_WAIT)
        raise ProviderUnavailable("Another call with the same key is under way.", sentence=_UNDER_WAY)

    def _made_before(self, uid: str) -> Booking:
        try:
            return self._desk.reader.find(uid).booking
        except BookingNotFound:
            # A seat that was given up: Cal.com knows it no more.
            raise _repeated() from None

    def _first(self, offer: Offer, request: BookingRequest, claim: Claim, *, again: bool = False) -> Booking:
        """Book as the one to use the key; it is free again after a refusal, but not while nobody knows.

        *again*: a call before this one has ended without an outcome, and may take effect as late as now.
        """
        try:
            self._check(offer, request)
        except BaseException as error:
            if again and isinstance(error, SlotTaken) and (found := self._found(offer, request)):
                return found
            self._keys.forget(claim)
            raise
        # Who takes over waits from now on: the checks may have taken long.
        mine = self._keys.take_over(claim, claim.fingerprint)
        if mine is None:
            return self._once(offer, request)
        return self._call(offer, request, mine, again=again)

    def _call(self, offer: Offer, request: BookingRequest, claim: Claim, *, again: bool) -> Booking:
        try:
            booking = self._send(offer, request, mark_of(request.key))
        except OutcomeUnknown:
            raise
        except _NothingMade:
            # A slow call may make it yet: the next one with this key looks again before it books.
            self._keys.give_up(claim)
            raise
        except BookerError as error:
            if again and isinstance(error, SlotTaken) and (found := self._found(offer, request)):
                return found
            self._keys.forget(claim)
            raise
        return self._kept(request, booking)

    def _took_over(self, offer: Offer, claim: Claim, wanted: str) -> Claim | None:
        """Take the place of a call that ended without a word, if what it did can be looked up."""
        if not self._desk.catalogue.lists(offer.event_type):
            raise OutcomeUnknown("A call with the same key has ended without an outcome.")
        return self._keys.take_over(claim, wanted)

    def _found(self, offer: Offer, request: BookingRequest) -> Booking | None:
        try:
            found = self._look(offer, request, mark_of(request.key))
        except ProviderError:
            raise OutcomeUnknown("What a call with the same key has done cannot be looked up.") from None
        return self._kept(request, found) if found else None

    def _kept(self, request: BookingRequest, booking: Booking) -> Booking:
        self._keys.keep(request.key, booking.series or booking.uid)
        return booking

    # --- checking ---

    def _check(self, offer: Offer, request: BookingRequest) -> None:
        """Raise unless the event type can be booked here, then, and for so long."""
        event_type = offer.event_type
        if event_type.elsewhere:
            raise NotBookable(
                f"{event_type.slug!r} can be booked at Cal.com only.",
                rule=Rule.NOT_ALLOWED,
                sentence=event_type.elsewhere,
            )
        duration = request.duration or event_type.duration
        verdict = may_book(event_type, request.start, self._desk.clock(), duration=duration)
        if verdict.rule:
            message = f"{event_type.slug!r} is refused by the rule '{verdict.rule}'."
            raise NotBookable(message, rule=verdict.rule, until=verdict.until)
        if request.hold and self._holds.keeps(request.hold, event_type, request.start, duration):
            return
        self._desk.require_offered(_search(event_type, request), request.start)

    # --- sending ---

    def _send(self, offer: Offer, request: BookingRequest, mark: str) -> Booking:
        body = booking_body(offer, request, mark=mark)
        caller = self._desk.client if offer.host_only else self._desk.guest
        try:
            data = caller.post("/bookings", Resource.BOOKINGS, json=body)
        except CalcomError as error:
            raise self._refused(offer, request, error) from None
        except OutcomeUnknown as unknown:
            return self._settled(offer, request, mark, unknown)
        finally:
            self._desk.board.written(offer.event_type.id)
        self._release(request)
        try:
            return self._made(data, request)
        except ProviderError as garbled:
            # It was made: what cannot be read is the answer, not the booking.
            return self._settled(offer, request, mark, OutcomeUnknown(garbled.message))

    def _made(self, data: Any, request: BookingRequest) -> Booking:
        booking = self._desk.reader.read(data).booking
        if booking.attendee.name or booking.attendee.email:
            return booking
        # Strangers are not shown who has a seat, not even their own (contracts/calcom.md 4.8).
        return replace(booking, attendee=request.attendee, notes=request.notes, answers=request.answers)

    def _refused(self, offer: Offer, request: BookingRequest, error: CalcomError) -> BookerError:
        """Say why; in doubt, whether the slot is still there tells."""
        if found := refusals.of_booking(error, offer, request, self._desk.clock()):
            if not isinstance(found, SlotTaken):
                # The event type may be otherwise than we thought a minute ago.
                self._desk.catalogue.forget()
            return found
        self._release(request)
        if self._desk.is_offered(_search(offer.event_type, request), request.start):
            return error
        return SlotTaken("Cal.com refused, and offers the slot no longer.")

    def _release(self, request: BookingRequest) -> None:
        # It lapses by itself.
        with suppress(ProviderError):
            self._holds.release(request.hold)

    # --- finding out ---

    def _settled(self, offer: Offer, request: BookingRequest, mark: str, unknown: OutcomeUnknown) -> Booking:
        """Give the booking if it was made after all; raise what is known of it otherwise."""
        if not self._desk.catalogue.lists(offer.event_type):
            raise unknown
        for number in range(_LOOKS):
            if number:
                self._desk.sleep(_LOOK)
            try:
                found = self._look(offer, request, mark)
            except ProviderError:
                raise unknown from None
            if found:
                return found
        raise _NothingMade("Cal.com did not answer, and has made no booking.")

    def _look(self, offer: Offer, request: BookingRequest, mark: str) -> Booking | None:
        """Look for the booking that bears *mark*; None if there is none."""
        length = request.duration or offer.event_type.duration
        query: dict[str, object] = {
            "attendeeEmail": request.attendee.email,
            "afterStart": format_instant(request.start - _MINUTE),
            "beforeEnd": format_instant(request.start + length + _MINUTE),
        }
        page = self._desk.client.page("/bookings", Resource.BOOKINGS, params=query)
        seats = [seat for each in Object.all(page.data, "booking") for seat in read_seats(each)]
        found = next((each for each in seats if _is_it(each, request, mark)), None)
        if found is None:
            return None
        booking = found.booking
        return self._desk.reader.find(booking.series).booking if booking.series else booking


def _repeated() -> NotBookable:
    message = "The key of the request belongs to another one, or to a seat that was given up."
    return NotBookable(message, rule=Rule.REPEATED, sentence=_REPEATED)


def _search(event_type: EventType, request: BookingRequest) -> Search:
    length = request.duration or event_type.duration
    return Search(event_type=event_type, duration=length, zone=request.attendee.zone)


def _is_it(found: Found, request: BookingRequest, mark: str) -> bool:
    return found.mark == mark and found.booking.start == request.start
