"""Webhooks of Cal.com: whether one is genuine, and what it is about (contracts/calcom.md 5)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import parse_qsl

from ... import times
from ...errors import WebhookRejected
from ...values import EventKind, Incoming
from . import notices
from .lenient import Fields
from .told import booking_told

#: A longer body is refused; Cal.com's own stay far below.
LONGEST_BODY = 1024 * 1024

#: Triggers after which a booking stands otherwise: what is new about it is found by reading it again.
CHANGES = (
    "BOOKING_CREATED",
    "BOOKING_REQUESTED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_PAYMENT_INITIATED",
    "INSTANT_MEETING",
)

#: Triggers that tell what reading the booking again does not.
KINDS: Mapping[str, EventKind] = MappingProxyType(
    {
        "BOOKING_PAID": EventKind.PAID,
        "BOOKING_NO_SHOW_UPDATED": EventKind.NO_SHOW,
        "MEETING_STARTED": EventKind.STARTED,
        "MEETING_ENDED": EventKind.ENDED,
        "RECORDING_READY": EventKind.RECORDING_READY,
        "RECORDING_TRANSCRIPTION_GENERATED": EventKind.TRANSCRIPT_READY,
        "AFTER_HOSTS_CAL_VIDEO_NO_SHOW": EventKind.HOST_MISSING,
        "AFTER_GUESTS_CAL_VIDEO_NO_SHOW": EventKind.GUEST_MISSING,
        "WRONG_ASSIGNMENT_REPORT": EventKind.WRONG_HOST,
    }
)

#: Every trigger that is about a booking and that we understand.
TRIGGERS = (*CHANGES, *KINDS)

#: Every trigger that is about no booking; what comes with it may be personal, so only hearers ask for it.
NOTICES = tuple(trigger for trigger in notices.KINDS if trigger not in TRIGGERS)

# A custom template may leave the trigger out; that a booking is named is reason enough to look at it.
_LOOKED_AT = frozenset({"", *TRIGGERS})

# What a uid, a seat or a trigger looks like; anything else is neither asked for nor kept as one.
_WORD = re.compile(r"[A-Za-z0-9_.:\-]{1,200}")
_DEEPEST = 5
_MOST_FIELDS = 1000

_MARK_LENGTH = 20


def read_webhook(headers: Mapping[str, str], body: bytes, *, secret: str) -> Incoming:
    """Verify the *body* of a webhook as it came, and give what it is about.

    What nobody here understands names no bookings. `WebhookRejected` if it is not signed with *secret*.
    """
    named = {name.lower(): value for name, value in headers.items()}
    _verify(named.get("x-cal-signature-256", ""), body, secret)
    sent = _fields(body)
    payload = _payload(sent)
    trigger = _word(sent, "triggerEvent")
    uid = _uid(payload) if trigger in _LOOKED_AT else ""
    created = _instant(sent, "createdAt")
    at = created or times.utc_now()
    key = _key(trigger, uid, created, body)
    return Incoming(
        key=key,
        trigger=trigger,
        at=at,
        uids=(uid,) if uid else (),
        kind=KINDS.get(trigger),
        told=booking_told(trigger, payload, uid=uid, at=at) if uid else None,
        notice=None if uid else notices.notice_told(trigger, payload, id=key, at=at),
        ping=_is_ping(payload),
    )


def signature(body: bytes, secret: str) -> str:
    """Give what Cal.com's header X-Cal-Signature-256 says of *body*."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def account_mark(secret: str, account: str) -> str:
    """Give what stands for the connected *account* in its address, without its name; "" for no account."""
    if not (secret and account):
        return ""
    return signature(b"booker.webhook.account.v1\0" + account.encode(), secret)[:_MARK_LENGTH]


def account_secret(secret: str, mark: str) -> str:
    """Give what the webhooks of the account with *mark* are signed with; without a mark the app's *secret*.

    Whoever owns an account can read it at Cal.com: it opens no other address, and does not tell *secret*.
    """
    return signature(b"booker.webhook.secret.v1\0" + mark.encode(), secret) if secret and mark else secret


