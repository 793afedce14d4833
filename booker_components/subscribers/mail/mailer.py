"""The subscribers that mail people what becomes of bookings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from ...values import BookingEvent
from .occasions import is_stale, template_of, together
from .post import Letter
from .rounds import Rounds
from .site import Site


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailer:
    """A subscriber that mails one audience; each has one of its own, so that none waits for another."""

    rounds: Rounds
    #: Writes what the audience is to read about an event.
    letters: Callable[[BookingEvent], Iterable[Letter]]
    site: Site
    clock: Callable[[], datetime]

    @property
    def name(self) -> str:
        """The name under which deliveries are recorded."""
        return self.rounds.name

    def __call__(self, event: BookingEvent) -> None:
        """Mail everybody whom *event* concerns; `DeliveryFailed` if a mail is not taken."""
        if not template_of(event) or is_stale(event, self.site, self.clock()):
            return
        self.rounds.send(event, tuple(self.letters(event)), about=together(event))
