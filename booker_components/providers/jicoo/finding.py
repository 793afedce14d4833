"""Finding out what a call without an answer has done: Jicoo knows no idempotency (contracts/jicoo.md 9.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .bookings import CANCELLED, Reader
from .client import JicooClient
from .objects import Object, written

# No booking is longer. How long those of an event type are is not known to a key that may not ask for it.
_LONGEST = timedelta(days=1)
#: How often, and how many seconds apart, it is looked what became of a call.
LOOKS, LOOK = 2, 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """What a booking would have that a lost call has made."""

    event_type_id: str
    start: datetime
    email: str


def find(
    client: JicooClient, reader: Reader, trace: Trace, *, taken: Callable[[str], bool] = lambda uid: False
) -> Object | None:
    """Give the newest open booking that fits *trace*; None if there is none.

    The guest's address is all that tells whose it is, so those that are known to be another request's,
    *taken*, are left out.
    """
    for each in _listed(client, trace):
        uid = each.word("uid")
        if taken(uid):
            continue
        contact = reader.contact(uid)
        if contact and contact.text("email").casefold() == trace.email.casefold():
            return each
    return None


def _listed(client: JicooClient, trace: Trace) -> Iterator[Object]:
    """Give the bookings of the time in question, the newest first.

    Whatever their status: that of one which waits for its host cannot be asked for (contracts/jicoo.md 2.2).
    """
    query = {
        "startedAt": written(trace.start),
        "endedAt": written(trace.start + _LONGEST),
        "order": "createdAt",
        "sort": "desc",
    }
    for item in client.pages("/bookings", params=query):
        found = Object.of(item, "booking")
        same = (found.text("eventTypeId"), found.instant("startedAt")) == (trace.event_type_id, trace.start)
        if same and found.text("status") != CANCELLED:
            yield found
