"""The notice widget: what is said instead of another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ..errors import BookingNotFound, LinkExpired, LinkInvalid, LinkUsedUp, ProviderUnavailable
from ..languages import gettext as _
from ..web import components as web
from ..web import wording
from .offers import INTRO, NOW
from .parts import BOOKING, Example, moment
from .standing import LINK_REQUEST


def _notice(id: str, tone: str, headline: str, *sentences: str, **changes: Any) -> web.Notice:
    base = web.Notice(id=id, tone=tone, headline=headline, sentence=wording.told(*sentences))
    return replace(base, **changes)


def _leaving(id: str, headline: str) -> web.Notice:
    """Give the notice that leads on; here no further than to itself, for scripts follow it at once."""
    return _notice(
        id,
        "success",
        headline,
        _("You are being taken to the next page. If nothing happens, follow the link."),
        leave=web.Action(label=_("Continue at %(site)s", site="partner.example.com"), href=f"#{id}"),
        actions=(web.Action(label=_("See the booking"), href=f"{BOOKING}?token=t"),),
    )


def notices() -> tuple[Example, ...]:
    """Give what is said instead of a widget."""
    title = INTRO.title
    see = web.Action(label=_("See the booking"), href=f"{BOOKING}?token=t")
    mailing = _("We can mail a new link to the address that the booking was made with.")
    # Until yesterday: the clock of the examples stands before the booking.
    closed = _(wording.CANCELLING_UNTIL, moment=moment(NOW - timedelta(days=1)))
    told = (
        (
            _notice(
                "notice-error", "error", _("Not available right now"), _(ProviderUnavailable.default_sentence)
            ),
            "The backend failed.",
        ),
        (
            _notice(
                "notice-expired",
                "warning",
                _("This link has expired"),
                _(LinkExpired.default_sentence),
                mailing,
                link_request=LINK_REQUEST,
            ),
            "An old link, and the offer of a new one.",
        ),
        (
            _notice(
                "notice-invalid",
                "warning",
                _("This link is not valid"),
                _(LinkInvalid.default_sentence),
                _("Please ask your host for a new one."),
            ),
            "A link that is none of ours.",
        ),
        (
            _notice("notice-missing", "warning", _("Booking not found"), _(BookingNotFound.default_sentence)),
            "There is no such booking.",
        ),
        (
            _notice(
                "notice-sent",
                "success",
                _("Check your mail"),
                _("If the booking exists, a new link is on its way to the address that it was made with."),
            ),
            "A new link was asked for.",
        ),
        (
            _notice(
                "notice-private",
                "info",
                _("A private link is needed"),
                _("This is booked by invitation. Please open the link that you were sent, or ask for one."),
            ),
            "It is booked by invitation.",
        ),
        (
            _notice(
                "notice-used-up",
                "warning",
                _("This link has been used up"),
                _(LinkUsedUp.default_sentence),
                _("Please ask your host for a new one."),
            ),
            "A private link whose uses are up.",
        ),
        (
            _notice("notice-decided", "warning", _("Already decided"), _("This booking has been confirmed.")),
            "A host comes too late to decide.",
        ),
        (
            _notice("notice-closed", "info", _("No more changes"), closed, actions=(see,)),
            "A guest comes too late to cancel.",
        ),
        (
            _notice(
                "notice-unread",
                "warning",
                _("This could not be read"),
                _("Something in the request was not readable. Please go back and try again."),
            ),
            "What a browser has sent cannot be read.",
        ),
        (_leaving("notice-booked", _("Booked: %(title)s", title=title)), "Booked, and led on."),
        (_leaving("notice-requested", _("Requested: %(title)s", title=title)), "Asked for, and led on."),
        (_leaving("notice-moved", _("Moved: %(title)s", title=title)), "Moved, and led on."),
        (_leaving("notice-cancelled", _("Cancelled: %(title)s", title=title)), "Cancelled, and led on."),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in told)
