"""Bookings to mail of, a stand-in for the app, and what was mailed in parts that tests look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar, Component
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from booker_components.languages import Languages
from booker_components.links import Purpose
from booker_components.storage import Storage
from booker_components.subscribers.mail import (
    GuestLetters,
    HostLetters,
    LinkMailer,
    Mailer,
    Once,
    Post,
    Readers,
    Rounds,
    Writer,
)
from booker_components.testing import FrozenClock
from booker_components.values import (
    Attendee,
    Booking,
    BookingEvent,
    BookingStatus,
    EventKind,
    EventType,
    Host,
    Location,
    LocationKind,
    Occurrence,
    Question,
    QuestionKind,
)
from booker_components.web import language

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

SENDER = "Bookings <bookings@app.example>"

#: When the mails are sent.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

ADA = Host(slug="ada", name="Ada Example", zone="Europe/Paris", email="ada@host.example")
BOB = Host(slug="bob", name="Bob Example", zone="America/New_York", email="bob@host.example")

INTRO = EventType(
    slug="intro-call",
    title="Intro call",
    hosts=(ADA, BOB),
    questions=(
        Question(slug="topic", label="What is it about?", kind=QuestionKind.LONG_TEXT),
        Question(slug="days", label="Days", kind=QuestionKind.CHECKBOXES, options=("Mon", "Tue")),
        Question(slug="first", label="Is it your first time?", kind=QuestionKind.BOOLEAN),
        Question(slug="people", label="People", kind=QuestionKind.NUMBER),
    ),
)

BOOKING = Booking(
    uid="b123",
    event_type="intro-call",
    title="Intro call",
    start=datetime(2026, 3, 12, 9, 0, tzinfo=UTC),
    end=datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
    status=BookingStatus.CONFIRMED,
    hosts=(ADA,),
    attendee=Attendee(
        name="Grace Guest",
        email="grace@guest.example",
        zone="Asia/Kathmandu",
        locale="de",
        phone="+977 1 444555",
    ),
    created_at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
    updated_at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
    guests=("carol@friend.example",),
    notes="We met in Lyon.\nSee you!",
    answers={"topic": "Prices\nand terms", "days": ("Mon", "Tue"), "first": True, "people": 3.0},
    location=Location(kind=LocationKind.IN_PERSON, value="1 Example Street", label="Our office"),
)

MOVED = replace(
    BOOKING,
    start=BOOKING.start + timedelta(days=1),
    end=BOOKING.end + timedelta(days=1),
    former_start=BOOKING.start,
    revision=2,
    updated_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
    changed_by="host",
    reason="I am at a fair on Thursday.",
)
CANCELLED = replace(
    BOOKING, status=BookingStatus.CANCELLED, revision=2, changed_by="host", reason="I am ill.\nSorry!"
)
PENDING = replace(BOOKING, status=BookingStatus.PENDING)


@dataclass
class Desk:
    """A stand-in for the app; addresses tell purpose, uid and revision, templates are the real ones."""

    event_types: Mapping[str, EventType] = field(default_factory=lambda: {INTRO.slug: INTRO})
    bookings: dict[str, Booking] = field(default_factory=dict)
    #: The booking of each event as it was before, by the event's id.
    earlier: dict[str, Booking] = field(default_factory=dict)
    domain: str = "app.example"
    #: Whether the app has its templates leave out lines of nothing but tags.
    trimmed: bool = False

    def __post_init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(default=False),
            undefined=StrictUndefined,
            trim_blocks=self.trimmed,
            lstrip_blocks=self.trimmed,
        )
        self._templates.globals.update(language.GLOBALS)

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Fill a template; a name that is no field of `Mail` is an error."""
        return self._templates.get_template(f"booker/email/{name}").render(values)

    def address(self, purpose: Purpose, booking: Booking) -> str:
        """Give an address that tells what it is for; an ampersand is in each."""
        now = self.bookings.get(booking.uid, booking)
        allowed = now.is_open if purpose is not Purpose.DECIDE else now.status is BookingStatus.PENDING
        return f"https://app.example/{purpose}/{now.uid}?token=t{now.revision}&b=1" if allowed else ""

    def again(self, booking: Booking) -> str:
        """Give the address of the booker."""
        return f"https://app.example/book/{booking.event_type}"

    def current(self, uid: str) -> Booking | None:
        """Give the booking that was put here."""
        return self.bookings.get(uid)

    def before(self, event: BookingEvent) -> Booking | None:
        """Give the booking that was put before the event."""
        return self.earlier.get(event.id)

    def event_type(self, booking: Booking) -> EventType | None:
        """Give the event type that was put here."""
        return self.event_types.get(booking.event_type)

    def for_guest(self, booking: Booking) -> Booking:
        """Hide the hosts' addresses where the event type says so."""
        event_type = self.event_type(booking)
        if event_type and event_type.host_email_hidden:
            return replace(booking, hosts=tuple(replace(host, email="") for host in booking.hosts))
        return booking


