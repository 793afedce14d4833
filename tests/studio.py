"""A provider with everything that the embedded engine lacks: seats, series, approval, places, holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from booker_components import (
    Booking,
    BookingNotFound,
    BookingRequest,
    BookingStatus,
    CancelScope,
    EventType,
    EventTypeNotFound,
    Hold,
    Occurrence,
    Slot,
    SlotTaken,
    TimeWindow,
    create_blueprint,
)
from booker_components.times import occurrences

from .conftest import INTRO
from .databases import lay_database

HOUR = timedelta(hours=1)


class Studio:
    """Free from 9 to 17 UTC on every day; what was asked of it is there to be looked at."""

    name = "studio"

    def __init__(self, event_type: EventType, clock: Callable[[], datetime]) -> None:
        """Offer *event_type* alone, at the time that *clock* tells."""
        self.offer = event_type
        self.bookings: dict[str, Booking] = {}
        self.requests: list[BookingRequest] = []
        #: Uid, scope and reason of every cancellation.
        self.cancelled: list[tuple[str, CancelScope, str]] = []
        #: The starts that somebody else has.
        self.taken: set[datetime] = set()
        self.holds: dict[str, Hold] = {}
        #: The zones in which holds were asked for.
        self.held_in: list[str] = []
        #: The uids of the holds that were given up.
        self.released: list[str] = []
        #: How many seats each time has left.
        self.seats_left = 3
        #: The zones in which times were looked for.
        self.zones: set[str] = set()
        self._clock = clock

    def event_types(self) -> Sequence[EventType]:
        """Give the one that there is."""
        return (self.offer,)

    def event_type(self, slug: str, *, owner: str | None = None) -> EventType:
        """Give it, or raise `EventTypeNotFound`."""
        if slug != self.offer.slug:
            raise EventTypeNotFound()
        return self.offer

    def slots(
        self,
        event_type: EventType,
        window: TimeWindow,
        *,
        duration: timedelta | None = None,
        moving: str | None = None,
        zone: str = "",
    ) -> Sequence[Slot]:
        """Give the free hours; those that are held are not free for anybody."""
        self.zones.add(zone)
        start = window.start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        hours = (start + HOUR * each for each in range((window.end - start) // HOUR + 1))
        gone = self.taken | {each.start for each in self._standing_holds()}
        seats = {"seats_left": self.seats_left, "seats_total": 12} if event_type.seats else {}
        return [
            Slot(start=each, end=each + (duration or event_type.duration), **seats)
            for each in hours
            if 9 <= each.hour < 17 and window.start <= each < window.end and each not in gone
        ]

    def book(self, request: BookingRequest) -> Booking:
        """Book, a series as a whole; `SlotTaken` where somebody else was faster."""
        if request.start in self.taken:
            raise SlotTaken()
        self.requests.append(request)
        offer, series = self.offer, self.offer.series
        now = self._clock()
        booking = Booking(
            uid=f"bk-{len(self.bookings) + 1}",
            event_type=offer.slug,
            title=offer.title,
            start=request.start,
            end=request.start + offer.duration,
            status=BookingStatus.PENDING if offer.approval else BookingStatus.CONFIRMED,
            hosts=offer.hosts,
            attendee=request.attendee,
            created_at=now,
            updated_at=now,
            guests=request.guests,
            notes=request.notes,
            answers=request.answers,
            location=request.location,
            shared="group-1" if offer.seats else "",
        )
        if series:
            count = request.occurrences or series.occurrences
            zone = request.attendee.zone
            starts = occurrences(booking.start, zone, series.frequency, series.interval, count)
            booking = self._as_series(booking, starts)
        self.bookings[booking.uid] = replace(booking, occurrences=())
        return booking

    def get(self, uid: str) -> Booking:
        """Give a booking; by the uid of a series with all its dates."""
        if uid not in self.bookings:
            raise BookingNotFound()
        return self.bookings[uid]

    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking in place."""
        booking = self.get(uid)
        moved = replace(booking, start=start, end=start + booking.duration, former_start=booking.start)
        self.bookings[uid] = moved
        return moved

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel one booking, and remember how much was asked for."""
        self.cancelled.append((uid, scope, reason))
        self.bookings[uid] = replace(self.get(uid), status=BookingStatus.CANCELLED, reason=reason)
        return self.bookings[uid]

    def _as_series(self, booking: Booking, starts: Sequence[datetime]) -> Booking:
        dates = tuple(
            Occurrence(
                uid=f"{booking.uid}-{place}", start=start, end=start + booking.duration, status=booking.status
            )
            for place, start in enumerate(starts, start=1)
        )
        whole = replace(booking, uid=dates[0].uid, series="series-1", occurrences=dates)
        self.bookings |= {each.uid: each for each in whole.each()}
        self.bookings["series-1"] = whole
        return whole

    def _standing_holds(self) -> list[Hold]:
        return [each for each in self.holds.values() if each.until > self._clock()]


class HoldingStudio(Studio):
    """A studio that keeps a time for five minutes, and like Cal.com refuses to hold what is held."""

    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Keep a slot; `SlotTaken` if it is booked or held."""
        self.held_in.append(zone)
        if start in self.taken or start in {each.start for each in self._standing_holds()}:
            raise SlotTaken()
        until = self._clock() + timedelta(minutes=5)
        uid = f"hold-{len(self.released) + len(self.holds) + 1}"
        hold = Hold(uid=uid, start=start, end=start + (duration or event_type.duration), until=until)
        self.holds[uid] = hold
        return hold

    def held(self, uid: str) -> Hold | None:
        """Give a hold that has not lapsed."""
        return next((each for each in self._standing_holds() if each.uid == uid), None)

    def release(self, uid: str) -> None:
        """Give up a hold."""
        if self.holds.pop(uid, None):
            self.released.append(uid)


def studio_app(folder: Path, provider: Studio, clock: Callable[[], datetime], **config: object) -> Flask:
    """Give an app over *provider*, with plain links."""
    app = Flask("partner", instance_path=str(folder / "instance"))
    lay_database(folder / "instance")
    app.config.update(
        {"SECRET_KEY": "k" * 40, "BOOKER_LINKS": "uid", "BOOKER_DISPATCH": "none", "TESTING": True} | config
    )
    blueprint = create_blueprint(provider=provider, clock=clock)
    app.register_blueprint(blueprint)
    return app


def offering(**changes: object) -> EventType:
    """Give an event type of an hour with *changes*."""
    return replace(INTRO, **{"slug": "class", "title": "Class", "durations": (HOUR,), **changes})  # type: ignore[arg-type]
