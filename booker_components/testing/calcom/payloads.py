"""The bodies of webhooks, and their signatures (contracts/calcom.md 5)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any

from ... import times
from .calls import Json, stamp
from .links import client_of
from .records import Attendee, Booking, Delivery, PlatformClient, User, Webhook
from .store import Store
from .wishes import VIDEO

#: Every trigger that a webhook may ask for.
TRIGGERS = (
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    "BOOKING_NO_SHOW_UPDATED",
    "MEETING_STARTED",
    "MEETING_ENDED",
    "RECORDING_READY",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "INSTANT_MEETING",
    "OOO_CREATED",
    "FORM_SUBMITTED",
    "FORM_SUBMITTED_NO_EVENT",
    "ROUTING_FORM_FALLBACK_HIT",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "DELEGATION_CREDENTIAL_ERROR",
    "WRONG_ASSIGNMENT_REPORT",
)

#: What stands in place of the signature where there is no secret.
NO_SECRET = "no-secret-provided"  # noqa: S105 - the vendor's word for none


def sign(body: bytes, secret: str) -> str:
    """Give the value of `X-Cal-Signature-256` for the raw *body*."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() if secret else NO_SECRET


def delivery(webhook: Webhook, trigger: str, payload: Json, now: datetime) -> Delivery:
    """Give what is posted to a webhook: the envelope, or its own template filled in."""
    envelope = {"triggerEvent": trigger, "createdAt": stamp(now), "payload": payload}
    kind, body = "application/json", json.dumps(envelope, ensure_ascii=False).encode()
    if webhook.template:
        text = _filled(webhook.template, {**payload, "triggerEvent": trigger, "createdAt": stamp(now)})
        kind = kind if _is_json(text) else "application/x-www-form-urlencoded"
        body = text.encode()
    headers = {
        "Content-Type": kind,
        "X-Cal-Signature-256": sign(body, webhook.secret),
        "X-Cal-Webhook-Version": "2021-10-20",
    }
    return Delivery(trigger=trigger, url=webhook.url, headers=headers, body=body)


def _filled(template: str, values: Json) -> str:
    """Fill in `{{name}}` and `{{organizer.name}}`; what is unknown is left out."""

    def value(match: re.Match[str]) -> str:
        found: Any = values
        for part in match[1].split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return str(found)

    return re.sub(r"{{\s*([\w.]+)\s*}}", value, template)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# --- payloads ------------------------------------------------------------------------------------

_STATUS = {"accepted": "ACCEPTED", "pending": "PENDING", "cancelled": "CANCELLED", "rejected": "REJECTED"}


def booking_payload(store: Store, booking: Booking, people: list[Attendee], status: str) -> Json:
    """Give what every webhook about a booking says; *status* as the REST API writes it."""
    event_type = booking.event_type
    video = booking.location if booking.location.startswith(VIDEO) else ""
    answers = people[0].responses if people and people[0].seat else booking.responses
    payload: Json = {
        "type": event_type.slug,
        "title": booking.title,
        "description": booking.description,
        "additionalNotes": str(answers.get("notes") or ""),
        "startTime": times.format_instant(booking.start),
        "endTime": times.format_instant(booking.end),
        "organizer": _organizer(booking.hosts[0], booking.start),
        "attendees": [_attendee(each, booking.start) for each in people],
        "location": "integrations:daily" if video else booking.location,
        "uid": booking.uid,
        "iCalUID": booking.ics_uid,
        "bookingId": booking.id,
        "eventTypeId": event_type.id,
        "eventTitle": event_type.title,
        "eventDescription": event_type.fields["description"],
        "length": booking.minutes,
        "price": event_type.fields["price"],
        "currency": event_type.fields["currency"],
        "requiresConfirmation": event_type.setting("confirmationPolicy") is not None,
        "status": _STATUS[status],
        "responses": _responses(booking, answers),
        "userFieldsResponses": _responses(booking, answers, custom=True),
        "customInputs": {},
        "metadata": {**booking.metadata, **({"videoCallUrl": video} if video else {})},
        "destinationCalendar": [],
        "seatsPerTimeSlot": event_type.seats or None,
        "seatsShowAttendees": bool((event_type.setting("seats") or {}).get("showAttendeeInfo")),
        "schedulingType": event_type.scheduling.upper() or None,
        "hideCalendarNotes": False,
    }
    if len(people) == 1 and people[0].seat:
        payload["attendeeSeatId"] = people[0].seat
    if booking.recurring:
        payload["recurringEvent"] = event_type.fields["recurrence"]
    return payload | _client(client_of(store, booking))


def _client(client: PlatformClient | None) -> Json:
    if client is None:
        return {}
    return {
        "platformClientId": client.id,
        "platformBookingUrl": client.booking_uri,
        "platformRescheduleUrl": client.reschedule_uri,
        "platformCancelUrl": client.cancel_uri,
    }


def _offset(zone: str, at: datetime) -> int:
    offset = at.astimezone(times.zone(zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def _organizer(user: User, at: datetime) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "username": user.username,
        "timeZone": user.zone,
        "language": {"locale": user.locale},
        "timeFormat": "HH:mm" if user.time_format == 24 else "h:mma",
        "utcOffset": _offset(user.zone, at),
    }


def _attendee(attendee: Attendee, at: datetime) -> Json:
    first, _, last = attendee.name.partition(" ")
    data = {
        "name": attendee.name,
        "firstName": first,
        "lastName": last,
        "email": attendee.email,
        "timeZone": attendee.zone,
        "language": {"locale": attendee.language},
        "utcOffset": _offset(attendee.zone, at),
    }
    return data | ({"phoneNumber": attendee.phone} if attendee.phone else {})


def _responses(booking: Booking, answers: Json, *, custom: bool = False) -> Json:
    fields = {each["slug"]: each for each in booking.event_type.fields["bookingFields"]}
    return {
        slug: {
            "label": fields.get(slug, {}).get("label", slug),
            "value": value,
            "isHidden": bool(fields.get(slug, {}).get("hidden")),
        }
        for slug, value in answers.items()
        if not custom or not fields.get(slug, {}).get("isDefault", True)
    }


def ping_payload(now: datetime) -> Json:
    """Give what the button "Ping test" sends."""
    return {
        "type": "Test",
        "title": "Test trigger event",
        "description": "",
        "startTime": stamp(now),
        "endTime": stamp(now),
        "attendees": [
            {
                "email": "jdoe@example.com",
                "name": "John Doe",
                "timeZone": "Europe/London",
                "language": {"locale": "en"},
            }
        ],
        "organizer": {
            "name": "Cal",
            "email": "no-reply@cal.com",
            "timeZone": "Europe/London",
            "language": {"locale": "en"},
        },
    }
