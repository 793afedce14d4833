"""Bookings: Cal.com's JSON as our values (contracts/calcom.md 4.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ...errors import ProviderError
from ...values import Attendee, Booking, BookingStatus, Host, Occurrence
from .._objects import known_zone
from . import fields, locations
from .objects import Object

#: Where our own mark of a request is kept in a booking's metadata; never shown.
MARK = "bookerKey"

_STATUSES = {
    "accepted": BookingStatus.CONFIRMED,
    "pending": BookingStatus.PENDING,
    # An instant meeting that no host has joined yet.
    "awaiting_host": BookingStatus.PENDING,
    "cancelled": BookingStatus.CANCELLED,
    "rejected": BookingStatus.REJECTED,
}
# What Cal.com writes for a user that is gone.
_UNKNOWN = "unknown"
_NOBODY = Attendee(name="", email="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A booking or a seat as Cal.com gave it, with what is not in our value."""

    booking: Booking
    #: Whether guests share it, and it is none of the seats.
    shared: bool = False
    #: Our mark of the request that made it; empty if another made it.
    mark: str = ""


def read_booking(data: Object, *, seat: str = "") -> Found:
    """Read a booking, or the *seat* of it that has this uid.

    Where guests share a booking and no seat is named, no guest is told of: its uid is public, for every free
    slot names it (contracts/calcom.md 4.6).
    """
    guests = data.children("attendees")
    # Only the answer to who has just taken or moved a seat names it at the top.
    seat = seat or data.text("seatUid")
    if seat:
        mine = next((each for each in guests if each.text("seatUid") == seat), None)
        return _read(data, mine, seat=seat)
    if _is_shared(data, guests):
        return _read(data, None, shared=True)
    return _read(data, _main(data, guests))


def read_seats(data: Object) -> tuple[Found, ...]:
    """Read everything that guests hold of a booking: each seat, or the booking itself."""
    guests = data.children("attendees")
    seats = [each.text("seatUid") for each in guests if each.text("seatUid")]
    if seats:
        return tuple(read_booking(data, seat=seat) for seat in seats)
    return (read_booking(data),)


def read_series(found: Sequence[Object], now: datetime, *, uid: str = "") -> Found:
    """Read the bookings of a series; give the one with *uid*, else the next to come, else the last.

    It has all of them as occurrences (contracts/calcom.md 4.8).
    """
    if not found:
        raise ProviderError("Cal.com gave a series without a booking.")
    each_found = sorted((read_booking(each) for each in found), key=lambda each: each.booking.start)
    named = [each for each in each_found if each.booking.uid == uid]
    coming = [each for each in each_found if each.booking.is_open and each.booking.end > now]
    chosen = (named or coming or each_found[-1:])[0]
    occurrences = tuple(_occurrence(each.booking) for each in each_found)
    return replace(chosen, booking=replace(chosen.booking, occurrences=occurrences))


def _occurrence(booking: Booking) -> Occurrence:
    return Occurrence(
        uid=booking.uid,
        start=booking.start,
        end=booking.end,
        status=booking.status,
        revision=booking.revision,
    )


def _is_shared(data: Object, guests: Sequence[Object]) -> bool:
    """Tell whether guests share the booking: their answers are then their seats', not the booking's."""
    return any(each.text("seatUid") for each in guests) or "bookingFieldsResponses" not in data.fields


def _main(data: Object, guests: Sequence[Object]) -> Object | None:
    """Give the guest who booked: further guests are listed as attendees too."""
    responses = data.child("bookingFieldsResponses")
    email = responses.text("email") if responses else ""
    return next((each for each in guests if each.text("email") == email), next(iter(guests), None))


def _read(data: Object, guest: Object | None, *, seat: str = "", shared: bool = False) -> Found:
    given = _responses(guest if seat else data)
    status = _status(data)
    is_open = status in (BookingStatus.CONFIRMED, BookingStatus.PENDING)
    hosts = tuple(map(_host, data.children("hosts"))) or (Host(slug="", name="", zone="UTC"),)
    metadata = _metadata(guest if seat else data)
    created = data.instant("createdAt")
    booking = Booking(
        uid=seat or data.word("uid"),
        event_type=_event_type(data)[0],
        event_type_id=_event_type(data)[1],
        title=data.text("title"),
        start=data.instant("start"),
        end=data.instant("end"),
        status=status,
        hosts=hosts,
        attendee=_attendee(guest) if guest else _NOBODY,
        created_at=created,
        updated_at=data.instant("updatedAt", created),
        # Cal.com counts no changes; open or closed is what links go by.
        revision=1 if is_open else 2,
        guests=() if seat or shared else _guests(data, guest),
        notes=_text(given, "notes"),
        answers=MappingProxyType(fields.answers(given)),
        location=locations.booked(
            data.text("location"), given.get("location"), phone=guest.text("phoneNumber") if guest else ""
        ),
        reason=_reason(data, given, is_open=is_open),
        # Who changed a booking that guests share is not told.
        changed_by="" if seat or shared else _changed_by(data, is_open=is_open),
        replaces="" if seat or shared else data.text("rescheduledFromUid"),
        replaced_by="" if seat or shared else data.text("rescheduledToUid"),
        shared=data.word("uid") if seat else "",
        series=data.text("recurringBookingUid"),
        owner=hosts[0].slug,
        metadata=MappingProxyType({key: value for key, value in metadata.items() if key != MARK}),
    )
    return Found(booking=booking, shared=shared, mark=metadata.get(MARK, ""))


