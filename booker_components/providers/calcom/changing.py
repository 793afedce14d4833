"""Moving and cancelling, with what the API leaves to its callers (contracts/calcom.md 4.8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...errors import (
    BookerError,
    BookingClosed,
    BookingNotFound,
    EventTypeNotFound,
    NotBookable,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    SlotTaken,
    Unsupported,
)
from ...languages import N_
from ...policy import Rule
from ...times import format_instant
from ...values import Booking, BookingStatus, CancelScope, EventType
from .._once import settled
from . import refusals
from .bookings import Found
from .client import CalcomError, CalcomNotFound, Resource, quote
from .desk import HOST, Desk
from .slots import Search

_LOOKS, _LOOK = 3, 1.0
_SAME_TIME = N_("The booking is at this time already. Please choose another one.")


class Changer:
    """Moves and cancels bookings, seats and series."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # --- moving ---

    def reschedule(self, uid: str, start: datetime, *, reason: str, by: str) -> Booking:
        """Move a booking and give the one that now stands, which has another uid; a seat keeps its own."""
        found = self._desk.reader.find(uid)
        old = found.booking
        _require_open(old)
        event_type = self._event_type(old)
        self._require_movable(found, event_type, start)
        search = _search(event_type, old)
        if by != HOST:
            self._desk.require_offered(search, start)
        try:
            data = self._post(old, "reschedule", _move(old, start, reason=reason, by=by), by=by)
            new = self._read(data, old)
        except CalcomError as error:
            raise self._not_moved(error, search, start) from None
        except OutcomeUnknown as unknown:
            new = self._settled(unknown, lambda: self._moved_after_all(old, start))
        finally:
            self._desk.board.written(old.event_type_id)
        return _moved(new, old, reason=reason, by=by)

    def _require_movable(self, found: Found, event_type: EventType, start: datetime) -> None:
        booking = found.booking
        if booking.start <= self._desk.clock() and not event_type.reschedule.begun:
            raise BookingClosed("The booking has begun.", rule=Rule.PAST, until=booking.start)
        if found.shared:
            raise _shared()
        if start == booking.start:
            raise NotBookable("The booking is at this time already.", sentence=_SAME_TIME)

    def _event_type(self, booking: Booking) -> EventType:
        try:
            return self._desk.catalogue.of(booking)
        except EventTypeNotFound:
            raise BookingClosed("The event type of the booking is gone.", rule=Rule.GONE) from None

    def _not_moved(self, error: CalcomError, search: Search, start: datetime) -> BookerError:
        if isinstance(error, CalcomNotFound):
            return BookingNotFound("Cal.com has no such booking or seat any more.")
        now, notice = self._desk.clock(), search.event_type.minimum_notice
        if found := refusals.of_moving(error, start, notice=notice, now=now):
            return found
        if self._desk.is_offered(search, start):
            return error
        return SlotTaken("Cal.com refused, and offers the slot no longer.")

    def _moved_after_all(self, old: Booking, start: datetime) -> Booking | None:
        """Look what became of a move: the old booking names the new one; a seat is where it was moved to."""
        now = self._desk.reader.find(old.uid).booking
        if now.replaced_by:
            now = self._desk.reader.find(now.replaced_by).booking
            if now.start != start:
                raise BookingClosed("Somebody else has moved the booking.", rule=Rule.CANCELLED)
        return now if now.start == start else None

    # --- cancelling ---

    def cancel(self, uid: str, *, reason: str, by: str, scope: CancelScope) -> Booking:
        """Cancel a booking, a seat, or more of a series, and give it as it now stands."""
        found = self._desk.reader.find(uid)
        old = found.booking
        _require_open(old)
        if found.shared and by != HOST:
            raise _shared()
        scope = scope if old.series else CancelScope.ONE
        if scope is not CancelScope.ONE and old.shared:
            raise Unsupported("Cal.com cancels the seats of a series one by one.")
        try:
            data = self._post(old, "cancel", _cancellation(old, reason, scope), by=by, scope=scope)
            # For a seat, the answer is the booking of those who stay.
            now = self._given_up(old) if old.shared else self._read(data, old)
        except CalcomNotFound:
            raise BookingNotFound("Cal.com has no such booking any more.") from None
        except CalcomError as error:
            raise (refusals.of_cancelling(error) or error) from None
        except OutcomeUnknown as unknown:
            now = self._settled(unknown, lambda: self._cancelled_after_all(old))
        finally:
            self._desk.board.written(old.event_type_id)
        return replace(now, reason=now.reason or reason, changed_by=now.changed_by or by)

    def _given_up(self, seat: Booking) -> Booking:
        """Give a seat as it is after it was given up, when Cal.com knows it no more."""
        now = self._desk.clock()
        return replace(
            seat, status=BookingStatus.CANCELLED, revision=2, reason="", changed_by="", updated_at=now
        )

    def _cancelled_after_all(self, old: Booking) -> Booking | None:
        """Look what became of a cancellation; a seat that was given up is found no more."""
        try:
            booking = self._desk.reader.find(old.uid).booking
        except BookingNotFound:
            return self._given_up(old) if old.shared else None
        return None if booking.is_open else booking

    # --- both ---

    def _read(self, data: Any, old: Booking) -> Booking:
        """Read the answer to a change that was made: one that makes no sense tells nothing of it."""
        try:
            return self._desk.reader.read(data, uid=old.uid).booking
        except ProviderError as garbled:
            raise OutcomeUnknown(garbled.message) from None

    def _post(
        self,
        booking: Booking,
        verb: str,
        body: dict[str, object],
        *,
        by: str,
        scope: CancelScope = CancelScope.ONE,
    ) -> Any:
        uid = booking.series if scope is CancelScope.ALL else _wire(booking)
        return self._desk.caller(by).post(f"/bookings/{quote(uid)}/{verb}", Resource.BOOKINGS, json=body)

    def _settled(self, unknown: OutcomeUnknown, look: Callable[[], Booking | None]) -> Booking:
        """Give the booking if it was changed after all; raise what is known of it otherwise."""
        found = settled(look, unknown, looks=_LOOKS, pause=_LOOK, sleep=self._desk.sleep)
        if found is None:
            raise ProviderUnavailable("Cal.com did not answer, and has changed nothing.")
        return found


