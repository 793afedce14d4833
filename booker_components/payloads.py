"""Bookings and notices as plain JSON objects: the snapshots in the outbox and in the inbox.

Keys are the names of the fields, instants are ISO 8601 in UTC with a Z. Reading ignores keys that it does not
know and takes the default of a field that is missing, so that a snapshot outlives the version that wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from .values import (
    Answer,
    Attendee,
    Booking,
    BookingStatus,
    Host,
    Location,
    LocationKind,
    Notice,
    NoticeKind,
    Occurrence,
)

#: A JSON object.
Payload = dict[str, Any]

#: Fields of a booking that are text and may be missing.
_TEXTS = (
    "notes",
    "reason",
    "changed_by",
    "replaces",
    "replaced_by",
    "shared",
    "series",
    "owner",
    "event_type_id",
)

#: The same of a notice.
_NOTICE_TEXTS = ("reason", "notes", "form", "form_id")


def booking_to_dict(booking: Booking) -> Payload:
    """Give *booking* as a JSON object; working hours of its hosts are no part of it."""
    return {
        "uid": booking.uid,
        "event_type": booking.event_type,
        "title": booking.title,
        "start": _from_instant(booking.start),
        "end": _from_instant(booking.end),
        "status": booking.status.value,
        "revision": booking.revision,
        "hosts": [_from_host(host) for host in booking.hosts],
        "attendee": _from_attendee(booking.attendee),
        "guests": list(booking.guests),
        "answers": answers_to_dict(booking.answers),
        "location": location_to_dict(booking.location),
        "metadata": dict(booking.metadata),
        "occurrences": [_from_occurrence(each) for each in booking.occurrences],
        "decide_by": _from_instant(booking.decide_by) if booking.decide_by else None,
        "former_start": _from_instant(booking.former_start) if booking.former_start else None,
        "created_at": _from_instant(booking.created_at),
        "updated_at": _from_instant(booking.updated_at),
        **{name: getattr(booking, name) for name in _TEXTS},
    }


def booking_from_dict(payload: Mapping[str, Any]) -> Booking:
    """Give the booking that `booking_to_dict` wrote; `KeyError` or `ValueError` if it did not."""
    decide_by, former_start = payload.get("decide_by"), payload.get("former_start")
    return Booking(
        uid=payload["uid"],
        event_type=payload["event_type"],
        title=payload["title"],
        start=_to_instant(payload["start"]),
        end=_to_instant(payload["end"]),
        status=BookingStatus(payload["status"]),
        revision=payload.get("revision", 1),
        hosts=tuple(_to_host(host) for host in payload["hosts"]),
        attendee=_to_attendee(payload["attendee"]),
        guests=tuple(payload.get("guests", ())),
        answers=answers_from_dict(payload.get("answers", {})),
        location=location_from_dict(payload.get("location")),
        metadata=MappingProxyType(payload.get("metadata", {})),
        occurrences=tuple(_to_occurrence(each) for each in payload.get("occurrences", ())),
        decide_by=_to_instant(decide_by) if decide_by else None,
        former_start=_to_instant(former_start) if former_start else None,
        created_at=_to_instant(payload["created_at"]),
        updated_at=_to_instant(payload["updated_at"]),
        **{name: payload.get(name, "") for name in _TEXTS},
    )


def answers_to_dict(answers: Mapping[str, Answer]) -> Payload:
    """Give *answers* as a JSON object; the choices of a checkboxes question become a list."""
    return {slug: list(answer) if isinstance(answer, tuple) else answer for slug, answer in answers.items()}


def answers_from_dict(payload: Mapping[str, Any]) -> Mapping[str, Answer]:
    """Give the answers that `answers_to_dict` wrote, read-only."""
    return MappingProxyType(
        {slug: tuple(answer) if isinstance(answer, list) else answer for slug, answer in payload.items()}
    )


def location_to_dict(location: Location | None) -> Payload | None:
    """Give *location* as a JSON object; None for none."""
    if location is None:
        return None
    return {"kind": location.kind.value, "value": location.value, "label": location.label}


def location_from_dict(payload: Mapping[str, Any] | None) -> Location | None:
    """Give the location that `location_to_dict` wrote; None for none."""
    if payload is None:
        return None
    return Location(
        kind=LocationKind(payload["kind"]), value=payload.get("value", ""), label=payload.get("label", "")
    )


def notice_to_dict(notice: Notice) -> Payload:
    """Give *notice* as a JSON object."""
    return {
        "id": notice.id,
        "kind": notice.kind.value,
        "at": _from_instant(notice.at),
        "host": _from_host(notice.host) if notice.host else None,
        "stand_in": _from_host(notice.stand_in) if notice.stand_in else None,
        "start": _from_instant(notice.start) if notice.start else None,
        "end": _from_instant(notice.end) if notice.end else None,
        "answers": answers_to_dict(notice.answers),
        **{name: getattr(notice, name) for name in _NOTICE_TEXTS},
    }


def notice_from_dict(payload: Mapping[str, Any]) -> Notice:
    """Give the notice that `notice_to_dict` wrote; `KeyError` or `ValueError` if it did not."""
    host, stand_in = payload.get("host"), payload.get("stand_in")
    start, end = payload.get("start"), payload.get("end")
    return Notice(
        id=payload["id"],
        kind=NoticeKind(payload["kind"]),
        at=_to_instant(payload["at"]),
        host=_to_host(host) if host else None,
        stand_in=_to_host(stand_in) if stand_in else None,
        start=_to_instant(start) if start else None,
        end=_to_instant(end) if end else None,
        answers=answers_from_dict(payload.get("answers", {})),
        **{name: payload.get(name, "") for name in _NOTICE_TEXTS},
    )


def _from_host(host: Host) -> Payload:
    return {"slug": host.slug, "name": host.name, "zone": host.zone, "email": host.email}


def _to_host(payload: Mapping[str, Any]) -> Host:
    return Host(
        slug=payload["slug"], name=payload["name"], zone=payload["zone"], email=payload.get("email", "")
    )


def _from_attendee(attendee: Attendee) -> Payload:
    return {
        "name": attendee.name,
        "email": attendee.email,
        "zone": attendee.zone,
        "locale": attendee.locale,
        "phone": attendee.phone,
    }


def _to_attendee(payload: Mapping[str, Any]) -> Attendee:
    return Attendee(
        name=payload["name"],
        email=payload["email"],
        zone=payload.get("zone", "UTC"),
        locale=payload.get("locale", "en"),
        phone=payload.get("phone", ""),
    )


def _from_occurrence(each: Occurrence) -> Payload:
    start, end = _from_instant(each.start), _from_instant(each.end)
    return {
        "uid": each.uid,
        "start": start,
        "end": end,
        "status": each.status.value,
        "revision": each.revision,
    }


def _to_occurrence(payload: Mapping[str, Any]) -> Occurrence:
    return Occurrence(
        uid=payload["uid"],
        start=_to_instant(payload["start"]),
        end=_to_instant(payload["end"]),
        status=BookingStatus(payload["status"]),
        revision=payload.get("revision", 1),
    )


def _from_instant(instant: datetime) -> str:
    # Not times.format_instant, which drops the microseconds that created_at carries.
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _to_instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
