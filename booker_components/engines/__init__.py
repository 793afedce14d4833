"""A SQLAlchemy engine for each database that we know, and what differs between them."""

from __future__ import annotations

from sqlalchemy import URL, Engine

from .addresses import checked_url as checked_url
from .addresses import file_of as file_of
from .failures import saved as saved
from .failures import spared as spared
from .failures import translated as translated
from .postgresql import make_postgresql
from .sqlite import make_sqlite
from .turns import Turn as Turn
from .upgrading import upgrade as upgrade


def make_engine(url: URL, turn: Turn) -> Engine:
    """Give an engine for *url*, as `checked_url` gave it; nothing is opened yet.

    Its option `booker_writing` says whether a connection is to write; if so it takes the *turn* when it
    begins, where the database has one writer at a time. Raises `ConfigurationError` if the folder or the
    driver is missing.
    """
    return make_sqlite(url, turn) if url.get_backend_name() == "sqlite" else make_postgresql(url)


def for_writing(engine: Engine) -> Engine:
    """Give *engine* for transactions that write."""
    return engine.execution_options(booker_writing=True)


def for_reading(engine: Engine) -> Engine:
    """Give *engine* for transactions that read, all of whose statements see the same state."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
