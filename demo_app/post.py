"""The mails about bookings at Jicoo: its own, and the app's with links that are signed."""

from __future__ import annotations

from booker_components import BookingEvent, EventKind, booking_link
from booker_components.testing import FakeJicoo

from .practice import Letter, Link

#: Jicoo's own word for what happened, and what mails call it.
_EVENTS = {
    EventKind.CREATED: ("guest_booked", "Booked"),
    EventKind.RESCHEDULED: ("guest_rescheduled", "Moved"),
    EventKind.CONFIRMED: ("guest_booked", "Confirmed"),
    EventKind.CANCELLED: ("guest_cancelled", "Cancelled"),
}


class Post:
    """A subscriber that keeps the mails about bookings: Jicoo's, and the app's with links that are signed."""

    name = "demo.post"
    #: So that the pages offer guests a new link: it arrives here.
    sends_links = True

    def __init__(self, jicoo: FakeJicoo) -> None:
        """Write to those whose bookings are at *jicoo*."""
        self._jicoo = jicoo
        self._written: dict[str, tuple[Letter, ...]] = {}

    def __call__(self, event: BookingEvent) -> None:
        """Write what *event* gives reason to; hearing the same one twice writes it once."""
        if event.kind in _EVENTS:
            word, subject = _EVENTS[event.kind]
            self._written[event.id] = (self._jicoos(event, word, subject), _ours(event, subject))
        elif event.kind is EventKind.LINK_REQUESTED:
            self._written[event.id] = (_ours(event, "Your new link"),)

    def latest(self, limit: int) -> list[Letter]:
        """Give the mails, the newest first."""
        letters = [each for some in list(self._written.values()) for each in some]
        return letters[: -limit - 1 : -1]

    def _jicoos(self, event: BookingEvent, word: str, subject: str) -> Letter:
        booking = self._jicoo.booking(event.booking.uid)
        links = (
            Link(
                label="Page",
                href=self._jicoo.page_of(booking.event_type),
                ours=f"/book/{event.booking.event_type}",
            ),
            Link(label="Return", href=self._jicoo.redirect_of(booking, word)),
        )
        return _letter(event, "Jicoo", subject, links)


def _ours(event: BookingEvent, subject: str) -> Letter:
    """Write the app's own mail; who may change nothing any more gets no link for it."""
    purposes = ("manage", "reschedule", "cancel") if event.booking.is_open else ("manage",)
    links = [Link(label=each.capitalize(), href=booking_link(event.booking.uid, each)) for each in purposes]
    return _letter(event, "Alder & Finch", subject, tuple(links))


def _letter(event: BookingEvent, sender: str, subject: str, links: tuple[Link, ...]) -> Letter:
    booking = event.booking
    return Letter(
        sender=sender,
        to=booking.attendee.email,
        subject=f"{subject}: {booking.title}",
        start=booking.start,
        links=links,
    )
