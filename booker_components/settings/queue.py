"""What the settings of the queue must be, by which web processes wake workers."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from .fields import Settings

_DISPATCH = ("thread", "huey", "none")
_HOW = (
    "write 'sqlite:////var/lib/app/queue.sqlite3', 'redis://localhost:6379/0' or 'postgresql://localhost/app'"
)

#: What each scheme needs beside the package itself: a module, and the extra that brings it.
_NEEDS = {
    "sqlite": ("huey", "queue"),
    "redis": ("redis", "redis"),
    "rediss": ("redis", "redis"),
    "postgresql": ("psycopg", "postgres"),
    "postgres": ("psycopg", "postgres"),
}


def _check_dispatch(settings: Settings) -> None:
    if settings.dispatch not in _DISPATCH:
        allowed = " or ".join(f"'{each}'" for each in _DISPATCH)
        raise ConfigurationError(f"'BOOKER_DISPATCH' is {settings.dispatch!r}; it must be {allowed}.")
    if settings.dispatch == "huey":
        _require("huey", "queue")


def _check_queue_url(settings: Settings) -> None:
    """Look at the address, and never repeat it: it may hold a password."""
    url = settings.queue_url
    if not url:
        return
    if settings.dispatch != "huey":
        raise ConfigurationError(
            "'BOOKER_QUEUE_URL' is set but 'BOOKER_DISPATCH' is not 'huey', so there is no queue; set both "
            "or neither."
        )
    scheme = _scheme(url)
    if scheme not in _NEEDS:
        raise ConfigurationError(
            f"'BOOKER_QUEUE_URL' begins with {scheme[:20]!r}, which is no queue; {_HOW}."
        )
    if scheme == "sqlite" and not url.removeprefix("sqlite:///").strip("/"):
        raise ConfigurationError(f"'BOOKER_QUEUE_URL' names no file; {_HOW}.")
    _require(*_NEEDS[scheme])


def _scheme(url: str) -> str:
    try:
        parts = urlsplit(url)
        # Read lazily: it raises if it is no number.
        _ = parts.port
    except ValueError:
        raise ConfigurationError(f"'BOOKER_QUEUE_URL' cannot be read; {_HOW}.") from None
    return parts.scheme


def _require(module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise ConfigurationError(
            f"'BOOKER_DISPATCH' is 'huey', which needs '{module}': pip install 'booker-components[{extra}]'."
        )


QUEUE_CHECKS: tuple[Callable[[Settings], None], ...] = (_check_dispatch, _check_queue_url)
