"""A Jicoo for tests whose every exchange is held against what is known of its API, and a plain client of it.

Import the fixture `jicoo`, or wrap a fake of your own in `watched_jicoo`. What a test asks wrongly on purpose
stands in `fixtures.deliberately`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import requests

from booker_components.testing import FakeJicoo, FrozenClock

from ..contracts.jicoo import KEY, check

#: A Tuesday, nine o'clock in Tokyo: the first slot on the day after the clock of the tests.
NINE = datetime(2027, 2, 2, 0, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: int = 2) -> str:
    """Give a time in UTC on a day of February 2027, as the API writes it."""
    return f"2027-02-{day:02}T{hour:02}:{minute:02}:00.000Z"


@contextmanager
def watched_jicoo(fake: FakeJicoo) -> Iterator[FakeJicoo]:
    """Serve *fake*, and fail in the end if a request or an answer was not as is known of Jicoo's.

    Only what is still in `fake.requests` is looked at: remember where you are in it, do not clear it.
    """
    with fake:
        yield fake
    check(fake.requests)


@pytest.fixture
def jicoo(clock: FrozenClock) -> Iterator[FakeJicoo]:
    """An empty Jicoo that believes the time of `clock`."""
    with watched_jicoo(FakeJicoo(clock=clock)) as fake:
        yield fake


class JicooApi:
    """Calls the fake with a key, without a thought of its own."""

    def __init__(self, jicoo: FakeJicoo, key: str | None = None) -> None:
        self.jicoo = jicoo
        self.headers = {KEY: jicoo.api_key if key is None else key}

    def send(self, method: str, path: str, *, json: Any = None, **query: Any) -> requests.Response:
        """Send a request, whatever the answer."""
        headers = {name: value for name, value in self.headers.items() if value}
        return requests.request(
            method, self.jicoo.url + path, params=query, json=json, headers=headers, timeout=10
        )

    def data(self, method: str, path: str, *, json: Any = None, **query: Any) -> Any:
        """Send a request that succeeds, and give the data of its answer."""
        answer = self.send(method, path, json=json, **query)
        assert answer.ok, answer.text
        return answer.json()["data"]

    def get(self, path: str, **query: Any) -> Any:
        """Read something that is there."""
        return self.data("GET", path, **query)

    def post(self, path: str, json: Any = None) -> Any:
        """Do something that succeeds."""
        return self.data("POST", path, json=json)

    def refused(self, method: str, path: str, *, json: Any = None, **query: Any) -> tuple[int, Any]:
        """Send a request that is refused, and give the status and the errors."""
        answer = self.send(method, path, json=json, **query)
        assert not answer.ok, answer.text
        return answer.status_code, answer.json()["errors"]

    def wish(self, event_type: Any, start: str, **fields: Any) -> dict[str, Any]:
        """Give the body of a booking of Bo's."""
        return {
            "eventTypeId": event_type.uid,
            "startedAt": start,
            "timeZone": "Asia/Tokyo",
            "name": "Bo Ek",
            "email": "bo@example.org",
            "locationId": None,
            **fields,
        }

    def book(self, event_type: Any, start: str, **fields: Any) -> Any:
        """Book as Bo, and give the data."""
        return self.post("/bookings", self.wish(event_type, start, **fields))

    def slots(self, event_type: Any, start: str, end: str) -> dict[str, int]:
        """Give the free starts of a window, each with the places that are left."""
        path = f"/event_types/{quote(event_type.uid, safe='')}/available_schedules"
        found = self.get(path, periodStart=start, periodEnd=end)
        return {each["startedAt"]: each["remainingCapacity"] for each in found}
