"""Bookings as calendar files (RFC 5545), as invitations (RFC 5546), and as "add to calendar" links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import quote, urlencode

from icalendar import Calendar, Event, vCalAddress, vText

from .languages import gettext as _
from .languages import speech
from .values import Booking, BookingStatus, Location, LocationKind

_STATUS = {
    BookingStatus.CONFIRMED: "CONFIRMED",
    BookingStatus.PENDING: "TENTATIVE",
    BookingStatus.CANCELLED: "CANCELLED",
    BookingStatus.REJECTED: "CANCELLED",
}

#: RFC 5545 section 3.3.11 allows no control characters in texts but tab and the escaped line feed.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def calendar_file(booking: Booking, *, domain: str, url: str = "", people: bool = False) -> bytes:
    """Give *booking* as the bytes of an .ics file to download.

    *domain* makes the UID unique in the world: use the host name of the app, and always the same one, since
    calendars recognise a moved booking by its UID and its higher SEQUENCE. *url* is the address of the
    booking page. *people* says whether whoever downloads may see personal data: the guest's name and phone
    number, and the host's address. Our own words are in the language that is spoken.

    There is no ATTENDEE even then: RFC 5546 section 3.2.1 forbids it where METHOD is PUBLISH.
    """
    event = _event(booking, domain=domain)
    texts = {
        "summary": _text(booking.title),
        "location": place(booking.location, people=people),
        "description": _description(booking, url, people),
        "url": _line(url),
    }
    _add_texts(event, texts, language=speech().tag)
    if people and booking.host.email:
        event.add("organizer", _person(Party(name=booking.host.name, email=booking.host.email)))
    return _calendar(Method.PUBLISH, [event])


class Method(StrEnum):
    """What whoever gets a calendar part is to do with it (RFC 5546 section 1.4)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Somebody who stands in an invitation."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A booking as it is to stand in somebody's calendar."""

    booking: Booking
    summary: str
    location: str = ""
    description: str = ""
    #: The BCP 47 tag of the language of the description, where it has one.
    language: str = ""
    #: The bookings that this one replaced, the latest first, where moving makes a new one: it keeps the UID
    #: of the first of them all, and counts on from their changes.
    former: Sequence[Booking] = ()


def invitation(
    entry: Entry, *, method: Method, domain: str, organizer: Party, attendee: Party, accepted: bool
) -> bytes:
    """Give the calendar part of a mail, which puts a booking into a calendar, moves it or takes it out.

    One part is about one booking only (RFC 5546 sections 3.2.2 and 3.2.5). *organizer* is who sends the mail:
    calendars take changes from nobody else. Nobody is asked to answer (RSVP), for the booking is not the
    calendar's to change: an answer would reach a mailbox in which nobody looks for it, and leave the booking
    as it is. *accepted* says whether the attendee has agreed already, by booking or by offering the time.

    Of those who take part only *attendee* is named: the others' addresses are not everybody's to read.
    """
    event = _entry(entry, domain=domain, organizer=organizer)
    if method is Method.CANCEL:
        # Also where the booking stands, and only this attendee is out of it (RFC 5546 section 3.2.5).
        event["status"] = vText("CANCELLED")
    event.add("attendee", _attendee(attendee, accepted=accepted))
    return _calendar(method, [event])


def dates_file(entries: Sequence[Entry], *, domain: str, organizer: Party) -> bytes:
    """Give several bookings as one calendar file, to be added at once.

    Its METHOD is PUBLISH, as what asks somebody to come is about one UID only (RFC 5546 section 3.2.2), and
    Outlook reads no more than one event of that (MS-STANOICAL on RFC 6047 section 4.4). Each booking has the
    UID under which an `invitation` moves or cancels it later.
    """
    events = [_entry(each, domain=domain, organizer=organizer) for each in entries]
    return _calendar(Method.PUBLISH, events)


def google_link(booking: Booking) -> str:
    """Give the address at which Google Calendar offers to add *booking*: title, time and place, no more."""
    parameters = {
        "action": "TEMPLATE",
        "text": _text(booking.title),
        "dates": f"{_basic(booking.start)}/{_basic(booking.end)}",
        "location": place(booking.location),
    }
    return _address("https://calendar.google.com/calendar/render", parameters)


