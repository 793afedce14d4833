"""A fair lock: those who wait have it in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """What `threading.Lock` does, but nobody overtakes: of many that wait, that one lets some wait for long.

    Not reentrant. Any thread may release it.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        # One lock for each who waits, the first one first; whose is released has the turn.
        self._places: deque[threading.Lock] = deque()

    def acquire(self, *, timeout: float) -> bool:
        """Take the lock, waiting for *timeout* seconds at most; tell whether that worked."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            if timeout <= 0:
                return False
            place = threading.Lock()
            place.acquire()
            self._places.append(place)
        return self._waited(place, timeout)

    def release(self) -> None:
        """Give the lock to whoever has waited longest, if anybody does."""
        with self._guard:
            if self._places:
                self._places.popleft().release()
            else:
                self._taken = False

    def _waited(self, place: threading.Lock, timeout: float) -> bool:
        try:
            if place.acquire(timeout=timeout):
                return True
        except BaseException:
            # A signal has ended the wait: nobody may be left waiting for whoever is gone.
            if self._had(place):
                self.release()
            raise
        return self._had(place)

    def _had(self, place: threading.Lock) -> bool:
        """Leave the queue; True if the lock was handed over at this very moment."""
        with self._guard:
            if place in self._places:
                self._places.remove(place)
                return False
            return True
