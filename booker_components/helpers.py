"""The Python API for hosts: each helper is a line or two over the service of the current app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from .errors import ConfigurationError, Unsupported
from .links import Purpose
from .privacy import Erasure, Privacy
from .providers import ExplainsSlots
from .providers.calcom.parts import CalcomParts
from .providers.jicoo.parts import JicooParts
from .values import (
    Answer,
    Attendee,
    AuditEntry,
    Booking,
    BookingFilter,
    BookingOrder,
    BookingRequest,
    BookingStatus,
    CalendarLink,
    CancelScope,
    EventType,
    Location,
    Reason,
    Slot,
    TimeWindow,
)
from .web import finding, locking
from .web.runtime import runtime
from .web.state import PREFILL, booker_path


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


def get_calendar_links(uid: str) -> Sequence[CalendarLink]:
    """Give the provider's own links that put a booking into a calendar; `Unsupported` where it has none."""
    return runtime().service.calendar_links(uid)


def booking_link(uid: str, purpose: Purpose | str = Purpose.MANAGE) -> str:
    """Give a link for a booking's guest, for example for a mail of your own.

    *purpose* is "manage", "reschedule" or "cancel"; "decide" is for the host alone, to agree to what waits or
    to decline it. The link is absolute when 'BOOKER_PUBLIC_URL' is set, else a path. Raises
    `BookingNotFound`.
    """
    parts = runtime()
    path = parts.links.path(Purpose(purpose), parts.service.get(uid))
    return parts.public(path) or parts.url(path)


def booker_link(
    slug: str,
    *,
    locked: Mapping[str, object] | None = None,
    prefill: Mapping[str, object] | None = None,
    owner: str = "",
    expires: timedelta = timedelta(hours=1),
    uses: int | None = None,
) -> str:
    """Give a link to the booker of an event type, for a user of yours of whom you know some answers.

    Both hold answers by the slug of their question, "name" and "email" among them, and facts for the
    metadata as `{"metadata[crm]": "42"}`. Those in *locked* cannot be changed, whatever a browser sends; an
    empty one stays empty. Those in *prefill* can be, unless the event type locks their questions. The link
    holds none of them: they are in our database until it expires, after 30 days at most, or a day longer.

    Whoever has the link can read them and book as that user, any number of times until *expires* is over, or
    as many times as *uses* says. Of an event type that is private it is the only way in; where nothing is
    known of a user such a link lasts for 366 days at most.

    It is absolute when 'BOOKER_PUBLIC_URL' is set, else a path. Raises `EventTypeNotFound`, and
    `InvalidRequest`, which names what is not asked, or wrong in *locked*.
    """
    parts = runtime()
    event_type = parts.service.event_type(slug, owner=finding.owner(parts, owner))
    locking.require_uses(uses)
    locking.require_asked(event_type, prefill or {})
    token = locking.token(
        parts, event_type, locked=locked or {}, known=prefill or {}, expires=expires, uses=uses
    )
    path = booker_path(event_type, owner) + (f"?{PREFILL}={token}" if token else "")
    return parts.public(path) or parts.url(path)


def why_not(
    slug: str, start: datetime, *, duration: timedelta | None = None, owner: str = "", zone: str = ""
) -> Sequence[Reason]:
    """Give every reason why an event type is not offered at *start*, aware; none if it is.

    It is for hosts: guests are not to know what else you do. *duration* and *zone* are as in `get_slots`.
    Raises `EventTypeNotFound`, or `Unsupported` where the provider cannot tell.
    """
    service = runtime().service
    event_type, provider = service.event_type(slug, owner=owner or None), service.provider
    if not isinstance(provider, ExplainsSlots):
        raise Unsupported(f"The provider '{provider.name}' cannot tell why a time is not offered.")
    return provider.explain(event_type, start, duration=duration, zone=zone)


def get_calcom() -> CalcomParts:
    """Give the parts of Cal.com for the current app, for what only Cal.com has.

    They are `client`, which calls its API for the account of the request, `accounts`, `platform` with the
    managed users, and `oauth`; the last two are None where the settings name no such client. Raises
    `ConfigurationError` when the provider is not Cal.com.
    """
    parts = runtime().calcom
    if parts is None:
        raise ConfigurationError("This app does not use Cal.com. Set 'BOOKER_PROVIDER' to 'calcom'.")
    return parts


def get_jicoo() -> JicooParts:
    """Give the parts of Jicoo for the current app, for what only Jicoo has.

    They are `client`, which calls its API, `account_url`, which leads guests to Jicoo's own page with their
    name and e-mail locked, and `availability`, the working hours of a user. Raises `ConfigurationError` when
    the provider is not Jicoo.
    """
    parts = runtime().jicoo
    if parts is None:
        raise ConfigurationError("This app does not use Jicoo. Set 'BOOKER_PROVIDER' to 'jicoo'.")
    return parts


def update_booking(
    uid: str,
    *,
    title: str = "",
    description: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    zone: str = "",
    hosts: Mapping[str, str] | None = None,
    priority: str = "",
    message: str = "",
    notify: bool | None = None,
) -> Booking:
    """Edit a booking at Jicoo as its host may, to any time at all, and give it; what is not said stays.

    The subscribers hear of a move. *start* and *end* are aware; a start alone keeps the length. *description*
    "" clears it. *hosts* are Jicoo's ids of users with a role each: "admin", "editor" or "viewer". *priority*
    is "low", "middle" or "high". *message* goes to those whom Jicoo notifies, if *notify* says so. Raises
    `BookingNotFound`, `NotBookable`, `InvalidRequest`, or `ConfigurationError` without Jicoo.
    """
    edit = partial(
        get_jicoo().provider.update,
        uid,
        title=title,
        description=description,
        start=start,
        end=end,
        zone=zone,
        hosts=hosts,
        priority=priority,
        message=message,
        notify=notify,
    )
    return runtime().service.follow(uid, edit)


def get_history(uid: str) -> Sequence[AuditEntry]:
    """Give every change of a booking: who did what and when, how it stood before and after, first to last.

    Raises `BookingNotFound`, or `Unsupported` where the provider keeps no history.
    """
    return runtime().service.history(uid)


def export_guest(email: str) -> dict[str, Any]:
    """Give everything that is kept about a guest, whom *email* names in any case, as a JSON object.

    Raises `ValueError` where that is no address.
    """
    return _privacy().export(email)


def erase_guest(email: str, *, cancel: bool = False) -> Erasure:
    """Erase everything that is kept about a guest, and give what that was and who else may know the guest.

    Bookings to come must be cancelled first: *cancel* does so as their host, and delivers what is due before
    anything is erased, which may take a while. Doing it again does no harm. Raises `Refused` where bookings
    are open, `ValueError` where *email* is no address, and what the provider raises.
    """
    return _privacy().erase(email, cancel=cancel)


def _privacy() -> Privacy:
    parts = runtime()
    return Privacy(parts.service, parts.storage, parts.outbox)
