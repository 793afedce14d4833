"""Webhooks of Jicoo: whether one is genuine, and what it is about (contracts/jicoo.md 4)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ... import times
from ...errors import WebhookRejected
from ...values import Incoming
from .told import booking_told

#: The header that has the time and the signatures: "t=1772355601,v1=5f2c...".
HEADER = "Jicoo-Webhook-Signature"

#: A longer body is refused; Jicoo's own stay far below.
LONGEST_BODY = 1024 * 1024

#: How old a signature may be, and how far ahead of our clock. Jicoo wants the age looked at and gives no
#: figure; this one is seen in code that runs in production (contracts/jicoo.md 4).
TOLERANCE = timedelta(seconds=300)

#: The events that are known. Others may exist, for approval for example: a booking that one of those names is
#: looked at too.
EVENTS = ("guest_booked", "guest_rescheduled", "host_rescheduled", "guest_cancelled", "host_cancelled")

# What an event or a uid looks like; anything else is neither asked for nor kept as one.
_EVENT = re.compile(r"[A-Za-z0-9_.:\-]{1,200}", re.ASCII)
_UID = re.compile(r"[A-Za-z0-9_\-]{1,100}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)

_Fields = Mapping[str, Any]


def read_webhook(
    headers: Mapping[str, str],
    body: bytes,
    *,
    secret: str,
    clock: Callable[[], datetime],
    mark: str = "",
) -> Incoming:
    """Verify the *body* of a webhook as it came, and give what it is about.

    One that names no booking is about none. `WebhookRejected` if it is not signed with *secret*, not signed
    about now, or sent to an address with a *mark*: there are no accounts here, and what was sent once could
    be sent to any number of such addresses, each time as if it were new.
    """
    if mark:
        raise WebhookRejected("Webhooks of Jicoo come to the app's own address, which ends in /jicoo.")
    named = {name.lower(): value for name, value in headers.items()}
    _verify(named.get(HEADER.lower(), ""), body, secret, clock())
    sent = _fields(body)
    return _incoming(sent, _object(sent), body, clock)


def signature(body: bytes, secret: str, seconds: str) -> str:
    """Give the "v1" of a *body* that was signed at *seconds* of Unix time, in digits like the header's."""
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()


# --- verifying -----------------------------------------------------------------------------------


def _verify(header: str, body: bytes, secret: str, now: datetime) -> None:
    if not secret:
        raise WebhookRejected(
            "'BOOKER_JICOO_WEBHOOK_SECRET' is not set, so nobody can tell whether a webhook is Jicoo's. Set "
            "it to the secret that Jicoo shows beside the webhook."
        )
    if len(body) > LONGEST_BODY:
        raise WebhookRejected(f"The webhook's body is longer than {LONGEST_BODY} bytes.")
    seconds, given = _elements(header)
    if not (seconds and given):
        raise WebhookRejected(f"The webhook has no header '{HEADER}' with a time and a signature 'v1'.")
    if not _is_signed(given, signature(body, secret, seconds)):
        raise WebhookRejected(
            "The webhook's signature does not fit its body: it is forged, or signed with another secret than "
            "the one in 'BOOKER_JICOO_WEBHOOK_SECRET', or something before us has read or changed the body."
        )
    _require_recent(int(seconds), now)


def _elements(header: str) -> tuple[str, Sequence[str]]:
    """Give the time in digits, "" for none, and every "v1"; what else there is means nothing today."""
    split = (each.partition("=") for each in header.split(","))
    pairs = [(name.strip(), value.strip()) for name, _, value in split]
    seconds = next((value for name, value in pairs if name == "t"), "")
    given = [value for name, value in pairs if name == "v1" and value]
    return (seconds if _SECONDS.fullmatch(seconds) else ""), given


def _is_signed(given: Sequence[str], wanted: str) -> bool:
    # While a secret is replaced there are several. As bytes: compare_digest fails at a text beyond ASCII.
    return any(hmac.compare_digest(wanted.encode(), each.encode("utf-8", "replace")) for each in given)


def _require_recent(seconds: int, now: datetime) -> None:
    age = now.timestamp() - seconds
    if abs(age) > TOLERANCE.total_seconds():
        where = "ago" if age > 0 else "ahead of our clock"
        raise WebhookRejected(
            f"The webhook was signed {abs(age):.0f} seconds {where}, more than {TOLERANCE.seconds}: it was "
            "late, or is sent again by somebody else, or a clock is wrong. 'flask booker jicoo sync' finds "
            "what it told."
        )


# --- reading -------------------------------------------------------------------------------------


def _incoming(sent: _Fields, told: _Fields, body: bytes, clock: Callable[[], datetime]) -> Incoming:
    event, uid = _word(sent, "event", _EVENT), _word(told, "uid", _UID)
    created, updated = _instant(sent, "createdAt"), _instant(told, "updatedAt")
    return Incoming(
        key=_key(event, uid, updated) or _key_of_body(body, repeats=bool(uid and created is None)),
        trigger=event,
        at=created or clock(),
        uids=(uid,) if uid else (),
        told=booking_told(event, told, at=created or clock()) if uid else None,
    )


def _fields(body: bytes) -> _Fields:
    try:
        sent = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def _object(sent: _Fields) -> _Fields:
    found = sent.get("object")
    return found if isinstance(found, dict) else {}


def _word(found: _Fields, name: str, like: re.Pattern[str]) -> str:
    text = found.get(name)
    return text if isinstance(text, str) and like.fullmatch(text) else ""


def _instant(found: _Fields, name: str) -> datetime | None:
    text = found.get(name)
    try:
        return times.parse_instant(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _key(event: str, uid: str, updated: datetime | None) -> str:
    """Give what all copies of a notice share, for it carries no id; "" where it tells too little."""
    if not (event and uid and updated):
        return ""
    return _digest("|".join((event, uid, updated.isoformat())).encode())


def _key_of_body(body: bytes, *, repeats: bool) -> str:
    """Give the key of what has none of its own: looking at a booking twice does no harm, missing one does."""
    return _digest(body) + (f"-{uuid.uuid4().hex}" if repeats else "")


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
