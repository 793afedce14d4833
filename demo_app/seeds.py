"""Bookings that make the demo's desk look alive, made through the public helpers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
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
    get_event_types,
    get_slots,
    list_bookings,
    reschedule_booking,
)

#: Who books what, how many days ahead, and from which zone; who wants what is not on offer stays away.
_GUESTS = (
    ("first-visit", 2, "Amara Diallo", "Europe/Paris"),
    ("back-class", 2, "Ruth Adler", "Europe/Berlin"),
    ("back-class", 2, "Omar Haddad", "Europe/Berlin"),
    ("follow-up", 2, "Jonas Weber", "Europe/Berlin"),
    ("intro-call", 3, "Priya Raghavan", "Asia/Kolkata"),
    ("first-visit", 4, "Elif Yıldız", "Europe/Istanbul"),
    ("running-coaching", 5, "Mateo Álvarez", "America/Bogota"),
    ("after-surgery", 5, "Ivan Petrov", "Europe/Sofia"),
    ("home-visit", 6, "Greta Lund", "Europe/Copenhagen"),
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

#: Where the guests are, or can be called.
_PLACES = {LocationKind.ATTENDEE_PHONE: "+353 1 5550123", LocationKind.ATTENDEE_ADDRESS: "5 Finch Row"}


def seed(others: Sequence[tuple[str, str]] = ()) -> int:
    """Make a dozen bookings, move one and cancel one; give how many were made: none if there are any ahead.

    *others* are owner and slug of what is offered beside the app's own event types. Needs a context of the
    app, and of a request where the provider lists bookings for known accounts only. Two processes that seed
    at once make each booking once, by its key.
    """
    now = datetime.now(UTC)
    if list_bookings(after=now, limit=1):
        return 0
    owners = {each.slug: "" for each in get_event_types()} | {slug: owner for owner, slug in others}
    made = [_book(*guest, owners[guest[0]], now=now) for guest in _GUESTS if guest[0] in owners]
    booked = [booking for booking in made if booking is not None]
    _change(booked)
    return len(booked)


def _book(slug: str, days: int, name: str, zone: str, owner: str, *, now: datetime) -> Booking | None:
    """Book a free time some *days* ahead; None when the week after has none."""
    start = now + timedelta(days=days)
    slots = get_slots(slug, start=start, end=start + timedelta(days=7), owner=owner)
    if not slots:
        return None
    day = [slot for slot in slots if slot.start < slots[0].start + timedelta(hours=8)]
    return create_booking(
        slug,
        day[days * 5 % len(day)].start,
        name=name,
        email=f"{_plain(name)}@example.com",
        zone=zone,
        answers=_ANSWERS.get(slug),
        location=_place(get_event_type(slug, owner=owner)),
        key=f"demo-{now:%Y-%m-%d}-{name}",
        owner=owner,
    )


def _plain(name: str) -> str:
    """Give the first of a guest's names as it may stand in an address."""
    return unicodedata.normalize("NFKD", name.split()[0].lower()).encode("ascii", "ignore").decode()


def _place(event_type: EventType) -> Location:
    """Give the first place on offer, with what the guest has to say of it."""
    first = event_type.locations[0]
    return replace(first, value=_PLACES.get(first.kind, first.value))


def _change(booked: list[Booking]) -> None:
    """Move the first of *booked* to a later time and cancel the last."""
    if len(booked) < 2:
        return
    first, last = booked[0], booked[-1]
    later = get_slots(first.event_type, start=first.end, end=first.end + timedelta(days=7))
    if later:
        reschedule_booking(first.uid, later[0].start, reason="The train was cancelled", by="guest")
    cancel_booking(last.uid, reason="Feeling well again", by="guest")
