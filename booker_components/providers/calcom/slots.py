"""Free slots (contracts/calcom.md 4.6): asked for a month at a time, kept for some seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ...errors import EventTypeNotFound
from ...times import Month, format_instant
from ...values import EventType, Slot, TimeWindow
from .._caching import Cache
from .accounts import CalcomAccount
from .client import CalcomClient, CalcomNotFound, Resource
from .objects import Object
from .owners import Owner

_KEPT = timedelta(seconds=10)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """Whose slots are looked for, and for whom."""

    event_type: EventType
    duration: timedelta
    #: The visitor's zone, "" for the host's: Cal.com aligns starts and counts days in it (contracts/calcom.md
    #: 9.2, 9.3), so that a zone of half hours is offered other times.
    zone: str = ""
    #: The uid of the booking that moves, not of a seat.
    moving: str = ""

    def views(self) -> Iterator[Search]:
        """Give the search, and the host's view of it: what was asked for without a zone may be booked too."""
        yield self
        if self.zone not in ("", self.event_type.zone):
            yield replace(self, zone="")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Key:
    """What a list of slots was asked for."""

    account: CalcomAccount
    event_type: str
    chunk: tuple[datetime, datetime]
    zone: str
    minutes: int
    moving: str


class SlotBoard:
    """Knows which slots are free, as of some seconds ago at most."""

    def __init__(self, client: CalcomClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._cache: Cache[_Key, tuple[Slot, ...]] = Cache(clock, keep=_KEPT)

    def slots(self, search: Search, window: TimeWindow) -> tuple[Slot, ...]:
        """Give the free slots that start in *window*, in order."""
        found: dict[datetime, Slot] = {}
        for chunk in _chunks(window):
            key = self._key(search, chunk)
            each_slot = self._cache.get(key, partial(self._ask, search.event_type, key))
            found.update((slot.start, slot) for slot in each_slot)
        return tuple(found[start] for start in sorted(found) if window.start <= start < window.end)

    def around(self, search: Search, start: datetime) -> tuple[Slot, ...]:
        """Give the free slots on the days around *start*, as they are this moment."""
        first, last = _midnight(start - search.duration), _midnight(start + search.duration) + _DAY
        return self._ask(search.event_type, self._key(search, (first, last)))

    def known(self, search: Search, start: datetime) -> bool:
        """Tell whether a slot at *start* was free some seconds ago, without asking."""
        window = TimeWindow(start=start, end=start + timedelta.resolution)
        keys = (self._key(search, chunk) for chunk in _chunks(window))
        return any(slot.start == start for key in keys for slot in self._cache.known(key) or ())

    def drop(self) -> None:
        """Forget all slots: a booking of one event type takes time from those with the same hosts."""
        self._cache.drop()

    def written(self, event_type: str) -> None:
        """Forget the slots of the account at hand: a booking takes time from its other event types too."""
        account = self._client.identity.account()
        self._cache.drop(lambda key: account == key.account or event_type == key.event_type)

    def _key(self, search: Search, chunk: tuple[datetime, datetime]) -> _Key:
        event_type = search.event_type
        # The API refuses to be asked for a length that is not on offer, or for the only one.
        told = search.duration in event_type.durations and len(event_type.durations) > 1
        return _Key(
            account=self._client.identity.account(),
            event_type=event_type.id or f"{event_type.owner}/{event_type.slug}",
            chunk=chunk,
            zone=search.zone or event_type.zone,
            minutes=search.duration // _MINUTE if told else 0,
            moving=search.moving,
        )

    def _ask(self, event_type: EventType, key: _Key) -> tuple[Slot, ...]:
        start, end = key.chunk
        query: dict[str, object] = {
            **_named(event_type, key.account),
            "start": format_instant(start),
            "end": format_instant(end),
            "timeZone": key.zone,
            "format": "range",
            "duration": key.minutes or None,
            "bookingUidToReschedule": key.moving or None,
        }
        try:
            data = self._client.get("/slots", Resource.SLOTS, params=query)
        except CalcomNotFound:
            raise EventTypeNotFound(f"Cal.com has no slots for the event type {event_type.slug!r}.") from None
        length = timedelta(minutes=key.minutes) if key.minutes else event_type.duration
        return tuple(read_slots(data, length))


def _named(event_type: EventType, account: CalcomAccount) -> Mapping[str, object]:
    if event_type.id:
        return {"eventTypeId": event_type.id}
    owner = Owner.parse(event_type.owner, account)
    group = owner.group()
    named = {"usernames": ",".join(group)} if group else owner.addressed(event_type.slug)
    return {**named, "organizationSlug": account.organization or None}


def read_slots(data: Any, length: timedelta) -> Iterator[Slot]:
    """Read an answer; its dates are of no use, for the instants tell. Full slots are left out."""
    days = Object.of(data, "calendar of slots")
    for day in days.fields:
        for each in days.children(day):
            slot = _slot(each, length)
            if slot.seats_left != 0:
                yield slot


def _slot(found: Object, length: timedelta) -> Slot:
    start = found.instant("start")
    seated = found.fields.get("seatsTotal") is not None
    return Slot(
        start=start,
        end=found.instant("end", start + length),
        seats_left=found.number("seatsRemaining", 0) if seated else None,
        seats_total=found.number("seatsTotal") if seated else None,
    )


# --- the pieces in which slots are asked for -----------------------------------------------------


def _chunks(window: TimeWindow) -> Iterator[tuple[datetime, datetime]]:
    """Give the pieces that cover *window*: months of UTC, a day longer at both ends.

    So every zone's month is in one piece, and a window that begins at this very instant finds what was asked
    for a moment ago.
    """
    start = window.start
    while start < window.end:
        month = Month.of(min(start + _DAY, window.end), "UTC").window("UTC")
        chunk = (month.start - _DAY, month.end + _DAY)
        yield chunk
        start = chunk[1]


def _midnight(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
