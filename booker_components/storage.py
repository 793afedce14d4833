"""The database: transactions, the type of instants, and the migrations, which run from here."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import alembic.command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Integer,
    MetaData,
    TypeDecorator,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeEngine

from .engines import PATIENCE, checked_url, make_engine
from .errors import ConfigurationError, ProviderUnavailable

_log = logging.getLogger(__name__)

#: Every table of the package, for migrations and their test.
metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
        "ck": "%(table_name)s_%(constraint_name)s_ck",
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    }
)

#: The table in which Alembic notes how far our schema is; the host's own Alembic has another.
VERSION_TABLE = "booker_alembic_version"

# Any number will do, as long as every process of every version takes the same one.
_MIGRATION_LOCK = 0x626F6F6B6572

# A fork waits this long for a write of another thread to end.
_REST_SECONDS = 5.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Result codes that mean "not now" rather than "wrong statement" (https://www.sqlite.org/rescode.html).
_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant to the microsecond, always read back in UTC.

    PostgreSQL has a type for it; SQLite keeps microseconds since 1970 as an integer.
    """

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Give the type of the column in *dialect*."""
        return dialect.type_descriptor(
            TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Integer()
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Give what the database stores for *value*; `ValueError` if it is naive."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"Only aware instants can be stored, but {value!r} has no zone.")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the instant that *value* stands for, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else _EPOCH + value * _MICROSECOND


@dataclass(eq=False)
class _Open:
    """A transaction that is under way."""

    engine: Engine
    connection: Connection
    thread: int
    callbacks: list[Callable[[], object]] = field(default_factory=list)
    #: What made a part of it fail; it can only be rolled back then.
    failure: BaseException | None = None


# All transactions that this context has open, at most one for each engine.
_open: ContextVar[tuple[_Open, ...]] = ContextVar("booker_open_transactions", default=())


class Storage:
    """A database and its transactions. It may be shared by threads, and survives a fork.

    A fork waits some seconds for a write of another thread, and closes idle connections. Do not fork inside
    a transaction or a reading of your own: the child would inherit locks of SQLite that it cannot free.
    """

    def __init__(self, url: str) -> None:
        """Use the database at *url*, an SQLAlchemy URL; nothing is opened yet.

        Raises `ConfigurationError`, which names the remedy.
        """
        self._url = checked_url(url)
        self._abandoned: list[Engine] = []
        self._start()
        _storages.add(self)

    @property
    def is_open(self) -> bool:
        """Whether a transaction is under way in this thread."""
        return self._current() is not None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together, or not at all if the block raises.

        It begins with the first statement, so that a block may first do something slow. An inner
        transaction joins the outer one. `ProviderUnavailable` if the database is busy for too long.
        """
        current = self._current()
        if current is not None:
            with _joined(current):
                yield current.connection
            return
        with _translated(), self._writing.connect() as connection:
            current = _Open(self._engine, connection, threading.get_ident())
            token = _open.set((*_open.get(), current))
            try:
                yield connection
                _require_whole(current)
                connection.commit()
            finally:
                _open.reset(token)
                self._end(connection)
        _run(current.callbacks)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for one consistent view; inside a transaction, that one. It blocks no writer."""
        current = self._current()
        if current is not None:
            yield current.connection
            return
        with _translated(), self._engine.connect() as connection:
            yield connection

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call *callback* once the transaction is safe, never if it is rolled back; at once outside of one.

        What it raises is logged: the change has been made, and nobody may take it for failed.
        """
        current = self._current()
        if current is None:
            _run([callback])
        else:
            current.callbacks.append(callback)

    def upgrade(self) -> None:
        """Bring the schema up to date; safe when many processes start at once.

        Raises `ConfigurationError` if a newer version of the package wrote the database.
        """
        config = Config()
        config.set_main_option("script_location", f"{__package__}:migrations")
        # Alembic's environment is global to the process.
        with _migrating, self.transaction() as connection:
            self._lock_for_migration(connection)
            config.attributes["connection"] = connection
            try:
                alembic.command.upgrade(config, "head")
            except CommandError as error:
                raise ConfigurationError(
                    f"The database of 'BOOKER_DATABASE_URL' cannot be upgraded: {error} It was probably "
                    "written by a newer booker_components; install that version or use another database."
                ) from error

    def close(self) -> None:
        """Close every idle connection; the storage opens new ones when it is used again."""
        self._engine.dispose()

    def _start(self) -> None:
        self._engine = make_engine(self._url)
        # Shares the pool of the engine; the option tells the listener how to begin.
        self._writing = self._engine.execution_options(booker_writing=True)
        self._turn = _Turn()
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "begin", self._begin)

    def _rest(self) -> None:
        if not self._turn.pause():
            _log.error("A fork while a transaction is writing: the child cannot write to the database.")
        # SQLite keeps its locks in the memory of the process. A child that inherits them with a connection
        # takes the database for locked when it is not, and its write-ahead log is deleted under it.
        self._engine.dispose()

    def _resume(self) -> None:
        self._turn.resume()

    def _restart(self) -> None:
        # A connection must not be closed by a child: it is the parent's (https://www.sqlite.org/howtocorrupt.html).
        self._abandoned.append(self._engine)
        self._start()

    def _begin(self, connection: Connection) -> None:
        if not connection.get_execution_options().get("booker_writing"):
            connection.exec_driver_sql("BEGIN")
            return
        # Writers of this process queue here; SQLite would let them sleep and starve.
        self._turn.take(connection)
        # A plain BEGIN that writes later meets "database is locked" without any waiting.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def _end(self, connection: Connection) -> None:
        try:
            # Ends what is still open after a failure; does nothing after a commit.
            connection.rollback()
        finally:
            self._turn.give_back(connection)

    def _current(self) -> _Open | None:
        # A copied context may run in another thread, and a child of a fork has a new engine.
        for each in _open.get():
            if each.engine is self._engine and each.thread == threading.get_ident():
                return each
        return None

    def _lock_for_migration(self, connection: Connection) -> None:
        # The first statement begins the transaction: Alembic would else begin, and end, one per migration.
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        else:
            # BEGIN IMMEDIATE, which is lock enough.
            connection.execute(text("SELECT 1"))


