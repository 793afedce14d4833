"""Bookings that make the demo's desk look alive, made through the public helpers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from booker_components import (
    Answer,
    Booking,
    EventType,
    Location,
    LocationKind,
    cancel_booking,
    create_booking,
    get_event_type,
    get_slots,
    list_bookings,
    reschedule_booking,
)

#: Who books what, how many days ahead, and from which zone.
_GUESTS = (
    ("first-visit", 2, "Amara Diallo", "Europe/Paris"),
    ("follow-up", 2, "Jonas Weber", "Europe/Berlin"),
    ("intro-call", 3, "Priya Raghavan", "Asia/Kolkata"),
    ("first-visit", 4, "Elif Yıldız", "Europe/Istanbul"),
    ("running-coaching", 5, "Mateo Álvarez", "America/Bogota"),
    ("follow-up", 6, "Hanna Nowak", "Europe/Warsaw"),
    ("follow-up", 7, "Yuki Tanaka", "Asia/Tokyo"),
    ("intro-call", 8, "Bishal Thapa", "Asia/Kathmandu"),
    ("first-visit", 9, "Chloé Martin", "Europe/Paris"),
    ("running-coaching", 11, "Sam O’Neill", "Europe/Dublin"),
    ("follow-up", 14, "Lena Fischer", "Europe/Berlin"),
    ("first-visit", 16, "David Cohen", "Asia/Jerusalem"),
)

#: What the guests answer, by event type.
_ANSWERS: dict[str, dict[str, Answer]] = {
    "intro-call": {"topic": "Back or neck"},
    "first-visit": {
        "mobile": "+49 30 5550123",
        "area": ("Back", "Hip"),
        "since": 3.0,
        "before": "No",
        "consent": True,
    },
    "running-coaching": {"goal": "A half marathon in May", "distance": 25.0},
}


def seed() -> int:
    """Make a dozen bookings, move one and cancel one; give how many were made: none if there are any ahead.

    Needs an app context. Two processes that seed at once make each booking once, by its key.
    """
    now = datetime.now(UTC)
    if list_bookings(after=now, limit=1):
        return 0
    made = [_book(*guest, now=now) for guest in _GUESTS]
    booked = [booking for booking in made if booking is not None]
    _change(booked)
    return len(booked)


def _book(slug: str, days: int, name: str, zone: str, *, now: datetime) -> Booking | None:
    """Book a free time some *days* ahead; None when the week after has none."""
    start = now + timedelta(days=days)
    slots = get_slots(slug, start=start, end=start + timedelta(days=7))
    if not slots:
        return None
    day = [slot for slot in slots if slot.start < slots[0].start + timedelta(hours=8)]
    return create_booking(
        slug,
        day[days * 5 % len(day)].start,
        name=name,
        email=f"{slug}-{days}@example.com",
        zone=zone,
        answers=_ANSWERS.get(slug),
        location=_place(get_event_type(slug)),
        key=f"demo-{now:%Y-%m-%d}-{name}",
    )


def _place(event_type: EventType) -> Location:
    """Give the first place on offer, with a number where the guest is called."""
    first = event_type.locations[0]
    return replace(first, value="+353 1 5550123") if first.kind is LocationKind.ATTENDEE_PHONE else first


def _change(booked: list[Booking]) -> None:
    """Move the first of *booked* to a later time and cancel the last."""
    if len(booked) < 2:
        return
    first, last = booked[0], booked[-1]
    later = get_slots(first.event_type, start=first.end, end=first.end + timedelta(days=7))
    if later:
        reschedule_booking(first.uid, later[0].start, reason="The train was cancelled", by="guest")
    cancel_booking(last.uid, reason="Feeling well again", by="guest")
