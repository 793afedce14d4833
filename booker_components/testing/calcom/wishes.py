"""The body of a new booking, read and checked before anything is done (contracts/calcom.md 4.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ... import times
from .calls import Call, Json, Refusal, invalid, read_instant, read_zone
from .event_types import find
from .fields import EMAIL, PHONE, check_answers
from .records import EventType

#: The limits of metadata: keys, characters of a key, characters of a value.
_METADATA = (50, 40, 500)

#: Where the vendor's own video meetings are.
VIDEO = "https://app.cal.com/video/"

#: What the caller has to give for a location of a type, and the host's preset that it stands for.
_GIVEN = {"attendeeAddress": "address", "attendeePhone": "phone", "attendeeDefined": "location"}
_PRESET = {"address": "address", "link": "link", "phone": "phone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants to book what, and when."""

    event_type: EventType
    start: datetime
    #: In minutes.
    length: int
    name: str
    email: str
    zone: str
    language: str
    phone: str
    guests: list[str]
    location: str
    responses: Json
    metadata: Json
    #: How many, of a recurring event type; 1 of any other.
    count: int
    instant: bool = False


def read(call: Call) -> Wish:
    """Read the body; refuse what is wrong in it in the order in which Cal.com looks."""
    body = call.json
    start = read_instant(body.get("start"), "start")
    attendee = body.get("attendee")
    if not isinstance(attendee, dict):
        raise invalid("attendee", "isDefined", "attendee should not be null or undefined")
    metadata = _metadata(body.get("metadata"))
    event_type = find(call, body)
    _check_access(call, event_type)
    wish = Wish(
        event_type=event_type,
        start=start,
        length=_length(event_type, body.get("lengthInMinutes")),
        **_person(event_type, attendee),
        guests=_guests(body.get("guests")),
        location=_location(call, event_type, body.get("location")),
        responses=body.get("bookingFieldsResponses") or {},
        metadata=metadata,
        count=_count(event_type, body.get("recurrenceCount")),
        instant=body.get("instant") is True,
    )
    check_answers(event_type, wish.responses, wish.phone)
    return wish


def _check_access(call: Call, event_type: EventType) -> None:
    if event_type.scheduling == "managed":
        raise Refusal(
            400, f"Event type with id={event_type.id} is the parent managed event type that can't be booked."
        )
    if event_type.fields["bookingRequiresAuthentication"]:
        if call.caller.user is None:
            raise Refusal(401, "This event type requires authentication to be booked.")
        if not call.caller.acts_for(event_type.user):
            raise Refusal(403, "Only the owner or an admin may book this event type.")
    if event_type.fields["requiresBookerEmailVerification"]:
        check_code(call)


def check_code(call: Call) -> None:
    """Refuse a body without the code that was sent to the attendee's address."""
    given = call.text("emailVerificationCode")
    if not given:
        raise Refusal(400, "Email verification code is required for this event type.")
    if given != call.store.verification_code:
        raise Refusal(400, "Invalid email verification code.")


def _metadata(given: Any) -> Json:
    if given is None:
        return {}
    keys, key, value = _METADATA
    good = isinstance(given, dict) and len(given) <= keys
    if not good or any(len(k) > key or not isinstance(v, str) or len(v) > value for k, v in given.items()):
        text = f"Metadata: at most {keys} keys of {key} characters, with texts of {value} characters."
        raise invalid("metadata", "isValidMetadata", text)
    return dict(given)


def _person(event_type: EventType, attendee: Json) -> Json:
    """Read the attendee; the address may be missing where the event type asks for a phone number instead."""
    name, phone = attendee.get("name"), attendee.get("phoneNumber") or ""
    if not isinstance(name, str) or not name:
        raise invalid("attendee.name", "isString", "attendee.name must be a string")
    if phone and not PHONE.fullmatch(str(phone)):
        text = (
            "attendee.phoneNumber must be a phone number in the international format, with + and country code"
        )
        raise invalid("attendee.phoneNumber", "isPhoneNumber", text)
    return {
        "name": name,
        "email": _email(event_type, attendee.get("email")),
        "zone": read_zone(attendee.get("timeZone"), "attendee.timeZone"),
        "language": attendee.get("language") or "en",
        "phone": phone,
    }


