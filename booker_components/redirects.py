"""Where guests go after booking: addresses of a host's own pages, with the parameters that these expect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from . import times
from .values import Booking, EventType

Pairs = Sequence[tuple[str, str]]

# What says how the booker was shown is of no use to the page that follows (contracts/calcom.md 3.5).
_DROPPED = frozenset({"embed", "layout", "embedType", "ui.color-scheme", "overlayCalendar"})
#: Parameters of our own that let somebody in, or hold what was typed: they go to nobody.
_PRIVATE = frozenset({"token", "key", "go", "hold", "csrf_token", "booker_csrf"})
_PORTS = {"http": 80, "https": 443}


def is_allowed(address: str, origins: Iterable[str]) -> bool:
    """Tell whether *address* is an absolute one of an origin in *origins*, each such as "https://example.org"."""
    origin = _origin(address)
    return origin is not None and any(_origin(each) == origin for each in origins)


def success_address(
    event_type: EventType, booking: Booking, query: Pairs, *, origins: Iterable[str], embedded: bool = False
) -> str:
    """Give the address to which the guest of a new *booking* goes; "" for the booking page.

    *query* is what the booker's own address said, *origins* are those to which guests may be sent, *embedded*
    tells whether the booker stands in a frame. Parameters as Cal.com appends them (contracts/calcom.md 3.5):
    those of the address itself stay, nothing is replaced.
    """
    address = event_type.success_url
    if not address or not is_allowed(address, origins):
        return ""
    if not event_type.success_parameters:
        return address
    parts = urlsplit(address)
    forwarded = [pair for pair in query if pair[0] not in _DROPPED | _PRIVATE]
    own = [pair for pair in _parameters(booking, embedded=embedded) if pair[1]]
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *forwarded, *own]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def _origin(address: str) -> tuple[str, str, int] | None:
    """Give scheme, host and port of an absolute web address; None for anything else, or a doubtful one."""
    parts = _split(address)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None
    return parts.scheme, parts.hostname, port


def _split(address: str) -> SplitResult | None:
    # Browsers read a backslash as a slash and drop line breaks and tabs; Python does neither.
    if "\\" in address or not address.isprintable() or " " in address:
        return None
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _parameters(booking: Booking, *, embedded: bool) -> Iterator[tuple[str, str]]:
    attendee, host = booking.attendee, booking.host
    yield "isSuccessBookingPage", "true"
    yield "email", attendee.email
    yield "eventTypeSlug", booking.event_type
    if booking.series:
        yield "allRemainingBookings", "true"
    else:
        yield "seatReferenceUid", booking.uid if booking.shared else ""
    yield "formerTime", _in_words(booking.former_start)
    yield "uid", booking.shared or booking.uid
    yield "title", booking.title
    yield "description", booking.notes
    yield "startTime", times.format_instant(booking.start)
    yield "endTime", times.format_instant(booking.end)
    yield "location", booking.location.value if booking.location else ""
    yield "hostName", ", ".join(each.name for each in booking.hosts)
    yield "hostStartTime", times.local_iso(booking.start, host.zone)
    yield "attendeeName", attendee.name
    yield "attendeeStartTime", times.local_iso(booking.start, attendee.zone)
    yield "guestEmails", ", ".join(booking.guests)
    yield "phone", str(booking.answers.get("phone", ""))
    yield "isEmbed", "true" if embedded else ""


def _in_words(instant: datetime | None) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True) if instant else ""