def outlook_link(booking: Booking) -> str:
    """Give the address at which Outlook offers to add *booking*: title, time and place, no more."""
    parameters = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": _text(booking.title),
        "startdt": _extended(booking.start),
        "enddt": _extended(booking.end),
        "location": place(booking.location),
    }
    return _address("https://outlook.live.com/calendar/0/deeplink/compose", parameters)


#: Where the guest said where: what they typed is their own.
_GUESTS = (LocationKind.ATTENDEE_PHONE, LocationKind.ATTENDEE_ADDRESS, LocationKind.ATTENDEE_CHOICE)


def place(location: Location | None, *, people: bool = False) -> str:
    """Give *location* as one line; the guest's own number or address only if *people* allows it."""
    if location is None:
        return ""
    private = location.kind in _GUESTS and not people
    parts = (location.label, "" if private else location.value)
    return ", ".join(dict.fromkeys(_text(part) for part in parts if part))


def _calendar(method: Method, events: Sequence[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//booker_components//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _entry(entry: Entry, *, domain: str, organizer: Party) -> Event:
    event = _event(entry.booking, domain=domain, former=entry.former)
    texts = {"summary": entry.summary, "location": entry.location, "description": entry.description}
    _add_texts(event, {name: _text(text) for name, text in texts.items()}, language=entry.language)
    event.add("organizer", _person(organizer))
    return event


def _event(booking: Booking, *, domain: str, former: Sequence[Booking] = ()) -> Event:
    """Give what is the same for everybody about a booking, with its times in UTC.

    A zone of its own would be two kilobytes of changes of the clocks, and of no use: nothing repeats.
    """
    first = former[-1] if former else booking
    event = Event()
    event.add("uid", f"{first.uid}@{domain}")
    event.add("sequence", sum(each.revision for each in (booking, *former)) - 1)
    event.add("status", _STATUS[booking.status])
    event.add("dtstamp", _whole(booking.updated_at))
    event.add("created", _whole(first.created_at))
    event.add("last-modified", _whole(booking.updated_at))
    event.add("dtstart", _whole(booking.start))
    event.add("dtend", _whole(booking.end))
    return event


def _add_texts(event: Event, texts: Mapping[str, str], *, language: str) -> None:
    """Add what is said about a booking; *language* is that of the description.

    Titles and places are the hosts' words, in whatever language those wrote them (RFC 5545 section 3.2.10).
    """
    for name, content in texts.items():
        if content:
            spoken = name == "description" and language
            event.add(name, content, parameters={"LANGUAGE": language} if spoken else {})


def _description(booking: Booking, url: str, people: bool) -> str:
    names = [host.name for host in booking.hosts]
    if people:
        names.append(booking.attendee.name)
    listed = speech().listed(filter(None, map(_text, names)))
    with_them = _("With %(names)s", names=listed) if listed else ""
    return "\n".join(filter(None, (with_them, _text(url))))


def _person(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{_line(party.email)}")
    if name := _line(party.name):
        address.params["CN"] = name
    return address


def _attendee(party: Party, *, accepted: bool) -> vCalAddress:
    address = _person(party)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "ACCEPTED" if accepted else "NEEDS-ACTION"
    address.params["RSVP"] = "FALSE"
    return address


def _text(text: str) -> str:
    """Give *text* without the characters that a calendar file may not hold."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip()


def _line(text: str) -> str:
    """Give *text* on one line: addresses and parameters cannot escape a line's end."""
    return " ".join(_text(text).split("\n"))


def _whole(instant: datetime) -> datetime:
    """Give *instant* in UTC and whole seconds, the only precision of RFC 5545 section 3.3.5."""
    return instant.astimezone(UTC).replace(microsecond=0)


def _basic(instant: datetime) -> str:
    return _whole(instant).strftime("%Y%m%dT%H%M%SZ")


def _extended(instant: datetime) -> str:
    return _whole(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(base: str, parameters: dict[str, str]) -> str:
    # Outlook shows the plus signs of form encoding to the guest; %20 works everywhere.
    filled = {name: value for name, value in parameters.items() if value}
    return f"{base}?{urlencode(filled, quote_via=quote)}"
