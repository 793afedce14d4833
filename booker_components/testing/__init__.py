"""Helpers for tests, ours and those of hosts: a frozen clock, an ear for events, vendors on 127.0.0.1."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..errors import DeliveryFailed
from ..values import BookingEvent, EventKind
from .calcom import FakeCalcom as FakeCalcom
from .jicoo import FakeJicoo as FakeJicoo
from .salesforce import FakeSalesforce as FakeSalesforce


class FrozenClock:
    """A clock that moves only when told to; pass it wherever a *clock* is asked for."""

    def __init__(self, now: datetime) -> None:
        """Start at *now*, an aware instant; `ValueError` if it is naive."""
        self.set(now)

    def __call__(self) -> datetime:
        """Give the instant at which the clock stands."""
        return self._now

    def move(self, step: timedelta) -> None:
        """Move the clock by *step*, back if it is negative."""
        self._now += step

    def set(self, now: datetime) -> None:
        """Put the clock to *now*, an aware instant; `ValueError` if it is naive."""
        if now.utcoffset() is None:
            raise ValueError(f"A clock needs an aware instant, but {now!r} has no zone.")
        self._now = now


class Recorder:
    """A subscriber that keeps every event it hears and fails as often as it is told to."""

    def __init__(self, *, name: str = "recorder", failures: int = 0) -> None:
        """Be known as *name* to the outbox; fail the first *failures* deliveries."""
        self.name = name
        #: What was heard, oldest first; deliveries that failed are not in it.
        self.events: list[BookingEvent] = []
        #: How many of the next deliveries fail.
        self.failures = failures

    def __call__(self, event: BookingEvent) -> None:
        """Keep *event*; `DeliveryFailed` while there are failures left."""
        if self.failures > 0:
            self.failures -= 1
            raise DeliveryFailed("The recorder was told to fail.")
        self.events.append(event)

    @property
    def kinds(self) -> list[EventKind]:
        """What happened, oldest first."""
        return [event.kind for event in self.events]
