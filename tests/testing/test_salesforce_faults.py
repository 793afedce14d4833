"""Tests of what goes wrong in the fake Salesforce when a test says so."""

from __future__ import annotations

import threading
import time

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
)

from booker_components.testing import FakeSalesforce

from .salesforce import LEAD, SalesforceApi, logged_in
from .salesforce import api as api
from .salesforce import client as client
from .salesforce import org as org


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("UNABLE_TO_LOCK_ROW", 400),
        ("INSUFFICIENT_ACCESS_OR_READONLY", 400),
        ("INVALID_SESSION_ID", 401),
        ("REQUEST_LIMIT_EXCEEDED", 403),
        ("SERVER_UNAVAILABLE", 503),
        ("SOMETHING_NEW", 400),
    ],
)
def test_any_error_can_be_had(org: FakeSalesforce, api: SalesforceApi, code: str, status: int) -> None:
    """Once, with the status that it has at Salesforce; nothing is done."""
    org.next(code=code, fields=["Email"])

    refused = api.refused("POST", "/sobjects/Lead", json=LEAD)
    again = api.send("POST", "/sobjects/Lead", json=LEAD)

    assert refused == (status, code, ["Email"])
    assert again.status_code == 201
    assert len(org.records("Lead")) == 1


def test_a_lock_is_met_by_the_calls_that_are_meant(org: FakeSalesforce, client: Salesforce) -> None:
    """By method and path, as often as asked."""
    org.next(code="UNABLE_TO_LOCK_ROW", method="PATCH", path="*/sobjects/Event/*", times=2)
    event = {"StartDateTime": "2027-02-02T08:00:00Z", "DurationInMinutes": 30}
    client.Lead.create(LEAD)

    for _ in range(2):
        with pytest.raises(SalesforceMalformedRequest, match="unable to obtain exclusive access"):
            client.Event.upsert("Booking_Uid__c/x", event)

    assert client.Event.upsert("Booking_Uid__c/x", event) == 201


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "UNKNOWN_EXCEPTION"), (503, "SERVER_UNAVAILABLE"), (403, "REQUEST_LIMIT_EXCEEDED")],
)
def test_a_status_is_enough(org: FakeSalesforce, api: SalesforceApi, status: int, code: str) -> None:
    """The error is as Salesforce writes it, until all is healed."""
    org.next(status=status, words="Down.", times=9, headers={"Retry-After": "5"})

    answer = api.send("GET", "/sobjects")

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "5")
    assert answer.json() == [{"message": "Down.", "errorCode": code}]
    org.heal()
    assert api.send("GET", "/sobjects").status_code == 200


def test_the_token_endpoint_writes_errors_its_own_way(org: FakeSalesforce) -> None:
    """As OAuth 2.0 does."""
    org.next(status=500, words="Oops.", path="/services/oauth2/token")

    with org.session() as session, pytest.raises(SalesforceAuthenticationFailed, match=r"Oops\.") as caught:
        logged_in(session, org.credentials.client)

    assert caught.value.code == "unknown_error"


def test_a_cut_connection_does_nothing(org: FakeSalesforce, client: Salesforce) -> None:
    """And answers nothing."""
    org.next(cut=True, method="POST")

    with pytest.raises(requests.ConnectionError):
        client.Lead.create(LEAD)

    assert org.records("Lead") == []
    assert org.requests[-1].answer is None


def test_a_write_may_be_done_and_nobody_knows(org: FakeSalesforce, client: Salesforce) -> None:
    """An upsert may be repeated all the same."""
    event = {"StartDateTime": "2027-02-02T08:00:00Z", "DurationInMinutes": 30}
    org.next(cut=True, perform=True, method="PATCH")

    with pytest.raises(requests.ConnectionError):
        client.Event.upsert("Booking_Uid__c/x", event)

    assert client.Event.upsert("Booking_Uid__c/x", event) == 200
    assert len(org.records("Event")) == 1


def test_an_answer_may_be_rubbish(org: FakeSalesforce, api: SalesforceApi) -> None:
    """Or late."""
    org.next(garbage=True)
    org.next(delay=0.2)

    rubbish = api.send("GET", "/sobjects")
    begin = time.monotonic()
    late = api.send("GET", "/sobjects")

    assert (rubbish.status_code, rubbish.headers["Content-Type"]) == (200, "text/html")
    assert late.status_code == 200
    assert time.monotonic() - begin >= 0.2


def test_an_org_may_be_down(org: FakeSalesforce, client: Salesforce) -> None:
    """For everything, logins too, and then up with all that it knows."""
    client.Lead.create(LEAD)
    org.down()

    with pytest.raises(SalesforceGeneralError) as caught:
        client.Lead.create(LEAD)
    with org.session() as session, pytest.raises(SalesforceAuthenticationFailed, match="maintenance"):
        logged_in(session, org.credentials.client)
    org.up()
    client.Lead.create(LEAD)

    assert (caught.value.status, len(org.records("Lead"))) == (503, 2)


def test_an_org_may_be_gone_and_come_back(org: FakeSalesforce, client: Salesforce) -> None:
    """At the same address."""
    port = int(org.url.rpartition(":")[2])
    org.close()

    with pytest.raises(requests.ConnectionError):
        client.Lead.create(LEAD)
    org.start(port)
    client.Lead.create(LEAD)

    assert len(org.records("Lead")) == 1


def test_the_calls_of_a_day_are_counted(org: FakeSalesforce, client: Salesforce) -> None:
    """When they are used up nothing goes, until there are more."""
    org.limit(2)
    client.Lead.create(LEAD)
    client.Lead.create(LEAD)
    usage = org.requests[-1].answer

    with pytest.raises(SalesforceRefusedRequest, match="TotalRequests Limit exceeded"):
        client.Lead.create(LEAD)
    org.limit(1)
    client.Lead.create(LEAD)

    assert usage is not None
    assert usage.headers["Sforce-Limit-Info"] == "api-usage=2/2"
    assert len(org.records("Lead")) == 3


def test_many_may_call_at_once(org: FakeSalesforce) -> None:
    """One external id is one record."""
    event = {"StartDateTime": "2027-02-02T08:00:00Z", "DurationInMinutes": 30}
    statuses: list[int] = []

    def upsert() -> None:
        answer = SalesforceApi(org).send("PATCH", "/sobjects/Event/Booking_Uid__c/x", json=event)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=upsert) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(statuses) == [200] * 7 + [201]
    assert len(org.records("Event")) == 1


def test_what_was_asked_is_kept(org: FakeSalesforce, client: Salesforce) -> None:
    """With its body, its query and its answer."""
    client.Lead.create(LEAD)
    client.query("SELECT Id FROM Lead")

    made, asked = org.requests[-2:]
    assert (made.method, made.path, made.json) == ("POST", "/services/data/v64.0/sobjects/Lead/", LEAD)
    assert asked.query["q"] == ["SELECT Id FROM Lead"]
    assert asked.answer is not None
    assert asked.answer.json["totalSize"] == 1
