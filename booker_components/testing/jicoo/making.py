"""Making bookings: the body that is read, and what is refused (contracts/jicoo.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..exchanges import Json
from .availability import is_free, place
from .bodies import Body
from .calls import Call, Refusal
from .records import LOCATIONS, TRACKING, Booking, Contact, EventType, Question
from .store import Store

#: Where meetings are held, by location.
_ROOMS = {
    "zoom": "https://example.zoom.us/j/",
    "googleMeet": "https://meet.example.com/",
    "teams": "https://teams.example.com/l/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants to book what, and when."""

    event_type: EventType
    start: datetime
    zone: str
    contact: Contact
    location: str | None = None
    tracking: Mapping[str, str] = field(default_factory=dict)


def read(call: Call) -> Wish:
    """Read the body; 422 with all that is wrong in it, 404 for a booking page that does not exist."""
    body = Body(call.json)
    body.text("eventTypeId", required=True)
    start, zone = body.instant("startedAt", required=True), body.zone("timeZone", required=True)
    body.email("email", most=255)
    body.text("name", most=64, required=True)
    body.check()
    event_type = call.store.event_type(body.given["eventTypeId"])
    contact, tracking = _contact(call, body, event_type), _tracking(body)
    location = _location(call, body, event_type)
    body.choice("locale", ("ja", "en"))
    _payment(body)
    body.check()
    assert start is not None
    return Wish(
        event_type=event_type, start=start, zone=zone, contact=contact, location=location, tracking=tracking
    )


def _contact(call: Call, body: Body, event_type: EventType) -> Contact:
    return Contact(
        name=body.given["name"],
        email=body.given["email"],
        cc=body.emails("ccEmails", most=30),
        company=body.text("company", most=32),
        phone=body.text("phoneNumber", most=32),
        message=body.text("message", most=2000),
        remind_country=body.text("textRemindCountryCode", most=255),
        remind_number=body.text("textRemindNumber", most=32),
        answers=_answers(body, event_type, call.habits.contents),
    )


def _location(call: Call, body: Body, event_type: EventType) -> str | None:
    """Read the location; null stands for the first one of the booking page."""
    if call.habits.needs_location and "locationId" not in body.given:
        body.blame("locationId", "is missing")
    given = body.choice("locationId", LOCATIONS)
    if given is not None and given not in event_type.locations:
        body.blame("locationId", "is not offered")
    return given


def _tracking(body: Body) -> Json:
    part = body.part("tracking")
    found = {name: part.text(name, most=255) for name in TRACKING}
    return {name: value for name, value in found.items() if value}


def _payment(body: Body) -> None:
    part = body.part("payment")
    part.choice("paymentMethod", ("none", "card", "onsite"))
    part.items("items")
    part.uri("successUrl")
    part.uri("cancelUrl")


# --- answers -------------------------------------------------------------------------------------


def _answers(body: Body, event_type: EventType, contents: str) -> list[tuple[str, list[str]]]:
    """Read the answers, which name their questions by uid; a required one has to be there."""
    questions = {each.uid: each for each in event_type.questions}
    found: dict[str, list[str]] = {}
    for each in body.items("answers"):
        question = questions.get(str(each.get("questionUid")))
        if question is None:
            body.blame("answers", "name a question that does not exist")
        elif not _fits(question, each.get("content"), contents):
            body.blame("answers", f"do not answer {question.text}")
        else:
            found[question.uid] = texts(each["content"])
    for question in event_type.questions:
        if question.required and not any(found.get(question.uid, ())):
            body.blame("answers", f"leave out {question.text}")
    return [(question.text, found[uid]) for uid, question in questions.items() if uid in found]


def texts(content: Any) -> list[str]:
    """Give what was answered as a list."""
    return [content] if isinstance(content, str) else list(content)


def _fits(question: Question, content: Any, contents: str) -> bool:
    """Tell whether the content is of the kind that is asked for, and among the choices."""
    is_list = isinstance(content, list) and all(isinstance(each, str) for each in content)
    if not is_list and not isinstance(content, str):
        return False
    wanted = {"any": is_list, "lists": True, "typed": question.kind == "checkbox"}[contents]
    if is_list is not wanted or (question.kind != "checkbox" and len(texts(content)) > 1):
        return False
    return not question.choices or all(each in question.choices for each in texts(content) if each)


# --- the booking ---------------------------------------------------------------------------------


def make(store: Store, wish: Wish) -> Booking:
    """Make a booking; 422 if the time is taken or the booking page is disabled."""
    event_type, start = wish.event_type, wish.start
    if not event_type.enabled:
        raise Refusal(422, "Bookings are no longer being accepted.")
    if not is_free(store, event_type, start):
        raise unavailable()
    now = store.now()
    location = wish.location or next(iter(event_type.locations), None)
    made = Booking(
        uid=store.uid(),
        event_type=event_type,
        name=event_type.name,
        status="request" if event_type.approval else "open",
        start=start,
        end=start + event_type.length,
        zone=wish.zone,
        contact=wish.contact,
        hosts=place(store, event_type, start)[0],
        created=now,
        updated=now,
        location=location,
        url=f"{_ROOMS[location]}{store.next_id()}" if location in _ROOMS else None,
        phone=(wish.contact.phone or None) if location == "phone" else None,
        address=(event_type.place or None) if location == "inPerson" else None,
        custom=(event_type.place or None) if location == "custom" else None,
        tracking=wish.tracking,
    )
    store.bookings[made.uid] = made
    return made


def unavailable() -> Refusal:
    """Give the refusal of a time that is taken or was never offered."""
    return Refusal(422, {"startedAt": ["is not available"]})
