"""What is asked for and what was booked: requests, bookings and lists of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from .hosts import Host
from .instants import require_aware
from .offers import Answer, Location


def _nothing() -> Mapping[str, Answer]:
    """Give an empty read-only mapping."""
    return MappingProxyType({})


def _no_texts() -> Mapping[str, str]:
    """Give an empty read-only mapping."""
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Attendee:
    """The guest who books."""

    name: str
    email: str
    #: IANA name of the zone in which the guest reads times.
    zone: str = "UTC"
    #: BCP 47 tag of the language of the guest's pages and mails.
    locale: str = "en"
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingRequest:
    """What is needed to book."""

    event_type: str
    start: datetime
    attendee: Attendee
    #: None: the default length of the event type.
    duration: timedelta | None = None
    guests: tuple[str, ...] = ()
    notes: str = ""
    answers: Mapping[str, Answer] = field(default_factory=_nothing)
    #: Needed where the event type has several locations or asks for the guest's number.
    location: Location | None = None
    #: Requests with the same key are one booking, however often they are sent; empty: never the same.
    key: str = ""
    owner: str = ""
    #: How many occurrences of a series; None: all that the event type has.
    occurrences: int | None = None
    #: The uid of the visitor's own `Hold` of the slot, if there is one.
    hold: str = ""
    #: Starts of a series that are left out, since they are not free: the guest has agreed to that.
    without: tuple[datetime, ...] = ()
    #: Whether it came through a private link.
    invited: bool = False
    #: Who books: "guest", "host", or what the host app says.
    by: str = "guest"
    #: Facts that the host app keeps with the booking.
    metadata: Mapping[str, str] = field(default_factory=_no_texts)

    def __post_init__(self) -> None:
        require_aware(self, "start")


class BookingStatus(StrEnum):
    """Where a booking stands."""

    CONFIRMED = "confirmed"
    #: Waits for the host's approval; holds its time.
    PENDING = "pending"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One booking of a series."""

    uid: str
    start: datetime
    end: datetime
    status: BookingStatus
    revision: int = 1

    def __post_init__(self) -> None:
        require_aware(self, "start", "end")


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """An appointment as it stands, as one guest holds it."""

    #: What its links name; where guests share a time, the uid of this guest's seat.
    uid: str
    event_type: str
    title: str
    start: datetime
    end: datetime
    status: BookingStatus
    hosts: tuple[Host, ...]
    attendee: Attendee
    created_at: datetime
    updated_at: datetime
    #: Counts every change; links made for an older revision no longer work.
    revision: int = 1
    #: Until when its host is to decide, where it waits and the provider tells: then it is declined by itself.
    decide_by: datetime | None = None
    guests: tuple[str, ...] = ()
    notes: str = ""
    answers: Mapping[str, Answer] = field(default_factory=_nothing)
    location: Location | None = None
    #: The start before the latest move, if it was moved.
    former_start: datetime | None = None
    #: Why it was moved or cancelled, in the words of who did it.
    reason: str = ""
    #: Who moved or cancelled it: "guest", "host", or what the host app said.
    changed_by: str = ""
    #: The uid of the booking that this one replaced, at providers where moving makes a new booking.
    replaces: str = ""
    #: The uid of the booking that stands in this one's place.
    replaced_by: str = ""
    #: The uid of the booking that several guests share, where this is one seat of it.
    shared: str = ""
    #: The names of the others who share it, where guests see each other; subscribers are not told.
    companions: tuple[str, ...] = ()
    #: The uid of the series that it belongs to.
    series: str = ""
    #: Every booking of the series by start, this one among them; empty where that was not asked for.
    occurrences: tuple[Occurrence, ...] = ()
    #: The owner of its event type at the provider, where it has such.
    owner: str = ""
    #: The provider's own number or code for its event type, where it has such.
    event_type_id: str = ""
    #: Facts that the host app keeps with it.
    metadata: Mapping[str, str] = field(default_factory=_no_texts)

    def __post_init__(self) -> None:
        require_aware(self, "start", "end", "created_at", "updated_at", "decide_by", "former_start")

    @property
    def duration(self) -> timedelta:
        """The length."""
        return self.end - self.start

    @property
    def host(self) -> Host:
        """The first host."""
        return self.hosts[0]

    @property
    def is_held(self) -> bool:
        """Whether a guest holds it; of what guests share, each holds a seat, and the whole is nobody's."""
        return bool(self.shared or self.attendee.name or self.attendee.email)

    @property
    def is_open(self) -> bool:
        """Whether it is still going to take place, as far as its status tells."""
        return self.status in (BookingStatus.CONFIRMED, BookingStatus.PENDING)

    def each(self) -> tuple[Booking, ...]:
        """Give every booking of the series with what all share; only this one where there is none."""
        if not self.occurrences:
            return (self,)
        return tuple(
            replace(
                self,
                uid=each.uid,
                start=each.start,
                end=each.end,
                status=each.status,
                revision=each.revision,
                decide_by=self.decide_by if each.status is BookingStatus.PENDING else None,
                occurrences=(),
            )
            for each in self.occurrences
        )


class CancelScope(StrEnum):
    """How much of a series is cancelled."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarLink:
    """A link or data URI that puts a booking into a calendar."""

    #: The calendar's name, for example "Google Calendar".
    label: str
    url: str


class BookingOrder(StrEnum):
    """By which instant bookings are listed."""

    START = "start"
    CREATED = "created"
    UPDATED = "updated"


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingFilter:
    """Which bookings to list, in what order; every field that is set narrows the list.

    A booking that is at an instant itself is neither after nor before it.
    """

    status: frozenset[BookingStatus] = frozenset()
    #: The slugs of the event types.
    event_types: frozenset[str] = frozenset()
    attendee_email: str = ""
    #: The guest's whole name, letter for letter, for so Cal.com compares it.
    attendee_name: str = ""
    #: Bookings that end after this instant.
    after: datetime | None = None
    #: Bookings that start before this instant.
    before: datetime | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    limit: int = 100
    offset: int = 0
    order: BookingOrder = BookingOrder.START
    descending: bool = False

    def __post_init__(self) -> None:
        require_aware(
            self, "after", "before", "created_after", "created_before", "updated_after", "updated_before"
        )
