"""What happens to bookings elsewhere: in Cal.com's own pages, by hosts and by guests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from . import changes, news
from .booking import make
from .calls import Json
from .records import Booking, EventType
from .store import Store
from .wishes import Wish


class Elsewhere(ABC):
    """The part of `FakeCalcom` that acts as a host or a guest would in Cal.com's own pages.

    Mails and webhooks go out as ever. What Cal.com would refuse raises `Refusal` with its words.
    """

    store: Store

    @abstractmethod
    def acting(self) -> AbstractContextManager[None]:
        """Hold the store while something is done, and send the webhooks of it afterwards."""

    def booking(self, uid: str) -> Booking:
        """Give a booking by its uid, or by that of one of its seats."""
        with self.store.lock:
            return self.store.with_seat(uid) or self.store.booking(uid)

    def book(
        self,
        event_type: EventType,
        start: datetime,
        *,
        name: str = "Bo",
        email: str = "bo@example.org",
        zone: str = "UTC",
        length: int = 0,
        count: int = 0,
        guests: Sequence[str] = (),
        answers: Json | None = None,
        metadata: Json | None = None,
        location: str = "https://app.cal.com/video/elsewhere",
    ) -> Booking:
        """Book as a guest, for *length* minutes; of a series give the first of *count*.

        A seat that was taken is the last of `Booking.attendees`.
        """
        recurrence = event_type.setting("recurrence")
        wish = Wish(
            event_type=event_type,
            start=start,
            length=length or event_type.lengths[0],
            name=name,
            email=email,
            zone=zone,
            language="en",
            phone="",
            guests=list(guests),
            location=location,
            responses=answers or {},
            metadata=metadata or {},
            count=count or int((recurrence or {}).get("occurrences", 1)),
        )
        with self.acting():
            made = make(self.store, wish)
            for each in made:
                news.made(self.store, each, each.attendees[-1])
            return made[0]

    def reschedule(
        self, uid: str, start: datetime, *, reason: str = "", by: str = "", seat: str = ""
    ) -> Booking:
        """Move a booking, or one *seat* of it; *by* is the address of who does it."""
        with self.acting():
            old = self.store.booking(uid)
            before = old.start
            if seat:
                new = changes.move_seat(self.store, old, seat, start, by=by)
            else:
                new = changes.move(self.store, old, start, reason=reason, by=by)
            news.moved(self.store, new, old, before, seat=seat)
            return new

    def cancel(self, uid: str, *, reason: str = "", by: str = "", seat: str = "") -> Booking:
        """Cancel a booking, or one *seat* of it; *by* is the address of who does it."""
        with self.acting():
            booking = self.store.booking(uid)
            if seat:
                people = [changes.cancel_seat(self.store, booking, seat, reason=reason)]
            else:
                changes.cancel(self.store, booking, reason=reason, by=by)
                people = booking.attendees
            news.cancelled(self.store, booking, people, reason=reason, by=by)
            return booking

    def confirm(self, uid: str) -> Booking:
        """Accept a booking that waits, as its host."""
        with self.acting():
            booking = self.store.booking(uid)
            changes.confirm(self.store, booking)
            news.confirmed(self.store, booking)
            return booking

    def decline(self, uid: str, *, reason: str = "") -> Booking:
        """Reject a booking that waits, as its host."""
        with self.acting():
            booking = self.store.booking(uid)
            changes.decline(self.store, booking, reason=reason)
            news.rejected(self.store, booking)
            return booking

    def notify(self, uid: str, trigger: str, payload: Any) -> None:
        """Send any other webhook about a booking: MEETING_ENDED, RECORDING_READY..."""
        with self.acting():
            news.notify(self.store, self.store.booking(uid), trigger, payload)
