"""Who has had a mail already, so that a failure at one recipient does not mail the others again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from ...errors import DeliveryFailed
from ...records.turns import Turns
from ...storage import Storage

#: So long it is remembered who was mailed: an event whose delivery was given up may be tried again within it.
REMEMBERED = timedelta(days=30)


class Once:
    """Lets something be done, and remembers that it was; across processes, and through crashes.

    Only a crash between a mail and its note sends that mail twice, under the same id.
    """

    def __init__(self, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._doing = Turns(storage, clock)
        self._done = Turns(storage, clock, lasts=REMEMBERED)

    @contextmanager
    def doing(self, name: str) -> Iterator[bool]:
        """Tell whether what is called *name* is still to be done; if the block ends well, it is done.

        Raises `DeliveryFailed`, to be tried again, while another process does it.
        """
        turn = self._doing.take(f"mailing/{name}")
        if turn is None:
            raise DeliveryFailed("Another process is sending this mail.")
        try:
            due = not self._done.is_taken(_mailed(name))
            yield due
            if due:
                self._done.take(_mailed(name))
        finally:
            self._doing.give_back(turn)


def _mailed(name: str) -> str:
    return f"mailed/{name}"
