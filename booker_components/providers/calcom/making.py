"""Booking: each request once, though Cal.com knows no idempotency (contracts/calcom.md 4.8)."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ...errors import BookerError, NotBookable, OutcomeUnknown, ProviderError, SlotTaken
from ...policy import Rule, may_book
from ...records.keys import RequestKeys
from ...times import format_instant
from ...values import Booking, BookingRequest
from .._once import NothingMade, Once, fingerprint, settled
from . import refusals
from .bookings import Found, read_seats
from .client import CalcomError, Resource
from .desk import Desk
from .event_types import Offer
from .holds import Holds
from .objects import Object
from .requests import booking_body, mark_of
from .slots import Search

# How often, and how many seconds apart, a booking is looked for that Cal.com may still be making.
_LOOKS, _LOOK = 3, 1.0
_MINUTE = timedelta(minutes=1)


class Maker:
    """Makes bookings; a request that is sent again gives the booking that it made."""

    def __init__(self, desk: Desk, holds: Holds, keys: RequestKeys) -> None:
        self._desk = desk
        self._holds = holds
        self._once = Once(keys, clock=desk.clock, sleep=desk.sleep)

    def book(self, request: BookingRequest) -> Booking:
        """Book; raises `NotBookable`, `SlotTaken`, `EventTypeNotFound`, `OutcomeUnknown` and the like."""
        offer = self._desk.catalogue.one(request.event_type, request.owner or None)
        mark = mark_of(request.key or uuid.uuid4().hex)
        attempt = _Attempt(desk=self._desk, holds=self._holds, offer=offer, request=request, mark=mark)
        if request.key:
            return self._once.make(request.key, fingerprint(request), attempt)
        attempt.check()
        return attempt.send()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attempt:
    """One request, and how it becomes a booking."""

    desk: Desk
    holds: Holds
    offer: Offer
    request: BookingRequest
    #: What the booking bears, to be found by.
    mark: str

    # --- checking ---

    def check(self) -> None:
        """Raise unless the event type can be booked here, then, and for so long."""
        event_type, request = self.offer.event_type, self.request
        if event_type.elsewhere:
            raise NotBookable(
                f"{event_type.slug!r} can be booked at Cal.com only.",
                rule=Rule.NOT_ALLOWED,
                sentence=event_type.elsewhere,
            )
        duration = request.duration or event_type.duration
        verdict = may_book(event_type, request.start, self.desk.clock(), duration=duration)
        if verdict.rule:
            message = f"{event_type.slug!r} is refused by the rule '{verdict.rule}'."
            raise NotBookable(message, rule=verdict.rule, until=verdict.until)
        if request.hold and self.holds.keeps(request.hold, event_type, request.start, duration):
            return
        self.desk.require_offered(self._search, request.start)

    @property
    def _search(self) -> Search:
        event_type = self.offer.event_type
        length = self.request.duration or event_type.duration
        return Search(event_type=event_type, duration=length, zone=self.request.attendee.zone)

    # --- sending ---

    def send(self) -> Booking:
        """Make the booking."""
        body = booking_body(self.offer, self.request, mark=self.mark)
        caller = self.desk.client if self.offer.host_only else self.desk.guest
        try:
            data = caller.post("/bookings", Resource.BOOKINGS, json=body)
        except CalcomError as error:
            raise self._refused(error) from None
        except OutcomeUnknown as unknown:
            return self._settled(unknown)
        finally:
            self.desk.board.written(self.offer.event_type.id)
        self._release()
        try:
            return self._made(data)
        except ProviderError as garbled:
            # It was made: what cannot be read is the answer, not the booking.
            return self._settled(OutcomeUnknown(garbled.message))

    def _made(self, data: Any) -> Booking:
        booking = self.desk.reader.read(data).booking
        if booking.attendee.name or booking.attendee.email:
            return booking
        # Strangers are not shown who has a seat, not even their own (contracts/calcom.md 4.8).
        request = self.request
        return replace(booking, attendee=request.attendee, notes=request.notes, answers=request.answers)

    def _refused(self, error: CalcomError) -> BookerError:
        """Say why; in doubt, whether the slot is still there tells."""
        if found := refusals.of_booking(error, self.offer, self.request, self.desk.clock()):
            if not isinstance(found, SlotTaken):
                # The event type may be otherwise than we thought a minute ago.
                self.desk.catalogue.forget()
            return found
        self._release()
        if self.desk.is_offered(self._search, self.request.start):
            return error
        return SlotTaken("Cal.com refused, and offers the slot no longer.")

    def _release(self) -> None:
        # It lapses by itself.
        with suppress(ProviderError):
            self.holds.release(self.request.hold)

    # --- finding out ---

    def can_look(self) -> bool:
        """Tell whether our credentials list the bookings of the event type."""
        return self.desk.catalogue.lists(self.offer.event_type)

    def read(self, uid: str) -> Booking:
        """Give the booking *uid* as it now stands."""
        return self.desk.reader.find(uid).booking

    def look(self) -> Booking | None:
        """Look for the booking that bears the mark; None if there is none."""
        request = self.request
        length = request.duration or self.offer.event_type.duration
        query: dict[str, object] = {
            "attendeeEmail": request.attendee.email,
            "afterStart": format_instant(request.start - _MINUTE),
            "beforeEnd": format_instant(request.start + length + _MINUTE),
        }
        page = self.desk.client.page("/bookings", Resource.BOOKINGS, params=query)
        seats = [seat for each in Object.all(page.data, "booking") for seat in read_seats(each)]
        found = next(filter(self._is_it, seats), None)
        if found is None:
            return None
        booking = found.booking
        return self.read(booking.series) if booking.series else booking

    def _settled(self, unknown: OutcomeUnknown) -> Booking:
        """Give the booking if it was made after all; raise what is known of it otherwise."""
        if not self.can_look():
            raise unknown
        found = settled(self.look, unknown, looks=_LOOKS, pause=_LOOK, sleep=self.desk.sleep)
        if found is None:
            raise NothingMade("Cal.com did not answer, and has made no booking.")
        return found

    def _is_it(self, found: Found) -> bool:
        return found.mark == self.mark and found.booking.start == self.request.start
