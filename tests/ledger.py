"""A subscriber that writes down what it hears, and what such a file says in the end."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from booker_components.errors import DeliveryFailed
from booker_components.values import Booking, BookingEvent


class Lines:
    """A file to which any number of processes add lines, each as a whole; what was added survives a kill."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def add(self, *words: object) -> None:
        """Add a line."""
        os.write(self._file, " ".join(map(str, words)).encode() + b"\n")


class Ledger:
    """Writes the event's id, its booking, the revision and the kind as one line; fails now and then."""

    def __init__(self, path: Path, *, name: str = "ledger", fails: float = 0.0) -> None:
        """Write to *path*, which others may write to as well; *fails* is the share of events it refuses."""
        self.name = name
        self._lines = Lines(path)
        self._fails = fails

    def __call__(self, event: BookingEvent) -> None:
        """Write a line, or raise `DeliveryFailed`."""
        if random.random() < self._fails:
            raise DeliveryFailed("The ledger is closed for a moment.")
        self._lines.add(event.id, event.booking.uid, event.booking.revision, event.kind)


def heard(path: Path) -> dict[str, list[int]]:
    """Give the revisions that a ledger has of each booking, in the order of the first time each was told."""
    revisions: defaultdict[str, list[int]] = defaultdict(list)
    known: set[str] = set()
    for line in path.read_text().splitlines():
        event, uid, revision = line.split()[:3]
        if event not in known:
            revisions[uid].append(int(revision))
        known.add(event)
    return dict(revisions)


def every_revision(bookings: Mapping[str, Booking]) -> dict[str, list[int]]:
    """Give what a ledger has when each change of *bookings* was heard, and in order."""
    return {uid: list(range(1, booking.revision + 1)) for uid, booking in bookings.items()}
