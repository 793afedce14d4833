"""Webhooks out: others hear of every change by a signed call (Standard Webhooks 1.0).

Set 'BOOKER_WEBHOOKS'; `docs/webhooks.md` tells what is sent. Each endpoint is a subscriber of its own, so
that one that fails never delays another.
"""

from .parts import build_webhooks as build_webhooks
from .signing import verify_webhook as verify_webhook
from .subscriber import Webhook as Webhook