def _status(data: Object) -> BookingStatus:
    status = _STATUSES.get(data.text("status"))
    if status is None:
        raise ProviderError("Cal.com gave a booking with an unknown status.")
    return status


def _event_type(data: Object) -> tuple[str, str]:
    """Give slug and id of the event type; both are empty when it was deleted."""
    found = data.child("eventType")
    if found is None:
        return "", data.identifier("eventTypeId")
    return found.text("slug"), found.identifier("id")


# --- people --------------------------------------------------------------------------------------


def _host(found: Object) -> Host:
    slug, name = _told(found, "username"), _told(found, "name")
    return Host(slug=slug, name=name or slug, zone=known_zone(found.text("timeZone")), email=_email(found))


def _told(found: Object, key: str) -> str:
    text = found.text(key)
    return "" if text == _UNKNOWN else text


def _email(found: Object) -> str:
    """Give the address to show, without the id of a Platform client in it (contracts/calcom.md 4.8)."""
    return _told(found, "displayEmail") or _told(found, "email")


def _attendee(found: Object) -> Attendee:
    return Attendee(
        name=found.text("name"),
        email=_email(found),
        zone=known_zone(found.text("timeZone")),
        locale=found.text("language") or "en",
        phone=found.text("phoneNumber"),
    )


def _guests(data: Object, main: Object | None) -> tuple[str, ...]:
    """Give the further guests: those named when booking, and those added since."""
    responses = data.child("bookingFieldsResponses")
    named = (responses.texts("displayGuests") if responses else ()) or data.texts("guests")
    added = [_email(each) for each in data.children("attendees") if each is not main and _email(each)]
    own = _email(main).casefold() if main else ""
    by_address = {each.casefold(): each for each in reversed((*named, *added)) if each.casefold() != own}
    return tuple(reversed(by_address.values()))


# --- what was said -------------------------------------------------------------------------------


def _responses(found: Object | None) -> Mapping[str, Any]:
    responses = found.child("bookingFieldsResponses") if found else None
    return responses.fields if responses else {}


def _metadata(found: Object | None) -> Mapping[str, str]:
    metadata = found.child("metadata") if found else None
    given: Iterable[tuple[str, Any]] = metadata.fields.items() if metadata else ()
    return {key: value for key, value in given if isinstance(value, str)}


def _reason(data: Object, given: Mapping[str, Any], *, is_open: bool) -> str:
    """Give why it was moved, for the one that stands and the one that was left; else why it was cancelled."""
    moved = (
        data.text("reschedulingReason")
        or _text(given, "rescheduledReason")
        or _text(given, "rescheduleReason")
    )
    if is_open:
        return moved if data.text("rescheduledFromUid") else ""
    cancelled = data.text("cancellationReason")
    return moved or cancelled if data.text("rescheduledToUid") else cancelled


def _changed_by(data: Object, *, is_open: bool) -> str:
    """Tell whether guest or host changed it; an address that is neither's is not told."""
    if data.text("rescheduledFromUid" if is_open else "rescheduledToUid"):
        return _whose(data, "rescheduledByEmail")
    if is_open:
        return ""
    if data.text("status") == "rejected":
        return "host"
    # Guests cancel without signing in, which leaves no address; hosts sign in.
    return _whose(data, "cancelledByEmail") if data.text("cancelledByEmail") else "guest"


def _whose(data: Object, key: str) -> str:
    email = data.text(key).casefold()
    if email and email in _addresses(data, "hosts"):
        return "host"
    return "guest" if email and email in _addresses(data, "attendees") else ""


def _addresses(data: Object, key: str) -> set[str]:
    people = data.children(key)
    return {each.text(name).casefold() for each in people for name in ("email", "displayEmail")}


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    return value if isinstance(value, str) else ""
