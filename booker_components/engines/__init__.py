"""A SQLAlchemy engine for each database that we know, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import URL, Engine

from .addresses import checked_url as checked_url
from .addresses import file_of as file_of
from .failures import saved as saved
from .failures import spared as spared
from .failures import translated as translated
from .postgresql import make_postgresql
from .sqlite import make_sqlite
from .syncing import Syncs
from .turns import Turn as Turn
from .upgrading import upgrade as upgrade


@dataclass(frozen=True, kw_only=True, slots=True)
class Engines:
    """How one database is reached; nothing is opened yet."""

    #: For transactions that write. Each takes its turn when it begins, where there is one writer at a time.
    writing: Engine
    #: For transactions that read, all of whose statements see the same state.
    reading: Engine
    #: Makes safe what was committed, where the database has not done so itself.
    syncs: Syncs | None = None

    def settle(self) -> None:
        """Return once what was committed survives a power cut; `OutcomeUnknown` if that is not known."""
        if self.syncs:
            self.syncs.settle()

    def dispose(self) -> None:
        """Close every idle connection; others are opened when they are needed."""
        self.writing.dispose()
        self.reading.dispose()


def make_engines(url: URL, turn: Turn) -> Engines:
    """Give the engines for *url*, as `checked_url` gave it, whose writers take their *turn*.

    Raises `ConfigurationError` if the folder or the driver is missing.
    """
    if url.get_backend_name() == "sqlite":
        syncs = Syncs()
        return Engines(writing=make_sqlite(url, turn, syncs), reading=make_sqlite(url), syncs=syncs)
    # Both share one pool: connections of a server are few.
    writing = make_postgresql(url)
    return Engines(
        writing=writing,
        reading=writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
    )
