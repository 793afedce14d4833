"""Reading bookings: by the uid of a booking, of a series or of a seat (contracts/calcom.md 4.8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ...errors import BookingNotFound, ProviderError
from .._caching import Cache
from .bookings import Found, read_booking, read_series
from .client import CalcomClient, CalcomNotFound, Resource, quote
from .objects import Object

# Cal.com's uids are letters and digits; those of seats and series are UUIDs.
_UID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_DAY = timedelta(days=1)


def is_uid(text: str) -> bool:
    """Tell whether *text* can be a uid of Cal.com, so that it is worth asking for."""
    return bool(_UID.fullmatch(text))


class Reader:
    """Reads bookings as they stand."""

    def __init__(self, client: CalcomClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        # A booking keeps its start, for moved it is another one. A seat may change its booking, if seldom.
        self._starts: Cache[str, datetime | None] = Cache(clock, keep=_DAY, size=2000)
        self._shared: Cache[str, str] = Cache(clock, keep=_DAY, size=2000)

    def find(self, uid: str) -> Found:
        """Give what a guest holds under *uid*; `BookingNotFound` if it is nobody's.

        Of a series it is the next booking to come, with all as occurrences.
        """
        if not is_uid(uid):
            raise BookingNotFound("No booking has a uid like this.")
        if self._shared.known(uid) not in (None, uid):
            return self._find_seat(uid)
        try:
            return self.read(self._client.get(f"/bookings/{quote(uid)}", Resource.BOOKINGS))
        except CalcomNotFound:
            return self._find_seat(uid)

    def read(self, data: Any, *, uid: str = "") -> Found:
        """Read an answer: one booking, or several of a series, of which the one with *uid* is meant."""
        if isinstance(data, list):
            return self.remember(read_series(Object.all(data, "booking"), self._clock(), uid=uid))
        return self.remember(read_booking(Object.of(data, "booking")))

    def uid_to_move(self, uid: str) -> str:
        """Give the uid under which the slots for a move are asked for: a seat's booking has another one."""
        if not is_uid(uid):
            raise BookingNotFound("No booking has a uid like this.")
        known = self._shared.known(uid)
        if known is None:
            booking = self.find(uid).booking
            known = booking.shared or booking.uid
            self._shared.put(uid, known)
        return known

    def remember(self, found: Found) -> Found:
        """Give *found* with its former start, and keep what later questions about it would ask for."""
        booking = found.booking
        self._shared.put(booking.uid, booking.shared or booking.uid)
        if not booking.shared:
            self._starts.put(booking.uid, booking.start)
        return self._complete(found)

    def _find_seat(self, seat: str) -> Found:
        try:
            data = self._client.get(f"/bookings/by-seat/{quote(seat)}", Resource.BOOKINGS)
        except CalcomNotFound:
            raise BookingNotFound("Cal.com has no booking, series or seat with this uid.") from None
        return self.remember(read_booking(Object.of(data, "booking"), seat=seat))

    def _complete(self, found: Found) -> Found:
        """Give *found* with its former start, which only the booking that it replaces tells."""
        booking = found.booking
        if not booking.replaces:
            return found
        try:
            former = self._starts.get(booking.replaces, partial(self._ask_start, booking.replaces))
        except ProviderError:
            # Where it was is worth a line on a page, and not worth losing the page.
            return found
        return replace(found, booking=replace(booking, former_start=former))

    def _ask_start(self, uid: str) -> datetime | None:
        if not is_uid(uid):
            raise ProviderError("Cal.com gave a booking that replaces one with an impossible uid.")
        try:
            data = self._client.get(f"/bookings/{quote(uid)}", Resource.BOOKINGS)
        except CalcomNotFound:
            return None
        return Object.of(data, "booking").instant("start") if isinstance(data, dict) else None
