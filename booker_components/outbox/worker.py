"""A daemon thread that works when woken, and looks by itself every few seconds."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Callable

_log = logging.getLogger(__name__)

# A fork waits this long for steps to end, shared by all workers: the claims and records of a step take
# milliseconds, and whatever takes longer is a subscriber that waits for something.
_REST_SECONDS = 0.2


class Worker:
    """Calls a function again and again in a thread of its own, at most one in each process."""

    _thread: threading.Thread | None

    def __init__(self, step: Callable[[], bool], *, name: str, pause: float) -> None:
        """Call *step* until it gives False, then pause for *pause* seconds or until woken."""
        self._step = step
        self._name = name
        self._pause = pause
        self._wanted = False
        self._renew()
        _workers.add(self)

    def arm(self) -> None:
        """Let the first `wake` start the thread, in whichever process that is."""
        self._wanted = True

    def start(self) -> None:
        """Start the thread; does nothing if it runs already."""
        self._wanted = True
        with self._starting:
            if self._thread is not None and self._thread.is_alive():
                return
            self._stopping.clear()
            self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Let the thread end after its step; `join` waits for that."""
        self._wanted = False
        self._stopping.set()
        self._awake.set()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, at most so many *seconds*."""
        if self._thread is not None:
            self._thread.join(timeout=seconds)

    def ensure(self) -> None:
        """Start the thread where it is wanted and does not run: after `arm`, or in a child of a fork."""
        if self._wanted and (self._thread is None or not self._thread.is_alive()):
            self.start()

    def wake(self) -> None:
        """End the pause, or start the thread as `ensure` does."""
        self._awake.set()
        self.ensure()

    def rest(self, seconds: float) -> bool:
        """Keep the thread from its next step until `resume`; False if a step lasts longer than *seconds*."""
        return self._working.acquire(timeout=seconds)

    def resume(self) -> None:
        """Let the thread go on; only the thread that made it rest may."""
        self._working.release()

    def _renew(self) -> None:
        # Threads do not survive a fork, and locks may have been held by one.
        # Reentrant, as a subscriber may fork.
        self._working = threading.RLock()
        self._starting = threading.Lock()
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = None

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._work()
            self._awake.wait(self._pause)
            # Before the next look, so that whoever wakes us meanwhile is not missed.
            self._awake.clear()

    def _work(self) -> None:
        try:
            while not self._stopping.is_set() and self._safe_step():
                pass
        except Exception:
            _log.exception("The thread %s failed in a step; it goes on.", self._name)

    def _safe_step(self) -> bool:
        with self._working:
            return self._step()


_workers: weakref.WeakSet[Worker] = weakref.WeakSet()

# Which workers rest for the fork of which thread: several threads may fork at once.
_forking = threading.local()


def _rest_all() -> None:
    # A thread that is within SQLite during a fork leaves a mutex locked for ever in the child.
    workers = tuple(_workers)
    share = _REST_SECONDS / max(1, len(workers))
    _forking.resting = [worker for worker in workers if worker.rest(share)]


def _resume_all() -> None:
    for worker in _forking.resting:
        worker.resume()


def _renew_all() -> None:
    for worker in tuple(_workers):
        worker._renew()


os.register_at_fork(before=_rest_all, after_in_parent=_resume_all, after_in_child=_renew_all)
