"""A round: the letters about one event, each sent once, whatever becomes of the others."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ...values import BookingEvent
from .once import Once
from .post import Letter, Post, Unreachable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rounds:
    """Sends the letters of one audience."""

    #: The name of the subscriber, which tells its letters from those of others about the same event.
    name: str
    post: Post
    once: Once

    def send(self, event: BookingEvent, letters: Sequence[Letter], *, about: str = "") -> None:
        """Send *letters* about *event*; whoever has had the one about it before is left out.

        *about* names what several events tell of together, each of which may be the first to be heard.

        A server that fails ends the round, and the next attempt goes on where it ended; a recipient who is
        refused does not. Raises `DeliveryFailed`, a permanent one if nobody can be reached.
        """
        until = self.post.deadline()
        refused: list[Unreachable] = []
        for letter in letters:
            try:
                if about or len(letters) > 1:
                    self._send_once(letter, about or event.id, until)
                else:
                    # There is nobody whom a failure could have mailed again: the outbox remembers it.
                    self.post.send(letter, until=until)
            except Unreachable as error:
                refused.append(error)
        self._tell(event, refused, reached=len(letters) - len(refused))

    def _send_once(self, letter: Letter, about: str, until: float) -> None:
        with self.once.doing(f"{self.name}/{about}/{letter.to.lower()}") as due:
            if due:
                self.post.send(letter, until=until)

    def _tell(self, event: BookingEvent, refused: Sequence[Unreachable], *, reached: int) -> None:
        waiting = [error for error in refused if not error.permanent]
        if waiting or (refused and not reached):
            raise (waiting or refused)[0]
        for error in refused:
            _log.warning("Somebody was not mailed of event %s: %s", event.id, error.message)
