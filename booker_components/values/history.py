"""What the audit trail tells of a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .bookings import BookingStatus
from .instants import require_aware


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFacts:
    """A booking as far as a change can change it; who was booked stays in the booking alone."""

    start: datetime
    end: datetime
    status: BookingStatus
    #: The slugs of its hosts; empty in what was written before hosts were.
    hosts: tuple[str, ...] = ()
    #: Why it was changed, in the words of who did it.
    reason: str = ""

    def __post_init__(self) -> None:
        require_aware(self, "start", "end")


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One change of a booking: who did what and when, how it stood before and after."""

    at: datetime
    #: "guest", "host", "system" where nobody did but time, or what the host app said.
    actor: str
    #: A word of `EventKind`, or one that another version of this package wrote.
    action: str
    revision: int
    #: None for a booking that was made.
    before: AuditFacts | None
    after: AuditFacts

    def __post_init__(self) -> None:
        require_aware(self, "at")
