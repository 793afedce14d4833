"""Mails a guest a new link to a booking, when asked for."""

from __future__ import annotations

from ...errors import DeliveryFailed
from ...links import Purpose
from ...values import BookingEvent, EventKind
from .post import Post, Unreachable
from .site import Site
from .words import Mail, for_guests
from .writing import Recipient, Writer


class LinkMailer:
    """A subscriber that mails a link to the booking page to the guest's address on file.

    It hears `EventKind.LINK_REQUESTED` and ignores every other kind.
    """

    name = "booker.link-mailer"
    #: The booking page offers to mail a link where a subscriber says this of itself.
    sends_links = True

    def __init__(self, post: Post, site: Site) -> None:
        """Send by *post* what the templates "link" of *site* say."""
        self._post = post
        self._site = site
        self._writer = Writer(site=site, post=post)

    def __call__(self, event: BookingEvent) -> None:
        """Send the mail that *event* asks for; `DeliveryFailed` if the server does not take it."""
        if event.kind is not EventKind.LINK_REQUESTED:
            return
        booking = event.booking
        to = Recipient(email=booking.attendee.email)
        letter = self._writer.letter(event, "link", self._mail(event), to, None)
        try:
            self._post.send(letter, until=self._post.deadline())
        except Unreachable as error:
            raise DeliveryFailed(
                f"The address on file of booking {booking.uid!r}: {error.message}", permanent=error.permanent
            ) from None

    def _mail(self, event: BookingEvent) -> Mail:
        """Give title, time and link, no more: somebody else may have booked with this address."""
        booking = event.booking
        words = for_guests(booking, self._site.event_type(booking))
        manage = self._site.address(Purpose.MANAGE, booking)
        return Mail(title=words.title, when=words.when, manage=manage)
