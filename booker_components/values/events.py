"""What happens: events of bookings, notices of anything else, and webhooks that come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from .bookings import Booking
from .hosts import Host
from .instants import require_aware
from .offers import Answer


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
    #: It begins soon: the event type has a reminder at this moment.
    REMINDER = "booking.reminder"
    #: A guest asked for a new link to a booking.
    LINK_REQUESTED = "booking.link_requested"
    #: No host had joined the video call some time after its start.
    HOST_MISSING = "booking.host_missing"
    #: Guests had not joined the video call some time after its start.
    GUEST_MISSING = "booking.guest_missing"
    #: Somebody has reported that the booking went to the wrong host.
    WRONG_HOST = "booking.wrong_host"


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


class NoticeKind(StrEnum):
    """What a provider told that is about no booking, or about one that it did not name."""

    #: A host will be away from `start` to `end`.
    HOST_AWAY = "host.away"
    #: Somebody has filled in a form that leads to a booking.
    FORM_SUBMITTED = "form.submitted"
    #: Somebody has filled in a form, and has not booked.
    FORM_WITHOUT_BOOKING = "form.submitted_without_booking"
    #: No rule of a form did fit the answers.
    FORM_FALLBACK = "form.fallback"
    #: A host's calendar refuses to be read, so that busy times may be on offer.
    CALENDAR_REFUSED = "calendar.access_refused"
    #: As `EventKind.HOST_MISSING`, of a booking that is not named.
    HOST_MISSING = "host.missing"
    #: As `EventKind.GUEST_MISSING`, of a booking that is not named.
    GUEST_MISSING = "guest.missing"
    #: As `EventKind.WRONG_HOST`, of a booking that is not named.
    WRONG_HOST = "host.wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something that a provider told beside its bookings; what it did not tell is empty.

    It is told by the provider alone and verified by its signature only: nothing of it is read again. Where
    `account` is set, the owner of that account could have signed it too.
    """

    #: The same for every copy; whoever hears the same id twice may ignore the second.
    id: str
    kind: NoticeKind
    at: datetime
    #: The host whom it is about.
    host: Host | None = None
    #: Who takes over from a host that is away.
    stand_in: Host | None = None
    #: From when to when it holds, or the booking was to last.
    start: datetime | None = None
    end: datetime | None = None
    #: Why, in a word of the host's or of a machine's.
    reason: str = ""
    #: What was written about it.
    notes: str = ""
    #: The title of the form that was filled in.
    form: str = ""
    form_id: str = ""
    #: What was filled in, by the name of the question in that form.
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    #: The username of the connected account that was told of it; "" for the app's own webhook.
    account: str = ""

    def __post_init__(self) -> None:
        require_aware(self, "at", "start", "end")


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
    #: What it tells where it is about no booking.
    notice: Notice | None = None
    #: The username of the connected account for which it was signed, which may tell of its own bookings
    #: only; "" for the app's own webhook.
    account: str = ""
    #: Whether it is a try-out that nobody is to hear of.
    ping: bool = False

    def __post_init__(self) -> None:
        require_aware(self, "at")
