"""Databases with our tables, as copies of one that was migrated once: the migration takes longer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from booker_components.storage import Storage


def lay_database(folder: Path) -> str:
    """Lay a database with today's tables in *folder*, unless one is there; give its URL."""
    path = folder / "booker.sqlite3"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "booker.sqlite3"
        storage = Storage(f"sqlite:///{path}")
        storage.upgrade()
        # The last connection to close moves the write-ahead log into the file.
        storage.close()
        return path.read_bytes()
