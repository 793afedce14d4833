"""Changing bookings: moved, cancelled, confirmed, declined (contracts/calcom.md 4.8)."""

from __future__ import annotations

import copy
from datetime import datetime

from .booking import check_time, find_hosts, needs_confirmation, seated_at
from .calls import Refusal, Shape
from .records import Attendee, Booking
from .store import Store


def move(store: Store, booking: Booking, start: datetime, *, reason: str = "", by: str = "") -> Booking:
    """Move a booking: a new one with a new uid, and the old one cancelled."""
    _check_open(booking)
    zone = booking.attendees[0].zone if booking.attendees else "UTC"
    check_time(store, booking.event_type, start, zone)
    span = (start, start + (booking.end - booking.start))
    hosts = find_hosts(store, booking.event_type, span, zone, moving=booking.uid)
    new = _copy(store, booking, start)
    new.hosts = hosts
    new.status = _status_after(store, booking, start, by)
    new.replaces, booking.replaced_by = booking.uid, new.uid
    new.rescheduling_reason = booking.rescheduling_reason = reason
    new.rescheduled_by = booking.rescheduled_by = by
    _close(store, booking, "cancelled")
    return new


def _check_open(booking: Booking) -> None:
    if booking.status not in ("cancelled", "rejected"):
        return
    moved = (
        f" and rescheduled already to booking with uid={booking.replaced_by}" if booking.replaced_by else ""
    )
    text = f"Can't reschedule booking with uid={booking.uid} because it has been cancelled{moved}."
    raise Refusal(400, text)


def _copy(store: Store, booking: Booking, start: datetime) -> Booking:
    """Give a booking like another, at another time, with a uid of its own."""
    new = copy.copy(booking)
    new.id, new.uid = store.next_id(), store.name(22)
    new.start, new.end = start, start + (booking.end - booking.start)
    new.attendees = [copy.copy(each) for each in booking.attendees]
    new.created = new.updated = store.clock()
    new.cancellation_reason = new.cancelled_by = new.replaced_by = ""
    store.bookings[new.uid] = new
    return new


def _status_after(store: Store, booking: Booking, start: datetime, by: str) -> str:
    """Give the status of what was moved: the host's own moves need no confirmation."""
    if by and by in {host.email for host in booking.hosts}:
        return "accepted"
    return "pending" if needs_confirmation(store, booking.event_type, start) else "accepted"


def _close(store: Store, booking: Booking, status: str) -> None:
    booking.status = status
    booking.updated = store.clock()


def seat_in(booking: Booking, seat: str) -> Attendee | None:
    """Give who has a seat in a booking; None if nobody has."""
    return next((each for each in booking.attendees if each.seat == seat), None)


def move_seat(store: Store, booking: Booking, seat: str, start: datetime, *, by: str = "") -> Booking:
    """Move one seat, which keeps its uid; the last to leave a booking closes it."""
    _check_open(booking)
    who = seat_in(booking, seat)
    if who is None:
        raise Refusal(404, f"Seat with uid={seat} not found in booking with uid={booking.uid}.")
    check_time(store, booking.event_type, start, who.zone)
    span = (start, start + (booking.end - booking.start))
    alone = len(booking.attendees) == 1
    hosts = find_hosts(store, booking.event_type, span, who.zone, moving=booking.uid if alone else "")
    there = seated_at(store, booking.event_type, start)
    if there is None:
        there = _copy(store, booking, start)
        there.hosts, there.attendees = hosts, []
        there.replaces = booking.uid if alone else ""
    if there is not booking:
        there.attendees.append(who)
        leave(store, booking, who)
        booking.replaced_by = there.uid if not booking.open else ""
    there.rescheduled_by, there.updated = by, store.clock()
    return there


def leave(store: Store, booking: Booking, who: Attendee) -> None:
    """Free a seat; the last to leave closes the booking."""
    booking.attendees.remove(who)
    booking.updated = store.clock()
    if not booking.attendees:
        _close(store, booking, "cancelled")


# --- cancelling ----------------------------------------------------------------------------------


def _core(status: int, message: str) -> Refusal:
    """Give an error of the older code, in the shape that it has (contracts/calcom.md 4.5)."""
    return Refusal(status, message, shape=Shape.CORE)


def cancel(store: Store, booking: Booking, *, reason: str = "", by: str = "") -> None:
    """Cancel a booking; 400 if it was cancelled, has ended or may not be."""
    check_cancel(store, booking)
    booking.cancellation_reason, booking.cancelled_by = reason, by
    _close(store, booking, "cancelled")


def check_cancel(store: Store, booking: Booking) -> None:
    """Refuse to cancel what was cancelled, has ended, or is of an event type that does not allow it."""
    if not booking.open:
        raise _core(400, "This booking has already been cancelled.")
    if booking.end < store.clock():
        raise _core(400, "Cannot cancel a booking that has already ended")
    if (booking.event_type.fields.get("disableCancelling") or {}).get("disabled"):
        raise _core(400, "This event type does not allow cancellations")


def need_reason() -> Refusal:
    """Give the refusal of a host who cancels without a word."""
    return _core(400, "Cancellation reason is required when you are the host")


def cancel_seat(store: Store, booking: Booking, seat: str, *, reason: str = "") -> Attendee:
    """Free one seat; 400 if it does not exist, is of another booking, or has been freed."""
    who = seat_in(booking, seat)
    if who is None:
        other = store.with_seat(seat)
        if other is not None:
            raise Refusal(400, "Invalid seatUid: this seat does not belong to this booking.")
        raise Refusal(400, "Invalid seatUid: this seat does not exist or has already been cancelled.")
    check_cancel(store, booking)
    leave(store, booking, who)
    if not booking.open:
        booking.cancellation_reason = reason
    return who


# --- the host ------------------------------------------------------------------------------------


def confirm(store: Store, booking: Booking) -> None:
    """Accept what waits; 400 if it does not wait."""
    _check_pending(booking, "confirmed")
    _close(store, booking, "accepted")


def decline(store: Store, booking: Booking, *, reason: str = "") -> None:
    """Reject what waits; 400 if it does not wait."""
    _check_pending(booking, "declined")
    booking.cancellation_reason = reason
    _close(store, booking, "rejected")


def _check_pending(booking: Booking, word: str) -> None:
    if booking.status != "pending":
        raise Refusal(400, f"Booking with uid={booking.uid} can't be {word}: its status is {booking.status}.")
