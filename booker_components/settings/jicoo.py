"""What the settings of Jicoo must be, and what goes together (contracts/jicoo.md 1)."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import ConfigurationError
from .fields import Settings
from .rules import for_headers, zone

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def _check_cancel_reason_key(settings: Settings) -> None:
    key = settings.jicoo_cancel_reason_key
    if not _NAME.fullmatch(key):
        raise ConfigurationError(
            f"'BOOKER_JICOO_CANCEL_REASON_KEY' is {key!r}; it must be the name of a JSON field such as "
            "'cancelReason' or 'reason'."
        )


def _check_key(settings: Settings) -> None:
    if settings.provider == "jicoo" and not settings.jicoo_api_key:
        raise ConfigurationError(
            "'BOOKER_PROVIDER' is 'jicoo' but 'BOOKER_JICOO_API_KEY' is not set; make a key in Jicoo's "
            "dashboard, under Integrations, API keys."
        )


JICOO_CHECKS: tuple[Callable[[Settings], None], ...] = (
    for_headers("jicoo_api_key", "jicoo_webhook_secret", "jicoo_team"),
    zone("jicoo_zone"),
    _check_cancel_reason_key,
    _check_key,
)
