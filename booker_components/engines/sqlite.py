"""SQLite: how its connections are set up, and how its transactions begin."""

from __future__ import annotations

import sqlite3
import time
from functools import partial

from sqlalchemy import URL, Connection, Engine, create_engine, event

from ..errors import ConfigurationError
from .addresses import file_of
from .turns import Turn
from .waiting import PATIENCE


def make_sqlite(url: URL, turn: Turn) -> Engine:
    """Give an engine for the file of *url*, whose folder is made if need be; its writers take *turn*s."""
    _make_folder(url)
    # Whoever needs another patience writes it into the URL, as SQLAlchemy documents.
    patience = {} if "timeout" in url.query else {"timeout": PATIENCE}
    # Without an upper limit: a connection is a file handle, and writers wait for their turn elsewhere.
    engine = create_engine(url, hide_parameters=True, pool_size=16, max_overflow=-1, connect_args=patience)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", partial(_begin, turn))
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


def _begin(turn: Turn, connection: Connection) -> None:
    if not connection.get_execution_options().get("booker_writing"):
        connection.exec_driver_sql("BEGIN")
        return
    # Writers queue here; SQLite would let them sleep and starve.
    turn.take(connection)
    # A plain BEGIN that writes later meets "database is locked" without any waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set up a new connection."""
    # Leaves BEGIN to us.
    connection.isolation_level = None
    _use_wal(connection)
    # FULL: a confirmed booking survives a power cut.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    # Many processes that open a fresh file at once meet "locked" here whatever the timeout is.
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
