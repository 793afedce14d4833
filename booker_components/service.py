"""BookingService: the use cases, and the rules that hold at every provider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from . import policy, questions
from .changes import checked_cancellation, checked_move, require
from .errors import BookingNotFound, EventTypeNotFound, LinkExpired, NotBookable, Unsupported
from .following import Follower
from .journal import Journal, LocalJournal, RemoteJournal, TellingJournal, place
from .outbox import Outbox
from .policy import Verdict
from .providers import (
    AddsGuests,
    ApprovesBookings,
    FindsEventTypes,
    HoldsSlots,
    KeepsHistory,
    LinksCalendars,
    ListsBookings,
    LooksOutside,
    MarksAbsences,
    PlansSeries,
    Provider,
    ReceivesWebhooks,
    TellsChanges,
)
from .storage import Storage
from .times import Month
from .values import (
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
    Slot,
    TimeWindow,
)

_Ability = TypeVar("_Ability")

# Looking for the next free time goes not further ahead than this: an event type whose booking window never
# ends must not make a page slow.
_FURTHEST = timedelta(days=400)


class BookingService:
    """What can be done with bookings: everything that widgets, helpers and commands call."""

    def __init__(
        self, *, provider: Provider, storage: Storage, outbox: Outbox, clock: Callable[[], datetime]
    ) -> None:
        self.provider = provider
        self.clock = clock
        self._storage = storage
        self._outbox = outbox
        self._journal: Journal = LocalJournal(storage, outbox)
        self._follower: Follower | None = None
        # Asked once: to ask a protocol takes longer than what it is asked for.
        self._outside = provider if isinstance(provider, LooksOutside) else None
        if isinstance(provider, TellsChanges):
            provider.on_change(outbox.add)
            self._journal = TellingJournal(storage)
        if isinstance(provider, ReceivesWebhooks):
            self._journal = journal = RemoteJournal(storage, outbox, clock)
            self._follower = Follower(provider, journal)

    # --- reading ---

    def event_types(self) -> Sequence[EventType]:
        """Give every event type that guests may book."""
        return self.provider.event_types()

    def event_type(self, slug: str, *, owner: str | None = None) -> EventType:
        """Give one event type, or raise `EventTypeNotFound`."""
        return self.provider.event_type(slug, owner=owner)

    def event_type_of(self, booking: Booking) -> EventType | None:
        """Give the event type of *booking*; None when it is no longer offered."""
        provider = self.provider
        try:
            if isinstance(provider, FindsEventTypes):
                return provider.event_type_of(booking)
            return provider.event_type(booking.event_type, owner=booking.owner or None)
        except EventTypeNotFound:
            return None

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

        *duration* defaults to the event type's first; the own time of the booking *moving* counts as free.
        *zone* is the guest's, an attendee's when *moving*: some providers offer other times in another zone.
        """
        allowed = policy.bookable_window(event_type, self.clock())
        start, end = max(window.start, allowed.start), min(window.end, allowed.end)
        if start >= end:
            return ()
        clamped = TimeWindow(start=start, end=end)
        return self.provider.slots(event_type, clamped, duration=duration, moving=moving, zone=zone)

    def next_slot(
        self,
        event_type: EventType,
        after: datetime,
        *,
        duration: timedelta | None = None,
        moving: str | None = None,
        zone: str = "",
    ) -> Slot | None:
        """Give the first free slot that starts at *after* or in the 400 days from then, or None."""
        allowed = policy.bookable_window(event_type, self.clock())
        start = max(after, allowed.start)
        end = min(allowed.end, start + _FURTHEST)
        while start < end:
            # A month at a time: what a page shows next, and what remote providers are asked for at once.
            step = TimeWindow(start=start, end=min(Month.of(start, "UTC").window("UTC").end, end))
            if found := self.slots(event_type, step, duration=duration, moving=moving, zone=zone):
                return found[0]
            start = step.end
        return None

    def get(self, uid: str) -> Booking:
        """Give one booking, or raise `BookingNotFound`; a seat that was given up as it was last heard of."""
        try:
            return self.provider.get(uid)
        except BookingNotFound:
            gone = self._follower.seat_given_up(uid) if self._follower else None
            if gone is None:
                raise
            return gone

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give the bookings that match; `Unsupported` where the provider cannot list."""
        return self._able(ListsBookings, "list bookings").bookings(wanted)

    def history(self, uid: str) -> Sequence[AuditEntry]:
        """Give every change of a booking, the first one first; `BookingNotFound`, or `Unsupported`."""
        changes = self._able(KeepsHistory, "tell the history of a booking").history(uid)
        if not changes:
            raise BookingNotFound(f"There is no booking {uid!r}.")
        return changes

    def may_reschedule(self, booking: Booking) -> Verdict:
        """Tell whether a guest may move *booking* now, and until when."""
        return policy.may_reschedule(booking, self.event_type_of(booking), self.clock())

    def may_cancel(self, booking: Booking) -> Verdict:
        """Tell whether a guest may cancel *booking* now, and until when."""
        return policy.may_cancel(booking, self.event_type_of(booking), self.clock())

    # --- writing ---

    def book(self, request: BookingRequest, *, before: Callable[[], object] | None = None) -> Booking:
        """Book, and tell the subscribers; *before* is called first, in the same transaction if there is one.

        Raises `InvalidRequest`, `NotBookable`, `SlotTaken` or `EventTypeNotFound`, and what *before* raises.
        """
        event_type = self.event_type(request.event_type, owner=request.owner or None)
        request = questions.checked(event_type, request)
        self._look_outside(event_type, request.start, request.duration, request.attendee.zone)

        def book() -> Booking:
            if before:
                before()
            return self.provider.book(request)

        about = (place(request.start, request.attendee.email),)
        return self._journal.change(EventKind.CREATED, book, about=about)

    def reschedule(
        self,
        uid: str,
        start: datetime,
        *,
        reason: str = "",
        by: str = "guest",
        revision: int | None = None,
        force: bool = False,
    ) -> Booking:
        """Move a booking and give the one that now stands.

        With *revision*, a booking that has changed since is left alone: `LinkExpired`. With *force*,
        cut-offs, notice and the need of a reason do not count: for hosts, never for guests.
        """
        if start.tzinfo is None:
            raise ValueError(f"The start must be aware, but {start!r} has no zone.")
        if self._outside:
            booking = self.get(uid)
            self._look_outside(self.event_type_of(booking), start, booking.duration, booking.attendee.zone)

        def move() -> Booking:
            # The rules are held against the booking that is changed, in its transaction where there is one.
            booking = self._unchanged(uid, revision)
            why = reason
            if not force:
                event_type = self.event_type_of(booking)
                why = checked_move(booking, event_type, start, reason, self.clock())
            return self.provider.reschedule(uid, start, reason=why, by=by)

        # Not every provider keeps the uid: under another one, the new time tells that it is the move.
        return self._journal.change(EventKind.RESCHEDULED, move, about=(uid, place(start)))

    def cancel(
        self,
        uid: str,
        *,
        reason: str = "",
        by: str = "guest",
        scope: CancelScope = CancelScope.ONE,
        revision: int | None = None,
        force: bool = False,
    ) -> Booking:
        """Cancel a booking and give it as it now stands; *revision* and *force* as in `reschedule`."""

        def cancel() -> Booking:
            booking = self._unchanged(uid, revision)
            why = reason
            if not force:
                event_type = self.event_type_of(booking)
                why = checked_cancellation(booking, event_type, scope, reason, self.clock())
            return self.provider.cancel(uid, reason=why, by=by, scope=scope)

        return self._with_others(self._journal.change(EventKind.CANCELLED, cancel, about=(uid,)))

    # --- what only some providers can do ---

    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Keep a slot for a visitor for some minutes; `SlotTaken`, or `Unsupported` without holds.

        `NotBookable` for what nobody could book: one hold must not keep a whole day from others. *zone* is
        the guest's, as in `slots`. `TooManyRequests` where as much is held as may be.
        """
        able = self._able(HoldsSlots, "hold slots")
        require(policy.may_hold(event_type, start, self.clock(), duration=duration), NotBookable)
        return able.hold(event_type, start, duration=duration, zone=zone)

    def held(self, uid: str) -> Hold | None:
        """Give a hold that has not lapsed; None if there is none."""
        return self.provider.held(uid) if uid and isinstance(self.provider, HoldsSlots) else None

    def release(self, uid: str) -> None:
        """Give up a hold, if there is such."""
        if uid and isinstance(self.provider, HoldsSlots):
            self.provider.release(uid)

    def plan(
        self,
        event_type: EventType,
        start: datetime,
        *,
        occurrences: int | None = None,
        duration: timedelta | None = None,
        zone: str = "",
    ) -> Sequence[Planned]:
        """Tell which dates of a series are free; nothing where the provider cannot tell beforehand."""
        if not isinstance(self.provider, PlansSeries):
            return ()
        return self.provider.plan(event_type, start, occurrences=occurrences, duration=duration, zone=zone)

    def confirm(self, uid: str, *, revision: int | None = None) -> Booking:
        """Agree to a booking that waits for its host, and tell the subscribers; *revision* as elsewhere."""
        able = self._able(ApprovesBookings, "confirm bookings")

        def act() -> Booking:
            self._require_revision(uid, revision)
            return able.confirm(uid)

        return self._with_others(self._journal.change(EventKind.CONFIRMED, act, about=(uid,)))

    def decline(self, uid: str, *, reason: str = "", revision: int | None = None) -> Booking:
        """Decline a booking that waits for its host, and tell the subscribers; *revision* as elsewhere."""
        able = self._able(ApprovesBookings, "decline bookings")

        def act() -> Booking:
            self._require_revision(uid, revision)
            return able.decline(uid, reason=reason)

        return self._with_others(self._journal.change(EventKind.REJECTED, act, about=(uid,)))

    def mark_absent(self, uid: str, *, host: bool = False, attendees: Sequence[str] = ()) -> Booking:
        """Keep that the host, or the *attendees* with these e-mail addresses, did not come."""
        return self._able(MarksAbsences, "mark absences").mark_absent(uid, host=host, attendees=attendees)

    def add_guests(self, uid: str, emails: Sequence[str]) -> Booking:
        """Invite further guests to a booking."""
        return self._able(AddsGuests, "add guests").add_guests(uid, emails)

    def calendar_links(self, uid: str) -> Sequence[CalendarLink]:
        """Give the provider's own links that put a booking into a calendar."""
        return self._able(LinksCalendars, "give calendar links").calendar_links(uid)

    # --- changes made elsewhere ---

    def follow(self, uid: str, act: Callable[[], Booking]) -> Booking:
        """Do *act*, by which only a certain provider changes the booking *uid*, and tell what is new.

        `Unsupported` where bookings are ours alone: there is nothing that could be new.
        """
        if self._follower is None:
            raise Unsupported(f"The provider '{self.provider.name}' has no changes of its own.")
        return self._journal.change(EventKind.RESCHEDULED, act, about=(uid,))

    def observe(self, uid: str) -> Booking:
        """Read a booking, tell the subscribers what is new about it, and give it as it now stands."""
        return self._follower.observe(uid) if self._follower else self.get(uid)

    def take(self, incoming: Incoming) -> None:
        """Tell the subscribers what a verified webhook is about; its bookings are read again, it may be late.

        Raises `ProviderError` where they cannot be read now; the webhook is then to be taken again.
        """
        if self._follower:
            self._follower.take(incoming)

    def sync(self, since: datetime) -> int:
        """Tell the subscribers what has changed at the provider since *since*, aware; give how many changes.

        `Unsupported` where the provider is not asked for changes.
        """
        if self._follower is None:
            raise Unsupported(f"The provider '{self.provider.name}' cannot tell what has changed.")
        return self._follower.sync(since)

    def has_told(self, uid: str) -> bool:
        """Tell whether the subscribers have heard of a booking."""
        return self._outbox.last_told(uid) is not None

    def request_link(self, uid: str) -> None:
        """Ask the subscribers that mail links to send a new one to the address on file."""
        booking = self.get(uid)
        with self._storage.transaction():
            self._outbox.add(EventKind.LINK_REQUESTED, booking)

    def _look_outside(
        self, event_type: EventType | None, start: datetime, duration: timedelta | None, zone: str
    ) -> None:
        """Let the provider ask other servers now: no transaction may wait for them."""
        if event_type and self._outside:
            self._outside.look_outside(event_type, start, duration=duration, zone=zone)

    def _with_others(self, booking: Booking) -> Booking:
        """Tell of the seats of *booking* too, where it is one that guests share and a host has changed."""
        if self._follower and not booking.is_held:
            self._follower.follow_seats(booking)
        return booking

    def _able(self, ability: type[_Ability], what: str) -> _Ability:
        if not isinstance(self.provider, ability):
            raise Unsupported(f"The provider '{self.provider.name}' cannot {what}.")
        return self.provider

    # --- rules ---

    def _require_revision(self, uid: str, revision: int | None) -> None:
        if revision is not None:
            self._unchanged(uid, revision)

    def _unchanged(self, uid: str, revision: int | None) -> Booking:
        booking = self.get(uid)
        if revision is not None and booking.revision != revision:
            raise LinkExpired(f"Booking {uid} has changed since revision {revision}.")
        return booking
