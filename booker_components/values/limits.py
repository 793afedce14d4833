"""How much may be booked within a day, a week, a month or a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Period(StrEnum):
    """What a limit counts within, in wall time of the zone of the host or, elsewhere, of the event type."""

    DAY = "day"
    #: From Monday on.
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """How many bookings, or how much time in them, a period takes; what starts in it counts.

    A booking that waits for approval counts; one that several guests share counts once for its hosts.
    """

    per: Period
    #: At most so many bookings.
    count: int | None = None
    #: At most so much time, without buffers.
    total: timedelta | None = None
