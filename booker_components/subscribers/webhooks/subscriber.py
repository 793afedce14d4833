"""One endpoint hears what happens to bookings, by signed calls."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ...errors import DeliveryFailed
from ...guarded import Answer, Forbidden, Guarded, Unreachable, origin
from ...payloads import booking_to_dict
from ...settings.webhooks import Endpoint
from ...values import BookingEvent
from .signing import signed

#: Seconds for all of a call: within what the standard advises, 15 to 30, and below the outbox's lease, after
#: which it would be sent once more.
SECONDS = 20.0

#: The longest wait in seconds that an endpoint may ask for: the outbox never waits longer by itself.
LONGEST_WAIT = 3600.0

_DIGITS = re.compile(r"\d{1,9}", re.ASCII)
_GONE = 410


class Webhook:
    """A subscriber that tells one endpoint.

    A call that is sent again, after a failure or a crash, has the same id and the same body.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        guarded: Guarded,
        *,
        sequence: Callable[[BookingEvent], int],
        clock: Callable[[], datetime],
    ) -> None:
        """Call *endpoint* by *guarded*; *sequence* tells which one of its booking's events an event is."""
        self._endpoint = endpoint
        self._guarded = guarded
        self._sequence = sequence
        self._clock = clock
        #: Under which its deliveries are recorded.
        self.name = f"webhook-{endpoint.name}"

    def __call__(self, event: BookingEvent) -> None:
        """Tell of *event*, if the endpoint wants to hear of such; `DeliveryFailed` if it took nothing."""
        if not self._endpoint.wants(event.kind):
            return
        number = self._sequence(event)
        body = body_of(event, number)
        headers = {
            "Content-Type": "application/json",
            "Booker-Event": event.kind.value,
            "Booker-Sequence": str(number),
            **signed(delivery_id(event, self.name), body, self._endpoint.keys, self._clock()),
        }
        self._require_taken(self._answer(headers, body))

    def _answer(self, headers: dict[str, str], body: bytes) -> Answer:
        try:
            return self._guarded.send("POST", self._endpoint.url, headers=headers, body=body, whole=False)
        except Unreachable as error:
            failure = DeliveryFailed(str(error), permanent=isinstance(error, Forbidden))
        # Not from the error: what it comes from may hold the whole address.
        raise failure

    def _require_taken(self, answer: Answer) -> None:
        if 200 <= answer.status < 300:
            return
        message = f"{origin(self._endpoint.url)} answered {answer.status}."
        if answer.status == _GONE:
            raise DeliveryFailed(
                f"{message} It wants no more: take '{self._endpoint.name}' out of 'BOOKER_WEBHOOKS', or mend "
                "it and run 'flask booker outbox retry'.",
                permanent=True,
            )
        if 300 <= answer.status < 400:
            message += " Redirects are not followed: correct its 'url' in 'BOOKER_WEBHOOKS'."
        raise DeliveryFailed(message, retry_after=_wait(answer, self._clock()))


def body_of(event: BookingEvent, sequence: int) -> bytes:
    """Give what is sent of an event: compact, and the same whenever it is sent."""
    told = {
        "type": event.kind.value,
        "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {**booking_to_dict(event.booking), "sequence": sequence},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def delivery_id(event: BookingEvent, name: str) -> str:
    """Give the id of the delivery of *event* to the subscriber *name*: another one for each subscriber."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{event.id}/{name}"))


def _wait(answer: Answer, now: datetime) -> float | None:
    """Give the seconds that 'Retry-After' asks for, in seconds or as a date (RFC 9110 section 10.2.3)."""
    asked = answer.headers.get("Retry-After", "").strip()
    if _DIGITS.fullmatch(asked):
        return min(float(asked), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(asked)
    # What it raises for odd texts depends on how odd they are.
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # A date without a zone is in none that we could know.
    seconds = (until - now).total_seconds() if until.tzinfo else 0.0
    return min(seconds, LONGEST_WAIT) if seconds > 0 else None
