"""An org of Salesforce for tests, simple-salesforce that is logged in there, and a plain client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce

from booker_components.testing import FakeSalesforce, FrozenClock

#: What a lead needs.
LEAD = {"LastName": "Ek", "Company": "Ek AB"}

#: What an event needs: half an hour on Tuesday.
EVENT = {"Subject": "Intro", "StartDateTime": "2027-02-02T08:00:00Z", "EndDateTime": "2027-02-02T08:30:00Z"}


@pytest.fixture
def org(clock: FrozenClock) -> Iterator[FakeSalesforce]:
    """An empty org that believes the time of `clock`, with an external id on its events."""
    with FakeSalesforce(clock=clock) as org:
        org.add_field("Event", "Booking_Uid__c", length=80, external_id=True, unique=True)
        yield org


@pytest.fixture
def client(org: FakeSalesforce) -> Iterator[Salesforce]:
    """simple-salesforce, logged in by client credentials."""
    with org.session() as session:
        yield logged_in(session, org.credentials.client)


def logged_in(session: requests.Session, credentials: dict[str, str], version: str = "64.0") -> Salesforce:
    """Log in by *credentials* over *session*."""
    return Salesforce(**credentials, session=session, version=version)


class SalesforceApi:
    """Calls the org with a session of its own, without a thought of its own."""

    def __init__(self, org: FakeSalesforce, version: str = "v64.0") -> None:
        self.org = org
        self.version = version
        self.headers = {"Authorization": f"Bearer {self.log_in().json()['access_token']}"}

    def log_in(self, **form: str) -> requests.Response:
        """Ask for a token by client credentials, or by *form*."""
        own = self.org.credentials
        whole = form or {
            "grant_type": "client_credentials",
            "client_id": own.consumer_key,
            "client_secret": own.consumer_secret,
        }
        return requests.post(f"{self.org.url}/services/oauth2/token", data=whole, timeout=10)

    def send(
        self, method: str, path: str, *, json: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> requests.Response:
        """Send a request to a path behind the version, whatever the answer."""
        url = f"{self.org.url}/services/data/{self.version}{path}"
        return requests.request(
            method, url, params=query, json=json, headers={**self.headers, **(headers or {})}, timeout=10
        )

    def refused(self, method: str, path: str, **more: Any) -> tuple[int, str, list[str] | None]:
        """Send a request that is refused, and give the status, and the code and fields of its only error."""
        answer = self.send(method, path, **more)
        (flaw,) = answer.json()
        return answer.status_code, flaw["errorCode"], flaw.get("fields")

    def query(self, soql: str) -> Any:
        """Give the records that are found by a query."""
        answer = self.send("GET", "/query", q=soql)
        assert answer.ok, answer.text
        return answer.json()["records"]

    def names(self, soql: str) -> list[str | None]:
        """Give the last names of the leads that meet a condition, with whatever order and limit."""
        return [each["LastName"] for each in self.query(f"SELECT LastName FROM Lead {soql}")]


@pytest.fixture
def api(org: FakeSalesforce) -> SalesforceApi:
    """A plain client that is logged in."""
    return SalesforceApi(org)
