"""What mails take of the app: their templates, the addresses of its pages, its bookings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Flask

from ..errors import BookingNotFound
from ..links import Purpose
from ..values import Booking, BookingEvent, BookingStatus, EventType
from .details import for_guest
from .runtime import KEY, Runtime
from .state import booker_path


@dataclass(frozen=True, slots=True)
class MailSite:
    """A Flask app, as `subscribers.mail.Site` wants it.

    Its parts are looked up when a mail is written, for they are built after its subscribers.
    """

    app: Flask

    @property
    def domain(self) -> str:
        """The host name of 'BOOKER_PUBLIC_URL', as in the calendar files of the booking pages."""
        return urlsplit(self._parts.settings.public_url).hostname or "localhost"

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Give the template `booker/email/<name>`, the app's own one if it has one, in the language spoken.

        Nothing is added to *values*: what an app adds to its pages may ask for a request, and there is none.
        """
        return self.app.jinja_env.get_template(f"booker/email/{name}").render(values)

    def address(self, purpose: Purpose, booking: Booking) -> str:
        """Give the address of the page for *purpose* as the booking stands now, "" where it allows that not.

        A link for the revision that a mail is about would be dead after a change in between.
        """
        parts, now = self._parts, self.current(booking.uid)
        if now is None or not _allows(parts, purpose, now):
            return ""
        return parts.public(parts.links.path(purpose, now))

    def again(self, booking: Booking) -> str:
        """Give the address of the booker of the same event type; "" if it is not offered to everybody."""
        event_type = self.event_type(booking)
        if event_type is None or event_type.private or event_type.elsewhere:
            return ""
        return self._parts.public(booker_path(event_type, event_type.owner))

    def current(self, uid: str) -> Booking | None:
        """Give a booking as it stands now; None if there is none."""
        try:
            return self._parts.service.get(uid)
        except BookingNotFound:
            return None

    def before(self, event: BookingEvent) -> Booking | None:
        """Give the booking of *event* as subscribers were told of it before; None if they were not."""
        former = event.booking.replaces
        outbox = self._parts.outbox
        return outbox.told_before(event) or (outbox.last_told(former) if former else None)

    def event_type(self, booking: Booking) -> EventType | None:
        """Give the event type of *booking*; None if it is no longer offered."""
        return self._parts.service.event_type_of(booking)

    def for_guest(self, booking: Booking) -> Booking:
        """Give *booking* with what its guest may know of the others who take part."""
        return for_guest(booking, self.event_type(booking))

    @property
    def _parts(self) -> Runtime:
        return cast(Runtime, self.app.extensions[KEY])


def _allows(parts: Runtime, purpose: Purpose, booking: Booking) -> bool:
    match purpose:
        case Purpose.RESCHEDULE:
            return bool(parts.service.may_reschedule(booking))
        case Purpose.CANCEL:
            return bool(parts.service.may_cancel(booking))
        case Purpose.DECIDE:
            return booking.status is BookingStatus.PENDING
    return True
