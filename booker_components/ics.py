"""Bookings as calendar files (RFC 5545) and as "add to calendar" links."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from icalendar import Calendar, Event, vCalAddress

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
    number, and the host's address.

    There is no ATTENDEE even then: RFC 5546 section 3.2.1 forbids it where METHOD is PUBLISH.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//booker_components//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(booking, domain=domain, url=url, people=people))
    content: bytes = calendar.to_ical()
    return content


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


def _event(booking: Booking, *, domain: str, url: str, people: bool) -> Event:
    event = Event()
    event.add("uid", f"{booking.uid}@{domain}")
    event.add("sequence", booking.revision - 1)
    event.add("status", _STATUS[booking.status])
    event.add("dtstamp", _whole(booking.updated_at))
    event.add("created", _whole(booking.created_at))
    event.add("last-modified", _whole(booking.updated_at))
    event.add("dtstart", _whole(booking.start))
    event.add("dtend", _whole(booking.end))
    for name, content in _texts(booking, url, people).items():
        if content:
            event.add(name, content)
    if people and booking.host.email:
        event.add("organizer", _organizer(booking))
    return event


def _texts(booking: Booking, url: str, people: bool) -> dict[str, str]:
    return {
        "summary": _text(booking.title),
        "location": place(booking.location, people=people),
        "description": _description(booking, url, people),
        "url": _line(url),
    }


def _description(booking: Booking, url: str, people: bool) -> str:
    names = [host.name for host in booking.hosts]
    if people:
        names.append(booking.attendee.name)
    lines = [f"With {', '.join(_text(name) for name in names)}"]
    return "\n".join([*lines, _text(url)] if url else lines)


def _organizer(booking: Booking) -> vCalAddress:
    address = vCalAddress(f"mailto:{_line(booking.host.email)}")
    address.params["CN"] = _line(booking.host.name)
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
