"""Upkeep: what is to be done as time goes by, whether anybody looks or not; once a minute, by one process.

Several processes may run it: whichever comes first does it. Each part fails by itself and is tried again a
minute later.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ..outbox import Outbox
from ..outbox.failures import described
from ..outbox.pruning import prune
from ..outbox.worker import Worker
from ..providers import Tidies
from ..records.chores import Chores
from ..records.turns import Turns
from ..service import BookingService
from ..storage import Storage
from .digest import Digest
from .reminders import Reminders

_log = logging.getLogger(__name__)

#: How far apart two rounds are at least: below a minute, for a timer that is a little early.
EVERY = timedelta(seconds=50)

#: How long a round may take; whoever is at it for longer has crashed.
ROUND_LASTS = timedelta(minutes=5)

#: How far apart two prunings are.
PRUNE_EVERY = timedelta(hours=1)

#: Seconds between two looks of the thread at whether a round is due.
POLL_SECONDS = 10.0

_ROUND = "upkeep"
_PRUNING = "pruning"


class Upkeep:
    """Does what is due for one app: the provider's own, reminders, pruning and the digest."""

    def __init__(
        self,
        service: BookingService,
        *,
        storage: Storage,
        outbox: Outbox,
        clock: Callable[[], datetime],
        digest: Digest | None = None,
        keep: timedelta | None = None,
        surroundings: Callable[[], contextlib.AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        """Do it within `surroundings()`, for example an app context.

        Its thread starts and stops with those of the *outbox*. Without a *digest* nobody is told of what was
        parked. What happened to bookings is forgotten as long as *keep* after their end; None: never.
        """
        self._service = service
        self._storage = storage
        self._clock = clock
        self._digest = digest
        self._keep = keep
        self._surroundings = surroundings
        self._chores = Chores(storage, clock)
        self._turns = Turns(storage, clock, lasts=ROUND_LASTS)
        self._reminders = Reminders(service, storage=storage, outbox=outbox, clock=clock)
        outbox.accompany(Worker(self._step, name="booker-upkeep", pause=POLL_SECONDS))

    def last(self) -> datetime | None:
        """Give when the last round began, in whichever process; None if there was none."""
        return self._chores.begun(_ROUND)

    def run(self) -> bool:
        """Do what is due; False if the last round is less than a minute old, or another process is at it."""
        if not self._chores.is_due(_ROUND, every=EVERY):
            return False
        turn = self._turns.take(_ROUND)
        if turn is None:
            return False
        try:
            if not self._chores.begin(_ROUND, every=EVERY):
                return False
            self._round()
        finally:
            self._turns.give_back(turn)
        return True

    def _step(self) -> bool:
        self.run()
        # There is nothing more to do at once.
        return False

    def _round(self) -> None:
        # The digest last: it may wait for a mail server.
        parts: Sequence[Callable[[], object]] = (self._tidy, self._remind, self._prune, self._tell)
        for part in parts:
            try:
                with self._surroundings():
                    part()
            # Not its words: they may quote a guest.
            except Exception as error:
                name = part.__name__.removeprefix("_")
                _log.warning("A part of the upkeep failed: '%s': %s", name, described(error))

    def _tidy(self) -> None:
        if isinstance(self._service.provider, Tidies):
            self._service.provider.tidy()

    def _remind(self) -> None:
        self._reminders.add_due()

    def _prune(self) -> None:
        if self._keep is not None and self._chores.begin(_PRUNING, every=PRUNE_EVERY):
            prune(self._storage, self._clock() - self._keep)

    def _tell(self) -> None:
        if self._digest is not None:
            self._digest.send()
