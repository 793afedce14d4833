"""Tests of the calls themselves: logins, time-outs, refusals, and what is never said of them."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from booker_components.settings import Settings
from booker_components.subscribers.salesforce.client import SalesforceClient
from booker_components.subscribers.salesforce.failures import SalesforceFailed, login_refusal, refusal
from booker_components.subscribers.salesforce.login import Login, Ticket
from booker_components.subscribers.salesforce.session import Session
from booker_components.testing import FakeSalesforce
from booker_components.values import EventKind

from ..processes import FORKS
from ..providers.remote import Remote, as_json, serving, unused_url
from .desk import BOOKING, Desk, client_of, settings_of

QUERY = "SELECT Id FROM Lead LIMIT 1"


def ways(org: FakeSalesforce) -> dict[str, dict[str, Any]]:
    """Give the settings of every way to log in."""
    own = org.credentials
    nothing = {"salesforce_client_id": "", "salesforce_private_key": "", "salesforce_username": ""}
    client = {
        "salesforce_client_id": own.consumer_key,
        "salesforce_client_secret": own.consumer_secret,
        "salesforce_domain": own.domain,
    }
    user = {
        "salesforce_username": own.username,
        "salesforce_password": own.password,
        "salesforce_token": own.security_token,
    }
    return {
        "key": {},
        "client": nothing | client,
        "password": nothing | user,
        "password with client": nothing | client | user,
    }


@pytest.mark.parametrize("way", ["key", "client", "password", "password with client"])
def test_every_way_leads_in(desk: Desk, way: str) -> None:
    """JWT bearer, client credentials, and user, password and token with or without a client."""
    client = client_of(desk.org, **ways(desk.org)[way])

    assert client.query(QUERY) == []

    login = desk.org.requests[0].path
    assert login == ("/services/Soap/u/64.0" if way == "password" else "/services/oauth2/token")
    client.close()


WRONG = {
    "key": {"salesforce_username": "nobody@example.com"},
    "client": {"salesforce_client_secret": "wrong"},
    "password": {"salesforce_token": "wrong"},
    "password with client": {"salesforce_password": "wrong"},
}


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("key", "invalid_grant"),
        ("client", "invalid_client"),
        ("password", "INVALID_LOGIN"),
        ("password with client", "invalid_grant"),
    ],
)
def test_a_refused_login_is_permanent_and_quotes_nothing(desk: Desk, way: str, said: str) -> None:
    """Somebody has to mend it; neither user nor secret is in the message."""
    client = client_of(desk.org, **ways(desk.org)[way] | WRONG[way])

    with pytest.raises(SalesforceFailed) as failure:
        client.query(QUERY)

    assert str(failure.value) == f"Salesforce refused the login: {said}."
    assert failure.value.permanent
    client.close()


def test_a_key_that_cannot_sign_is_said(desk: Desk) -> None:
    """What looks like a key and is none is the setting's fault."""
    client = client_of(desk.org, salesforce_private_key="-----BEGIN PRIVATE KEY-----\nx\n")

    with pytest.raises(SalesforceFailed, match="BOOKER_SALESFORCE_PRIVATE_KEY") as failure:
        client.query(QUERY)

    assert failure.value.permanent
    client.close()


def test_nothing_secret_is_shown() -> None:
    """Neither how to log in nor what a login gives shows what opens the org."""
    shown = repr(Login(options={"password": "geheim"})) + repr(Ticket(token="geheim", instance="acme.my"))

    assert "geheim" not in shown


def test_an_ended_session_is_logged_in_to_once_more(desk: Desk) -> None:
    """INVALID_SESSION_ID means another login and the same call; the caller does not notice."""
    desk.client.query(QUERY)
    desk.org.expire_sessions()

    desk.hear(EventKind.CREATED)

    logins = [each for each in desk.org.requests if each.path.endswith("/token")]
    assert len(logins) == 2
    assert len(desk.org.records("Event")) == 1


