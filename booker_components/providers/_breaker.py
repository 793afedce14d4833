"""The circuit breaker: a host that is down is not asked again and again while guests wait."""

from __future__ import annotations

import threading
from collections.abc import Callable

#: Failures in a row after which a host is left alone.
FAILURES = 6

#: For how many seconds.
REST = 10.0


class Breaker:
    """Leaves a host alone for a while after it has failed several times in a row; then one call tries it."""

    def __init__(self, clock: Callable[[], float], *, failures: int = FAILURES, rest: float = REST) -> None:
        self._clock = clock
        self._most = failures
        self._rest = rest
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_at = 0.0

    def wait(self) -> float:
        """Give the seconds to wait; 0 for a caller who may go on, and has to tell the outcome."""
        with self._lock:
            now = self._clock()
            if self._failures < self._most:
                return 0.0
            if now < self._closed_at:
                return self._closed_at - now
            # This caller tries the host. The others wait for another rest, so that a caller who never tells
            # the outcome leaves nobody waiting for ever.
            self._closed_at = now + self._rest
            return 0.0

    def tell(self, *, alive: bool) -> None:
        """Note how a call ended."""
        with self._lock:
            self._failures = 0 if alive else self._failures + 1
            if self._failures >= self._most:
                self._closed_at = self._clock() + self._rest