def _wire(booking: Booking) -> str:
    """Give the uid that paths name: a seat is named in the body."""
    return booking.shared or booking.uid


def _search(event_type: EventType, booking: Booking) -> Search:
    zone = booking.attendee.zone
    return Search(event_type=event_type, duration=booking.duration, zone=zone, moving=_wire(booking))


def _require_open(booking: Booking) -> None:
    if not booking.is_open:
        raise BookingClosed(f"The booking is {booking.status}.", rule=Rule.CANCELLED)


def _shared() -> BookingClosed:
    return BookingClosed("Guests share this booking: each changes an own seat, by its uid.", rule=Rule.SEAT)


def _move(old: Booking, start: datetime, *, reason: str, by: str) -> dict[str, object]:
    """Give the body of a move; the API refuses a field that it does not know, such as a seat's reason.

    The host's address spares the host to confirm (contracts/calcom.md 4.8).
    """
    who = {HOST: old.host.email, "guest": old.attendee.email}.get(by, "")
    told = {"rescheduledBy": who, "seatUid": old.uid if old.shared else ""}
    why = {"reschedulingReason": "" if old.shared else reason}
    return {"start": format_instant(start), **{key: text for key, text in {**told, **why}.items() if text}}


def _cancellation(old: Booking, reason: str, scope: CancelScope) -> dict[str, object]:
    body: dict[str, object] = {"cancellationReason": reason} if reason else {}
    if old.shared:
        body["seatUid"] = old.uid
    if scope is CancelScope.FOLLOWING:
        body["cancelSubsequentBookings"] = True
    return body


def _moved(new: Booking, old: Booking, *, reason: str, by: str) -> Booking:
    """Give what stands now, with what we know of it and Cal.com does not tell."""
    if not (new.attendee.name or new.attendee.email):
        new = replace(new, attendee=old.attendee, notes=old.notes, answers=old.answers)
    return replace(
        new,
        former_start=old.start,
        replaces="" if new.uid == old.uid else old.uid,
        reason=new.reason or reason,
        changed_by=new.changed_by or by,
    )
