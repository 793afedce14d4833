"""PostgreSQL: how its connections are made and set up."""

from __future__ import annotations

import select
import time
import weakref
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from ..errors import ConfigurationError
from .waiting import ANSWER, LONGEST, PATIENCE

if TYPE_CHECKING:
    import psycopg

#: Of the connections that a process may have, some stay open for the next request.
KEPT, MOST = 5, 20

# A connection that has answered so many seconds ago is not asked again, if nothing has come over it since.
_TRUSTED = 5.0

# Parameters of libpq, which the URL may have otherwise. A machine that has vanished is given up within a
# minute; its own waiting would be two hours.
_LIBPQ = {
    "client_encoding": "utf8",
    "fallback_application_name": "booker_components",
    "connect_timeout": int(ANSWER),
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": int(PATIENCE * 1000),
}

# What the administrator has set, for everybody or for this user, stands. Sent as a statement, since poolers
# refuse it as a parameter of the connection.
_SETTINGS = f"""
SELECT set_config('TimeZone', 'UTC', false);
SELECT set_config(name, ours.value, false) FROM pg_settings JOIN (VALUES
  ('lock_timeout', '{PATIENCE:.0f}s'),
  ('statement_timeout', '{LONGEST:.0f}s'),
  ('idle_in_transaction_session_timeout', '{LONGEST:.0f}s')
) AS ours (name, value) USING (name) WHERE source = 'default';
"""  # noqa: S608 - our own numbers


class Dialect(PGDialect_psycopg):
    """PostgreSQL as SQLAlchemy speaks it, but for when a connection is asked whether it still works."""

    supports_statement_cache = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]  # SQLAlchemy's is not typed
        # When each connection has answered last.
        self._answered: weakref.WeakKeyDictionary[Any, float] = weakref.WeakKeyDictionary()

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Tell whether the server still answers: to ask costs as much as a statement, so it is seldom asked.

        A server that has ended a connection has said so, or has closed it: then there is something to read.
        """
        now = time.monotonic()
        trusted = now - self._answered.get(dbapi_connection, -_TRUSTED) < _TRUSTED
        if trusted and not dbapi_connection.closed and not _is_readable(dbapi_connection.fileno()):
            return True
        answers = super().do_ping(dbapi_connection)  # type: ignore[no-untyped-call]  # as above
        self._answered[dbapi_connection] = now
        return bool(answers)


registry.register("postgresql.booker", __name__, Dialect.__name__)


def make_postgresql(url: URL) -> Engine:
    """Give an engine for the server of *url*; threads of a process share 20 connections."""
    try:
        engine = create_engine(
            url.set(drivername="postgresql+booker"),
            hide_parameters=True,
            # Whatever the server's default is: others would let transactions fail that meet.
            isolation_level="READ COMMITTED",
            # A connection that a restart of the server has cut is replaced before anything is done.
            pool_pre_ping=True,
            pool_use_lifo=True,
            pool_size=KEPT,
            max_overflow=MOST - KEPT,
            pool_timeout=PATIENCE,
            connect_args={name: value for name, value in _LIBPQ.items() if name not in url.query},
        )
    except ImportError:
        raise ConfigurationError(
            "'BOOKER_DATABASE_URL' names a PostgreSQL database, but its driver is not installed: "
            "pip install 'booker-components[postgres]'."
        ) from None
    event.listen(engine, "connect", _prepare)
    return engine


def _is_readable(file: int) -> bool:
    if not hasattr(select, "poll"):
        # Windows: ask the server.
        return True
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


def _prepare(connection: psycopg.Connection, _record: object) -> None:
    """Set up a new connection."""
    # Settings made in a transaction would go with it.
    connection.autocommit = True
    connection.execute(_SETTINGS.encode())
    connection.autocommit = False
