"""Webhooks: who is told what, in which words, and under which signature (contracts/jicoo.md 4)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..exchanges import Json, stamp
from ..memory import Delivery
from .records import TRACKING, Booking, Webhook
from .showing import shown_answers, shown_hosts
from .store import Store

#: Every event that is known.
EVENTS = ("guest_booked", "guest_rescheduled", "host_rescheduled", "guest_cancelled", "host_cancelled")

#: The header that the signature stands in.
HEADER = "Jicoo-Webhook-Signature"


def sign(body: bytes, secrets: Sequence[str], at: datetime) -> list[str]:
    """Give the elements of the header for the raw *body*: the time, and a "v1" for each secret."""
    seconds = int(at.timestamp())
    signed = f"{seconds}.".encode() + body
    digests = [hmac.new(each.encode(), signed, hashlib.sha256).hexdigest() for each in secrets]
    return [f"t={seconds}", *(f"v1={each}" for each in digests)]


def tell(store: Store, booking: Booking, event: str) -> None:
    """Put a webhook on its way to everybody who asked for *event*, or for any event at all."""
    payload = {"createdAt": stamp(store.now()), "event": event, "object": told(store, booking)}
    body = json.dumps(payload, ensure_ascii=False).encode()
    for webhook in store.webhooks:
        if not webhook.events or event in webhook.events:
            store.outgoing.append(delivery(store, webhook, event, body))


def delivery(store: Store, webhook: Webhook, event: str, body: bytes) -> Delivery:
    """Give what is posted to a webhook, signed as of now."""
    elements = sign(body, webhook.secrets, store.clock())
    if webhook.foreign:
        elements = [*elements, "v0=0123456789abcdef", "v2=made-up"]
    headers = {"Content-Type": "application/json", HEADER: webhook.separator.join(elements)}
    return Delivery(trigger=event, url=webhook.url, headers=headers, body=body)


def told(store: Store, booking: Booking) -> Json:
    """Give a booking in the words of webhooks: `eventTypeUid` for `eventTypeId`, tracking with "utm_"."""
    contact = booking.contact
    payload: Json = {
        "uid": booking.uid,
        "eventTypeUid": booking.event_type.uid,
        "status": booking.status,
        "timeZone": booking.zone,
        "startedAt": stamp(booking.start),
        "endedAt": stamp(booking.end),
        "createdAt": stamp(booking.created),
        "updatedAt": stamp(booking.updated),
        "contact": {"email": contact.email, "name": contact.name},
        "answers": shown_answers(contact),
        "tracking": {f"utm_{name}": booking.tracking.get(name) for name in TRACKING},
    }
    return _more(booking, payload) if store.habits.tells_more else payload


def _more(booking: Booking, payload: Json) -> Json:
    """Give the payload with the members that code in production has met (contracts/jicoo.md 4)."""
    contact: dict[str, Any] = {"lastName": None, "phone": booking.contact.phone or None}
    return payload | {
        "contact": payload["contact"] | contact,
        "name": booking.name,
        "url": booking.url,
        "hosts": shown_hosts(booking),
    }
