"""Turns to write to a SQLite file: left to itself, SQLite lets writers sleep, and some of them starve."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from ..errors import ProviderUnavailable
from .fair import FairLock
from .waiting import PATIENCE

try:
    import fcntl
except ImportError:  # Windows has none: its processes wait as SQLite does.
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)

# A fork waits this long for a write of another thread to end.
_REST_SECONDS = 5.0

#: Who waits this many seconds for other processes goes ahead: one that is stopped, by a debugger for example,
#: keeps its place in the queue.
COURTESY = 5.0

# How often whoever is next, and the others, look whether it is their turn.
_NEXT_PAUSE, _PAUSE = 0.0001, 0.001


class Turn:
    """The turn to write, for one connection at a time: of this process, and then of all on this machine."""

    def __init__(self, file: Path | None = None, *, courtesy: float = COURTESY) -> None:
        """Share it with all processes that write to *file*; None: with the threads of this process alone.

        Other processes are waited for *courtesy* seconds at most.
        """
        self._lock = FairLock()
        self._queue = _Queue(file, courtesy) if file and fcntl else None
        self._holder: object = None
        self._writer: int | None = None
        self._forker: int | None = None

    def take(self, connection: object) -> None:
        """Wait until it is the turn of *connection*; `ProviderUnavailable` if that takes too long."""
        if not self._lock.acquire(timeout=PATIENCE):
            raise ProviderUnavailable(f"No turn to write to the database within {PATIENCE:.0f} s.")
        self._holder, self._writer = connection, threading.get_ident()
        if self._queue:
            self._queue.take()

    def give_back(self, connection: object) -> None:
        """Let the next one have its turn, if *connection* has it."""
        if self._holder is connection:
            if self._queue:
                self._queue.give_back()
            self._holder = self._writer = None
            self._lock.release()

    def pause(self) -> bool:
        """Keep writers out during a fork; False if one goes on for too long, or is this thread itself."""
        me = threading.get_ident()
        if self._writer == me or not self._lock.acquire(timeout=_REST_SECONDS):
            return False
        self._forker = me
        return True

    def resume(self) -> None:
        """Let writers in again, if this thread has kept them out."""
        if self._forker == threading.get_ident():
            self._forker = None
            self._lock.release()

    def close(self) -> None:
        """Close the files of the queue, unless somebody is writing; they are opened again when needed."""
        if self._queue and self._lock.acquire(timeout=0):
            self._queue.close()
            self._lock.release()

    def leave(self) -> None:
        """Close, in the child of a fork, the files of its parent, which keeps its turn."""
        if self._queue:
            self._queue.close()


class _Queue:
    """The queue of the processes that write to one file; the kernel takes those out that die.

    Only a courtesy: whoever cannot queue, or waits too long, goes ahead, and SQLite's own locks decide.
    Of two files beside the database one is locked by whoever has the turn, the other by whoever is next.
    """

    def __init__(self, file: Path, courtesy: float) -> None:
        self._courtesy = courtesy
        # Whoever names the file by another path queues at the same place.
        self._path = os.path.realpath(file)
        self._files: tuple[int, int] | None = None

    def take(self) -> None:
        try:
            self._take(*self._opened())
        except OSError:
            # The folder is not ours, or its file system has no such locks.
            _log.debug("No queue of processes for '%s'.", self._path, exc_info=True)

    def give_back(self) -> None:
        if self._files:
            with suppress(OSError):
                fcntl.flock(self._files[0], fcntl.LOCK_UN)

    def close(self) -> None:
        for file in self._files or ():
            os.close(file)
        self._files = None

    def _take(self, turn: int, following: int) -> None:
        give_up = time.monotonic() + self._courtesy
        if _waited(following, give_up, _PAUSE):
            try:
                _waited(turn, give_up, _NEXT_PAUSE)
            finally:
                fcntl.flock(following, fcntl.LOCK_UN)

    def _opened(self) -> tuple[int, int]:
        if self._files is None:
            turn = _open(f"{self._path}-turn")
            try:
                self._files = turn, _open(f"{self._path}-next")
            except OSError:
                os.close(turn)
                raise
        return self._files


def _waited(file: int, give_up: float, pause: float) -> bool:
    """Lock *file*; False if that has not worked by *give_up*. The kernel would wait without an end."""
    while not _lock(file):
        if time.monotonic() > give_up:
            return False
        time.sleep(pause)
    return True


def _lock(file: int) -> bool:
    """Lock *file* if it is free, and tell whether it was."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: str) -> int:
    # To read is enough to lock it, for other users of this machine.
    return os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
