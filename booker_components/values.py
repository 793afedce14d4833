"""The values that every part speaks: event types, slots, bookings and their events.

All are frozen; all instants are aware; none does any I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

#: An answer as a guest gave it: text, a number, several options or addresses, or a tick.
Answer = str | float | bool | tuple[str, ...]


def _nothing() -> Mapping[str, Answer]:
    """Give an empty read-only mapping."""
    return MappingProxyType({})


def _no_texts() -> Mapping[str, str]:
    """Give an empty read-only mapping."""
    return MappingProxyType({})


def _require_aware(value: object, *names: str) -> None:
    """Refuse naive datetimes in the fields *names* of *value*; called for every slot, so it is quick."""
    for name in names:
        instant: datetime | None = getattr(value, name)
        if instant is not None and instant.tzinfo is None:
            raise ValueError(f"{type(value).__name__}.{name} must be aware, but {instant!r} has no zone.")


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeWindow:
    """The instants from *start* up to, but not including, *end*."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        _require_aware(self, "start", "end")


# --- what can be booked --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A host's working hours, in wall time of the host's zone.

    An interval is `(start, end)` in minutes after midnight, 0 to 1440. One whose end is not after its
    start runs past midnight into the next day.
    """

    #: Intervals for each weekday, Monday first; always seven.
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    #: Other hours for single dates; an empty tuple closes the date.
    overrides: Mapping[date, tuple[tuple[int, int], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """A person whose time is booked."""

    slug: str
    name: str
    #: IANA name of the zone in which the host works.
    zone: str
    email: str = ""
    schedule: Schedule | None = None


class LocationKind(StrEnum):
    """Where a booking takes place."""

    IN_PERSON = "in_person"
    LINK = "link"
    PHONE = "phone"
    #: A video call whose link the provider makes when a booking stands; the value names the service.
    CONFERENCE = "conference"
    #: The host calls the guest, at a number that the guest gives.
    ATTENDEE_PHONE = "attendee_phone"
    #: The host comes to the guest, to an address that the guest gives.
    ATTENDEE_ADDRESS = "attendee_address"
    #: The guest says where, in words.
    ATTENDEE_CHOICE = "attendee_choice"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """One place or way to meet."""

    kind: LocationKind
    #: The address, the URL or the phone number, as the kind asks; empty while it is not known.
    value: str = ""
    #: What guests read, for example "Our office in Lyon".
    label: str = ""


class QuestionKind(StrEnum):
    """The kinds of answer that a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    #: Several e-mail addresses.
    EMAILS = "emails"
    PHONE = "phone"
    NUMBER = "number"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOXES = "checkboxes"
    BOOLEAN = "boolean"
    URL = "url"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Something that the form asks beside name and e-mail."""

    #: The name of the form field and of the prefill parameter.
    slug: str
    label: str
    kind: QuestionKind = QuestionKind.TEXT
    required: bool = False
    #: The choices of a select, radio or checkboxes question.
    options: tuple[str, ...] = ()
    help: str = ""
    placeholder: str = ""
    #: Not shown: a prefilled answer is sent along unseen.
    hidden: bool = False
    #: Not to be changed once it is prefilled.
    locked: bool = False


class ReasonRule(StrEnum):
    """Whether a guest is asked why."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRule:
    """Whether, until when and with what reason a guest may move or cancel a booking."""

    allowed: bool = True
    #: Changes are possible until this long before the start.
    notice: timedelta = timedelta(0)
    reason: ReasonRule = ReasonRule.OPTIONAL


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingWindow:
    """How far ahead may be booked: some days from today, or up to and from a date; all in the host's zone."""

    #: Today and this many days after it; None for no such limit.
    days: int | None = 60
    #: The first date that may be booked.
    start: date | None = None
    #: The last date that may be booked.
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """A booking waits until the host has agreed to it."""

    #: Only bookings made less than this long before their start wait; None: all of them.
    within: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Seats:
    """Several guests may book the same time, each a seat."""

    per_slot: int
    #: Whether guests of one time see each other.
    show_guests: bool = False
    #: Whether guests see how many seats are left.
    show_left: bool = True


