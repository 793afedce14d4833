"""A Jicoo with nothing in it, and what reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from booker_components.providers._http import Http
from booker_components.providers.jicoo.catalogue import Catalogue
from booker_components.providers.jicoo.client import JicooClient
from booker_components.testing import FakeJicoo, FrozenClock
from booker_components.testing.exchanges import Exchange
from booker_components.values import EventType, Host

from ...contracts import jicoo as contract

#: A Monday.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

ADA = Host(slug="ada", name="Ada Lovelace", zone="Asia/Tokyo")


@dataclass(frozen=True, kw_only=True)
class BareJicoo:
    """A fake, and what reads it."""

    fake: FakeJicoo
    clock: FrozenClock
    http: Http
    _looked_at: list[int] = field(default_factory=lambda: [0])

    def client(self, *, restricted: bool = False, key: str = "") -> JicooClient:
        """Give a client with a key that may do everything, or only what is needed for booking."""
        allowed = self.fake.add_key(restricted=True) if restricted else self.fake.api_key
        return JicooClient(self.http, self.fake.url, key or allowed)

    def catalogue(self, *declared: EventType, restricted: bool = False, **options: Any) -> Catalogue:
        """Give a catalogue with *declared* event types."""
        return Catalogue(self.client(restricted=restricted), self.clock, declared=declared, **options)

    def new(self) -> list[Exchange]:
        """Give what was asked since the last time."""
        found = self.fake.requests[self._looked_at[0] :]
        self._looked_at[0] += len(found)
        return found

    def asked(self) -> list[str]:
        """Give the paths that were asked for since the last time."""
        return [each.path.removeprefix("/v1") for each in self.new()]


@contextmanager
def bare_jicoo(now: datetime = NOW) -> Iterator[BareJicoo]:
    """Serve an empty Jicoo, and hold all that was asked against what is known of it."""
    clock, http = FrozenClock(now), Http(sleep=lambda seconds: None)
    with FakeJicoo(clock=clock) as fake:
        yield BareJicoo(fake=fake, clock=clock, http=http)
    http.close()
    contract.check(fake.requests)


def declared(id: str, **fields: Any) -> EventType:
    """Declare the event type with Jicoo's *id*."""
    return EventType(**{"slug": "intro", "title": "Intro", "hosts": (ADA,), "id": id, **fields})
