"""To which addresses guests may be sent."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}


def is_allowed(address: str, origins: Iterable[str]) -> bool:
    """Tell whether *address* is an absolute one of an origin in *origins*, each such as "https://example.org"."""
    origin = _origin(address)
    return origin is not None and any(_origin(each) == origin for each in origins)


def _origin(address: str) -> tuple[str, str, int] | None:
    """Give scheme, host and port of an absolute web address; None for anything else, or a doubtful one."""
    parts = _split(address)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    try:
        port = parts.port
    except ValueError:
        return None
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port


def _split(address: str) -> SplitResult | None:
    # Browsers read a backslash as a slash and drop line breaks and tabs; Python does neither.
    if "\\" in address or not address.isprintable() or " " in address:
        return None
    try:
        return urlsplit(address)
    except ValueError:
        return None
