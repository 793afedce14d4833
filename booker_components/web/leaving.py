"""Where a guest goes once a booking is made: to the booking page, or on to a page of the host's."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response

from .. import redirects
from ..links import Purpose
from ..values import Booking, EventType
from . import htmx, notices
from .components import Action
from .details import for_guest
from .responses import see_other, show
from .runtime import Runtime
from .state import Pairs

# What browsers call a request whose answer is shown in a frame (Fetch Metadata, section 2.1).
_FRAMES = frozenset({"iframe", "frame", "embed", "object"})


def after_booking(parts: Runtime, event_type: EventType, booking: Booking, query: Pairs) -> Response:
    """Send the guest of a new *booking* on; *query* is what the booker's address said.

    A page of the host's is shown in place of the whole page, also from a frame: there, and under htmx, the
    answer is a notice whose link leaves the frame, which scripts follow at once.
    """
    # Under htmx browsers do not tell; scripts do.
    embedded = request.headers.get("Sec-Fetch-Dest") in _FRAMES or "isEmbed" in request.form
    address = redirects.success_address(
        event_type, booking, query, origins=parts.settings.redirect_origins, embedded=embedded
    )
    own = parts.url(parts.links.path(Purpose.MANAGE, booking))
    if not address:
        return see_other(own)
    if not (embedded or htmx.wants_widget()):
        return see_other(address)
    on = Action(label=f"Continue at {urlsplit(address).netloc}", href=address)
    notice = notices.booked(for_guest(booking, event_type), on, Action(label="See the booking", href=own))
    return show(parts, notice, title=notice.headline)
