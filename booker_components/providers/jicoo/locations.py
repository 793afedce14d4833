"""Where to meet: Jicoo's locations as requests name and bookings have them (contracts/jicoo.md 2.1, 2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...values import Location, LocationKind
from .objects import Object

#: What people call the services of online meetings, by Jicoo's word for each.
SERVICES = {"zoom": "Zoom", "googleMeet": "Google Meet", "teams": "Microsoft Teams"}

_KINDS = {
    "inPerson": LocationKind.IN_PERSON,
    "phone": LocationKind.PHONE,
    "askInvitee": LocationKind.ATTENDEE_CHOICE,
    "custom": LocationKind.OTHER,
}
_IDS = {
    LocationKind.IN_PERSON: "inPerson",
    LocationKind.PHONE: "phone",
    LocationKind.ATTENDEE_PHONE: "phone",
    LocationKind.ATTENDEE_ADDRESS: "askInvitee",
    LocationKind.ATTENDEE_CHOICE: "askInvitee",
    LocationKind.LINK: "custom",
    LocationKind.OTHER: "custom",
}
# Fields that tell the kind of a place where its name does not, in the order in which they are believed.
_TOLD = {
    "url": LocationKind.LINK,
    "address": LocationKind.IN_PERSON,
    "phoneNumber": LocationKind.PHONE,
    "customLocation": LocationKind.OTHER,
}
_VALUES = {
    LocationKind.IN_PERSON: ("address", "customLocation"),
    LocationKind.PHONE: ("phoneNumber",),
    LocationKind.ATTENDEE_CHOICE: ("customLocation", "address", "url"),
    LocationKind.OTHER: ("customLocation", "address"),
    LocationKind.LINK: ("url",),
}
#: Where the guest says where, for which no field of a request is documented.
GUESTS_PLACES = frozenset({LocationKind.ATTENDEE_ADDRESS, LocationKind.ATTENDEE_CHOICE})


def sent(wanted: Location | None, offered: Sequence[Location]) -> str | None:
    """Give the `locationId` of a request; None where the event type leaves no choice."""
    if wanted is None or len(offered) < 2:
        return None
    if wanted.kind is LocationKind.CONFERENCE:
        return next((id for id, name in SERVICES.items() if _same(wanted.value, id, name)), None)
    return _IDS[wanted.kind]


def _same(service: str, *names: str) -> bool:
    """Tell whether *service*, as a host wrote it ("google-meet"), is one of *names*."""
    return _letters(service) in map(_letters, names)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def booked(data: Object, *, phone: str, offered: Sequence[Location]) -> Location | None:
    """Give the location of a booking; *phone* is the guest's number, *offered* what the event type declares.

    The way there ("access") stands behind the place.
    """
    id = data.text("locationId")
    if id in SERVICES:
        url, label = data.text("url"), SERVICES[id]
        if url:
            return Location(kind=LocationKind.LINK, value=url, label=label)
        return Location(kind=LocationKind.CONFERENCE, value=id, label=label)
    kind = _KINDS.get(id) or next((kind for key, kind in _TOLD.items() if data.text(key)), None)
    return _completed(_place(data, kind, phone), offered) if kind else None


def _place(data: Object, kind: LocationKind, phone: str) -> Location:
    value = next(filter(None, map(data.text, _VALUES[kind])), "")
    if kind is LocationKind.PHONE and phone and _digits(value) in ("", _digits(phone)):
        # The number to call is the guest's own: the host calls.
        return Location(kind=LocationKind.ATTENDEE_PHONE, value=phone)
    if kind is LocationKind.OTHER and data.text("url"):
        return Location(kind=LocationKind.LINK, value=data.text("url"), label=value)
    access = data.text("access")
    return Location(kind=kind, value=f"{value} ({access})" if value and access else value or access)


def _completed(found: Location, offered: Sequence[Location]) -> Location:
    """Give *found* with what is declared of the only location of its kind."""
    same = [each for each in offered if each.kind is found.kind]
    if len(same) != 1:
        return found
    return replace(found, value=found.value or same[0].value, label=found.label or same[0].label)


def _digits(number: str) -> str:
    return "".join(each for each in number if each.isascii() and each.isdigit())
