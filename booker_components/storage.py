"""The database: transactions, the type of instants, and all tables."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Integer, MetaData, PoolProxiedConnection, TypeDecorator
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from .engines import (
    Engines,
    Turn,
    checked_url,
    file_of,
    make_engines,
    saved,
    spared,
    translated,
    upgrade,
)

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

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

# How often what collides with others is tried: each collision is somebody else's success.
_ATTEMPTS = 8

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


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
        return None if value is None else instant_of(value)


_INSTANT = Instant()


def instant_of(value: Any) -> datetime:
    """Give the instant, in UTC, that a driver's *value* of a column of `Instant` stands for."""
    return value.astimezone(UTC) if isinstance(value, datetime) else _EPOCH + value * _MICROSECOND


@dataclass(eq=False)
class _Open:
    """A transaction that is under way."""

    engines: Engines
    connection: Connection
    thread: int
    callbacks: list[Callable[[], object]] = field(default_factory=list)
    #: What made a part of it fail; it can only be rolled back then.
    failure: BaseException | None = None


# All transactions that this context has open, at most one for each database.
_open: ContextVar[tuple[_Open, ...]] = ContextVar("booker_open_transactions", default=())


class Storage:
    """A database and its transactions. It may be shared by threads, and survives a fork.

    A fork waits some seconds for a write of another thread, and closes idle connections. Do not fork inside
    a transaction or a reading of your own: the child would inherit locks of SQLite that it cannot free.
    """

    def __init__(self, url: str) -> None:
        """Use the database at *url*, an SQLAlchemy URL; nothing is opened yet.

        What is open is closed when nobody has the storage any more. Raises `ConfigurationError`, which
        names the remedy.
        """
        self._url = checked_url(url)
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
        transaction joins the outer one. `ProviderUnavailable` if the database cannot be reached, is busy for
        too long, or has given the transaction up for others: nothing was kept. `OutcomeUnknown` if it was
        lost at the very end: everything was kept, or nothing.
        """
        current = self._current()
        if current is not None:
            with _joined(current):
                yield current.connection
            return
        with translated(), self._engines.writing.connect() as connection:
            current = _Open(self._engines, connection, threading.get_ident())
            line = connection.connection
            token = _open.set((*_open.get(), current))
            try:
                yield connection
                _require_whole(current)
                saved(connection)
            finally:
                _open.reset(token)
                self._end(connection, line)
        # Also where nothing was written: what it has read, others may have committed only now.
        self._engines.settle()
        _run(current.callbacks)

    def attempt(self, act: Callable[[], _Result]) -> _Result:
        """Do *act* in a transaction and give what it gives; anew, some times, if others were in its way.

        That is if it raises `Collision`, or the database gave the transaction up, as it ends a deadlock. An
        inner one joins the outermost, which tries again.
        """
        for _ in range(_ATTEMPTS - 1 if not self.is_open else 0):
            with spared(), self.transaction():
                return act()
        with self.transaction():
            return act()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for one consistent view; inside a transaction, that one. It blocks no writer."""
        current = self._current()
        if current is not None:
            yield current.connection
            return
        with translated(), self._engines.reading.connect() as connection:
            yield connection

    def look(self, statement: str, parameters: Sequence[object]) -> Sequence[Any]:
        """Give the rows of one statement by the driver alone, for what every page reads: values as they come.

        *statement* is SQL that our databases read alike, with a question mark for each of the *parameters*.
        `instant_of` reads instants. Inside a transaction it sees what that has written.
        """
        current = self._current()
        if current is not None:
            return _looked(current.connection, statement, parameters)
        dialect = self._engines.reading.dialect
        words, values = _bound(dialect, statement, parameters)
        try:
            with translated():
                return self._by_driver(words, values)
        except dialect.loaded_dbapi.Error:
            # Anew, with another connection and by those who know what an error means.
            with self.reading() as connection:
                return _looked(connection, statement, parameters)

    def _by_driver(self, statement: str, values: tuple[Any, ...]) -> Sequence[Any]:
        line = self._engines.reading.raw_connection()
        try:
            found: Sequence[Any] = line.cursor().execute(statement, values).fetchall()
        except BaseException:
            # It may be broken, and nobody else may have it then.
            line.invalidate()
            raise
        line.close()
        return found

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
        # Alembic's environment is global to the process.
        with _migrating, self.transaction() as connection:
            upgrade(connection)

    def close(self) -> None:
        """Close every idle connection; the storage opens new ones when it is used again."""
        _close(self._engines, self._turn)

    def _start(self) -> None:
        self._turn = Turn(file_of(self._url))
        self._engines = make_engines(self._url, self._turn)
        self._closing = weakref.finalize(self, _close, self._engines, self._turn)

    def _rest(self) -> None:
        if not self._turn.pause():
            _log.error("A fork while a transaction is writing: the child cannot write to the database.")
        # SQLite keeps its locks in the memory of the process. A child that inherits them with a connection
        # takes the database for locked when it is not, and its write-ahead log is deleted under it.
        self._engines.dispose()

    def _resume(self) -> None:
        self._turn.resume()

    def _restart(self) -> None:
        # A connection must not be closed by a child: it is the parent's (https://www.sqlite.org/howtocorrupt.html).
        _abandoned.append(self._engines)
        self._closing.detach()
        self._turn.leave()
        self._start()

    def _end(self, connection: Connection, line: PoolProxiedConnection) -> None:
        try:
            # Ends what is still open after a failure; does nothing after a commit.
            connection.rollback()
        finally:
            self._turn.give_back(line)

    def _current(self) -> _Open | None:
        # A copied context may run in another thread, and a child of a fork has a new engine.
        for each in _open.get():
            if each.engines is self._engines and each.thread == threading.get_ident():
                return each
        return None


_storages: weakref.WeakSet[Storage] = weakref.WeakSet()
_migrating = threading.Lock()

# Engines whose connections belong to a parent of this process; never touched again.
_abandoned: list[Engines] = []


def _looked(connection: Connection, statement: str, parameters: Sequence[object]) -> Sequence[Any]:
    return connection.exec_driver_sql(*_bound(connection.dialect, statement, parameters)).all()


def _bound(dialect: Dialect, statement: str, parameters: Sequence[object]) -> tuple[str, tuple[Any, ...]]:
    """Give a statement and its parameters as the driver wants them."""
    if dialect.paramstyle != "qmark":
        statement = statement.replace("?", "%s")
    bind = _INSTANT.process_bind_param
    return statement, tuple(
        [bind(each, dialect) if isinstance(each, datetime) else each for each in parameters]
    )


def _close(engines: Engines, turn: Turn) -> None:
    engines.dispose()
    turn.close()


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
