"""Looking: what is offered, what is booked, and why a time is not offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ..errors import Unsupported
from ..providers import ExplainsSlots
from ..values import (
    AuditEntry,
    Booking,
    BookingFilter,
    BookingOrder,
    BookingStatus,
    CalendarLink,
    EventType,
    Reason,
    Slot,
    TimeWindow,
)
from ..web.runtime import runtime


def get_event_types() -> Sequence[EventType]:
    """Give every event type that guests may book; those that are private are not among them."""
    return tuple(each for each in runtime().service.event_types() if not each.private)


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
    zone: str = "",
) -> Sequence[Slot]:
    """Give the free slots of an event type that start from *start* up to, not including, *end*.

    Both are aware; *start* defaults to now, *end* to 30 days after it. *duration* defaults to the event
    type's first; the own time of the booking with the uid *moving* counts as free. *zone* is the guest's, an
    IANA name, "" for the host's: Cal.com offers other times in another zone. With *moving* it is the
    attendee's, in which a booking moves.
    """
    service = runtime().service
    begins = start or service.clock()
    window = TimeWindow(start=begins, end=end or begins + timedelta(days=30))
    event_type = service.event_type(slug, owner=owner or None)
    return service.slots(event_type, window, duration=duration, moving=moving or None, zone=zone)


def why_not(
    slug: str, start: datetime, *, duration: timedelta | None = None, owner: str = "", zone: str = ""
) -> Sequence[Reason]:
    """Give every reason why an event type is not offered at *start*, aware; none if it is.

    It is for hosts: guests are not to know what else you do. Of what is private it tells what whoever has a
    link would be told. *duration* and *zone* are as in `get_slots`.
    Raises `EventTypeNotFound`, or `Unsupported` where the provider cannot tell.
    """
    service = runtime().service
    event_type, provider = service.event_type(slug, owner=owner or None), service.provider
    if not isinstance(provider, ExplainsSlots):
        raise Unsupported(f"The provider '{provider.name}' cannot tell why a time is not offered.")
    return provider.explain(event_type, start, duration=duration, zone=zone)


def get_booking(uid: str) -> Booking:
    """Give one booking, or raise `BookingNotFound`."""
    return runtime().service.get(uid)


def list_bookings(
    *,
    status: Iterable[BookingStatus | str] | BookingStatus | str = (),
    event_type: Iterable[str] | str = (),
    attendee_email: str = "",
    attendee_name: str = "",
    after: datetime | None = None,
    before: datetime | None = None,
    created_after: datetime | None = None,
    created_before: datetime | None = None,
    updated_after: datetime | None = None,
    updated_before: datetime | None = None,
    limit: int = 100,
    offset: int = 0,
    order: BookingOrder | str = BookingOrder.START,
    descending: bool = False,
) -> Sequence[Booking]:
    """Give bookings in *order*, "start", "created" or "updated": those that every filter lets through.

    *status* and *event_type* are one or several, *attendee_name* is a whole name. Bookings end after *after*
    and start before *before*; these and the other instants are aware, and a booking that is at the instant
    itself is not listed. Raises `Unsupported` where the provider cannot list.
    """
    wanted = (status,) if isinstance(status, str) else status
    slugs = (event_type,) if isinstance(event_type, str) else event_type
    return runtime().service.bookings(
        BookingFilter(
            status=frozenset(map(BookingStatus, wanted)),
            event_types=frozenset(filter(None, slugs)),
            attendee_email=attendee_email,
            attendee_name=attendee_name,
            after=after,
            before=before,
            created_after=created_after,
            created_before=created_before,
            updated_after=updated_after,
            updated_before=updated_before,
            limit=limit,
            offset=offset,
            order=BookingOrder(order),
            descending=descending,
        )
    )


def get_calendar_links(uid: str) -> Sequence[CalendarLink]:
    """Give the provider's own links that put a booking into a calendar; `Unsupported` where it has none."""
    return runtime().service.calendar_links(uid)


def get_history(uid: str) -> Sequence[AuditEntry]:
    """Give every change of a booking: who did what and when, how it stood before and after, first to last.

    Raises `BookingNotFound`, or `Unsupported` where the provider keeps no history.
    """
    return runtime().service.history(uid)
