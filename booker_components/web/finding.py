"""Which booking a request is about, in every shape in which vendors name it."""

from __future__ import annotations

import re

from flask import request

from ..errors import BookingNotFound
from ..values import Booking
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
    address says of slug, username or team is not looked at.
    """
    if not is_uid(uid):
        raise BookingNotFound("The uid has characters that no uid has.")
    seat = request.args.get("seatReferenceUid", "")
    return _seat(parts, seat, uid) or parts.service.get(uid)


def standing(parts: Runtime, found: Booking) -> Booking:
    """Give the booking that stands in the place of *found*: the last one, where moving makes a new one."""
    for _ in range(_MOST_MOVES):
        if not found.replaced_by:
            break
        found = parts.service.get(found.replaced_by)
    return found


def _seat(parts: Runtime, seat: str, uid: str) -> Booking | None:
    """Give the seat, if there is such in the booking *uid*."""
    if seat == uid or not is_uid(seat):
        return None
    try:
        found = parts.service.get(seat)
    except BookingNotFound:
        return None
    return found if found.shared == uid else None
