"""The protocols of booking backends.

To write a provider, implement the methods of `Provider` on values; what only some backends can do is a
small protocol of its own, found by `isinstance`. Raise the errors of `booker_components.errors` and no
others: `SlotTaken` when the time is gone, `BookingNotFound` and `EventTypeNotFound` for unknown names,
`ProviderUnavailable` when the backend does not answer. An attribute `links_by_uid = True` says that the links
in the backend's own mails carry no more than a uid, so that ours ask for no more either.
`tests/providers/test_contract.py` says the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from ..values import (
    AuditEntry,
    Booking,
    BookingFilter,
    BookingRequest,
    CalendarLink,
    CancelScope,
    EventKind,
    EventType,
    Hold,
    Incoming,
    Planned,
    Reason,
    Slot,
    TimeWindow,
)


@runtime_checkable
class Provider(Protocol):
    """A booking backend: the embedded engine, Cal.com, Jicoo or the host's own."""

    @property
    def name(self) -> str:
        """The word for this backend in settings and routes."""

    def event_types(self) -> Sequence[EventType]:
        """Give every event type that guests may book."""

    def event_type(self, slug: str, *, owner: str | None = None) -> EventType:
        """Give one event type; `EventTypeNotFound` if there is none."""

    def slots(
        self,
        event_type: EventType,
        window: TimeWindow,
        *,
        duration: timedelta | None = None,
        moving: str | None = None,
        zone: str = "",
    ) -> Sequence[Slot]:
        """Give the free slots that start in *window*, in order.

        *duration* defaults to the event type's first. *moving* is the uid of a booking whose own time
        counts as free. *zone* is the guest's, "" for the host's: it decides which times are offered where
        starts are aligned, or days counted, in it. A booking moves within its attendee's.
        """

    def book(self, request: BookingRequest) -> Booking:
        """Book; the same `request.key` again gives the same booking. `SlotTaken` if the time is gone.

        The provider holds `policy.may_book` against the request itself, for only it knows whether the key
        has already made a booking, which then stands whatever the rules say by now.
        """

    def get(self, uid: str) -> Booking:
        """Give one booking; `BookingNotFound` if there is none."""

    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking and give the one that now stands, whose uid may be new."""

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel a booking and give it as it now stands."""


@runtime_checkable
class ListsBookings(Protocol):
    """A provider that can list bookings."""

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give the bookings that match, in the order that is wanted."""


@runtime_checkable
class ExplainsSlots(Protocol):
    """A provider that can tell a host why a time is not offered."""

    def explain(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Sequence[Reason]:
        """Give every reason why *start* is not offered; none if it is. The parameters are as in `slots`."""


@runtime_checkable
class FindsEventTypes(Protocol):
    """A provider at which a slug alone does not tell the event type of a booking."""

    def event_type_of(self, booking: Booking) -> EventType:
        """Give the event type of *booking*; `EventTypeNotFound` if it is no longer offered."""


@runtime_checkable
class HoldsSlots(Protocol):
    """A provider that keeps a slot for a visitor who is filling in the form.

    A held slot may be missing in `slots`, for its own visitor too: whoever holds it goes by `held`.
    """

    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Keep a slot for some minutes; `SlotTaken` if it is gone, `NotBookable` if none starts then.

        *zone* is the guest's, as in `slots`. `TooManyRequests` where as much is held as may be: whoever is
        refused a hold may book all the same.
        """

    def held(self, uid: str) -> Hold | None:
        """Give a hold that has not lapsed; None if there is none."""

    def release(self, uid: str) -> None:
        """Give up a hold; one that is gone is nothing to mind."""