def test_a_session_that_never_begins_is_given_up_for_now(desk: Desk) -> None:
    """A second refusal of the same kind ends it: one login more for each call, not many."""
    desk.org.next(code="INVALID_SESSION_ID", method="GET", times=2)

    with pytest.raises(SalesforceFailed, match="INVALID_SESSION_ID") as failure:
        desk.client.query(QUERY)

    assert not failure.value.permanent


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        pytest.param({"code": "UNABLE_TO_LOCK_ROW"}, "UNABLE_TO_LOCK_ROW", id="lock"),
        pytest.param({"code": "REQUEST_LIMIT_EXCEEDED"}, "REQUEST_LIMIT_EXCEEDED", id="limit"),
        pytest.param({"status": 500}, "UNKNOWN_EXCEPTION", id="500"),
        pytest.param({"status": 503}, "SERVER_UNAVAILABLE", id="503"),
        pytest.param({"status": 429, "body": "slow down"}, "status_429", id="429 without JSON"),
        pytest.param({"status": 502, "body": [1, None]}, "status_502", id="502 with odd JSON"),
        pytest.param({"cut": True}, "no_answer", id="cut"),
        pytest.param({"garbage": True}, "unreadable", id="garbage"),
        pytest.param({"status": 200, "body": [3]}, "unreadable", id="odd answer"),
        pytest.param({"status": 200, "body": {"records": [{"Id": 3}]}}, "unreadable", id="odd record"),
        pytest.param(
            {"status": 400, "body": [{"errorCode": "X", "message": "apex: UNABLE_TO_LOCK_ROW"}]},
            "X",
            id="lock in a trigger",
        ),
    ],
)
def test_what_passes_is_tried_again(desk: Desk, fault: dict[str, Any], code: str) -> None:
    """Failures that end by themselves are left to the outbox, which comes back."""
    desk.client.log_in()
    desk.org.next(method="GET", **fault)

    with pytest.raises(SalesforceFailed) as failure:
        desk.client.query(QUERY)

    assert (failure.value.code, failure.value.permanent) == (code, False)
    assert desk.client.query(QUERY) == []


@pytest.mark.parametrize(
    "code",
    ["INVALID_FIELD", "DUPLICATES_DETECTED", "REQUIRED_FIELD_MISSING", "FIELD_CUSTOM_VALIDATION_EXCEPTION"],
)
def test_what_does_not_pass_is_permanent(desk: Desk, code: str) -> None:
    """What is wrong with the record or the org stays wrong until somebody mends it."""
    desk.org.next(code=code, fields=["Company"], method="POST", path="*/sobjects/*")

    with pytest.raises(SalesforceFailed, match=rf"to create a Lead: {code} \(Company\)") as failure:
        desk.client.create("Lead", {"LastName": "Ek", "Company": "Ek"})

    assert failure.value.permanent


def test_maintenance_passes(desk: Desk) -> None:
    """While Salesforce is closed nothing is lost, logins included."""
    desk.org.down()

    with pytest.raises(SalesforceFailed) as failure:
        desk.hear(EventKind.CREATED)
    desk.org.up()
    desk.hear(EventKind.CREATED)

    assert not failure.value.permanent
    assert len(desk.org.records("Event")) == 1


def test_nobody_there_passes() -> None:
    """An address at which nobody listens is no answer."""
    with FakeSalesforce() as org:
        client = client_of(org, session=partial(Session, unused_url()))

        with pytest.raises(SalesforceFailed, match="The login at Salesforce failed") as failure:
            client.query(QUERY)

    assert not failure.value.permanent
    client.close()


def test_an_answer_that_takes_too_long_is_none(desk: Desk) -> None:
    """simple-salesforce has no time-outs of its own; ours end a call that hangs."""
    client = client_of(desk.org, session=partial(Session, desk.org.url, read=0.2))
    client.log_in()
    desk.org.next(delay=0.9, method="GET")

    with pytest.raises(SalesforceFailed, match="did not answer a query: ReadTimeout") as failure:
        client.query(QUERY)

    assert not failure.value.permanent
    client.close()


