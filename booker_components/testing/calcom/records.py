"""What the fake remembers: people, event types, bookings, clients, tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..memory import Delivery as Delivery
from .calls import Json

#: Weekdays as Cal.com writes them, in the order of `date.weekday`.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: The hours of a schedule that was given none (contracts/calcom.md 4.9).
OFFICE_HOURS: tuple[Json, ...] = ({"days": list(WEEKDAYS[:5]), "startTime": "09:00", "endTime": "17:00"},)


def display_email(email: str) -> str:
    """Give an address as it is shown: without the "+clientId" of managed users."""
    return re.sub(r"\+[a-z0-9]{25}(?=@)", "", email)


@dataclass(slots=True, kw_only=True)
class User:
    """A user, managed by a Platform client if `client` is its id."""

    id: int
    username: str
    name: str
    email: str
    zone: str
    created: datetime
    #: The slug of the organization that he belongs to.
    organization: str = ""
    client: str = ""
    schedule: int | None = None
    locale: str = "en"
    week_start: str = "Sunday"
    time_format: int = 12
    bio: str | None = None
    avatar: str | None = None
    metadata: Json = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Team:
    """A team and its members."""

    id: int
    slug: str
    name: str
    members: list[User]
    #: Who may administer it.
    admin: User
    organization: str = ""


@dataclass(slots=True, kw_only=True)
class Schedule:
    """Working hours in a zone, in the vendor's shape (contracts/calcom.md 4.9)."""

    id: int
    owner: int
    name: str
    zone: str
    availability: Sequence[Json] = OFFICE_HOURS
    overrides: Sequence[Json] = ()


@dataclass(slots=True, kw_only=True)
class EventType:
    """An event type of a user or a team; `fields` is what the API puts out (contracts/calcom.md 4.7)."""

    id: int
    owner: User | Team
    hosts: list[User]
    fields: Json
    created: datetime

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return str(self.fields["slug"])

    @property
    def title(self) -> str:
        """Its name."""
        return str(self.fields["title"])

    @property
    def team(self) -> Team | None:
        """The team it belongs to; None for one of a single user."""
        return self.owner if isinstance(self.owner, Team) else None

    @property
    def user(self) -> User:
        """Who may administer it."""
        return self.owner.admin if isinstance(self.owner, Team) else self.owner

    @property
    def lengths(self) -> list[int]:
        """The lengths on offer in minutes, the default first."""
        default = self.fields["lengthInMinutes"]
        others = self.fields.get("lengthInMinutesOptions") or []
        return [default, *(each for each in others if each != default)]

    @property
    def seats(self) -> int:
        """How many may book one time together; 0 for one booking at a time."""
        seats = self.setting("seats")
        return int(seats["seatsPerTimeSlot"]) if seats else 0

    @property
    def scheduling(self) -> str:
        """How the hosts of a team share the work."""
        return str(self.fields.get("schedulingType") or "")

    def setting(self, name: str) -> Any:
        """Give a setting that may be {disabled: true}; None if it is, or is not set."""
        value = self.fields.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        return None if not value or (isinstance(value, dict) and value.get("disabled") is True) else value

    def minutes(self, name: str) -> timedelta:
        """Give a field that is a number of minutes."""
        return timedelta(minutes=self.fields.get(name) or 0)


@dataclass(slots=True, kw_only=True)
class Attendee:
    """A guest of a booking."""

    id: int
    name: str
    email: str
    zone: str
    language: str = "en"
    phone: str = ""
    absent: bool = False
    #: Of a seated booking.
    seat: str = ""
    responses: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Booking:
    """A booking; which answer shows which of these, `showing` says."""

    id: int
    uid: str
    event_type: EventType
    hosts: list[User]
    start: datetime
    end: datetime
    #: accepted, pending, cancelled or rejected.
    status: str
    title: str
    location: str
    created: datetime
    updated: datetime
    attendees: list[Attendee]
    ics_uid: str
    description: str = ""
    guests: list[str] = field(default_factory=list)
    responses: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    recurring: str = ""
    replaces: str = ""
    replaced_by: str = ""
    cancellation_reason: str = ""
    cancelled_by: str = ""
    rescheduling_reason: str = ""
    rescheduled_by: str = ""
    absent_host: bool = False

    @property
    def open(self) -> bool:
        """Whether it stands or waits for its host."""
        return self.status in ("accepted", "pending")

    @property
    def minutes(self) -> int:
        """Its length."""
        return (self.end - self.start) // timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Reservation:
    """A time that somebody keeps for a while (contracts/calcom.md 4.6)."""

    uid: str
    event_type: EventType
    start: datetime
    end: datetime
    minutes: int
    until: datetime


@dataclass(slots=True, kw_only=True)
class PlatformClient:
    """An OAuth client of the Platform, with its managed users (contracts/calcom.md 3.6)."""

    id: str
    secret: str
    name: str
    owner: User
    created: datetime
    redirect_uris: list[str]
    permissions: list[str] = field(default_factory=list)
    booking_uri: str = ""
    reschedule_uri: str = ""
    cancel_uri: str = ""
    emails: bool = False
    default_event_types: bool = False
    calendar_events: bool = True
    logo: str = ""


@dataclass(slots=True, kw_only=True)
class OAuthClient:
    """An OAuth 2.0 client (contracts/calcom.md 4.11)."""

    id: str
    #: Empty for a public one, which proves itself by PKCE alone.
    secret: str
    name: str
    redirect_uris: list[str]
    #: None for an old client that no scope binds.
    scopes: frozenset[str] | None


@dataclass(slots=True, kw_only=True)
class Token:
    """A token: a managed user's, or one of OAuth 2.0."""

    value: str
    user: User
    expires: datetime
    #: The id of the client that it was given to.
    client: str
    refresh: bool = False
    oauth: bool = False
    scopes: frozenset[str] | None = None
    #: Taken back: refreshed, or its user was deleted.
    revoked: bool = False


@dataclass(slots=True, kw_only=True)
class Code:
    """An authorization code: to be used once, within ten minutes."""

    client: str
    user: User
    redirect_uri: str
    scopes: frozenset[str] | None
    challenge: str
    expires: datetime
    used: bool = False


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where to tell what (contracts/calcom.md 5)."""

    id: int
    #: "user", "event-type" or "client", and the id of it.
    scope: tuple[str, str]
    url: str
    triggers: list[str]
    active: bool = True
    secret: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that Cal.com would send, with the links of contracts/calcom.md 3.2 or 3.4; "" = no such link."""

    #: created, requested, rescheduled, cancelled or declined.
    kind: str
    to: str
    subject: str
    uid: str
    manage: str = ""
    reschedule: str = ""
    cancel: str = ""
