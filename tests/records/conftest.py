"""Fixtures of the records: a database with tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from booker_components.storage import Storage


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """A storage with tables, of each kind, that other processes can use too."""
    made = Storage(database_url)
    yield made
    made.close()
