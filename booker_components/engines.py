"""A SQLAlchemy engine for each database that we know: address, driver and set-up."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from .errors import ConfigurationError

#: Seconds to wait for the database before it counts as unavailable.
PATIENCE = 30.0


def make_engine(url: URL) -> Engine:
    """Give an engine for *url*, as `checked_url` gave it; nothing is opened yet.

    Raises `ConfigurationError` if the folder or the driver is missing.
    """
    return _sqlite_engine(url) if url.get_backend_name() == "sqlite" else _postgresql_engine(url)


def checked_url(url: str) -> URL:
    """Give *url* with the driver we use; `ConfigurationError` if it is no database of ours."""
    try:
        # Some hosters still write postgres://, which SQLAlchemy no longer reads.
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise ConfigurationError(
            "'BOOKER_DATABASE_URL' is not an SQLAlchemy URL; write for example 'sqlite:////var/lib/app/booker.sqlite3'."
        ) from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        # SQLAlchemy 2.0 would take psycopg2 here, 2.1 psycopg.
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigurationError(
            f"'BOOKER_DATABASE_URL' names a database of kind '{backend}'; use 'sqlite' or 'postgresql'."
        )
    return _checked_file(parsed)


def _checked_file(url: URL) -> URL:
    name = url.database or ""
    if not name or ":memory:" in name or url.query.get("mode") == "memory":
        raise ConfigurationError(
            "'BOOKER_DATABASE_URL' names a SQLite database in memory, which threads cannot share; "
            "use a file, in tests for example f'sqlite:///{tmp_path}/booker.sqlite3'."
        )
    return url.set(drivername="sqlite+pysqlite")


def _sqlite_engine(url: URL) -> Engine:
    folder = Path(url.database or "").parent
    try:
        if "uri" not in url.query:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"'BOOKER_DATABASE_URL' needs the folder '{folder}', which cannot be made: {error.strerror}."
        ) from error
    # Whoever needs another patience writes it into the URL, as SQLAlchemy documents.
    patience = {} if "timeout" in url.query else {"timeout": PATIENCE}
    # Without an upper limit: a connection is a file handle, and writers wait for their turn elsewhere.
    engine = create_engine(url, hide_parameters=True, pool_size=16, max_overflow=-1, connect_args=patience)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set up a new SQLite connection."""
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


def _postgresql_engine(url: URL) -> Engine:
    try:
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_timeout=PATIENCE)
    except ImportError:
        raise ConfigurationError(
            "'BOOKER_DATABASE_URL' names a PostgreSQL database, but its driver is not installed: "
            "pip install 'booker-components[postgres]'."
        ) from None
