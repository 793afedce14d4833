"""The queue: wakes workers in other processes, by huey.

It carries no event, only the request to look at the outbox, which is the truth and which workers look at by
themselves too. What a queue forgets, or cannot take while it is down, is late by seconds and never lost.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from .hueys import close_huey, kind_of, open_huey, place_of

_log = logging.getLogger(__name__)

#: Seconds for which a queue is left alone after it did not answer, so that nobody else waits for it.
REST = 5.0

#: Seconds between two looks of a worker at a queue that cannot call it.
PAUSE = 0.2


class Queue:
    """Requests to look at the outbox, on their way from web processes to workers; survives a fork."""

    _huey: Any
    _task: Any
    _look: Callable[[], object]
    _rests_until: float
    _is_down: bool

    def __init__(self, url: str, *, database: str) -> None:
        """Keep them at *url*, 'BOOKER_QUEUE_URL', or by the *database*, an SQLAlchemy URL, if that is empty.

        Nothing is opened yet. Raises `ConfigurationError` where the database tells no place for a queue.
        """
        self._place = place_of(url, database)
        self._renew()
        _queues.add(self)

    @property
    def kind(self) -> str:
        """Where requests are kept: "sqlite", "postgresql" or "redis"."""
        return kind_of(self._place)

    def call(self) -> None:
        """Ask a worker to look, unless one is asked already; a queue that does not answer is only logged."""
        self._try(self._enqueue)

    def take(self, look: Callable[[], object]) -> bool:
        """Do *look* if somebody asks for it, waiting a second for that at most; tell whether anybody did."""
        self._look = look
        return self._try(self._execute)

    def answers(self) -> bool:
        """Tell whether the queue can be reached."""
        return self._try(lambda: self._open().storage.queue_size() >= 0)

    def close(self) -> None:
        """Close what is open; the queue opens it again when it is used."""
        with self._opening:
            if self._huey is not None:
                close_huey(self._huey)
            self._huey = None

    def _enqueue(self) -> bool:
        huey = self._open()
        # Whoever takes a request that is there looks later than now, and so finds what we have left.
        if not huey.storage.queue_size():
            huey.enqueue(self._task.s())
        return True

    def _execute(self) -> bool:
        huey = self._open()
        task = huey.dequeue()
        if task is not None:
            huey.execute(task)
        return task is not None

    def _try(self, act: Callable[[], bool]) -> bool:
        """Give what *act* gives; False where the queue does not answer, or did not a moment ago."""
        if time.monotonic() < self._rests_until:
            return False
        try:
            done = act()
        # Each storage raises what the library below it raises, whose words may quote the queue's address.
        except Exception as error:
            self._rest(type(error).__name__)
            return False
        if self._is_down:
            self._is_down = False
            _log.warning("The queue (%s) answers again.", self.kind)
        return done

    def _rest(self, failure: str) -> None:
        self._rests_until = time.monotonic() + REST
        if not self._is_down:
            self._is_down = True
            _log.warning(
                "The queue (%s) does not answer (%s); workers look by themselves.", self.kind, failure
            )

    def _open(self) -> Any:
        with self._opening:
            if self._huey is None:
                huey = open_huey(self._place)
                self._task = huey.task(name="look")(self._looked)
                self._huey = huey
            return self._huey

    def _looked(self) -> None:
        self._look()

    def _renew(self) -> None:
        # Locks may be held by threads of the parent, and connections are the parent's.
        self._opening = threading.Lock()
        self._huey = self._task = None
        self._look = _nothing
        self._rests_until = 0.0
        self._is_down = False


def _nothing() -> None:
    """Do nothing."""


_queues: weakref.WeakSet[Queue] = weakref.WeakSet()
_abandoned: list[Any] = []


def _renew_all() -> None:
    for queue in tuple(_queues):
        # A child must not close what is its parent's (https://www.sqlite.org/howtocorrupt.html).
        _abandoned.append(queue._huey)
        queue._renew()


os.register_at_fork(after_in_child=_renew_all)
