"""Slots kept for a visitor for some minutes (contracts/calcom.md 4.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ...errors import EventTypeNotFound, NotBookable, SlotTaken
from ...policy import Rule
from ...times import format_instant
from ...values import EventType, Hold
from .client import CalcomError, CalcomNotFound, Resource, quote
from .desk import Desk
from .objects import Object
from .reading import is_uid
from .refusals import of_time

_PATH = "/slots/reservations"


class Holds:
    """Keeps and gives up slots; anybody may, so no credentials are shown."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def hold(self, event_type: EventType, start: datetime, duration: timedelta) -> Hold:
        """Keep a slot; `SlotTaken` if it is gone, `NotBookable` where there is nothing to keep."""
        if not event_type.id:
            raise NotBookable("A group has no event type to keep slots of.", sentence=event_type.elsewhere)
        body: dict[str, object] = {"eventTypeId": int(event_type.id), "slotStart": format_instant(start)}
        if len(event_type.durations) > 1:
            body["slotDuration"] = duration // timedelta(minutes=1)
        try:
            data = self._desk.guest.post(_PATH, Resource.SLOTS, json=body)
        except CalcomNotFound:
            raise EventTypeNotFound(f"Cal.com has no event type {event_type.slug!r} any more.") from None
        except CalcomError as error:
            raise _refused(error) from None
        self._desk.board.written(event_type.id)
        return _hold(Object.of(data, "reservation"))

    def held(self, uid: str) -> Hold | None:
        """Give a hold that has not lapsed; None if there is none."""
        found = self._found(uid)
        hold = _hold(found) if found else None
        return hold if hold and hold.until > self._desk.clock() else None

    def keeps(self, uid: str, event_type: EventType, start: datetime, duration: timedelta) -> bool:
        """Tell whether the hold *uid* keeps just this slot of *event_type*."""
        found = self._found(uid)
        if found is None or found.identifier("eventTypeId") != event_type.id:
            return False
        hold = _hold(found)
        same = (hold.start, hold.end) == (start, start + duration)
        return same and hold.until > self._desk.clock()

    def release(self, uid: str) -> None:
        """Give up a hold; one that is gone is nothing to mind."""
        if not is_uid(uid):
            return
        try:
            self._desk.guest.delete(f"{_PATH}/{quote(uid)}", Resource.SLOTS)
        except CalcomNotFound:
            return
        self._desk.board.written("")

    def _found(self, uid: str) -> Object | None:
        if not is_uid(uid):
            return None
        try:
            data: Any = self._desk.guest.get(f"{_PATH}/{quote(uid)}", Resource.SLOTS)
        except CalcomNotFound:
            return None
        return None if data is None else Object.of(data, "reservation")


def _refused(error: CalcomError) -> Exception:
    """Tell why a slot cannot be kept: 422 says that it is taken (contracts/calcom.md 4.6)."""
    if error.answered == 422:
        return SlotTaken("Cal.com says that the slot is taken.")
    if "slotduration" in error.text.lower():
        return NotBookable("Cal.com does not offer this length.", rule=Rule.DURATION)
    return of_time(error) or error


def _hold(found: Object) -> Hold:
    return Hold(
        uid=found.word("reservationUid"),
        start=found.instant("slotStart"),
        end=found.instant("slotEnd"),
        until=found.instant("reservationUntil"),
    )
