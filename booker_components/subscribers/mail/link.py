"""Mails a guest a new link to a booking, when asked for."""

from __future__ import annotations

from ...errors import DeliveryFailed
from ...languages import speaking
from ...links import Purpose
from ...values import BookingEvent, EventKind
from .post import Letter, Unreachable
from .words import Mail, for_guests
from .writing import Recipient, Writer


class LinkMailer:
    """A subscriber that mails a link to the booking page to the guest's address on file.

    It hears `EventKind.LINK_REQUESTED` and ignores every other kind.
    """

    name = "booker.link-mailer"
    #: The booking page offers to mail a link where a subscriber says this of itself.
    sends_links = True

    def __init__(self, writer: Writer) -> None:
        """Send what the templates "link" say, as *writer* fills them."""
        self._writer = writer

    def __call__(self, event: BookingEvent) -> None:
        """Send the mail that *event* asks for; `DeliveryFailed` if the server does not take it."""
        if event.kind is not EventKind.LINK_REQUESTED:
            return
        booking, post, letter = event.booking, self._writer.post, self._letter(event)
        try:
            post.send(letter, until=post.deadline())
        except Unreachable as error:
            raise DeliveryFailed(
                f"The address on file of booking {booking.uid!r}: {error.message}", permanent=error.permanent
            ) from None

    def _letter(self, event: BookingEvent) -> Letter:
        """Give title, time and link, no more: somebody else may have booked with this address."""
        booking, site = event.booking, self._writer.site
        reader = self._writer.readers.guest(booking)
        with speaking(reader.speech):
            words = for_guests(booking, site.event_type(booking), reader)
            manage = site.address(Purpose.MANAGE, booking)
            mail = Mail(lang=words.lang, dir=words.dir, title=words.title, when=words.when, manage=manage)
            return self._writer.letter(event, "link", mail, Recipient(email=booking.attendee.email), None)
