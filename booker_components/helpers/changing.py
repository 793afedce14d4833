"""Booking, moving, cancelling and deciding, as a host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ..values import (
    Answer,
    Attendee,
    Booking,
    BookingRequest,
    CancelScope,
    Location,
)
from ..web.runtime import runtime


def create_booking(
    slug: str,
    start: datetime,
    *,
    name: str,
    email: str,
    zone: str = "",
    locale: str = "en",
    duration: timedelta | None = None,
    guests: Sequence[str] = (),
    notes: str = "",
    answers: Mapping[str, Answer] | None = None,
    location: Location | None = None,
    phone: str = "",
    occurrences: int | None = None,
    without: Sequence[datetime] = (),
    metadata: Mapping[str, str] | None = None,
    key: str = "",
    owner: str = "",
) -> Booking:
    """Book for a guest, as a host; also what is booked through a private link only.

    *start* is aware; *zone*, an IANA name, is the guest's and defaults to the event type's. *occurrences* is
    for a series, of which the starts in *without* are left out; *metadata* is kept with the booking where the
    provider can. Calls with the same *key* give the same booking. Raises `InvalidRequest`, `NotBookable`,
    `SlotTaken` or `EventTypeNotFound`.
    """
    service = runtime().service
    guest_zone = zone or service.event_type(slug, owner=owner or None).zone
    request = BookingRequest(
        event_type=slug,
        start=start,
        attendee=Attendee(name=name, email=email, zone=guest_zone, locale=locale, phone=phone),
        duration=duration,
        guests=tuple(guests),
        notes=notes,
        answers=answers or {},
        location=location,
        occurrences=occurrences,
        without=tuple(without),
        metadata=metadata or {},
        by="host",
        # Guests choose the keys of forms; theirs must never meet the host's.
        key=key and f"host:{key}",
        owner=owner,
        # Private links are for guests.
        invited=True,
    )
    return service.book(request)


def reschedule_booking(
    uid: str, start: datetime, *, reason: str = "", by: str = "host", force: bool = False
) -> Booking:
    """Move a booking to *start*, aware, and give the one that now stands; its uid may be new.

    The guest's rules (cut-off, notice, reason) hold unless *force* is set; a time that is taken never can be
    had. Raises `BookingNotFound`, `BookingClosed`, `SlotTaken` or `NotBookable`.
    """
    return runtime().service.reschedule(uid, start, reason=reason, by=by, force=force)


def cancel_booking(
    uid: str,
    *,
    reason: str = "",
    by: str = "host",
    scope: CancelScope = CancelScope.ONE,
    force: bool = False,
) -> Booking:
    """Cancel a booking and give it as it now stands; *force* as in `reschedule_booking`.

    Raises `BookingNotFound` or `BookingClosed`.
    """
    return runtime().service.cancel(uid, reason=reason, by=by, scope=scope, force=force)


def confirm_booking(uid: str) -> Booking:
    """Agree to a booking that waits for its host, and give it as it now stands.

    Raises `BookingNotFound`, `BookingClosed`, or `Unsupported` where the provider has no approval.
    """
    return runtime().service.confirm(uid)


def decline_booking(uid: str, *, reason: str = "") -> Booking:
    """Decline a booking that waits for its host, and give it; errors as `confirm_booking`."""
    return runtime().service.decline(uid, reason=reason)


def mark_absent(uid: str, *, host: bool = False, attendees: Iterable[str] = ()) -> Booking:
    """Keep that the host, or the attendees with these e-mail addresses, did not come.

    Raises `BookingNotFound`, `NotBookable` before the start, or `Unsupported`.
    """
    return runtime().service.mark_absent(uid, host=host, attendees=tuple(attendees))


def add_guests(uid: str, emails: Iterable[str]) -> Booking:
    """Invite further guests and give the booking; `BookingNotFound`, `InvalidRequest` or `Unsupported`."""
    return runtime().service.add_guests(uid, tuple(emails))
