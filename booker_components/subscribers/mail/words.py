"""What the templates of mails print: every text ready, on one line where it must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from babel import Locale

from ... import ics, times
from ...values import Answer, Booking, BookingStatus, EventType, LocationKind, Question
from .addresses import lines, one_line

#: What a mail program may make a link of, or an advertisement: no part of a name.
_NO_NAME = re.compile(r"[\d/:@<>{}\[\]|=€$£%!?*#]|\.\S")
_LONGEST_NAME = 60
_UNTITLED = "Booking"


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A time in words, in the reader's zone."""

    date: str
    time: str
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """Who has booked, for the hosts."""

    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """An answer of the guest, for the hosts."""

    label: str
    lines: tuple[str, ...] = ()
    #: Whether a box was ticked, where the question is one; its template has the words.
    ticked: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """All that a template of a mail may print: its fields are the names in the template.

    Whoever books may have given somebody else's address. So nothing that a guest typed goes to guests,
    neither to the one who booked nor to those who were invited: what names, notes and answers say is for the
    hosts, and on the booking page. The only exception is a name that can be nothing else.
    """

    #: The language of the texts and the direction in which it is written, for HTML.
    lang: str = "en"
    dir: str = "ltr"
    #: What is booked.
    title: str
    when: When
    #: The time before, where the booking has moved.
    former: When | None = None
    #: The dates of a series, where the mail is about them all; else empty.
    dates: tuple[When, ...] = ()
    #: Whether a calendar file with these dates is attached.
    attached: bool = False
    #: The names of the hosts.
    hosts: tuple[str, ...] = ()
    #: Where it takes place, as one line; `place_href` where that is an address to open.
    place: str = ""
    place_href: str = ""
    #: Whether it waits for a host to agree, and until when, if that is known.
    waiting: bool = False
    decide_by: When | None = None
    #: Whether the guest made the change.
    by_guest: bool = False
    #: Why it was changed, line by line, if the reader may read that.
    reason: tuple[str, ...] = ()
    #: What to call the reader; "" where the name might be none.
    name: str = ""
    #: Whether the reader was invited by the guest, and by whom, if that can be told.
    invited: bool = False
    inviter: str = ""

    #: What only hosts read.
    guest: Guest | None = None
    guests: tuple[str, ...] = ()
    answers: tuple[Said, ...] = ()
    notes: tuple[str, ...] = ()

    #: Absolute addresses, "" where the reader has none: to see, move, cancel, decide about and book again.
    manage: str = ""
    reschedule: str = ""
    cancel: str = ""
    decide: str = ""
    again: str = ""

    def values(self) -> Mapping[str, object]:
        """Give the fields by name, for the template."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How somebody reads times."""

    #: IANA name of the zone.
    zone: str
    locale: Locale = field(default_factory=lambda: times.best_locale(""))

    def when(self, start: datetime, end: datetime) -> When:
        """Say the time from *start* to *end*."""
        hours24 = times.uses_24_hours(self.locale)
        return When(
            date=times.full_date(times.local_date(start, self.zone), self.locale),
            time=times.time_span(start, end, self.zone, self.locale, hours24),
            zone=times.zone_label(self.zone, start, self.locale),
        )

    def at(self, instant: datetime) -> When:
        """Say an instant."""
        hours24 = times.uses_24_hours(self.locale)
        return When(
            date=times.full_date(times.local_date(instant, self.zone), self.locale),
            time=times.clock_time(instant, self.zone, self.locale, hours24),
            zone=times.zone_label(self.zone, instant, self.locale),
        )

    def of(self, booking: Booking) -> When:
        """Say when a booking is."""
        return self.when(booking.start, booking.end)

    def former(self, booking: Booking) -> When | None:
        """Say when a booking was before its latest move; None if it has not moved."""
        start = booking.former_start
        return self.when(start, start + booking.duration) if start else None


