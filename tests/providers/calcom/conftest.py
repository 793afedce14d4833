"""Fixtures for the tests of the provider: a fake Cal.com, called with credentials and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .samples import AtCalcom, at_calcom


@pytest.fixture
def at(tmp_path: Path) -> Iterator[AtCalcom]:
    """A provider that calls with the API key of the user ann."""
    with at_calcom(tmp_path) as made:
        yield made


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[AtCalcom]:
    """A provider that calls without credentials."""
    with at_calcom(tmp_path, proven=False) as made:
        yield made
