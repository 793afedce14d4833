"""Traces: what a database's files still hold of rows that were deleted or changed."""

from __future__ import annotations

import sqlite3

from ..storage import Storage


def overwrite(storage: Storage) -> bool:
    """Write a SQLite database anew, so that its files hold nothing but what is in its rows.

    False where that was not possible now, for others were reading or writing; and for PostgreSQL, which
    reuses the place of old rows in its own time. Must not be called within a transaction.
    """
    with storage.reading() as connection:
        if connection.dialect.name != "sqlite":
            return False
        # Past SQLAlchemy, which begins a transaction with the first statement: no VACUUM can be in one.
        line = connection.connection.driver_connection
        assert isinstance(line, sqlite3.Connection)
        try:
            line.execute("VACUUM")
            # The log holds old pages until it is cut (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
            busy: int = line.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
    return not busy