def reader_of(booking: Booking) -> Reader:
    """Tell how the guest of *booking* reads times."""
    guest = booking.attendee
    return Reader(zone=guest.zone, locale=times.best_locale(guest.locale))


def for_guests(booking: Booking, event_type: EventType | None) -> Mail:
    """Give what everybody may know of *booking* who is invited; `Site.for_guest` has been asked before."""
    reader, by_guest = reader_of(booking), booking.changed_by == "guest"
    return Mail(
        title=one_line(_harmless_title(booking, event_type)),
        when=reader.of(booking),
        former=reader.former(booking),
        hosts=_names(booking),
        place=one_line(ics.place(booking.location)),
        place_href=_href(booking),
        waiting=booking.status is BookingStatus.PENDING,
        by_guest=by_guest,
        # Where a vendor does not tell who made the change, it may have been the guest.
        reason=() if by_guest or not booking.changed_by else lines(booking.reason),
    )


def for_hosts(booking: Booking, event_type: EventType | None, reader: Reader) -> Mail:
    """Give all that the hosts may know of *booking*: who booked it, and what the guest said."""
    guest = booking.attendee
    return Mail(
        title=one_line(booking.title),
        when=reader.of(booking),
        former=reader.former(booking),
        hosts=_names(booking),
        place=one_line(ics.place(booking.location, people=True)),
        place_href=_href(booking),
        waiting=booking.status is BookingStatus.PENDING,
        decide_by=reader.at(booking.decide_by) if booking.decide_by else None,
        by_guest=booking.changed_by == "guest",
        reason=lines(booking.reason),
        guest=Guest(
            name=one_line(guest.name or guest.email),
            email=one_line(guest.email),
            phone=one_line(guest.phone),
        ),
        guests=tuple(map(one_line, booking.guests)),
        answers=tuple(_said(booking, event_type)),
        notes=lines(booking.notes),
    )


def harmless_name(name: str) -> str:
    """Give *name* if it can be nothing but a name, else ""; who booked may have written anything there."""
    name = one_line(name)
    return "" if len(name) > _LONGEST_NAME or _NO_NAME.search(name) else name


def _harmless_title(booking: Booking, event_type: EventType | None) -> str:
    """Give the title without what the guest typed, which vendors put into it (contracts/calcom.md 4.8)."""
    guest, answers = booking.attendee.name, booking.answers.values()
    typed = {booking.notes, "" if harmless_name(guest) else guest, *filter(_is_text, answers)}
    title = one_line(booking.title)
    if not any(text and text in title for text in map(one_line, map(str, typed))):
        return title
    return event_type.title if event_type else _UNTITLED


def _is_text(answer: Answer) -> bool:
    return isinstance(answer, str)


def _names(booking: Booking) -> tuple[str, ...]:
    return tuple(name for host in booking.hosts if (name := one_line(host.name)))


def _href(booking: Booking) -> str:
    """Give the address of a video call, which a host or a provider has written."""
    place = booking.location
    if place is None or place.kind not in (LocationKind.LINK, LocationKind.CONFERENCE):
        return ""
    address = one_line(place.value)
    return address if address.startswith(("https://", "http://")) and " " not in address else ""


def _said(booking: Booking, event_type: EventType | None) -> Iterator[Said]:
    """Give the answers in the order of the questions; those that are no longer asked come last."""
    asked = {each.slug: each for each in event_type.questions} if event_type else {}
    slugs = [slug for slug in asked if slug in booking.answers]
    for slug in (*slugs, *(each for each in booking.answers if each not in asked)):
        question = asked.get(slug, Question(slug=slug, label=slug))
        yield _answer(one_line(question.label), booking.answers[slug])


def _answer(label: str, answer: Answer) -> Said:
    if isinstance(answer, bool):
        return Said(label=label, ticked=answer)
    if isinstance(answer, tuple):
        return Said(label=label, lines=tuple(map(one_line, answer)))
    if isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    return Said(label=label, lines=lines(str(answer)))
