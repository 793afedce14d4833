"""Writes letters: fills the templates, and puts the subject, the bodies and the calendar part together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ... import ics
from ...errors import DeliveryFailed
from ...ics import Entry, Method, Party
from ...links import Purpose
from ...values import Booking, BookingEvent
from .addresses import one_line
from .occasions import former_of
from .post import Calendar, Letter, Post, letter_id
from .readers import Readers
from .site import Site
from .words import Mail

_BLANK_LINES = re.compile(r"\n{3,}")
_SUBJECT = "Subject:"
# What isolates names within sentences: in a header it would be a blank, which no comma may follow.
_ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Who gets a letter, and how it looks in that person's calendar."""

    email: str
    #: As it may stand in a calendar; "" where the name might be none.
    name: str = ""
    #: Whether the time is agreed to already.
    accepted: bool = True
    #: Where an answer goes, if not to the sender.
    reply_to: str = ""
    #: Who invites, for the calendar.
    organizer: str = ""
    #: The template of what a calendar says about the booking, and its language where all of it is ours.
    description: str = "calendar.txt"
    language: str = ""
    #: What the calendar calls it; "": the title.
    summary: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Writes the letters of an app, in the language that is spoken."""

    site: Site
    post: Post
    readers: Readers

    def letter(
        self, event: BookingEvent, template: str, mail: Mail, to: Recipient, calendar: Calendar | None
    ) -> Letter:
        """Give the letter about *event*, whose templates are *template* with .txt and .html."""
        values = mail.values()
        subject, text = written(self.site, f"{template}.txt", values)
        return Letter(
            to=to.email,
            subject=subject,
            text=text,
            html=self.site.render(f"{template}.html", values),
            at=event.at,
            id=letter_id(event.id, to.email),
            reply_to=to.reply_to,
            calendar=calendar,
        )

    def invitation(self, booking: Booking, mail: Mail, to: Recipient, method: Method) -> Calendar:
        """Give the calendar part about one booking."""
        content = ics.invitation(
            self._entry(booking, mail, to),
            method=method,
            domain=self.site.domain,
            organizer=self._organizer(to),
            attendee=Party(name=to.name, email=to.email),
            accepted=to.accepted,
        )
        return Calendar(content=content, method=method.value)

    def dates(self, bookings: Sequence[Booking], mail: Mail, to: Recipient) -> Calendar:
        """Give the calendar part about all dates of a series."""
        entries = [self._entry(each, self._about(each, mail), to) for each in bookings]
        content = ics.dates_file(entries, domain=self.site.domain, organizer=self._organizer(to))
        return Calendar(content=content, method=Method.PUBLISH.value)

    def _about(self, date: Booking, mail: Mail) -> Mail:
        """Give *mail* with the link of one date, where its reader may have one."""
        return replace(mail, manage=self.site.address(Purpose.MANAGE, date)) if mail.manage else mail

    def _entry(self, booking: Booking, mail: Mail, to: Recipient) -> Entry:
        return Entry(
            booking=booking,
            summary=to.summary or mail.title,
            location=mail.place,
            description=_tidy(self.site.render(to.description, mail.values())),
            language=to.language,
            former=former_of(booking, self.site),
        )

    def _organizer(self, to: Recipient) -> Party:
        sender = self.post.sender
        return Party(name=to.organizer or sender.display_name, email=sender.addr_spec)


def written(site: Site, template: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Give subject and body of a mail as text: a template begins with the subject, as mails do."""
    first, _, body = _tidy(site.render(template, values)).partition("\n")
    if not first.startswith(_SUBJECT):
        raise DeliveryFailed(f"The template 'booker/email/{template}' does not begin with '{_SUBJECT} '.")
    return one_line(first.removeprefix(_SUBJECT).translate(_ISOLATES)), f"{_tidy(body)}\n"


def _tidy(text: str) -> str:
    """Give *text* without blanks at the ends of lines and without more than one empty line at a time.

    So a template may leave parts out without counting lines, whatever an app makes of its blocks.
    """
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()
