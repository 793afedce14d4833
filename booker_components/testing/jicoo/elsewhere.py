"""What happens to bookings elsewhere: in Jicoo's own pages, by hosts and by guests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from ..memory import Delivery
from . import changing, news, redirects
from .making import Wish, make, texts
from .records import Booking, Contact, EventType, Side
from .store import Store


class Elsewhere(ABC):
    """The part of `FakeJicoo` that acts as a host or a guest would in Jicoo's own pages.

    Webhooks go out as ever. What Jicoo would refuse raises `Refusal` with its words.
    """

    store: Store

    @abstractmethod
    def acting(self) -> AbstractContextManager[None]:
        """Hold the store while something is done, and send the webhooks of it afterwards."""

    def booking(self, uid: str) -> Booking:
        """Give a booking by its uid."""
        with self.store.lock:
            return self.store.booking(uid)

    def book(
        self,
        event_type: EventType,
        start: datetime,
        *,
        name: str = "Bo",
        email: str = "bo@example.org",
        zone: str = "UTC",
        company: str = "",
        phone: str = "",
        message: str = "",
        cc: Sequence[str] = (),
        answers: Mapping[str, str | Sequence[str]] | None = None,
        tracking: Mapping[str, str] | None = None,
        location: str | None = None,
    ) -> Booking:
        """Book as a guest; *answers* are by the uid of their question, *tracking* is without "utm_"."""
        given = answers or {}
        contact = Contact(
            name=name,
            email=email,
            cc=tuple(cc),
            company=company,
            phone=phone,
            message=message,
            answers=[
                (each.text, texts(given[each.uid])) for each in event_type.questions if each.uid in given
            ],
        )
        wish = Wish(
            event_type=event_type,
            start=start,
            zone=zone,
            contact=contact,
            location=location,
            tracking=tracking or {},
        )
        with self.acting():
            made = make(self.store, wish)
            news.tell(self.store, made, "guest_booked")
            return made

    def reschedule(self, uid: str, start: datetime, *, by: Side = "guest", zone: str = "") -> Booking:
        """Move a booking as a guest, or to any time at all as its host; give the one that stands now."""
        with self.acting():
            booking = self.store.booking(uid)
            if by == "host":
                changing.shift(self.store, booking, start, zone=zone)
            else:
                booking = changing.move(self.store, booking, start, zone=zone)
            news.tell(self.store, booking, f"{by}_rescheduled")
            return booking

    def cancel(self, uid: str, *, reason: str = "", by: Side = "guest") -> Booking:
        """Cancel a booking, as its guest or its host."""
        with self.acting():
            booking = self.store.booking(uid)
            changing.cancel(self.store, booking, reason=reason, by=by)
            news.tell(self.store, booking, f"{by}_cancelled")
            return booking

    def approve(self, uid: str) -> Booking:
        """Accept a booking that waits, as its host; no webhook is known that tells of it."""
        with self.acting():
            booking = self.store.booking(uid)
            changing.approve(self.store, booking)
            return booking

    def deny(self, uid: str, *, reason: str = "") -> Booking:
        """Refuse a booking that waits, as its host; no webhook is known that tells of it."""
        with self.acting():
            booking = self.store.booking(uid)
            changing.cancel(self.store, booking, reason=reason, by="host")
            return booking

    def notify(self, uid: str, event: str) -> None:
        """Send a webhook about a booking as it stands, whatever the *event* is called."""
        with self.acting():
            news.tell(self.store, self.store.booking(uid), event)

    def sign_again(self, delivery: Delivery) -> Delivery:
        """Give a webhook under a signature of now, for one that has waited while the clock moved on."""
        with self.store.lock:
            webhook = next(each for each in self.store.webhooks if each.url == delivery.url)
            made = news.delivery(self.store, webhook, delivery.trigger, delivery.body)
            return replace(delivery, headers=made.headers)

    def redirect_of(self, booking: Booking, event: str = "guest_booked") -> str:
        """Give the address to which the guest is sent after *event*; "" if the booking page sends nobody."""
        to = booking.event_type.redirects.get(event, "")
        return redirects.redirect(booking, event, to) if to else ""

    def page_of(self, event_type: EventType) -> str:
        """Give the public address of a booking page (contracts/jicoo.md 6)."""
        return f"{self.store.app_url}/t/{self.store.team}/e/{event_type.slug or event_type.uid}"
