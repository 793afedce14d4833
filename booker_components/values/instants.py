"""Spans of time, and what every instant must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


def require_aware(value: object, *names: str) -> None:
    """Refuse naive datetimes in the fields *names* of *value*; called for every slot, so it is quick."""
    for name in names:
        instant: datetime | None = getattr(value, name)
        if instant is not None and instant.tzinfo is None:
            raise ValueError(f"{type(value).__name__}.{name} must be aware, but {instant!r} has no zone.")


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeWindow:
    """The instants from *start* up to, but not including, *end*."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        require_aware(self, "start", "end")
