"""The signature of webhooks, and how a receiver checks it (Standard Webhooks 1.0, "Signature scheme").

Each signature is the HMAC-SHA256 of `id.timestamp.body` under a secret, in base64 after "v1,". There is one
for each secret, so that a receiver may go from one to the next without losing anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ...errors import ConfigurationError, WebhookRejected
from ...settings.webhooks import read_secrets
from ...times import utc_now

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_SECONDS = re.compile(r"\d{1,11}", re.ASCII)
_VERSION = "v1"


def signed(message_id: str, body: bytes, keys: Iterable[bytes], at: datetime) -> dict[str, str]:
    """Give the headers of a webhook that is sent *at* an instant, signed with every one of *keys*."""
    timestamp = str(int(at.timestamp()))
    signatures = [f"{_VERSION},{_signature(message_id, timestamp, body, key)}" for key in keys]
    return {ID: message_id, TIMESTAMP: timestamp, SIGNATURE: " ".join(signatures)}


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    secret: str | Iterable[str],
    *,
    tolerance: timedelta = timedelta(minutes=5),
    now: datetime | None = None,
) -> dict[str, Any]:
    """Give what a webhook says, `{"type": ..., "timestamp": ..., "data": {...}}`, once it is verified.

    *headers* and *body* are those of the request, the body as it came; *secret* is one of the sender's, or
    several while they change; *now* (aware) defaults to the present. The same "webhook-id" may come again,
    and is the same thing then. Needs no Flask.

    Raises `WebhookRejected` where it was not signed so, or was sent further from *now* than *tolerance*, and
    `ConfigurationError` where the secret is none.
    """
    keys = _keys(secret)
    given = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp, signatures = (given.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not message_id or not _SECONDS.fullmatch(timestamp):
        raise WebhookRejected(f"The webhook has no '{ID}', or its '{TIMESTAMP}' is no Unix time.")
    expected = [_signature(message_id, timestamp, body, key) for key in keys]
    if not _any_matches(signatures.split(), expected):
        raise WebhookRejected("The webhook was not signed with this secret, or was changed since.")
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs((now or utc_now()) - sent_at) > tolerance:
        raise WebhookRejected("The webhook was signed too long ago, or a clock is wrong.")
    return _read(body)


def _keys(secret: str | Iterable[str]) -> tuple[bytes, ...]:
    try:
        return read_secrets(secret if isinstance(secret, str) else list(secret))
    except ValueError as problem:
        raise ConfigurationError(f"The secret of the webhook {problem}.") from None


def _any_matches(signatures: Iterable[str], expected: Iterable[str]) -> bool:
    given = [text for version, _, text in (each.partition(",") for each in signatures) if version == _VERSION]
    # Bytes, for a text beyond ASCII cannot be compared so.
    pairs = [(each.encode(), one.encode("utf-8", "replace")) for each in expected for one in given]
    return any(hmac.compare_digest(*pair) for pair in pairs)


def _signature(message_id: str, timestamp: str, body: bytes, key: bytes) -> str:
    content = b".".join((message_id.encode("utf-8", "replace"), timestamp.encode(), body))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise WebhookRejected("The webhook is signed, but its body is no JSON object.")
    return told
