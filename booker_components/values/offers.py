"""What can be booked: event types with their questions and rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from .hosts import Host, HostGroup, Schedule
from .instants import require_aware
from .limits import Limit
from .redirects import Redirects

#: An answer as a guest gave it: text, a number, several options or addresses, or a tick.
Answer = str | float | bool | tuple[str, ...]


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
    #: The provider's own code for it, where that is not the slug.
    id: str = ""


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
    #: Whether a booking that has begun may still be changed, for example one that was missed.
    begun: bool = False


class Counting(StrEnum):
    """Which days a booking window counts (contracts/calcom.md 9.2, step 13)."""

    CALENDAR = "calendar"
    #: Monday to Friday.
    BUSINESS = "business"
    #: Days with a free slot, of the next 61 at most.
    BOOKABLE = "bookable"


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingWindow:
    """How far ahead may be booked: some days from today, or up to and from a date; all in the host's zone."""

    #: Today and this many days after it; None for no such limit. Of bookable days, this many in all.
    days: int | None = 60
    counting: Counting = Counting.CALENDAR
    #: The first date that may be booked.
    start: date | None = None
    #: The last date that may be booked.
    end: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """A booking waits until the host has agreed to it."""

    #: Only bookings made less than this long before their start wait; None: all of them.
    within: timedelta | None = None
    #: What is not agreed to for this long is declined by itself, at its start at the latest; None: then only.
    expires: timedelta | None = None


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


class Align(StrEnum):
    """In whose zone the minutes of the hour are counted from which slots start."""

    HOST = "host"
    #: As Cal.com does it: a half-hour zone is offered other starts (contracts/calcom.md 9.3).
    GUEST = "guest"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventType:
    """A kind of appointment that guests can book."""

    slug: str
    title: str
    #: The hosts, the first one first.
    hosts: tuple[Host, ...]
    #: IANA name of the zone in which its rules are read; "" for that of the first host.
    rules_zone: str = ""
    #: Groups of hosts of which a booking takes some; a host in no group is in every booking.
    groups: tuple[HostGroup, ...] = ()
    #: Whether a booking that moves keeps its hosts; else they are chosen anew.
    same_hosts: bool = True
    description: str = ""
    #: The lengths on offer; the first one is the default.
    durations: tuple[timedelta, ...] = (timedelta(minutes=30),)
    #: How far apart slots start; None: as long as the booking.
    slot_interval: timedelta | None = None
    align: Align = Align.HOST
    #: How much later than on the hour, or a part of it, slots start.
    offset: timedelta = timedelta(0)
    #: Whether starts leave the even parts of the hour where one more slot fits in so.
    optimized: bool = False
    #: Whether only the first free slot of each day is offered, of the days in the guest's zone.
    first_only: bool = False
    buffer_before: timedelta = timedelta(0)
    buffer_after: timedelta = timedelta(0)
    #: A slot must start at least this long after now.
    minimum_notice: timedelta = timedelta(0)
    window: BookingWindow = BookingWindow()
    #: How much of it is booked at most, by whomever.
    limits: tuple[Limit, ...] = ()
    #: How much of it one guest books at most, told by the e-mail address.
    guest_limits: tuple[Limit, ...] = ()
    #: How many bookings of it that are still to come one guest may have; None: any number.
    max_active: int | None = None
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
    #: Whether it is booked through a private link only, see `booker_link`.
    private: bool = False
    #: How long before the start everybody is reminded.
    reminders: tuple[timedelta, ...] = ()
    approval: Approval | None = None
    seats: Seats | None = None
    series: Series | None = None
    #: What it costs; None: nothing.
    price: Price | None = None
    #: Where guests go in place of the booking page; what is not said here, 'BOOKER_REDIRECTS' says.
    redirects: Redirects | None = None
    #: Whether times are shown in the event type's zone only.
    zone_locked: bool = False
    #: Whether guests show by a mailed code that an address is theirs, wherever mails can be sent.
    verify_email: bool = False
    #: The brand's colour in the widgets, "#rrggbb"; contrast is seen to. Empty: that of the page.
    colour: str = ""
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
        return self.rules_zone or self.host.zone

    @property
    def duration(self) -> timedelta:
        """The default length."""
        return self.durations[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One date of a series that is not booked yet."""

    start: datetime
    end: datetime
    free: bool

    def __post_init__(self) -> None:
        require_aware(self, "start", "end")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a time is not offered."""

    #: A word of `policy.Rule`, or one of the provider's own.
    rule: str
    #: The slug of the host whom it is about; "" where it is about all or none.
    host: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A slot kept for one visitor for some minutes; advisory, never outranks a booking."""

    uid: str
    start: datetime
    end: datetime
    #: When it lapses.
    until: datetime

    def __post_init__(self) -> None:
        require_aware(self, "start", "end", "until")
