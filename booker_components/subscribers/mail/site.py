"""What a mail asks of the app: its words, its addresses, its bookings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ...links import Purpose
from ...values import Booking, BookingEvent, EventType


class Site(Protocol):
    """The app for which mails are sent; `web.mailing.MailSite` is the one of a Flask app."""

    @property
    def domain(self) -> str:
        """The host name of the app's public address, which makes ids of calendar entries unique."""

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Give the template *name* of the mails, for example "confirmed.html", filled with *values*."""

    def address(self, purpose: Purpose, booking: Booking) -> str:
        """Give the absolute address of the page for *purpose*, signed for *booking* as it stands now.

        "" where that cannot be done, or not any more.
        """

    def again(self, booking: Booking) -> str:
        """Give the absolute address at which the same can be booked once more; "" if it cannot."""

    def current(self, uid: str) -> Booking | None:
        """Give a booking as it stands now; None if there is none."""

    def before(self, event: BookingEvent) -> Booking | None:
        """Give the booking of *event* as the event before it had it; None if that was its first."""

    def event_type(self, booking: Booking) -> EventType | None:
        """Give the event type of *booking*; None if it is no longer offered."""

    def for_guest(self, booking: Booking) -> Booking:
        """Give *booking* with what its guest may know of the others who take part."""
