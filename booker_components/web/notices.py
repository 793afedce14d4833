"""What is said instead of a widget."""

from __future__ import annotations

from ..errors import BookerError, BookingNotFound, LinkExpired, LinkInvalid, LinkUsedUp, ProviderError
from ..languages import N_
from ..languages import gettext as _
from ..links import Purpose
from ..values import Booking, BookingStatus, Occasion
from . import finding, htmx, wording
from .components import Action, Notice
from .details import link_request
from .language import keeping
from .runtime import Runtime

_STATUSES = {
    400: (
        N_("This could not be read"),
        N_("Something in the request was not readable. Please go back and try again."),
    ),
    404: (N_("Not found"), N_("There is nothing at this address. Please check the link.")),
    405: (N_("Not possible"), N_("This page cannot be used in this way. Please go back and try again.")),
    413: (N_("Too much text"), N_("What was sent is too long. Please go back and shorten it.")),
}
_FAILED = (N_("That did not work"), N_("Something went wrong. Please try again in a moment."))
_HEADLINES: tuple[tuple[type[BookerError], str], ...] = (
    (LinkUsedUp, N_("This link has been used up")),
    (LinkExpired, N_("This link has expired")),
    (LinkInvalid, N_("This link is not valid")),
    (BookingNotFound, N_("Booking not found")),
    (ProviderError, N_("Not available right now")),
    (BookerError, N_("That did not work")),
)
_WHOLE_LINK = N_("Please open it as it stands in your mail about the booking.")
_LATEST_LINK = N_("The booking has changed since. Please open the link in your latest mail about it.")
_DECIDED = {
    BookingStatus.CONFIRMED: N_("This booking has been confirmed."),
    BookingStatus.REJECTED: N_("This booking has been declined."),
    BookingStatus.CANCELLED: N_("This booking has been cancelled."),
}
_DONE = {
    # Translators: What was done, and what a booking is about: "Booked: Introduction call".
    Occasion.BOOKED: N_("Booked: %(title)s"),
    Occasion.RESCHEDULED: N_("Moved: %(title)s"),
    Occasion.CANCELLED: N_("Cancelled: %(title)s"),
}


def of(parts: Runtime, error: BookerError, *, uid: str = "") -> Notice:
    """Say what went wrong; with *uid*, offer a new link to that booking's guest."""
    headline = next(text for kind, text in _HEADLINES if isinstance(error, kind))
    offer = link_request(parts, uid) if uid else None
    remedy = ""
    if offer:
        remedy = _("We can mail a new link to the address that the booking was made with.")
    elif isinstance(error, (LinkExpired, LinkInvalid)):
        # Translators: A new link.
        remedy = _("Please ask your host for a new one.")
    return Notice(
        id=_id(),
        tone="warning" if error.status < 500 else "error",
        headline=_(headline),
        sentence=wording.told(_(error.sentence), remedy),
        link_request=offer,
    )


def of_status(status: int) -> Notice:
    """Say what an HTTP status means."""
    headline, sentence = _STATUSES.get(status, _STATUSES[400] if 400 <= status < 500 else _FAILED)
    return Notice(id=_id(), tone="warning", headline=_(headline), sentence=_(sentence))


def closed(parts: Runtime, booking: Booking, sentence: str) -> Notice:
    """Say to its guest that *booking* can no longer be changed, and where to see it."""
    own = keeping(parts.url(parts.links.path(Purpose.MANAGE, booking)))
    see = Action(label=_("See the booking"), href=own)
    return Notice(id=_id(), tone="info", headline=_("No more changes"), sentence=sentence, actions=(see,))


def undecidable(booking: Booking, error: LinkInvalid | LinkExpired) -> tuple[Notice, int]:
    """Say to a host why a link to decide about *booking* is of no use, and the status of that.

    Whoever has had the link may know how the booking stands, and no more.
    """
    if isinstance(error, LinkInvalid):
        headline, sentence, status = _("This link is not valid"), _WHOLE_LINK, 403
    elif booking.status is BookingStatus.PENDING:
        headline, sentence, status = _("This link has expired"), _LATEST_LINK, 410
    else:
        headline, sentence, status = _("Already decided"), _DECIDED[booking.status], 409
    return Notice(id=_id(), tone="warning", headline=headline, sentence=_(sentence)), status


def private() -> Notice:
    """Say that something is for those who were sent a link to it."""
    return Notice(
        id=_id(),
        tone="info",
        headline=_("A private link is needed"),
        sentence=_("This is booked by invitation. Please open the link that you were sent, or ask for one."),
    )


def done(occasion: Occasion, booking: Booking, on: Action, see: Action, *, facts: str = "") -> Notice:
    """Say what was done to *booking*, and lead *on* to the host's page.

    That is out of any frame, which hears *facts*.
    """
    waits = booking.status is BookingStatus.PENDING
    headline = N_("Requested: %(title)s") if waits else _DONE[occasion]
    return Notice(
        id=_id(),
        tone="success",
        headline=_(headline, title=wording.own(booking.title)),
        sentence=_("You are being taken to the next page. If nothing happens, follow the link."),
        leave=on,
        actions=(see,),
        facts=facts,
    )


def link_sent() -> Notice:
    """Say that a link is on its way, whether or not there is such a booking."""
    return Notice(
        id=_id(),
        tone="success",
        headline=_("Check your mail"),
        sentence=_("If the booking exists, a new link is on its way to the address that it was made with."),
    )


def ask_for_link(parts: Runtime, uid: str) -> None:
    """Have a new link mailed; a booking that is not found is passed over: nobody can ask which exist."""
    try:
        parts.service.request_link(finding.booking(parts, uid).uid)
    except BookingNotFound:
        return


def _id() -> str:
    return htmx.target_id() or "bk-notice"
