"""Builds the subscribers from an app's settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ...guarded import Guarded
from ...settings import Settings
from ...settings.webhooks import read_endpoints
from ...values import BookingEvent
from .subscriber import SECONDS, Webhook


def build_webhooks(
    settings: Settings, *, sequence: Callable[[BookingEvent], int], clock: Callable[[], datetime]
) -> tuple[Webhook, ...]:
    """Give a subscriber for each endpoint that *settings* name; *sequence* as for `Webhook`.

    Raises `ConfigurationError`.
    """
    guarded = Guarded(private=settings.private_network, timeout=SECONDS)
    return tuple(
        Webhook(endpoint, guarded, sequence=sequence, clock=clock) for endpoint in read_endpoints(settings)
    )
