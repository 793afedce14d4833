"""Databases whose server can crash and come back, where there is one."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .databases import lay_database
from .postgres import own_postgres


@dataclass(frozen=True, kw_only=True, slots=True)
class Crashing:
    """A database with today's tables, and what ends its server and starts it again."""

    url: str
    crash: Callable[[], None]


@contextmanager
def _sqlite(folder: Path) -> Iterator[Crashing]:
    # It has no server.
    yield Crashing(url=lay_database(folder), crash=lambda: None)


@contextmanager
def _postgresql(folder: Path) -> Iterator[Crashing]:
    with own_postgres(durable=True) as server:

        def crash() -> None:
            server.stop(signal.SIGQUIT)
            server.start()

        with server.database(like=server.migrated) as url:
            yield Crashing(url=url, crash=crash)


#: Each kind of database, by name: what it has confirmed is safe.
DATABASES: dict[str, Callable[[Path], AbstractContextManager[Crashing]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}
