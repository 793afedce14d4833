"""Cal.com for the tests of the provider: answers as files, and a provider that calls a fake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from booker_components.providers._http import Http
from booker_components.providers.calcom import CalcomProvider
from booker_components.providers.calcom.accounts import CalcomAccount, FixedIdentity
from booker_components.providers.calcom.client import CalcomClient
from booker_components.records.keys import RequestKeys
from booker_components.storage import Storage
from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.values import Attendee, BookingRequest, EventType, TimeWindow

from ...contracts import openapi
from ...databases import lay_database

_ANSWERS = Path(__file__).parent / "answers"

#: A Monday.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
#: The Tuesday after, with ten slots of half an hour from 9 o'clock UTC.
DAY = TimeWindow(start=datetime(2026, 3, 3, tzinfo=UTC), end=datetime(2026, 3, 4, tzinfo=UTC))
NINE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)

EVERY_DAY = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = [{"days": list(EVERY_DAY), "startTime": "09:00", "endTime": "14:00"}]

ZOE = Attendee(name="Zoe", email="zoe@example.org", zone="Asia/Tokyo", locale="ja")
SEATS = {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}


def answer(name: str) -> Any:
    """Give the JSON of a file in the folder "answers"."""
    return json.loads((_ANSWERS / f"{name}.json").read_text("utf-8"))


def slot(number: int) -> datetime:
    """Give the start of one of the ten slots of the day."""
    return NINE + number * HALF_HOUR


@dataclass(frozen=True, kw_only=True)
class AtCalcom:
    """A fake with the user ann, and a provider that calls it."""

    fake: FakeCalcom
    user: Any
    provider: CalcomProvider
    #: As its user, or without credentials.
    account: CalcomAccount
    clock: FrozenClock
    keys: RequestKeys
    http: Http
    #: How long the provider has slept, each time.
    naps: list[float]

    def event_type(self, slug: str = "intro", **fields: Any) -> EventType:
        """Add an event type of ann's, and give it as the provider does."""
        self.fake.add_event_type(self.user, slug, custom_name="{Event type title}", **fields)
        return self.provider.event_type(slug)

    def request(self, start: datetime = NINE, **changes: Any) -> BookingRequest:
        """Give a request by Zoe."""
        return replace(BookingRequest(event_type="intro", start=start, attendee=ZOE), **changes)

    def starts(self, event_type: EventType, **options: Any) -> list[datetime]:
        """Give the starts of the free slots of the day."""
        return [each.start for each in self.provider.slots(event_type, DAY, **options)]

    def calls(self, method: str = "", path: str = "") -> list[str]:
        """Give what was asked of the fake, those that begin so: "GET /slots"."""
        made = [f"{each.method} {each.path.removeprefix('/v2')}" for each in self.fake.requests]
        return [each for each in made if each.startswith(f"{method} {path}".strip())]

    def sent(self, method: str, path: str) -> Any:
        """Give the newest request of a method to a path that ends so."""
        found = [each for each in self.fake.requests if each.method == method and each.path.endswith(path)]
        return found[-1]

    def other(self, account: CalcomAccount, **options: Any) -> CalcomProvider:
        """Give a second provider, for another account at the same fake."""
        client = CalcomClient(self.http, self.fake.url, FixedIdentity(of=account))
        options = {"keys": self.keys, "clock": self.clock, "sleep": self.naps.append, **options}
        return CalcomProvider(client, **options)


@contextmanager
def at_calcom(
    folder: Path, *, proven: bool = True, zone: str = "UTC", now: datetime = NOW
) -> Iterator[AtCalcom]:
    """Start a fake at *now* with the user ann in *zone*; *proven*: call with her API key."""
    clock = FrozenClock(now)
    storage = Storage(lay_database(folder))
    http = Http(sleep=lambda seconds: None)
    naps: list[float] = []
    with FakeCalcom(clock=clock) as fake:
        user = fake.add_user("ann", name="Ann", zone=zone, hours=HOURS)
        account = CalcomAccount(username="ann", api_key=fake.api_key(user) if proven else "")
        client = CalcomClient(http, fake.url, FixedIdentity(of=account))
        keys = RequestKeys(storage, clock)
        provider = CalcomProvider(client, keys=keys, clock=clock, webhook_secret="hush", sleep=naps.append)
        made = AtCalcom(
            fake=fake,
            user=user,
            provider=provider,
            account=account,
            clock=clock,
            keys=keys,
            http=http,
            naps=naps,
        )
        try:
            yield made
        finally:
            http.close()
            storage.close()
        openapi.check(fake.requests)
