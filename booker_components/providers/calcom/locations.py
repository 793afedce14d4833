"""Where to meet: Cal.com's locations as event types offer, requests send and bookings have them.

A request names the type of a location and nothing else of it (contracts/calcom.md 4.8), so of several with
one type only the first can be offered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...values import Location, LocationKind
from .objects import Object

#: Places that the host has set, so that a request need not name the only one.
PRESET = frozenset(
    {
        LocationKind.IN_PERSON,
        LocationKind.LINK,
        LocationKind.PHONE,
        LocationKind.CONFERENCE,
        LocationKind.OTHER,
    }
)

_KINDS = {
    "address": LocationKind.IN_PERSON,
    "link": LocationKind.LINK,
    "phone": LocationKind.PHONE,
    "attendeePhone": LocationKind.ATTENDEE_PHONE,
    "attendeeAddress": LocationKind.ATTENDEE_ADDRESS,
    "attendeeDefined": LocationKind.ATTENDEE_CHOICE,
}
_TYPES = {kind: name for name, kind in _KINDS.items()}
#: The field that a type keeps its value in.
_VALUES = {"attendeePhone": "phone", "attendeeAddress": "address", "attendeeDefined": "location"}
#: What a booking says of its location, in the words of Cal.com's core.
_BOOKED = {
    "inPerson": LocationKind.IN_PERSON,
    "attendeeInPerson": LocationKind.ATTENDEE_ADDRESS,
    "link": LocationKind.LINK,
    "userPhone": LocationKind.PHONE,
    "phone": LocationKind.ATTENDEE_PHONE,
    "somewhereElse": LocationKind.ATTENDEE_CHOICE,
}

_SERVICES = {
    "cal-video": "Cal Video",
    "google-meet": "Google Meet",
    "office365-video": "Microsoft Teams",
    "jitsi": "Jitsi Meet",
}
#: The names of the core that differ from those of the API by more than their ending.
_CORE_NAMES = {"daily": "cal-video", "google:meet": "google-meet"}
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,30}", re.ASCII)


# --- event types ---------------------------------------------------------------------------------


def offered(found: Sequence[Object]) -> tuple[Location, ...]:
    """Give the locations of an event type to choose from; one of unknown type only where it is alone."""
    known = [each for each in found if each.text("type") != "unknown"]
    first: dict[tuple[LocationKind, str], Location] = {}
    for location in map(_offered, known or found):
        service = location.value if location.kind is LocationKind.CONFERENCE else ""
        first.setdefault((location.kind, service), location)
    return tuple(first.values())


def _offered(found: Object) -> Location:
    name = found.text("type")
    if name == "integration":
        service = found.word("integration")
        return Location(kind=LocationKind.CONFERENCE, value=service, label=service_name(service))
    if name == "organizersDefaultApp":
        return Location(kind=LocationKind.CONFERENCE)
    kind = _KINDS.get(name, LocationKind.OTHER)
    # What is not public is told to guests who have booked only.
    value = found.text(name) if kind in PRESET and found.flag("public") else ""
    return Location(kind=kind, value=value)


def service_name(service: str) -> str:
    """Give what people call a video service: "Google Meet" for "google-meet"."""
    return _SERVICES.get(service) or service.removesuffix("-video").replace("-", " ").title()


# --- requests ------------------------------------------------------------------------------------


def sent(wanted: Location | None, locations: Sequence[Location]) -> Mapping[str, str] | None:
    """Give the location of a request; None where none is to be named (contracts/calcom.md 4.8)."""
    if wanted is None or wanted.kind is LocationKind.OTHER:
        return None
    if len(locations) < 2 and wanted.kind in PRESET:
        return None
    if wanted.kind is LocationKind.CONFERENCE:
        service = {"type": "integration", "integration": wanted.value}
        return service if wanted.value else {"type": "organizersDefaultApp"}
    name = _TYPES[wanted.kind]
    if name not in _VALUES:
        return {"type": name}
    value = international(wanted.value) if wanted.kind is LocationKind.ATTENDEE_PHONE else wanted.value
    return {"type": name, _VALUES[name]: value}


def international(number: str) -> str:
    """Write a phone number as E.164 has it, as far as that can be told: digits after a "+"."""
    digits = "".join(each for each in number if each.isascii() and each.isdigit())
    if number.strip().startswith("00"):
        return f"+{digits[2:]}"
    return f"+{digits}" if number.strip().startswith("+") else digits


# --- bookings ------------------------------------------------------------------------------------


def booked(text: str, answer: object, *, phone: str = "") -> Location | None:
    """Give the location of a booking from its *text* and its *answer* to the field "location".

    *phone* is the guest's own number, which tells a call of the host from a call to the host.
    """
    said, value = _answered(answer)
    if not text and not said:
        return None
    if said.startswith("integrations:") or text.startswith("integrations:"):
        return _conference(said if said.startswith("integrations:") else text, text)
    if said == "conferencing":
        return _linked(text, "") or Location(kind=LocationKind.CONFERENCE)
    kind = _BOOKED.get(said) or _kind_of(text)
    if kind is LocationKind.PHONE and phone and international(text) == international(phone):
        kind = LocationKind.ATTENDEE_PHONE
    return Location(kind=kind, value=text or value)


def _answered(answer: object) -> tuple[str, str]:
    if not isinstance(answer, dict):
        return "", ""
    found = (answer.get("value"), answer.get("optionValue"))
    said, value = (each if isinstance(each, str) else "" for each in found)
    return said, value


def _conference(said: str, text: str) -> Location:
    core = said.removeprefix("integrations:")
    plain = core.removesuffix("_video").removesuffix("_conferencing").replace("_", "-").replace(":", "-")
    service = _CORE_NAMES.get(core) or (f"{plain}-video" if core.endswith("_video") else plain)
    label = service_name(service)
    return _linked(text, label) or Location(kind=LocationKind.CONFERENCE, value=service, label=label)


def _linked(text: str, label: str) -> Location | None:
    return Location(kind=LocationKind.LINK, value=text, label=label) if _is_link(text) else None


def _kind_of(text: str) -> LocationKind:
    if _is_link(text):
        return LocationKind.LINK
    return LocationKind.PHONE if _PHONE.fullmatch(text) else LocationKind.IN_PERSON


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://"))
