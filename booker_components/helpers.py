"""The Python API for hosts: each helper is a line or two over the service of the current app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from .links import Purpose
from .values import (
    Answer,
    Attendee,
    Booking,
    BookingFilter,
    BookingRequest,
    BookingStatus,
    CalendarLink,
    CancelScope,
    EventType,
    Location,
    Slot,
    TimeWindow,
)
from .web.runtime import runtime


def get_event_types() -> Sequence[EventType]:
    """Give every event type that guests may book."""
    return runtime().service.event_types()


def get_event_type(slug: str, *, owner: str = "") -> EventType:
    """Give one event type, or raise `EventTypeNotFound`."""
    return runtime().service.event_type(slug, owner=owner or None)


def get_slots(
    slug: str,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    duration: timedelta | None = None,
    moving: str = "",
    owner: str = "",
) -> Sequence[Slot]:
    """Give the free slots of an event type that start from *start* up to, not including, *end*.

    Both are aware; *start* defaults to now, *end* to 30 days after it. *duration* defaults to the event
    type's first; the own time of the booking with the uid *moving* counts as free.
    """
    service = runtime().service
    begins = start or service.clock()
    window = TimeWindow(start=begins, end=end or begins + timedelta(days=30))
    event_type = service.event_type(slug, owner=owner or None)
    return service.slots(event_type, window, duration=duration, moving=moving or None)


def get_booking(uid: str) -> Booking:
    """Give one booking, or raise `BookingNotFound`."""
    return runtime().service.get(uid)


def list_bookings(
    *,
    status: Iterable[BookingStatus | str] | BookingStatus | str = (),
    event_type: str = "",
    attendee_email: str = "",
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 100,
    offset: int = 0,
    descending: bool = False,
) -> Sequence[Booking]:
    """Give bookings by start: those that end after *after* and start before *before*, both aware.

    *status* is one status or several. Raises `Unsupported` where the provider cannot list.
    """
    wanted = (status,) if isinstance(status, str) else status
    return runtime().service.bookings(
        BookingFilter(
            status=frozenset(map(BookingStatus, wanted)),
            event_type=event_type,
            attendee_email=attendee_email,
            after=after,
            before=before,
            limit=limit,
            offset=offset,
            descending=descending,
        )
    )


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
    metadata: Mapping[str, str] | None = None,
    key: str = "",
    owner: str = "",
) -> Booking:
    """Book for a guest.

    *start* is aware; *zone*, an IANA name, is the guest's and defaults to the event type's. *occurrences* is
    for a series, *metadata* is kept with the booking where the provider can. Calls with the same *key* give
    the same booking. Raises `InvalidRequest`, `NotBookable`, `SlotTaken` or
    `EventTypeNotFound`.
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
        metadata=metadata or {},
        # Guests choose the keys of forms; theirs must never meet the host's.
        key=key and f"host:{key}",
        owner=owner,
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


def get_calendar_links(uid: str) -> Sequence[CalendarLink]:
    """Give the provider's own links that put a booking into a calendar; `Unsupported` where it has none."""
    return runtime().service.calendar_links(uid)


def booking_link(uid: str, purpose: Purpose | str = Purpose.MANAGE) -> str:
    """Give a link for a booking's guest, for example for a mail of your own.

    *purpose* is "manage", "reschedule" or "cancel". The link is absolute when 'BOOKER_PUBLIC_URL' is set,
    else a path. Raises `BookingNotFound`.
    """
    parts = runtime()
    path = parts.links.path(Purpose(purpose), parts.service.get(uid))
    return parts.public(path) or parts.url(path)