def _email(event_type: EventType, email: Any) -> str:
    if not email:
        fields = {each["slug"]: each for each in event_type.fields["bookingFields"]}
        if fields["email"].get("required") or not fields.get("attendeePhoneNumber", {}).get("required"):
            raise invalid("attendee.email", "isEmail", "attendee.email must be an email")
        return ""
    if not EMAIL.fullmatch(str(email)):
        raise invalid("attendee.email", "isEmail", "attendee.email must be an email")
    return str(email)


def _guests(given: Any) -> list[str]:
    guests = given or []
    if not isinstance(guests, list) or not all(
        isinstance(each, str) and EMAIL.fullmatch(each) for each in guests
    ):
        raise invalid("guests", "isEmail", "each value in guests must be an email")
    return list(guests)


def _length(event_type: EventType, length: Any) -> int:
    if length is None:
        return event_type.lengths[0]
    if len(event_type.lengths) < 2:
        raise Refusal(400, "Can't specify 'lengthInMinutes' because the event type has one length only.")
    if length not in event_type.lengths:
        raise Refusal(
            400, "Provided 'lengthInMinutes' is not one of the possible lengths for the event type."
        )
    return int(length)


def _count(event_type: EventType, count: Any) -> int:
    recurrence = event_type.setting("recurrence")
    if recurrence is None:
        if count is not None:
            raise Refusal(400, "Can't specify 'recurrenceCount' because the event type is not recurring.")
        return 1
    most = int(recurrence["occurrences"])
    if count is not None and (not isinstance(count, int) or not 1 <= count <= most):
        raise Refusal(
            400, f"recurrenceCount must be between 1 and {most}, the occurrences of the event type."
        )
    return count or most


# --- locations -----------------------------------------------------------------------------------


def _location(call: Call, event_type: EventType, given: Any) -> str:
    """Give where it takes place: the host's preset, or what the guest says."""
    presets = event_type.fields["locations"]
    if given is None:
        return _text(call, presets[0], {}) if presets else ""
    kind = given.get("type") if isinstance(given, dict) else None
    same = [each for each in presets if each["type"] == kind]
    if not same:
        raise Refusal(
            400, f"Booking location with type {kind} not valid for event type with id={event_type.id}."
        )
    if kind != "integration":
        return _text(call, same[0], given)
    chosen = [each for each in same if each["integration"] == given.get("integration")]
    if not chosen:
        app = given.get("integration")
        raise Refusal(
            400, f"Booking location with integration {app} not valid for event type with id={event_type.id}."
        )
    return _text(call, chosen[0], given)


def _text(call: Call, preset: Json, given: Json) -> str:
    kind = preset["type"]
    if kind in _GIVEN:
        value = given.get(_GIVEN[kind], "")
        if given and not (isinstance(value, str) and value):
            raise invalid(f"location.{_GIVEN[kind]}", "isString", f"location.{_GIVEN[kind]} must be a string")
        return str(value)
    if kind in _PRESET:
        return str(preset[_PRESET[kind]])
    if kind == "integration" and preset["integration"] == "cal-video":
        return f"{VIDEO}{call.store.name(12)}"
    return str(preset.get("link") or preset.get("integration") or "integrations:daily")


def occurrences(wish: Wish) -> list[tuple[datetime, datetime]]:
    """Give the times of a series: the same wall time in the attendee's zone (contracts/calcom.md 4.8)."""
    recurrence = wish.event_type.setting("recurrence") or {"interval": 1, "frequency": "weekly"}
    local = wish.start.astimezone(times.zone(wish.zone))
    length = timedelta(minutes=wish.length)
    starts = [_later(local, recurrence, number) for number in range(wish.count)]
    return [(start, start + length) for start in starts]


def _later(local: datetime, recurrence: Json, number: int) -> datetime:
    steps = int(recurrence["interval"]) * number
    if recurrence["frequency"] == "weekly":
        return times.parse_instant((local + timedelta(weeks=steps)).isoformat())
    months = local.month - 1 + steps * (12 if recurrence["frequency"] == "yearly" else 1)
    year, month = local.year + months // 12, months % 12 + 1
    last = times.Month(year, month).last.day
    return times.parse_instant(local.replace(year=year, month=month, day=min(local.day, last)).isoformat())
