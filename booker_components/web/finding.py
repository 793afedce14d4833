"""Which booking a request is about, in every shape in which vendors name it."""

from __future__ import annotations

import re

from flask import request

from ..errors import BookingNotFound, EventTypeNotFound
from ..providers import ServesOwners
from ..values import Booking
from .details import for_guest
from .runtime import Runtime

_UID = re.compile(r"[A-Za-z0-9_.:\-]{1,200}")
# A booking that was moved more often than this is shown as its last one that was looked at.
_MOST_MOVES = 20


def is_uid(text: str) -> bool:
    """Tell whether *text* may be a uid: what may not is never asked for."""
    return _UID.fullmatch(text) is not None


def booking(parts: Runtime, uid: str) -> Booking:
    """Give the booking *uid*, or the seat of it that the address names; `BookingNotFound` if there is none.

    Vendors put the uid of a seat into the path, or beside the booking's (contracts/calcom.md 3.2). What the
    address says of slug, username or team is not looked at. Other people's bookings are not found.
    """
    if not is_uid(uid):
        raise BookingNotFound("The uid has characters that no uid has.")
    found = _seat(parts, seat_named(), uid) or parts.service.get(uid)
    provider = parts.service.provider
    serves = not isinstance(provider, ServesOwners) or provider.serves_booking(found)
    if not (serves or _is_left_over(parts, found)):
        raise BookingNotFound("The booking is at another owner, whom guests do not reach here.")
    return for_guest(found, parts.service.event_type_of(found))


def seat_named() -> str:
    """Give the uid of the seat that the address names beside its booking; "" for none."""
    seat = request.args.get("seatReferenceUid", "")
    return seat if is_uid(seat) else ""


def owner(parts: Runtime, name: str) -> str | None:
    """Give the owner whom an address names, None for the app's own; `EventTypeNotFound` for a stranger.

    At a vendor there are other people's event types, which are not to be booked on the pages of this app.
    """
    provider = parts.service.provider
    if isinstance(provider, ServesOwners) and not provider.serves(name):
        raise EventTypeNotFound("The address names an owner whom guests do not reach here.")
    return name or None


def standing(parts: Runtime, found: Booking) -> Booking:
    """Give the booking that stands in the place of *found*: the last one, where moving makes a new one."""
    for _ in range(_MOST_MOVES):
        if not found.replaced_by:
            break
        found = parts.service.get(found.replaced_by)
    return found


def _is_left_over(parts: Runtime, found: Booking) -> bool:
    """Tell whether *found* is of our own, though its event type, which would show it, was deleted."""
    return not found.event_type_id and parts.service.has_told(found.uid)


def _seat(parts: Runtime, seat: str, uid: str) -> Booking | None:
    """Give the seat, if there is such in the booking *uid*."""
    if seat in ("", uid):
        return None
    try:
        found = parts.service.get(seat)
    except BookingNotFound:
        return None
    return found if found.shared == uid else None