class Frequency(StrEnum):
    """The step from one occurrence of a series to the next."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One form books several occurrences, at the same wall time in the guest's zone."""

    frequency: Frequency
    #: Every so many weeks, months or years.
    interval: int = 1
    #: How many occurrences a guest may book at most, and does by default.
    occurrences: int = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What a booking costs."""

    #: In the smallest unit of the currency, for example cents.
    amount: int
    #: ISO 4217 code, in capitals.
    currency: str


class Layout(StrEnum):
    """How a calendar shows its days."""

    MONTH = "month"
    WEEK = "week"
    COLUMN = "column"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventType:
    """A kind of appointment that guests can book."""

    slug: str
    title: str
    #: The hosts; the first one's zone is the zone of the event type.
    hosts: tuple[Host, ...]
    description: str = ""
    #: The lengths on offer; the first one is the default.
    durations: tuple[timedelta, ...] = (timedelta(minutes=30),)
    #: How far apart slots start; None: as long as the booking.
    slot_interval: timedelta | None = None
    buffer_before: timedelta = timedelta(0)
    buffer_after: timedelta = timedelta(0)
    #: A slot must start at least this long after now.
    minimum_notice: timedelta = timedelta(0)
    window: BookingWindow = BookingWindow()
    locations: tuple[Location, ...] = ()
    questions: tuple[Question, ...] = ()
    #: How many further people a guest may invite.
    max_guests: int = 10
    #: Whether the form offers a field for notes.
    notes: bool = True
    reschedule: ChangeRule = ChangeRule()
    cancel: ChangeRule = ChangeRule()
    #: Working hours of this event type, in place of the host's.
    schedule: Schedule | None = None
    #: Owner at the provider (a username or a team), where it has such.
    owner: str = ""
    #: The provider's own number or code for it, where it has such.
    id: str = ""
    #: The provider's own page for booking it, where it has such.
    booking_url: str = ""
    approval: Approval | None = None
    seats: Seats | None = None
    series: Series | None = None
    #: What it costs; None: nothing.
    price: Price | None = None
    #: Where guests go after booking, in place of the booking page; only to an allowed origin.
    success_url: str = ""
    #: Whether *success_url* gets the booking's parameters (contracts/calcom.md section 3.5).
    success_parameters: bool = True
    #: Whether times are shown in the event type's zone only.
    zone_locked: bool = False
    #: Whether guests are not to read the hosts' addresses.
    host_email_hidden: bool = False
    #: Why it can only be booked at the provider's own page, in a sentence for guests; empty: it can be here.
    elsewhere: str = ""
    #: In which the calendar may be shown, the default first; the widgets so far show the month.
    layouts: tuple[Layout, ...] = (Layout.MONTH,)

    @property
    def host(self) -> Host:
        """The first host."""
        return self.hosts[0]

    @property
    def zone(self) -> str:
        """IANA name of the zone in which the event type's rules are read."""
        return self.host.zone

    @property
    def duration(self) -> timedelta:
        """The default length."""
        return self.durations[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A time that is free."""

    start: datetime
    end: datetime
    #: How many seats are free, where guests share a time; None where they do not.
    seats_left: int | None = None
    seats_total: int | None = None

    def __post_init__(self) -> None:
        _require_aware(self, "start", "end")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A slot kept for one visitor for some minutes; advisory, never outranks a booking."""

    uid: str
    start: datetime
    end: datetime
    #: When it lapses.
    until: datetime

    def __post_init__(self) -> None:
        _require_aware(self, "start", "end", "until")


# --- what was booked -----------------------------------------------------------------------------


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
    #: Facts that the host app keeps with the booking.
    metadata: Mapping[str, str] = field(default_factory=_no_texts)

    def __post_init__(self) -> None:
        _require_aware(self, "start")


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

    def __post_init__(self) -> None:
        _require_aware(self, "start", "end")


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
        _require_aware(self, "start", "end", "created_at", "updated_at", "former_start")

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
            replace(self, uid=each.uid, start=each.start, end=each.end, status=each.status, occurrences=())
            for each in self.occurrences
        )


class CancelScope(StrEnum):
    """How much of a series is cancelled."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


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
        _require_aware(self, "at")


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarLink:
    """A link or data URI that puts a booking into a calendar."""

    #: The calendar's name, for example "Google Calendar".
    label: str
    url: str


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
        _require_aware(self, "at")


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
        _require_aware(
            self, "after", "before", "created_after", "created_before", "updated_after", "updated_before"
        )