@runtime_checkable
class PlansSeries(Protocol):
    """A provider that can tell which dates of a series are free, before one books them."""

    def plan(
        self,
        event_type: EventType,
        start: datetime,
        *,
        occurrences: int | None = None,
        duration: timedelta | None = None,
        zone: str = "",
    ) -> Sequence[Planned]:
        """Give the dates of the series from *start* on, at the same wall time in *zone*, "" for the host's.

        *occurrences* defaults to all that the event type has. Each is free or not as if the free ones before
        it were booked. Those that are not can be left out:
        `BookingRequest.without`.
        """


@runtime_checkable
class LooksOutside(Protocol):
    """A provider that goes by calendars on other servers, which no transaction may wait for."""

    def look_outside(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> None:
        """Ask anew about a time that is to be booked, or moved to; what is booked then goes by the answer.

        The dates of a series are at the same wall time in *zone*, the guest's, "" for the host's.
        """


@runtime_checkable
class TellsChanges(Protocol):
    """A provider that tells of each change of a booking itself, in the transaction that makes it."""

    def on_change(self, tell: Callable[[EventKind, Booking], object]) -> None:
        """Call *tell* with what happened to which booking, as it stands after that."""


@runtime_checkable
class Tidies(Protocol):
    """A provider that has something to do as time goes by, whether anybody looks or not."""

    def tidy(self) -> None:
        """Do what is due; called about once a minute, by one process at a time.

        The embedded engine declines what nobody has agreed to in time, forgets holds that have lapsed and
        reads calendars again.
        """


@runtime_checkable
class KeepsHistory(Protocol):
    """A provider that keeps who has changed a booking, and how."""

    def history(self, uid: str) -> Sequence[AuditEntry]:
        """Give every change of a booking, the first one first; empty where there is no such booking."""


@runtime_checkable
class ReceivesWebhooks(Protocol):
    """A provider at which bookings change without us, and which tells of it.

    Its uids and statuses say what changed: `Booking.revision` need not count (`records.known`).
    """

    def incoming(self, headers: Mapping[str, str], body: bytes, *, mark: str = "") -> Incoming:
        """Verify and read a webhook; `WebhookRejected` if it is forged or unreadable.

        *mark* ends the address at which one for a single connected account came in: whose notices may only
        be about what is that account's, `Incoming.account`. "" is the app's own address.
        """

    def changed_since(self, instant: datetime) -> Iterator[Booking]:
        """Give every booking that has changed since *instant*; `Unsupported` where that cannot be asked.

        Of what guests share it gives each seat; where none is left the whole, which is nobody's.
        """


@runtime_checkable
class ApprovesBookings(Protocol):
    """A provider at which hosts agree to bookings."""

    def confirm(self, uid: str) -> Booking:
        """Agree to a booking that waits for it; `BookingClosed` if it does not."""

    def decline(self, uid: str, *, reason: str = "") -> Booking:
        """Decline a booking that waits; `BookingClosed` if it does not."""


@runtime_checkable
class MarksAbsences(Protocol):
    """A provider that keeps who did not come."""

    def mark_absent(self, uid: str, *, host: bool = False, attendees: Sequence[str] = ()) -> Booking:
        """Keep that the host, or the *attendees* with these e-mail addresses, did not come."""


@runtime_checkable
class AddsGuests(Protocol):
    """A provider that takes further guests after booking."""

    def add_guests(self, uid: str, emails: Sequence[str]) -> Booking:
        """Invite further guests to a booking."""


@runtime_checkable
class LinksCalendars(Protocol):
    """A provider that makes links for the guest's calendar."""

    def calendar_links(self, uid: str) -> Sequence[CalendarLink]:
        """Give links that put a booking into a calendar."""


@runtime_checkable
class ServesOwners(Protocol):
    """A provider at which an address could name anybody's bookings, and guests reach only some.

    It binds guests alone: webhooks are signed, and the host app's own code may ask for anything.
    """

    def serves(self, owner: str) -> bool:
        """Tell whether guests may book what *owner* offers; "" is the app's own account."""

    def serves_booking(self, booking: Booking) -> bool:
        """Tell whether guests may see and change *booking* here."""
