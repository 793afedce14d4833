"""Where huey may keep the queue: SQLite, PostgreSQL or Redis, by the address of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url

from ..engines import checked_url
from ..errors import ConfigurationError

#: The name of the queue, and the beginning of the names of its tables in PostgreSQL.
NAME = "booker_queue"

#: Seconds that a queue may take to answer: whoever books waits for it.
PATIENCE = 2

# unique_violation, duplicate_table and duplicate_object (PostgreSQL, "Error Codes").
_MADE_BY_ANOTHER = ("23505", "42P07", "42710")

_KINDS = {"postgres": "postgresql", "rediss": "redis"}


def place_of(url: str, database: str) -> str:
    """Give the address of the queue: *url*, or where that is empty, the *database* or a file beside it."""
    return url or _beside(checked_url(database)).render_as_string(hide_password=False)


def kind_of(place: str) -> str:
    """Give "sqlite", "postgresql" or "redis"."""
    scheme = place.partition(":")[0].partition("+")[0]
    return _KINDS.get(scheme, scheme)


def open_huey(place: str) -> Any:
    """Give a huey whose queue is at *place*; raises whatever the library below it raises."""
    try:
        return _opened(place)
    except Exception as error:
        # Of processes that make the tables at the same moment one succeeds, and the others find them made.
        if getattr(error, "sqlstate", "") not in _MADE_BY_ANOTHER:
            raise
        return _opened(place)


def close_huey(huey: Any) -> None:
    """Close the connections of *huey*."""
    huey.storage.close()
    if pool := getattr(huey.storage, "pool", None):
        pool.disconnect()


def _opened(place: str) -> Any:
    from huey.api import Huey

    make = {"sqlite": _sqlite, "postgresql": _postgresql, "redis": _redis}[kind_of(place)]
    return Huey(NAME, results=False, serializer=_Plain(), **make(place))


class _Plain:
    """Writes requests as JSON: huey's own pickles would let whoever writes into the queue run code here."""

    def serialize(self, message: Any) -> bytes:
        """Give a message as bytes."""
        return json.dumps(list(message)).encode()

    def deserialize(self, data: bytes) -> Any:
        """Read a message; raises whatever is wrong with it."""
        from huey.registry import Message

        return Message(*json.loads(data))


def _beside(database: URL) -> URL:
    if database.get_backend_name() != "sqlite":
        return database
    if "uri" in database.query:
        raise ConfigurationError(
            "'BOOKER_DATABASE_URL' does not tell in which folder a queue may be; set 'BOOKER_QUEUE_URL', for "
            "example to 'sqlite:////var/lib/app/queue.sqlite3'."
        )
    file = Path(database.database or "")
    return database.set(database=str(file.with_name(f"{file.stem}-queue{file.suffix}")), query={})


def _sqlite(place: str) -> dict[str, Any]:
    from huey.storage import SqliteStorage

    file = Path(make_url(place).database or "")
    file.parent.mkdir(parents=True, exist_ok=True)
    # A request that a power cut takes is not missed.
    return {"storage_class": SqliteStorage, "filename": str(file), "fsync": False, "timeout": PATIENCE}


def _postgresql(place: str) -> dict[str, Any]:
    from huey.storage import PostgresStorage

    return {
        "storage_class": PostgresStorage,
        # psycopg knows no drivers.
        "dsn": checked_url(place).set(drivername="postgresql").render_as_string(hide_password=False),
        "table_prefix": NAME,
        "connect_timeout": PATIENCE,
        "tcp_user_timeout": 1000 * PATIENCE,
    }


def _redis(place: str) -> dict[str, Any]:
    from huey.storage import RedisStorage
    from redis import ConnectionPool

    # Longer than the second for which a worker waits for a request.
    patience = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    return {"storage_class": RedisStorage, "connection_pool": ConnectionPool.from_url(place, **patience)}
