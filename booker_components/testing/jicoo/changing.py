"""Changing bookings: moved, cancelled, approved, edited by their host (contracts/jicoo.md 2.4-2.6)."""

from __future__ import annotations

import copy
from datetime import datetime

from ..exchanges import Json
from .availability import is_free, place
from .bodies import Body
from .calls import Refusal
from .making import unavailable
from .records import ROLES, Booking, Side
from .store import Store


def move(store: Store, booking: Booking, start: datetime, *, zone: str = "") -> Booking:
    """Move a booking to another free time, and give the one that stands now; 422 if it cannot be."""
    _check_standing(booking)
    if not is_free(store, booking.event_type, start, moving=booking.uid):
        raise unavailable()
    hosts, _ = place(store, booking.event_type, start, moving=booking.uid)
    stands = booking if store.habits.keeps_uid else _copied(store, booking)
    stands.start, stands.end = start, start + booking.event_type.length
    stands.hosts, stands.zone = hosts, zone or booking.zone
    store.touch(stands)
    return stands


def _copied(store: Store, booking: Booking) -> Booking:
    """Close a booking, and give another like it under a uid of its own."""
    made = copy.copy(booking)
    made.uid = store.uid()
    store.bookings[made.uid] = made
    booking.status, booking.cancelled = "cancel", store.now()
    store.touch(booking)
    return made


def shift(store: Store, booking: Booking, start: datetime, *, zone: str = "") -> None:
    """Move a booking as its host may: to any time at all."""
    _check_standing(booking)
    booking.start, booking.end = start, start + (booking.end - booking.start)
    booking.zone = zone or booking.zone
    store.touch(booking)


def cancel(store: Store, booking: Booking, *, reason: str = "", by: Side) -> None:
    """Cancel a booking; 422 if it was cancelled before."""
    _check_standing(booking)
    booking.status, booking.cancelled = "cancel", store.now()
    booking.cancel_reason, booking.cancelled_by = reason or None, by
    store.touch(booking)


def approve(store: Store, booking: Booking) -> None:
    """Accept a booking that waits; 422 if it does not wait."""
    if booking.status != "request":
        raise Refusal(422, {"status": ["is not request"]})
    booking.status = "open"
    store.touch(booking)


def _check_standing(booking: Booking) -> None:
    if not booking.stands:
        raise Refusal(422, {"status": ["is cancel"]})


# --- the host's own edits ------------------------------------------------------------------------


def update(store: Store, booking: Booking, given: Json) -> bool:
    """Change the fields that are given, whatever the time; tell whether the booking has moved."""
    body = Body(given)
    start, end = body.instant("startedAt"), body.instant("endedAt")
    zone, name = body.zone("timeZone"), body.text("name")
    priority, description = body.choice("priority", ("low", "middle", "high")), body.text("description")
    hosts = [_host(store, body, each) for each in body.items("hosts")]
    body.text("updateMessage", most=2000)
    if not isinstance(given.get("isSendUpdates", False), bool):
        body.blame("isSendUpdates", "is not a boolean")
    span = (start or booking.start, end or booking.end)
    if span[0] >= span[1]:
        body.blame("endedAt", "is not after the start")
    body.check()
    moved = span != (booking.start, booking.end)
    booking.start, booking.end = span
    booking.name, booking.zone = name or booking.name, zone or booking.zone
    booking.priority = priority or booking.priority
    booking.description = (description or None) if "description" in given else booking.description
    booking.hosts = [store.users[each] for each in hosts] or booking.hosts
    store.touch(booking)
    return moved


def _host(store: Store, body: Body, given: Json) -> str:
    if given.get("userId") not in store.users or given.get("role") not in ROLES:
        body.blame("hosts", "are not users with a role")
    return str(given.get("userId"))
