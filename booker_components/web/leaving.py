"""Where a guest goes once something is done: to the booking page, or on to a page of the host's."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response

from .. import redirects
from ..languages import gettext as _
from ..links import Purpose
from ..redirects import Done
from ..values import Booking, EventType, Occasion
from . import embedding, htmx, notices
from .components import Action
from .details import for_guest, for_strangers
from .language import keeping
from .responses import see_other, show
from .runtime import Runtime
from .state import Pairs

# What browsers call a request whose answer is shown in a frame (Fetch Metadata, section 2.1).
_FRAMES = frozenset({"iframe", "frame", "embed", "object"})


def after(
    parts: Runtime, occasion: Occasion, event_type: EventType | None, booking: Booking, query: Pairs = ()
) -> Response:
    """Send the guest on who has just made, moved or cancelled *booking*; *query* is what the address said.

    A page of the host's takes the place of the whole page: by a plain redirect, or by htmx, which a host's
    page then is left by, too. What stands in a frame answers with a notice whose link leaves the frame;
    scripts follow it at once.
    """
    # Under htmx browsers do not tell; scripts do.
    embedded = request.headers.get("Sec-Fetch-Dest") in _FRAMES or "isEmbed" in request.form
    seen = for_guest(booking, event_type)
    done = Done(occasion=occasion, booking=seen, event_type=event_type, query=query, embedded=embedded)
    address = _address(parts, done)
    own = keeping(parts.url(parts.links.path(Purpose.MANAGE, booking)))
    if not address:
        return see_other(own)
    if not (embedded or htmx.wants_widget()):
        return see_other(address)
    on = Action(label=_("Continue at %(site)s", site=urlsplit(address).netloc), href=address)
    facts = embedding.facts(booking, for_strangers(booking, event_type).title)
    notice = notices.done(occasion, seen, on, Action(label=_("See the booking"), href=own), facts=facts)
    response = show(parts, notice, title=notice.headline)
    if not embedded:
        response.headers["HX-Redirect"] = address
    return response


def _address(parts: Runtime, done: Done) -> str:
    settings = parts.settings
    return redirects.address(
        redirects.chosen(done.occasion, done.event_type, settings.redirects),
        done,
        origins=settings.redirect_origins,
        secret=settings.redirect_secret,
        now=parts.service.clock(),
    )
