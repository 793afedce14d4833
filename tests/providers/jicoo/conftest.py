"""Fixtures for the tests of the provider: a fake Jicoo with one page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .samples import AtJicoo, at_jicoo


@pytest.fixture
def at(tmp_path: Path) -> Iterator[AtJicoo]:
    """A provider with the event type "intro-call", declared with questions."""
    with at_jicoo(tmp_path) as made:
        yield made
