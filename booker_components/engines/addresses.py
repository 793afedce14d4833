"""Addresses of databases: which we know, and by which driver they are spoken to."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ..errors import ConfigurationError


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


def file_of(url: URL) -> Path | None:
    """Give the file of a SQLite database; None if it is no file, or only SQLite can read its name."""
    is_file = url.get_backend_name() == "sqlite" and "uri" not in url.query
    return Path(url.database or "") if is_file else None


def _checked_file(url: URL) -> URL:
    name = url.database or ""
    if not name or ":memory:" in name or url.query.get("mode") == "memory":
        raise ConfigurationError(
            "'BOOKER_DATABASE_URL' names a SQLite database in memory, which threads cannot share; "
            "use a file, in tests for example f'sqlite:///{tmp_path}/booker.sqlite3'."
        )
    return url.set(drivername="sqlite+pysqlite")
