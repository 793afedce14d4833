"""What only hosts may do: confirm, decline, mark absent, add guests (contracts/calcom.md 4.8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from ...times import format_instant
from . import news
from .booking_paths import VERSIONS
from .calls import Answer, Call, Refusal, Route, invalid, read_zone, success
from .changes import confirm, decline
from .fields import EMAIL
from .records import Attendee, Booking
from .showing import is_host, shown, with_id

#: Guests: at most in a call, and at most of a booking; calls a minute (contracts/calcom.md 4.4, 4.8).
_GUESTS, _ALL_GUESTS, _GUEST_CALLS = 10, 30, 5

#: What each type of a location is called in a body.
_VALUES = {
    "address": "address",
    "attendeeAddress": "address",
    "attendeeDefined": "location",
    "attendeePhone": "phone",
    "link": "link",
    "phone": "phone",
}


def _own(call: Call, uid: str) -> Booking:
    booking = call.store.booking(uid)
    if not is_host(booking, call.caller):
        raise Refusal(403, f"User is not a host of booking with uid={uid}.")
    return booking


def _confirm(call: Call, uid: str) -> Answer:
    booking = _own(call, uid)
    confirm(call.store, booking)
    news.confirmed(call.store, booking)
    return success(shown(booking, call.caller))


def _decline(call: Call, uid: str) -> Answer:
    booking = _own(call, uid)
    decline(call.store, booking, reason=call.text("reason"))
    news.rejected(call.store, booking)
    return success(shown(booking, call.caller))


def _mark_absent(call: Call, uid: str) -> Answer:
    booking = _own(call, uid)
    if call.now < booking.start:
        raise Refusal(400, "Bookings can only be marked as absent after their start time.")
    absent = {each["email"]: each["absent"] for each in call.json.get("attendees") or ()}
    people = [each for each in booking.attendees if each.email in absent]
    for each in people:
        each.absent = absent[each.email]
    if "host" in call.json:
        booking.absent_host = call.json["host"] is True
    booking.updated = call.now
    news.absent(call.store, booking, people)
    return success(shown(booking, call.caller))


# --- attendees and guests ------------------------------------------------------------------------


def _attendees(call: Call, uid: str) -> Answer:
    return success([with_id(each) for each in _own(call, uid).attendees])


def _attendee(call: Call, uid: str, number: int) -> Answer:
    found = next((each for each in _own(call, uid).attendees if each.id == number), None)
    if found is None:
        raise Refusal(404, f"Attendee with id {number} not found in the booking.")
    return success(with_id(found))


def _add_attendee(call: Call, uid: str) -> Answer:
    booking = _own(call, uid)
    name, email = call.text("name", required=True), _email(call.json.get("email"), "email")
    if any(each.email == email for each in booking.attendees):
        raise Refusal(400, "An attendee with this email is in the booking already.")
    made = Attendee(
        id=call.store.next_id(),
        name=name,
        email=email,
        zone=read_zone(call.json.get("timeZone"), "timeZone"),
        language=call.text("language") or "en",
        phone=call.text("phoneNumber"),
    )
    booking.attendees.append(made)
    booking.updated = call.now
    return success({**with_id(made), "bookingId": booking.id}, status=201)


def _email(value: Any, name: str) -> str:
    if not isinstance(value, str) or not EMAIL.fullmatch(value):
        raise invalid(name, "isEmail", f"{name} must be an email")
    return value


def _add_guests(call: Call, uid: str) -> Answer:
    _check_rate(call)
    booking = _own(call, uid)
    given = call.json.get("guests")
    if not isinstance(given, list) or not 1 <= len(given) <= _GUESTS:
        raise invalid("guests", "arrayMaxSize", f"guests must contain 1 to {_GUESTS} elements")
    emails = [_email(each.get("email") if isinstance(each, dict) else None, "guests.email") for each in given]
    new = [each for each in dict.fromkeys(emails) if each not in booking.guests]
    if len(booking.guests) + len(new) > _ALL_GUESTS:
        raise Refusal(400, f"A booking can have at most {_ALL_GUESTS} guests.")
    booking.guests.extend(new)
    booking.responses["guests"] = list(booking.guests)
    booking.updated = call.now
    return success(shown(booking, call.caller))


def _check_rate(call: Call) -> None:
    calls = [each for each in call.store.guest_calls if call.now - each < timedelta(minutes=1)]
    if len(calls) >= _GUEST_CALLS:
        raise Refusal(429, "CustomThrottlerGuard - Too many requests. Please try again later.")
    call.store.guest_calls[:] = [*calls, call.now]


# --- the rest ------------------------------------------------------------------------------------


def _set_location(call: Call, uid: str) -> Answer:
    booking, given = _own(call, uid), call.json.get("location") or {}
    value = given.get(_VALUES.get(str(given.get("type")), ""))
    if not isinstance(value, str) or not value:
        raise invalid(
            "location", "isValidLocation", "location must be one of the supported types with its value"
        )
    booking.location, booking.updated = value, call.now
    return success(shown(booking, call.caller))


def _calendar_links(call: Call, uid: str) -> Answer:
    booking = _own(call, uid)
    start, end = (_compact(each) for each in (booking.start, booking.end))
    google = {"action": "TEMPLATE", "text": booking.title, "dates": f"{start}/{end}"}
    microsoft = urlencode(
        {
            "rru": "addevent",
            "path": "/calendar/action/compose",
            "subject": booking.title,
            "startdt": format_instant(booking.start),
            "enddt": format_instant(booking.end),
        }
    )
    found = {
        "Google Calendar": f"https://calendar.google.com/calendar/r/eventedit?{urlencode(google)}",
        "Microsoft Office": f"https://outlook.office.com/calendar/0/deeplink/compose?{microsoft}",
        "Microsoft Outlook": f"https://outlook.live.com/calendar/0/deeplink/compose?{microsoft}",
        "ICS": f"data:text/calendar,{quote(_file(booking))}",
    }
    return success([{"label": label, "link": link} for label, link in found.items()])


def _compact(instant: datetime) -> str:
    return format_instant(instant).replace("-", "").replace(":", "")


def _file(booking: Booking) -> str:
    """Give the booking as a calendar file (RFC 5545)."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:VEVENT",
        f"UID:{booking.ics_uid}",
        f"DTSTART:{_compact(booking.start)}",
        f"DTEND:{_compact(booking.end)}",
        f"SUMMARY:{booking.title}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "\r\n".join(lines)


_ONE = "/bookings/<uid>"
_READ, _WRITE = "BOOKING_READ", "BOOKING_WRITE"


def _route(method: str, path: str, handler: Any, scope: str) -> Route:
    return Route(method=method, path=f"{_ONE}{path}", handler=handler, versions=VERSIONS, scope=scope)


ROUTES = (
    _route("POST", "/confirm", _confirm, _WRITE),
    _route("POST", "/decline", _decline, _WRITE),
    _route("POST", "/mark-absent", _mark_absent, _WRITE),
    _route("GET", "/attendees", _attendees, _READ),
    _route("POST", "/attendees", _add_attendee, _WRITE),
    _route("GET", "/attendees/<int:number>", _attendee, _READ),
    _route("POST", "/guests", _add_guests, _WRITE),
    _route("PATCH", "/location", _set_location, _WRITE),
    _route("GET", "/calendar-links", _calendar_links, _READ),
)
