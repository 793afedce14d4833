"""What is said instead of a widget."""

from __future__ import annotations

from ..errors import BookerError, BookingNotFound, LinkExpired, LinkInvalid, LinkUsedUp, ProviderError
from ..links import Purpose
from ..values import Booking, BookingStatus, Occasion
from . import finding, htmx
from .components import Action, Notice
from .details import link_request
from .runtime import Runtime

_STATUSES = {
    400: (
        "This could not be read",
        "Something in the request was not readable. Please go back and try again.",
    ),
    404: ("Not found", "There is nothing at this address. Please check the link."),
    405: ("Not possible", "This page cannot be used in this way. Please go back and try again."),
    413: ("Too much text", "What was sent is too long. Please go back and shorten it."),
}
_HEADLINES: tuple[tuple[type[BookerError], str], ...] = (
    (LinkUsedUp, "This link has been used up"),
    (LinkExpired, "This link has expired"),
    (LinkInvalid, "This link is not valid"),
    (BookingNotFound, "Booking not found"),
    (ProviderError, "Not available right now"),
)
_WHOLE_LINK = "Please open it as it stands in your mail about the booking."
_LATEST_LINK = "The booking has changed since. Please open the link in your latest mail about it."
_DECIDED = {
    BookingStatus.CONFIRMED: "This booking has been confirmed.",
    BookingStatus.REJECTED: "This booking has been declined.",
    BookingStatus.CANCELLED: "This booking has been cancelled.",
}
_DONE = {Occasion.BOOKED: "Booked", Occasion.RESCHEDULED: "Moved", Occasion.CANCELLED: "Cancelled"}


def of(parts: Runtime, error: BookerError, *, uid: str = "") -> Notice:
    """Say what went wrong; with *uid*, offer a new link to that booking's guest."""
    headline = next((text for kind, text in _HEADLINES if isinstance(error, kind)), "That did not work")
    offer = link_request(parts, uid) if uid else None
    sentence = error.sentence
    if offer:
        sentence += " We can mail a new link to the address that the booking was made with."
    elif isinstance(error, (LinkExpired, LinkInvalid)):
        sentence += " Please ask your host for a new one."
    return Notice(
        id=_id(),
        tone="warning" if error.status < 500 else "error",
        headline=headline,
        sentence=sentence,
        link_request=offer,
    )


def of_status(status: int) -> Notice:
    """Say what an HTTP status means."""
    fallback = ("That did not work", "Something went wrong. Please try again in a moment.")
    headline, sentence = _STATUSES.get(status, _STATUSES[400] if 400 <= status < 500 else fallback)
    return Notice(id=_id(), tone="warning", headline=headline, sentence=sentence)


def closed(parts: Runtime, booking: Booking, sentence: str) -> Notice:
    """Say to its guest that *booking* can no longer be changed, and where to see it."""
    see = Action(label="See the booking", href=parts.url(parts.links.path(Purpose.MANAGE, booking)))
    return Notice(id=_id(), tone="info", headline="No more changes", sentence=sentence, actions=(see,))


def undecidable(booking: Booking, error: LinkInvalid | LinkExpired) -> tuple[Notice, int]:
    """Say to a host why a link to decide about *booking* is of no use, and the status of that.

    Whoever has had the link may know how the booking stands, and no more.
    """
    if isinstance(error, LinkInvalid):
        headline, sentence, status = "This link is not valid", _WHOLE_LINK, 403
    elif booking.status is BookingStatus.PENDING:
        headline, sentence, status = "This link has expired", _LATEST_LINK, 410
    else:
        headline, sentence, status = "Already decided", _DECIDED[booking.status], 409
    return Notice(id=_id(), tone="warning", headline=headline, sentence=sentence), status


def private() -> Notice:
    """Say that something is for those who were sent a link to it."""
    return Notice(
        id=_id(),
        tone="info",
        headline="A private link is needed",
        sentence="This is booked by invitation. Please open the link that you were sent, or ask for one.",
    )


def done(occasion: Occasion, booking: Booking, on: Action, see: Action) -> Notice:
    """Say what was done to *booking*, and lead *on* to the host's page, out of any frame."""
    waits = booking.status is BookingStatus.PENDING
    return Notice(
        id=_id(),
        tone="success",
        headline=f"{'Requested' if waits else _DONE[occasion]}: {booking.title}",
        sentence="You are being taken to the next page. If nothing happens, follow the link.",
        leave=on,
        actions=(see,),
    )


def link_sent() -> Notice:
    """Say that a link is on its way, whether or not there is such a booking."""
    return Notice(
        id=_id(),
        tone="success",
        headline="Check your mail",
        sentence="If the booking exists, a new link is on its way to the address that it was made with.",
    )


def ask_for_link(parts: Runtime, uid: str) -> None:
    """Have a new link mailed; a booking that is not found is passed over: nobody can ask which exist."""
    try:
        parts.service.request_link(finding.booking(parts, uid).uid)
    except BookingNotFound:
        return


def _id() -> str:
    return htmx.target_id() or "bk-notice"
