"""What the templates of mails print: every text ready, on one line where it must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from ... import ics
from ...languages import gettext as _
from ...languages import pgettext
from ...values import Answer, Booking, BookingStatus, EventType, LocationKind, Question
from .addresses import lines, one_line
from .readers import Reader, When

#: What a mail program may make a link of, or an advertisement: no part of a name.
_NO_NAME = re.compile(r"[\d/:@<>{}\[\]|=€$£%!?*#]|\.\S")
_LONGEST_NAME = 60
#: Where the place is a telephone number.
_NUMBERS = (LocationKind.PHONE, LocationKind.ATTENDEE_PHONE)


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
    #: The names of the hosts, and all of them as a list in words.
    hosts: tuple[str, ...] = ()
    host_names: str = ""
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


def for_guests(booking: Booking, event_type: EventType | None, reader: Reader) -> Mail:
    """Give what everybody may know of *booking* who is invited; `Site.for_guest` has been asked before.

    *reader* is who reads it, whose language is to be spoken.
    """
    by_guest = booking.changed_by == "guest"
    return Mail(
        lang=reader.speech.tag,
        dir=reader.speech.direction,
        title=one_line(_harmless_title(booking, event_type)),
        when=reader.of(booking),
        former=reader.former(booking),
        hosts=_names(booking),
        host_names=reader.speech.listed(_names(booking)),
        place=place_of(booking, reader),
        place_href=_href(booking),
        waiting=booking.status is BookingStatus.PENDING,
        by_guest=by_guest,
        # Where a vendor does not tell who made the change, it may have been the guest.
        reason=() if by_guest or not booking.changed_by else lines(booking.reason),
    )


def for_hosts(booking: Booking, event_type: EventType | None, reader: Reader) -> Mail:
    """Give all that the hosts may know of *booking*: who booked it, and what the guest said.

    *reader* is who reads it, whose language is to be spoken.
    """
    guest = booking.attendee
    return Mail(
        lang=reader.speech.tag,
        dir=reader.speech.direction,
        title=one_line(booking.title),
        when=reader.of(booking),
        former=reader.former(booking),
        hosts=_names(booking),
        host_names=reader.speech.listed(_names(booking)),
        place=place_of(booking, reader, people=True),
        place_href=_href(booking),
        waiting=booking.status is BookingStatus.PENDING,
        decide_by=reader.at(booking.decide_by) if booking.decide_by else None,
        by_guest=booking.changed_by == "guest",
        reason=lines(booking.reason),
        guest=Guest(
            # Translators: It stands for the name of a guest, also within sentences.
            name=reader.speech.own(one_line(guest.name or guest.email) or _("Unknown guest")),
            email=one_line(guest.email),
            phone=one_line(guest.phone),
        ),
        guests=tuple(map(one_line, booking.guests)),
        answers=tuple(_said(booking, event_type)),
        notes=lines(booking.notes),
    )


def place_of(booking: Booking, reader: Reader, *, people: bool = False) -> str:
    """Give the place on one line; the guest's own number or address only if *people* allows it."""
    location = booking.location
    place = one_line(ics.place(location, people=people))
    number = one_line(location.value) if location and location.kind in _NUMBERS else ""
    if reader.speech.direction == "ltr" or not number or not place.endswith(number):
        return place
    # Among words that are written from right to left, the mark keeps the digits in their order.
    return f"{place.removesuffix(number)}\u200e{number}"


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
    return event_type.title if event_type else pgettext("booking", "Booking")


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
