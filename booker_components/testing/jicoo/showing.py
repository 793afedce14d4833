"""How the API shows what the fake knows (contracts/jicoo.md 2)."""

from __future__ import annotations

from datetime import datetime

from ..exchanges import Json, stamp
from .records import Booking, Calendar, Contact, EventType, Host, User
from .store import Store

#: What hours in the vendor's shape have beside days and times: every week, from the first day on.
_WEEKLY: Json = {
    "startedAt": "2020-01-01T00:00:00.000Z",
    "endedAt": None,
    "frequencyType": 2,
    "frequencyInterval": 1,
    "exceptions": None,
}


def _or_null(instant: datetime | None) -> str | None:
    return stamp(instant) if instant else None


def shown_hosts(booking: Booking) -> list[Json]:
    """Give the hosts of a booking, who have no names (contracts/jicoo.md 2.1)."""
    return [{"userId": each.id, "role": each.role} for each in booking.hosts]


def shown(booking: Booking) -> Json:
    """Give the 21 fields of a booking, in which nothing is said of the guest (contracts/jicoo.md 2.1)."""
    return {
        "uid": booking.uid,
        "eventTypeId": booking.event_type.uid,
        "name": booking.name,
        "description": booking.description,
        "status": booking.status,
        "startedAt": stamp(booking.start),
        "endedAt": stamp(booking.end),
        "locationId": booking.location,
        "url": booking.url,
        "phoneNumber": booking.phone,
        "address": booking.address,
        "customLocation": booking.custom,
        "access": None,
        "timeZone": booking.zone,
        "priority": booking.priority,
        "cancelReason": booking.cancel_reason,
        "cancelledAt": _or_null(booking.cancelled),
        "cancelledBy": booking.cancelled_by,
        "hosts": shown_hosts(booking),
        "createdAt": stamp(booking.created),
        "updatedAt": stamp(booking.updated),
    }


def shown_answers(contact: Contact) -> list[Json]:
    """Give the answers, by the text of their questions, as lists."""
    return [{"question": text, "content": list(content)} for text, content in contact.answers]


def shown_contact(booking: Booking) -> Json:
    """Give the 11 fields of a guest (contracts/jicoo.md 2.7)."""
    contact = booking.contact
    return {
        "name": contact.name,
        "email": contact.email,
        "ccEmails": list(contact.cc),
        "company": contact.company or None,
        "phoneNumber": contact.phone or None,
        "message": contact.message or None,
        "textRemindNumber": contact.remind_number or None,
        "textRemindCountryCode": contact.remind_country or None,
        "answers": shown_answers(contact),
        "createdAt": stamp(booking.created),
        "updatedAt": stamp(booking.updated),
    }


def shown_event_type(event_type: EventType) -> Json:
    """Give what is known of the fields of a booking page, and whatever else a test says (2.8)."""
    return {
        "uid": event_type.uid,
        "name": event_type.name,
        "status": "enable" if event_type.enabled else "disable",
        "duration": event_type.duration,
        **event_type.extra,
    }


def shown_host(pair: tuple[int, Host]) -> Json:
    """Give a host of a booking page, with his place among them (contracts/jicoo.md 2.10)."""
    sort, host = pair
    return {
        "uid": host.uid,
        "name": host.user.name,
        "email": host.user.email,
        "profileImage": None,
        "role": host.user.role,
        "priority": host.priority,
        "userType": "host",
        "sort": sort,
    }


def shown_user(store: Store, user: User) -> Json:
    """Give a member of the organization (contracts/jicoo.md 2, O1)."""
    return {store.habits.user_key: user.id, "name": user.name, "email": user.email, "role": user.role}


def shown_calendar(user: User, calendar: Calendar) -> Json:
    """Give a template of working hours (contracts/jicoo.md 2.12)."""
    return {
        "uid": calendar.uid,
        "teamId": 39,
        "userId": user.id,
        "name": calendar.name,
        "isDefault": int(calendar.default),
        "timezone": calendar.zone,
        "createdAt": stamp(calendar.created),
        "updatedAt": stamp(calendar.created),
        "calendars": [_WEEKLY | each for each in calendar.hours],
    }
