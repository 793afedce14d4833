"""What the fake remembers: users, booking pages, bookings, webhooks (contracts/jicoo.md 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from ..exchanges import Json

#: Who acts on a booking.
Side = Literal["guest", "host"]

#: The places of a booking (contracts/jicoo.md 2.1).
LOCATIONS = ("inPerson", "phone", "zoom", "googleMeet", "askInvitee", "teams", "custom")

#: What a user may do (contracts/jicoo.md 2.1, 2.10).
ROLES = ("admin", "editor", "viewer")

#: The five keys of a campaign, without a prefix (contracts/jicoo.md 2.3).
TRACKING = ("campaign", "source", "medium", "content", "term")


def weekly(start: str = "09:00", end: str = "17:00", *, days: Sequence[int] = (1, 2, 3, 4, 5)) -> list[Json]:
    """Give hours in the vendor's shape: *days* are 1 for Monday to 7 for Sunday, "24:00" is midnight."""
    (hour, minute), (last_hour, last_minute) = (map(int, each.split(":")) for each in (start, end))
    return [
        {
            "wday": day,
            "startHour": hour,
            "startMinute": minute,
            "endHour": last_hour,
            "endMinute": last_minute,
        }
        for day in days
    ]


@dataclass(slots=True, kw_only=True)
class Calendar:
    """A template of working hours (contracts/jicoo.md 2.12)."""

    uid: str
    name: str
    zone: str
    hours: Sequence[Json]
    default: bool
    created: datetime


@dataclass(slots=True, kw_only=True)
class User:
    """A member of the organization."""

    id: str
    name: str
    email: str
    role: str
    calendars: list[Calendar] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of a booking page's own; answers come back by its text (contracts/jicoo.md 2.7)."""

    uid: str
    text: str
    kind: Literal["line", "lines", "radio", "pulldown", "checkbox"] = "line"
    required: bool = False
    choices: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class Host:
    """Who hosts a booking page (contracts/jicoo.md 2.10); its uid is not the user's id."""

    uid: str
    user: User
    #: 0 to 3: the highest comes first where one of the hosts is chosen.
    priority: int = 1


@dataclass(slots=True, kw_only=True)
class EventType:
    """A booking page."""

    uid: str
    name: str
    #: In minutes, as is whatever is not said to be something else.
    duration: int
    hosts: list[Host]
    #: None = those of each host.
    hours: Sequence[Json] | None = None
    #: Of those hours.
    zone: str = "UTC"
    capacity: int = 1
    questions: Sequence[Question] = ()
    approval: bool = False
    locations: Sequence[str] = ("zoom",)
    #: The address of "inPerson", the words of "custom".
    place: str = ""
    #: Whether one of the hosts is chosen; otherwise all of them take part.
    assigned: bool = False
    #: From one start to the next; 0 = the duration.
    interval: int = 0
    notice: int = 0
    before: int = 0
    after: int = 0
    #: How far ahead it may be booked; None = without an end.
    days: int | None = None
    slug: str = ""
    enabled: bool = True
    #: Where the guest is sent, by event (contracts/jicoo.md 5).
    redirects: Mapping[str, str] = field(default_factory=dict)
    #: What `GET /event_types` says beside what is known of it (contracts/jicoo.md 2.8).
    extra: Json = field(default_factory=dict)

    @property
    def length(self) -> timedelta:
        """How long a booking takes."""
        return timedelta(minutes=self.duration)


@dataclass(slots=True, kw_only=True)
class Contact:
    """A guest (contracts/jicoo.md 2.7)."""

    name: str
    email: str
    cc: Sequence[str] = ()
    company: str = ""
    phone: str = ""
    message: str = ""
    remind_country: str = ""
    remind_number: str = ""
    #: The text of each question, and what was answered.
    answers: Sequence[tuple[str, list[str]]] = ()


@dataclass(slots=True, kw_only=True)
class Booking:
    """A booking; how the API shows it, `showing` says."""

    uid: str
    event_type: EventType
    name: str
    #: request, open or cancel.
    status: str
    start: datetime
    end: datetime
    zone: str
    contact: Contact
    hosts: list[User]
    created: datetime
    updated: datetime
    location: str | None = None
    url: str | None = None
    phone: str | None = None
    address: str | None = None
    custom: str | None = None
    description: str | None = None
    priority: str | None = None
    cancel_reason: str | None = None
    cancelled: datetime | None = None
    cancelled_by: str | None = None
    tracking: Mapping[str, str] = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        """Whether it takes its time: open, or waiting for its host."""
        return self.status != "cancel"


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where to tell what (contracts/jicoo.md 4)."""

    url: str
    #: Each signs: one "v1" for each.
    secrets: Sequence[str]
    events: Sequence[str]
    #: What stands between the elements of the header.
    separator: str = ","
    #: Whether elements of schemes that nobody knows are in it too.
    foreign: bool = False
