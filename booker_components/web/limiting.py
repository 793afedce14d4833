"""How often a new link may be asked for."""

from __future__ import annotations

from limits import RateLimitItem

from ..errors import TooManyRequests
from .runtime import Runtime

# Several guests may share an address: a family, an office, a proxy.
_SHARING = 10


def check_link_request(parts: Runtime, uid: str, address: str) -> None:
    """Count a request from *address* for a link to *uid*; `TooManyRequests` beyond 'BOOKER_LINK_LIMIT'.

    The address is counted first, so that nobody uses up the requests of other people's bookings.
    """
    limit = parts.link_limit
    shared = type(limit)(limit.amount * _SHARING, limit.multiples, limit.namespace)
    _count(parts, shared, "address", address)
    _count(parts, limit, "booking", uid)


def _count(parts: Runtime, limit: RateLimitItem, what: str, who: str) -> None:
    if not parts.limiter.hit(limit, "booker-link", what, who[:200]):
        raise TooManyRequests(f"More than {limit} for one {what}.")