class _Turn:
    """The turn to write, for one connection of this process at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: Connection | None = None
        self._writer: int | None = None
        self._forker: int | None = None

    def take(self, connection: Connection) -> None:
        if not self._lock.acquire(timeout=PATIENCE):
            raise ProviderUnavailable(f"No turn to write to the database within {PATIENCE:.0f} s.")
        self._holder, self._writer = connection, threading.get_ident()

    def give_back(self, connection: Connection) -> None:
        if self._holder is connection:
            self._holder = self._writer = None
            self._lock.release()

    def pause(self) -> bool:
        """Keep writers out during a fork; False if one goes on for too long, or is this thread itself."""
        me = threading.get_ident()
        if self._writer == me or not self._lock.acquire(timeout=_REST_SECONDS):
            return False
        self._forker = me
        return True

    def resume(self) -> None:
        """Let writers in again, if this thread has kept them out."""
        if self._forker == threading.get_ident():
            self._forker = None
            self._lock.release()


_storages: weakref.WeakSet[Storage] = weakref.WeakSet()
_migrating = threading.Lock()


def _before_fork() -> None:
    for storage in tuple(_storages):
        storage._rest()


def _after_fork_in_parent() -> None:
    for storage in tuple(_storages):
        storage._resume()


def _after_fork() -> None:
    global _migrating
    _migrating = threading.Lock()
    for storage in tuple(_storages):
        storage._restart()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork)


@contextmanager
def _joined(outer: _Open) -> Iterator[None]:
    """Mark *outer* as failed if the block raises."""
    try:
        yield
    except BaseException as error:
        outer.failure = error
        raise


def _require_whole(current: _Open) -> None:
    if current.failure is not None:
        raise RuntimeError(
            "Nothing of this transaction was kept, because an inner one failed and its error was caught; "
            "catch it outside of the outermost transaction."
        ) from current.failure


def _run(callbacks: list[Callable[[], object]]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception:
            _log.exception("A function to call after a commit failed.")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn a database that cannot be reached or is busy into `ProviderUnavailable`."""
    try:
        yield
    except PoolTimeout as error:
        raise ProviderUnavailable("All connections to the database are in use.") from error
    except OperationalError as error:
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_BUSY)
        # Extended codes hold the primary one in their lowest byte.
        if code & 0xFF not in _UNAVAILABLE:
            raise
        raise ProviderUnavailable(f"The database is not available: {error.orig}.") from error
