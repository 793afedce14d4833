"""Migrations: how a database is brought up to date by whoever comes first, while the others wait."""

from __future__ import annotations

import alembic.command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from ..errors import ConfigurationError
from .waiting import PATIENCE

# Any number will do, as long as every process of every version takes the same one.
_LOCK = 0x626F6F6B6572

# "insufficient_privilege" (PostgreSQL's documentation, appendix A).
_FORBIDDEN = "42501"


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Bring the schema *to* a revision, within the transaction of *connection*, one process after the other.

    Raises `ConfigurationError` if a newer version of the package wrote the database, or its user may not
    make tables.
    """
    config = Config()
    config.set_main_option("script_location", "booker_components:migrations")
    config.attributes["connection"] = connection
    _queue(connection)
    try:
        alembic.command.upgrade(config, to)
    except CommandError as error:
        raise ConfigurationError(
            f"The database of 'BOOKER_DATABASE_URL' cannot be upgraded: {error} It was probably "
            "written by a newer booker_components; install that version or use another database."
        ) from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != _FORBIDDEN:
            raise
        raise ConfigurationError(
            "The user of 'BOOKER_DATABASE_URL' may not make or change tables: have the database's owner say "
            "GRANT CREATE ON SCHEMA public TO the user, or upgrade once as the owner of the tables."
        ) from error


def _queue(connection: Connection) -> None:
    # The first statement begins the transaction: Alembic would else begin, and end, one per migration.
    if connection.dialect.name != "postgresql":
        # BEGIN IMMEDIATE, which is lock enough.
        connection.exec_driver_sql("SELECT 1")
        return
    # Somebody else's upgrade may take its time, and so may each step of ours; but a lock on a table, behind
    # which everybody would queue, must be had soon.
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE:.0f}s'")
