"""What happens to bookings: events for subscribers, and webhooks that come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .bookings import Booking
from .instants import require_aware


class EventKind(StrEnum):
    """What happened to a booking."""

    CREATED = "booking.created"
    RESCHEDULED = "booking.rescheduled"
    CANCELLED = "booking.cancelled"
    #: The host has agreed to a booking that waited for it.
    CONFIRMED = "booking.confirmed"
    #: The host has declined a booking that waited.
    REJECTED = "booking.rejected"
    PAID = "booking.paid"
    #: Somebody was marked as absent, or as present after all.
    NO_SHOW = "booking.no_show"
    STARTED = "booking.started"
    ENDED = "booking.ended"
    RECORDING_READY = "booking.recording_ready"
    TRANSCRIPT_READY = "booking.transcript_ready"
    #: A guest asked for a new link to a booking.
    LINK_REQUESTED = "booking.link_requested"


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingEvent:
    """Something that happened to a booking, as subscribers hear of it."""

    #: Unique; a subscriber that hears the same id twice may ignore the second.
    id: str
    kind: EventKind
    at: datetime
    #: The booking as it stood right after.
    booking: Booking

    def __post_init__(self) -> None:
        require_aware(self, "at")


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """A webhook that a provider has sent, verified."""

    #: The same for every copy of one notice.
    key: str
    #: The provider's own word for what happened.
    trigger: str
    at: datetime
    #: The uids of the bookings that it is about; empty where it is about none.
    uids: tuple[str, ...] = ()
    #: What happened, where reading the booking again does not tell.
    kind: EventKind | None = None
    #: The booking as the notice tells it, for those that can no longer be read.
    told: Booking | None = None
    #: Whether it is a try-out that nobody is to hear of.
    ping: bool = False

    def __post_init__(self) -> None:
        require_aware(self, "at")
