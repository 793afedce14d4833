"""Syncing: what SQLite commits reaches the disk once the turn to write is given on, and for many at once.

With `synchronous = FULL` SQLite syncs its log within each commit, while everybody waits for the turn. With
`NORMAL` it does not: a commit is whole and in its order, but a power cut may take the latest ones back
(https://www.sqlite.org/pragma.html#pragma_synchronous). Here the sync is made afterwards, before anybody is
told that the change is safe. One sync makes everything safe that was committed before it began, by other
processes too: a file is synced whoever wrote it.
"""

from __future__ import annotations

import os
import sqlite3
import threading

from ..errors import OutcomeUnknown


class Syncs:
    """Syncs the log of one SQLite file, for all threads of this process."""

    def __init__(self) -> None:
        """Sync nothing yet: `watch` tells what."""
        self._log = ""
        self._changed = threading.Condition()
        # Who asks has a number, and is safe when a sync that began later is done.
        self._asked = self._until = self._done = 0
        #: The thread that makes a sync, if one does.
        self._leader: int | None = None
        self._broken: OSError | None = None

    def watch(self, connection: sqlite3.Connection) -> bool:
        """Sync the log of the file of *connection* from now on; False where that must be left to SQLite."""
        name = connection.execute("PRAGMA database_list").fetchone()[2]
        # The log is made with the first look at the database.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        log = f"{name}-wal"
        if not hasattr(os, "fdatasync") or not os.path.exists(log):
            return False
        self._log = log
        return True

    def settle(self) -> None:
        """Return once what was committed before survives a power cut; `OutcomeUnknown` if that is not known.

        Where the disk fails nothing is safe any more. Where the log cannot be looked at, the next one may.
        """
        if not self._log:
            return
        try:
            if self._leads():
                self._sync()
        finally:
            self._step_down()
        if self._broken:
            # In the log it lies before all that came later, none of which is safe without it.
            raise OutcomeUnknown(
                f"The disk has not kept a change: {self._broken.strerror}. See to it and start the app anew."
            )

    def _leads(self) -> bool:
        """Wait until a sync is done that began after this moment; True if the caller is to make it."""
        with self._changed:
            self._asked += 1
            mine = self._asked
            while self._leader is not None and self._done < mine:
                self._changed.wait()
            if self._done >= mine:
                return False
            self._leader, self._until = threading.get_ident(), self._asked
            return True

    def _sync(self) -> None:
        file = self._opened()
        if file is not None:
            try:
                os.fdatasync(file)
            except OSError as error:
                self._broken = error
            finally:
                os.close(file)
        self._done = self._until

    def _opened(self) -> int | None:
        """Open the log; None if there is none: whoever closed last has written it into the database."""
        # Opened each time, for it may be another file by now.
        try:
            return os.open(self._log, os.O_RDONLY)
        except FileNotFoundError:
            return None
        except OSError as error:
            # As when all the files that a process may have are open.
            raise OutcomeUnknown(f"The log of the database cannot be synced: {error.strerror}.") from error

    def _step_down(self) -> None:
        """Let others make the next sync, whatever has ended this one: a signal, for example."""
        if self._leader == threading.get_ident():
            with self._changed:
                self._leader = None
                self._changed.notify_all()
