"""A desk for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from booker_components.testing import FrozenClock

from .desk import NOW, Desk, desk_at


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands a day before the booking."""
    return FrozenClock(NOW)


@pytest.fixture
def desk(tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    """An org, and a subscriber's database."""
    with desk_at(tmp_path, clock) as made:
        yield made
