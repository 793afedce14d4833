"""A Cal.com for tests whose every exchange is held against the OpenAPI document.

Import the fixture `calcom`, or wrap a fake of your own in `watched`. What a test asks wrongly on purpose
stands in `deliberately`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.testing.fakes import Fake

from ..contracts.openapi import check


@contextmanager
def watched(fake: FakeCalcom) -> Iterator[FakeCalcom]:
    """Serve *fake*, and fail in the end if a request or an answer was not as Cal.com's document says.

    Only what is still in `fake.requests` is looked at: remember where you are in it, do not clear it.
    """
    with fake:
        yield fake
    check(fake.requests)


@contextmanager
def deliberately(fake: Fake) -> Iterator[None]:
    """Ask wrongly on purpose: what is asked here is not looked at, and leaves the log."""
    begin = len(fake.requests)
    yield
    del fake.requests[begin:]


@pytest.fixture
def calcom(clock: FrozenClock) -> Iterator[FakeCalcom]:
    """An empty Cal.com that believes the time of `clock`."""
    with watched(FakeCalcom(clock=clock)) as fake:
        yield fake