def sent_for(username: str, incoming: Incoming) -> Incoming:
    """Give *incoming* as sent for the account of *username*; `WebhookRejected` if that is "", so nobody's."""
    if not username:
        raise WebhookRejected(
            "The webhook is for an account that is not connected, or whose username is not known. Have it "
            "connected anew, by scopes that tell the username, or remove the webhook at Cal.com."
        )
    notice = replace(incoming.notice, account=username) if incoming.notice else None
    return replace(incoming, account=username, notice=notice)


def _verify(given: str, body: bytes, secret: str) -> None:
    if not secret:
        raise WebhookRejected(
            "'BOOKER_CALCOM_WEBHOOK_SECRET' is not set, so nobody can tell whether a webhook is Cal.com's. "
            "Set it to the secret of the webhook there."
        )
    if len(body) > LONGEST_BODY:
        raise WebhookRejected(f"The webhook's body is longer than {LONGEST_BODY} bytes.")
    if given in ("", "no-secret-provided"):
        raise WebhookRejected(
            "The webhook is not signed. 'flask booker calcom webhooks --register' has it signed, once "
            "'BOOKER_CALCOM_WEBHOOK_SECRET' is set."
        )
    # As bytes: compare_digest fails at a text beyond ASCII.
    if not hmac.compare_digest(signature(body, secret).encode(), given.encode("utf-8", "replace")):
        raise WebhookRejected(
            "The webhook's signature does not fit its body: it is forged, or signed with another secret than "
            "the one in 'BOOKER_CALCOM_WEBHOOK_SECRET', or something before us has read or changed the body."
        )


# --- reading -------------------------------------------------------------------------------------


def _fields(body: bytes) -> Fields:
    """Give the fields of a body of JSON, or of a form as custom templates make it; none of anything else."""
    text = body.decode("utf-8", "replace")
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        return _form(text)
    return sent if isinstance(sent, dict) else {}


def _form(text: str) -> Fields:
    try:
        return dict(parse_qsl(text.strip(), max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}


def _payload(sent: Fields) -> Fields:
    """Give what is in the envelope; what has none is taken for the payload itself."""
    payload = sent.get("payload")
    return payload if isinstance(payload, dict) else sent


def _word(sent: Fields, name: str) -> str:
    """Give the word *name* that stands nearest to the top, "" if there is none."""
    return next((text for text in _texts(sent, name) if _WORD.fullmatch(text)), "")


def _instant(sent: Fields, name: str) -> datetime | None:
    text = next(_texts(sent, name), "")
    try:
        return times.parse_instant(text)
    except ValueError:
        return None


def _texts(sent: Fields, name: str) -> Iterator[str]:
    return (text for level in _levels(sent) if isinstance(text := level.get(name), str))


def _levels(sent: Fields) -> Iterator[Fields]:
    """Give *sent* and what is nested in it, from the top down."""
    level = [sent]
    for _ in range(_DEEPEST):
        yield from level
        level = [inner for outer in level for inner in outer.values() if isinstance(inner, dict)]


def _uid(payload: Fields) -> str:
    """Give the uid of what the guest holds: a seat if it is about one, else the booking."""
    found = (_word(payload, name) for name in ("attendeeSeatId", "uid", "bookingUid"))
    return next(filter(None, found), "")


def _is_ping(payload: Fields) -> bool:
    return payload.get("type") == "Test" and payload.get("title") == "Test trigger event"


def _key(trigger: str, uid: str, created: datetime | None, body: bytes) -> str:
    """Give what all copies of a notice share; it carries no delivery id.

    A template without "createdAt" gives two notices the same body. Looking at a booking twice does no harm,
    missing a change does: such notices of a change are taken each time.
    """
    if trigger and uid and created:
        return _digest("\n".join((trigger, uid, created.isoformat())).encode())
    repeats = uid and trigger not in KINDS
    return _digest(body) + (f"-{uuid.uuid4().hex}" if repeats else "")


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
