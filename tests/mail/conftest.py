"""A mail server, an app's stand-in and its subscribers for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from booker_components.storage import Storage
from booker_components.subscribers.mail import Mailer
from booker_components.testing import FrozenClock

from ..databases import lay_database
from .boxes import Mailbox, smtp_server
from .desk import NOW, Desk, mailers


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands ten days before the booking."""
    return FrozenClock(NOW)


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server takes."""
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[str]:
    """The URL of a running SMTP server."""
    with smtp_server(mailbox) as place:
        yield f"smtp://{place}"


@pytest.fixture
def desk() -> Desk:
    """The stand-in for the app."""
    return Desk()


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A database with our tables."""
    storage = Storage(lay_database(tmp_path))
    yield storage
    storage.close()


@pytest.fixture
def guests(server: str, desk: Desk, storage: Storage, clock: FrozenClock) -> Mailer:
    """The subscriber that mails guests."""
    return mailers(server, desk, storage, clock)[0]


@pytest.fixture
def hosts(server: str, desk: Desk, storage: Storage, clock: FrozenClock) -> Mailer:
    """The subscriber that mails hosts."""
    return mailers(server, desk, storage, clock)[1]
