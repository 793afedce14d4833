"""The address that a guest goes to: the host's own, with what its page is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote, unquote_plus, urlencode, urlsplit, urlunsplit

from ..values import EventType, Occasion, Redirect, Redirects
from .flavours import Done, forwarded, parameters
from .origins import is_allowed
from .signing import TIME, sign

# What an address holds as it is, beside letters and digits (RFC 3986 section 2).
_PLAIN = ":/?#[]@!$&'()*+,;=%"


def chosen(occasion: Occasion, event_type: EventType | None, default: Redirects | None) -> Redirect | None:
    """Give where guests go after *occasion*: as *event_type* says, else as *default* does; None to stay."""
    own = event_type.redirects if event_type else None
    return (own.after(occasion) if own else None) or (default.after(occasion) if default else None)


def address(
    redirect: Redirect | None, done: Done, *, origins: Iterable[str], secret: str = "", now: datetime
) -> str:
    """Give the address to which the guest goes who has *done* something; "" for the booking page.

    *origins* are those to which guests may be sent; *secret* signs where *redirect* says so. Its own query
    stays, but for parameters that are ours as well; Cal.com replaces none (contracts/calcom.md 3.5), unless
    they are signed: then each says one thing. The fragment comes last.
    """
    if redirect is None or not is_allowed(redirect.url, origins) or (redirect.signed and not secret):
        return ""
    # What a header can hold; a browser would write it so, too.
    url = quote(redirect.url, safe=_PLAIN)
    if not redirect.flavour:
        return url
    told = list(parameters(redirect, done))
    repeats = redirect.flavour == "cal" and not redirect.signed
    ours = frozenset() if repeats else frozenset(name for name, _ in told)
    parts = urlsplit(url)
    kept = tuple(_kept(parts.query, ours | _signature(redirect)))
    said = frozenset(map(_name, kept)) if redirect.signed else frozenset()
    came = (pair for pair in forwarded(redirect, done) if pair[0] not in said)
    query = "&".join([*kept, _encoded([*came, *told])])
    return urlunsplit(parts._replace(query=sign(query, secret, now) if redirect.signed else query))


def _kept(query: str, ours: frozenset[str]) -> Iterator[str]:
    """Give the parameters of *query* as they are written, without *ours*."""
    for piece in filter(None, query.split("&")):
        if _name(piece) not in ours:
            yield piece


def _name(piece: str) -> str:
    return unquote_plus(piece.partition("=")[0])


def _signature(redirect: Redirect) -> frozenset[str]:
    return frozenset({TIME, "sig"}) if redirect.signed else frozenset()


def _encoded(pairs: list[tuple[str, str]]) -> str:
    # Every receiver reads "%20" as a blank; some take "+" for itself (contracts/jicoo.md 5).
    return urlencode(pairs, quote_via=quote)