def test_all_calls_of_an_event_together_have_an_end(desk: Desk) -> None:
    """When the time for one event is over, no further call is made."""
    desk.client.log_in()
    before = len(desk.org.requests)

    with pytest.raises(SalesforceFailed, match="ConnectTimeout"), desk.client.within(0.0):
        desk.client.query(QUERY)

    assert len(desk.org.requests) == before
    assert desk.client.query(QUERY) == []


def test_a_redirect_is_not_followed() -> None:
    """What we send holds tokens and guests' data, so it goes nowhere else."""
    ticket = as_json({"access_token": "t", "instance_url": "https://org.example"})
    with FakeSalesforce() as org, serving() as elsewhere:
        away = as_json([], 302, {"Location": f"{elsewhere.url}/stolen"})
        with serving(ticket, away) as remote:
            client = client_of(org, session=partial(Session, remote.url))

            with pytest.raises(SalesforceFailed, match="refused a query: 302"):
                client.query(QUERY)

            client.close()
        assert elsewhere.requests == []


def test_cookies_and_netrc_are_left_alone(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server sets, or a file of the machine holds, is not sent."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    ticket = as_json({"access_token": "t", "instance_url": "https://org.example"})
    with FakeSalesforce() as org:
        baked = as_json({"records": []}, headers={"Set-Cookie": "a=b"})
        with serving(ticket, baked, baked) as remote:
            client = client_of(org, session=partial(Session, remote.url))
            client.query(QUERY)
            client.query(QUERY)
            client.close()

    assert _cookies(remote) == []
    assert remote.last.headers["Authorization"] == "Bearer t"
    assert "Authorization" not in remote.requests[0].headers


def _cookies(remote: Remote) -> list[str]:
    return [each.headers["Cookie"] for each in remote.requests if "Cookie" in each.headers]


def test_only_https_is_spoken_without_a_stand_in() -> None:
    """Without a stand-in nothing leaves unencrypted."""
    with Session() as session, pytest.raises(ValueError, match="https only"):
        session.get("http://127.0.0.1:1/")


def test_logs_hold_neither_guests_nor_tokens(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """The guest's address stands in the query's address, which nobody may log."""
    with caplog.at_level(logging.DEBUG):
        desk.hear(EventKind.CREATED)
        desk.org.next(code="DUPLICATES_DETECTED", words="There is Grace Hopper already", method="PATCH")
        with pytest.raises(SalesforceFailed) as failure:
            desk.hear(EventKind.RESCHEDULED, replace(BOOKING, title="Secret"))

    said = caplog.text + str(failure.value)
    assert not re.search(r"grace|hopper|Bearer|Secret", said, re.IGNORECASE)


def test_a_refusal_quotes_no_values() -> None:
    """Only codes and names of fields are taken from an answer, however it is written."""
    odd = [
        {"errorCode": "bo@example.com", "message": "bo@example.com", "fields": ["bo@example.com", 3]},
        {"message": "No such column 'Size__c' on sobject of type Lead", "fields": "Size"},
        "bo@example.com",
        None,
    ]

    for content in (odd, odd[0], "bo@example.com", None, 3):
        failure = refusal("a query", 400, content)
        assert "bo@" not in str(failure) + failure.code
    assert refusal("a query", 400, odd).fields == ("Size__c",)


@pytest.mark.parametrize(
    ("code", "said", "permanent"),
    [
        pytest.param("invalid_grant", "invalid_grant", True, id="grant"),
        pytest.param("sf:INVALID_LOGIN", "INVALID_LOGIN", True, id="soap"),
        pytest.param("unknown_error", "unknown_error", False, id="unknown"),
        pytest.param(503, "503", False, id="503"),
        pytest.param(403, "403", True, id="403"),
        pytest.param(None, "an answer that cannot be read", False, id="nothing"),
        pytest.param("<b>bo@example.com</b>", "an answer that cannot be read", False, id="page"),
    ],
)
def test_refused_logins_are_told_apart(code: object, said: str, permanent: bool) -> None:
    """What is refused for good, and what may pass."""
    failure = login_refusal(code)

    assert str(failure) == f"Salesforce refused the login: {said}."
    assert failure.permanent == permanent


def test_a_child_of_a_fork_has_connections_of_its_own(desk: Desk) -> None:
    """A process that forks after a call does not share its socket with the child."""
    process = FORKS.Process(target=_fork_and_call, args=(settings_of(desk.org),))

    process.start()
    process.join(60)

    assert process.exitcode == 0


def _fork_and_call(settings: dict[str, Any]) -> None:
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    session = partial(Session, settings["salesforce_url"])
    client = SalesforceClient(Login.of(Settings(**settings)), version="65.0", session=session)
    client.query(QUERY)
    child = os.fork()
    fine = client.query(QUERY) == []
    if child == 0:
        os._exit(0 if fine else 1)
    _, status = os.waitpid(child, 0)
    sys.exit(0 if fine and status == 0 else 1)


def test_deleting_what_is_gone_is_no_failure(desk: Desk) -> None:
    """Whoever deleted it, it is gone."""
    lead = desk.org.add("Lead", LastName="Ek")
    desk.org.delete(lead)

    desk.client.delete("Lead", lead.id)


def test_changing_what_is_gone_passes(desk: Desk) -> None:
    """Another attempt looks for the guest again, and finds or makes another record."""
    lead = desk.org.add("Lead", LastName="Ek")
    desk.org.delete(lead)

    with pytest.raises(SalesforceFailed) as failure:
        desk.client.update("Lead", lead.id, {"LastName": "Ek"})

    assert not failure.value.permanent


def test_one_login_serves_all_calls(desk: Desk) -> None:
    """A session is kept, and the connection too."""
    for uid in ("b-1", "b-2"):
        desk.hear(EventKind.CREATED, replace(BOOKING, uid=uid))

    assert len([each for each in desk.org.requests if each.path.endswith("/token")]) == 1


def test_the_client_takes_what_makes_sessions() -> None:
    """By default it calls Salesforce itself; nothing is opened before the first call."""
    SalesforceClient(Login(options={}), version="65.0").close()


def test_assignment_rules_of_the_org_leave_owners_alone(desk: Desk) -> None:
    """The REST API lets them hand on every Lead that is made or changed, unless it is told not to."""
    desk.hear(EventKind.CREATED)

    calls = [each for each in desk.org.requests if "/sobjects/" in each.path]
    assert {each.headers.get("Sforce-Auto-Assign") for each in calls} == {"FALSE"}


@pytest.mark.parametrize("alerts", [True, False], ids=["alerts", "blocks"])
def test_a_duplicate_rule_that_only_alerts_keeps_no_booking_out(desk: Desk, alerts: bool) -> None:
    """Somebody else may have the same name; what the org forbids is forbidden to us, too."""
    desk.org.add("Lead", LastName="Hopper", FirstName="Grace", Company="Navy", Email="other@example.com")
    desk.org.add_duplicate_rule("Lead", fields=["LastName"], allow=alerts)
    namesake = replace(BOOKING, attendee=replace(BOOKING.attendee, name="Grace Hopper"))

    with nullcontext() if alerts else pytest.raises(SalesforceFailed, match="DUPLICATES_DETECTED"):
        desk.hear(EventKind.CREATED, namesake)

    assert len(desk.org.records("Lead")) == (2 if alerts else 1)
    assert len(desk.org.records("Event")) == (1 if alerts else 0)


def test_an_api_that_is_off_for_a_while_passes() -> None:
    """Salesforce says of its own trouble, with a status of its own choice, that nothing has to be mended."""
    assert not refusal("a query", 403, [{"errorCode": "API_CURRENTLY_DISABLED", "message": "x"}]).permanent
    assert not refusal("a query", 420, None).permanent