def event(
    booking: Booking = BOOKING, kind: EventKind = EventKind.CREATED, *, id: str = "e-1"
) -> BookingEvent:
    """Give what the outbox would deliver."""
    return BookingEvent(id=id, kind=kind, at=NOW, booking=booking)


#: Who speaks English alone, whatever catalogues there are.
ENGLISH = Readers(languages=Languages(only=("en",)))


def writer(url: str, desk: Desk, *, readers: Readers = ENGLISH, total: float = 30.0) -> Writer:
    """Give what writes the mails that the server at *url* takes."""
    return Writer(site=desk, post=Post(url, SENDER, total=total), readers=readers)


def link_mailer(url: str, desk: Desk, *, readers: Readers = ENGLISH) -> LinkMailer:
    """Give the subscriber that mails links."""
    return LinkMailer(writer(url, desk, readers=readers))


def mailers(
    url: str,
    desk: Desk,
    storage: Storage,
    clock: FrozenClock,
    *,
    readers: Readers = ENGLISH,
    total: float = 30.0,
) -> tuple[Mailer, Mailer]:
    """Give the subscribers for guests and for hosts."""
    written, once = writer(url, desk, readers=readers, total=total), Once(storage, clock)
    guests = Mailer(
        rounds=Rounds(name="booker.mail.guest", post=written.post, once=once),
        letters=GuestLetters(writer=written),
        site=desk,
        clock=clock,
    )
    hosts = Mailer(
        rounds=Rounds(name="booker.mail.host", post=written.post, once=once),
        letters=HostLetters(writer=written),
        site=desk,
        clock=clock,
    )
    return guests, hosts


def series(count: int = 3, **changes: object) -> tuple[Booking, ...]:
    """Give the bookings of a weekly series; each knows of all."""
    starts = [BOOKING.start + timedelta(weeks=week) for week in range(count)]
    dates = tuple(
        Occurrence(
            uid=f"s{number}", start=start, end=start + BOOKING.duration, status=BookingStatus.CONFIRMED
        )
        for number, start in enumerate(starts)
    )
    whole = replace(BOOKING, series="series1", occurrences=dates, **changes)  # type: ignore[arg-type]
    return tuple(replace(each, occurrences=dates) for each in whole.each())


def calendar_of(mail: EmailMessage) -> Component | None:
    """Give the one event of a mail's calendar part; None if it has none."""
    part = mail.get_body(("calendar",))
    if part is None:
        return None
    (found,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    return found


def method_of(mail: EmailMessage) -> str:
    """Give the method of a mail's calendar part; "" if it has none."""
    part = mail.get_body(("calendar",))
    return "" if part is None else str(part.get_param("method"))


def tree(message: EmailMessage, depth: int = 0) -> list[str]:
    """Give the types of the parts of a mail, indented."""
    found = ["  " * depth + message.get_content_type()]
    for part in message.iter_parts():
        found += tree(part, depth + 1)  # type: ignore[arg-type]  # all parts are messages of the same kind
    return found
