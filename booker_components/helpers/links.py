"""Links for guests: to what they have booked, and to where they book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ..links import Purpose
from ..web import finding, locking
from ..web.runtime import runtime
from ..web.state import PREFILL, booker_path


def booking_link(uid: str, purpose: Purpose | str = Purpose.MANAGE) -> str:
    """Give a link for a booking's guest, for example for a mail of your own.

    *purpose* is "manage", "reschedule" or "cancel"; "decide" is for the host alone, to agree to what waits or
    to decline it. The link is absolute when 'BOOKER_PUBLIC_URL' is set, else a path. Raises
    `BookingNotFound`.
    """
    parts = runtime()
    path = parts.links.path(Purpose(purpose), parts.service.get(uid))
    return parts.public(path) or parts.url(path)


def booker_link(
    slug: str,
    *,
    locked: Mapping[str, object] | None = None,
    prefill: Mapping[str, object] | None = None,
    owner: str = "",
    expires: timedelta = timedelta(hours=1),
    uses: int | None = None,
) -> str:
    """Give a link to the booker of an event type, for a user of yours of whom you know some answers.

    Both hold answers by the slug of their question, "name" and "email" among them, and facts for the
    metadata as `{"metadata[crm]": "42"}`. Those in *locked* cannot be changed, whatever a browser sends; an
    empty one stays empty. Those in *prefill* can be, unless the event type locks their questions. The link
    holds none of them: they are in our database until it expires, after 30 days at most, or a day longer.

    Whoever has the link can read them and book as that user, any number of times until *expires* is over, or
    as many times as *uses* says. Of an event type that is private it is the only way in; where nothing is
    known of a user such a link lasts for 366 days at most.

    It is absolute when 'BOOKER_PUBLIC_URL' is set, else a path. Raises `EventTypeNotFound`, and
    `InvalidRequest`, which names what is not asked, or wrong in *locked*.
    """
    parts = runtime()
    event_type = parts.service.event_type(slug, owner=finding.owner(parts, owner))
    locking.require_uses(uses)
    locking.require_asked(event_type, prefill or {})
    token = locking.token(
        parts, event_type, locked=locked or {}, known=prefill or {}, expires=expires, uses=uses
    )
    path = booker_path(event_type, owner) + (f"?{PREFILL}={token}" if token else "")
    return parts.public(path) or parts.url(path)
