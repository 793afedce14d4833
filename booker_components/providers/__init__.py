"""The protocols of booking backends.

To write a provider, implement the methods of `Provider` on values; what only some backends can do is a
small protocol of its own, found by `isinstance`. Raise the errors of `booker_components.errors` and no
others: `SlotTaken` when the time is gone, `BookingNotFound` and `EventTypeNotFound` for unknown names,
`ProviderUnavailable` when the backend does not answer. `tests/providers/test_contract.py` says the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from ..values import Booking, BookingFilter, BookingRequest, CancelScope, EventType, Slot, TimeWindow


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
    ) -> Sequence[Slot]:
        """Give the free slots that start in *window*, in order.

        *duration* defaults to the event type's first. *moving* is the uid of a booking whose own time
        counts as free.
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
        """Give the bookings that match, by start."""


@runtime_checkable
class ExplainsSlots(Protocol):
    """A provider that can tell a host why a time is not offered."""

    def explain(self, event_type: EventType, start: datetime, duration: timedelta) -> Sequence[str]:
        """Give the words of every rule that refuses a slot at *start*; nothing for a free one."""
