"""Failures of databases: which mean "not now", which a second try may mend, which are the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..errors import Collision, OutcomeUnknown, ProviderUnavailable, Refused

# Result codes that mean "not now" rather than "wrong statement" (https://www.sqlite.org/rescode.html).
_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)

# Classes of SQLSTATE, and single ones, that mean the same: connection lost, given up for others, out of
# resources, stopped by an operator or a time limit, disk trouble; no lock in time, too long idle, and a
# server that only reads, as after a failover (PostgreSQL's documentation, appendix A).
_POSTGRESQL = ("08", "40", "53", "57", "58", "55P03", "25P03", "25006")

# The class of what was given up for the sake of others: serialization failures and deadlocks.
_GIVEN_UP = "40"


@contextmanager
def translated() -> Iterator[None]:
    """Turn a database that cannot be reached or is busy into `ProviderUnavailable`.

    What no database of ours can keep becomes `Refused`; mistakes of ours stay what they are.
    """
    try:
        yield
    except PoolTimeout as error:
        raise ProviderUnavailable("All connections to the database are in use.") from error
    except DataError as error:
        if "NUL (0x00)" not in str(error.orig):
            raise
        raise Refused("A text holds the character NUL, which the database cannot keep.") from error
    except IntegrityError as error:
        _shorten(error)
        raise
    except DBAPIError as error:
        if not _is_unavailable(error):
            raise
        raise ProviderUnavailable(f"The database is not available: {_said(error)}.") from error


@contextmanager
def spared() -> Iterator[None]:
    """Pass over a failure after which the same transaction may be tried anew, and may well succeed."""
    try:
        yield
    except Collision:
        pass
    except ProviderUnavailable as error:
        cause = error.__cause__
        if not isinstance(cause, DBAPIError) or not _state(cause).startswith(_GIVEN_UP):
            raise


def saved(connection: Connection) -> None:
    """Commit; `OutcomeUnknown` if the connection was lost before the database could say that it is safe."""
    try:
        connection.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise OutcomeUnknown(f"The database was lost while it kept a change: {_said(error)}.") from error


def _is_unavailable(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        # Errors of the module itself have no code; extended codes hold the primary one in their lowest byte.
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE
    # A connection that was never made, or broke, has no state.
    return error.connection_invalidated or _is_broken(error) or _state(error).startswith(_POSTGRESQL)


def _is_broken(error: DBAPIError) -> bool:
    return type(error).__name__ == "OperationalError" and not _state(error)


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _shorten(error: DBAPIError) -> None:
    """Take the details from what *error* says: PostgreSQL quotes the whole row, with its guest."""
    for each in (error, error.orig):
        if each is not None:
            each.args = tuple(str(word).partition("\n")[0] for word in each.args)


def _said(error: DBAPIError) -> str:
    """Give what the database says, without the details that may quote what is kept."""
    return str(error.orig).partition("\n")[0].rstrip(".")
