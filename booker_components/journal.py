"""Journals: how a change of a booking and the event that tells of it become safe together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from .errors import ProviderUnavailable
from .outbox import Outbox
from .records.known import KnownBookings
from .records.turns import CHANGE_LASTS, Turns
from .storage import Storage
from .times import format_instant
from .values import Booking, BookingEvent, EventKind


class Journal(Protocol):
    """Makes changes and tells of them."""

    def change(self, kind: EventKind, act: Callable[[], Booking], *, about: Sequence[str]) -> Booking:
        """Do *act*, which does *kind* to a booking, and keep the event; give the booking as it stands.

        *about* tells which booking it is: its uid, `place` of where it will be, or both.
        """


class TellingJournal:
    """For providers that tell of each change themselves, in the transaction that makes it."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def change(self, kind: EventKind, act: Callable[[], Booking], *, about: Sequence[str]) -> Booking:
        """Do *act* in one transaction, anew if it collides with somebody else's."""
        return self._storage.attempt(act)


class LocalJournal:
    """For other providers that write to our database: booking and event commit together."""

    def __init__(self, storage: Storage, outbox: Outbox) -> None:
        self._storage = storage
        self._outbox = outbox

    def change(self, kind: EventKind, act: Callable[[], Booking], *, about: Sequence[str]) -> Booking:
        """Do *act* and keep its event in one transaction."""
        with self._storage.transaction():
            booking = act()
            # A form sent again after a change gives the booking as it now stands: nothing was created.
            if kind is not EventKind.CREATED or booking.revision == 1:
                self._outbox.add(kind, booking)
        return booking


class RemoteJournal:
    """For providers elsewhere: the event is what is new about the booking, whoever looks first.

    No transaction is open while the provider is asked. Should the process end before the event is kept, the
    provider's webhook or the next look at the provider makes up for it.
    """

    def __init__(self, storage: Storage, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._outbox = outbox
        self._known = KnownBookings(storage)
        self._turns = Turns(storage, clock, lasts=CHANGE_LASTS)
        #: Tells the time, to say when a booking was asked for.
        self.clock = clock

    def change(self, kind: EventKind, act: Callable[[], Booking], *, about: Sequence[str]) -> Booking:
        """Do *act*, then keep what is new about each booking of the series it gives.

        Until that is kept, `is_changing` tells so of what it is *about*.
        """
        with self._changing(about):
            booking = act()
            answered_at = self.clock()
            with self._storage.transaction():
                for each in booking.each():
                    self.observe(each, asked_at=answered_at)
        return booking

    def is_changing(self, booking: Booking) -> bool:
        """Tell whether a call of ours may be what has just changed *booking*, and is still to tell of it."""
        names = (booking.uid, place(booking.start), place(booking.start, booking.attendee.email))
        return self._turns.is_taken(*map(_turn, names))

    def observe(self, booking: Booking, *, asked_at: datetime) -> BookingEvent | None:
        """Keep what is new about *booking*, asked for at *asked_at*; None if that is nothing, or nobody's."""
        if not booking.is_held:
            return None
        with self._storage.transaction():
            change = self._known.note(booking, asked_at=asked_at)
            if change and booking.shared:
                booking = with_guest(booking, self.last_told(booking.uid))
            return self._outbox.add(change.kind, booking, mark=str(change.number)) if change else None

    @contextmanager
    def _changing(self, about: Sequence[str]) -> Iterator[None]:
        mine = [turn for each in about if (turn := self._turns.take(_turn(each)))]
        try:
            yield
        finally:
            for turn in mine:
                # The change is made, and a turn ends by itself.
                with suppress(ProviderUnavailable):
                    self._turns.give_back(turn)

    def open_seats(self, shared: str) -> tuple[str, ...]:
        """Give the uids of the seats of the booking *shared* that were open as far as we know."""
        return self._known.open_seats(shared)

    def last_told(self, uid: str) -> Booking | None:
        """Give a booking as the subscribers last heard of it; None if they never did."""
        return self._outbox.last_told(uid)

    def told(self, kind: EventKind, booking: Booking, *, mark: str) -> BookingEvent:
        """Keep that *kind* happened, which the booking itself does not tell; once for each *mark*."""
        return self._outbox.add(kind, booking, mark=mark)


def place(start: datetime, email: str = "") -> str:
    """Name a booking that has no uid yet by its *start*, and by the guest's *email* where that is known."""
    return f"{format_instant(start)} {email.casefold()}"


def _turn(name: str) -> str:
    return f"change/{name}"


def with_guest(booking: Booking, told: Booking | None) -> Booking:
    """Give a seat with its guest as *told*: a provider may show who sits there to nobody but the host."""
    guest = booking.attendee
    if told is None or not booking.shared or guest.name or guest.email:
        return booking
    return replace(booking, attendee=told.attendee, notes=told.notes, answers=told.answers)
