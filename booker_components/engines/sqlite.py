"""SQLite: how its connections are set up, and how its transactions begin."""

from __future__ import annotations

import sqlite3
import time
from functools import partial
from typing import Any

from sqlalchemy import URL, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from ..errors import ConfigurationError
from .addresses import file_of
from .syncing import Syncs
from .turns import Turn
from .waiting import PATIENCE


class Dialect(SQLiteDialect_pysqlite):
    """SQLite as SQLAlchemy speaks it, but for the statement with which a transaction begins.

    An event would do as well, but SQLAlchemy looks for events with every statement once there is one.
    """

    supports_statement_cache = True

    def __init__(self, turn: Turn | None = None, **options: Any) -> None:
        """Let every transaction take its *turn* to write; None: let it read."""
        super().__init__(**options)
        self._turn = turn

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin a transaction."""
        line = dbapi_connection.driver_connection
        assert isinstance(line, sqlite3.Connection)
        if self._turn is None:
            line.execute("BEGIN")
            return
        # Writers queue here; SQLite would let them sleep and starve.
        self._turn.take(dbapi_connection)
        # A plain BEGIN that writes later meets "database is locked" without any waiting.
        line.execute("BEGIN IMMEDIATE")


registry.register("sqlite.booker", __name__, Dialect.__name__)


def make_sqlite(url: URL, turn: Turn | None = None, syncs: Syncs | None = None) -> Engine:
    """Give an engine for the file of *url*, whose folder is made if need be.

    Its transactions take *turn*s to write; without one they read. Where there are *syncs*, a change is safe
    after the next one of them.
    """
    _make_folder(url)
    # Whoever needs another patience writes it into the URL, as SQLAlchemy documents.
    patience = {} if "timeout" in url.query else {"timeout": PATIENCE}
    engine = create_engine(
        url.set(drivername="sqlite+booker"),
        turn=turn,
        hide_parameters=True,
        # Without an upper limit: a connection is a file handle, and writers wait for their turn elsewhere.
        pool_size=16,
        max_overflow=-1,
        connect_args=patience,
    )
    event.listen(engine, "connect", partial(_prepare, syncs))
    return engine


def _make_folder(url: URL) -> None:
    file = file_of(url)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"'BOOKER_DATABASE_URL' needs the folder '{file.parent}', which cannot be made: {error.strerror}."
        ) from error


def _prepare(syncs: Syncs | None, connection: sqlite3.Connection, _record: object) -> None:
    """Set up a new connection."""
    # Leaves BEGIN to us.
    connection.isolation_level = None
    grouped = _use_wal(connection) and syncs is not None and syncs.watch(connection)
    # A confirmed booking survives a power cut: SQLite sees to that, or we do.
    connection.execute(f"PRAGMA synchronous = {'NORMAL' if grouped else 'FULL'}")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> bool:
    """Let the database have a log that is written ahead; tell whether it has one now."""
    # Many processes that open a fresh file at once meet "locked" here whatever the timeout is.
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            mode: str = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            return mode == "wal"
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
