"""A plain client of Cal.com's API, without a thought of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import requests

from booker_components.testing import FakeCalcom

#: The version of each resource.
VERSIONS = {
    "bookings": "2024-08-13",
    "slots": "2024-09-04",
    "event-types": "2024-06-14",
    "schedules": "2024-06-11",
}

#: A Tuesday, nine o'clock in Berlin: the first slot on the day after the clock of the tests.
NINE = datetime(2027, 2, 2, 8, 0, tzinfo=UTC)

BO = {"name": "Bo Ek", "email": "bo@example.org", "timeZone": "Europe/Berlin"}


def at(hour: int, minute: int = 0, day: int = 2) -> str:
    """Give a time in UTC on a day of February 2027, as the API writes it."""
    return f"2027-02-{day:02}T{hour:02}:{minute:02}:00Z"


class Api:
    """Calls the fake with the right version, and with what proves who calls."""

    def __init__(self, calcom: FakeCalcom, **headers: str) -> None:
        self.calcom = calcom
        self.headers = headers

    def send(self, method: str, path: str, *, json: Any = None, **query: Any) -> requests.Response:
        """Send a request, whatever the answer."""
        resource = path.split("/")[1]
        version = {"cal-api-version": VERSIONS[resource]} if resource in VERSIONS else {}
        return requests.request(
            method,
            self.calcom.url + path,
            params=query,
            json=json,
            headers={**version, **self.headers},
            timeout=10,
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

    def refused(self, method: str, path: str, *, json: Any = None, **query: Any) -> tuple[int, str]:
        """Send a request that is refused, and give the status and the words."""
        answer = self.send(method, path, json=json, **query)
        assert not answer.ok, answer.text
        body = answer.json()
        return answer.status_code, body["error"]["message"] if "error" in body else body["message"]

    def book(self, event_type: Any, start: str, *, attendee: Any = None, **fields: Any) -> Any:
        """Book as Bo, and give the data."""
        body = {"eventTypeId": event_type.id, "start": start, "attendee": attendee or BO, **fields}
        return self.post("/bookings", body)


def bearer(value: str) -> dict[str, str]:
    """Give the keyword of `Api` for a key or a token."""
    return {"Authorization": f"Bearer {value}"}
