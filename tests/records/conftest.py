"""Fixtures of the records: a database with tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from booker_components.storage import Storage

from ..providers.samples import url_in


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A storage with tables, in a file that other processes can use."""
    made = Storage(url_in(tmp_path))
    made.upgrade()
    yield made
    made.close()
