"""Tests of the fake Salesforce's logins and sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from booker_components.testing import FakeSalesforce, FrozenClock

from .salesforce import LEAD, SalesforceApi, logged_in
from .salesforce import api as api
from .salesforce import client as client
from .salesforce import org as org

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def claims(org: FakeSalesforce, **other: Any) -> dict[str, Any]:
    """Give what a token says that is all right, but for what is *other*."""
    own = {
        "iss": org.credentials.consumer_key,
        "sub": org.credentials.username,
        "aud": "https://login.salesforce.com",
        "exp": int((datetime.now(UTC) + timedelta(minutes=3)).timestamp()),
    }
    return own | other


def bearer(api: SalesforceApi, assertion: str) -> tuple[int, dict[str, str]]:
    """Ask for a token by a JSON web token, and give the answer."""
    answer = api.log_in(grant_type=JWT_BEARER, assertion=assertion)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("kind", ["token", "jwt", "client"])
def test_simple_salesforce_logs_in_by_each_kind(org: FakeSalesforce, kind: str) -> None:
    """By password and security token, by a signed token, and as the connected app."""
    with org.session() as session:
        client = logged_in(session, getattr(org.credentials, kind))

        client.Lead.create(LEAD)

    assert [each["OwnerId"] for each in org.records("Lead")] == [org.user.id]
    assert client.sf_instance == org.url.removeprefix("http://")


def test_a_password_is_taken_by_the_token_endpoint_too(org: FakeSalesforce) -> None:
    """With the key and the secret of the connected app, and the security token behind the password."""
    own = org.credentials
    way = {
        "username": own.username,
        "password": own.password + own.security_token,
        "consumer_key": own.consumer_key,
        "consumer_secret": own.consumer_secret,
    }

    with org.session() as session:
        client = logged_in(session, way)

        assert client.query("SELECT Id FROM Lead")["totalSize"] == 0


@pytest.mark.parametrize(
    ("kind", "wrong", "code"),
    [
        ("token", {"password": "other"}, "INVALID_LOGIN"),
        ("token", {"security_token": "other"}, "INVALID_LOGIN"),
        ("token", {"username": "other@example.org"}, "INVALID_LOGIN"),
        ("jwt", {"consumer_key": "other"}, "invalid_client_id"),
        ("client", {"consumer_key": "other"}, "invalid_client_id"),
        ("client", {"consumer_secret": "other"}, "invalid_client"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_wrong_credentials_are_refused(
    org: FakeSalesforce, kind: str, wrong: dict[str, str], code: str
) -> None:
    """With the code that simple-salesforce hands on."""
    with org.session() as session, pytest.raises(SalesforceAuthenticationFailed) as caught:
        logged_in(session, getattr(org.credentials, kind) | wrong)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("other", "description"),
    [
        ({"aud": "https://example.org"}, "audience is invalid"),
        ({"exp": 1_500_000_000}, "expired authorization code"),
        ({"exp": None}, "expired authorization code"),
        ({"sub": "stranger@example.org"}, "user hasn't approved this consumer"),
    ],
    ids=["audience", "expired", "endless", "stranger"],
)
def test_what_a_token_says_is_checked(
    org: FakeSalesforce, api: SalesforceApi, other: dict[str, Any], description: str
) -> None:
    """Each claim for itself."""
    told = {name: value for name, value in claims(org, **other).items() if value is not None}
    signed = jwt.encode(told, org.credentials.private_key, algorithm="RS256")

    assert bearer(api, signed) == (400, {"error": "invalid_grant", "error_description": description})


def test_a_token_is_verified(org: FakeSalesforce, api: SalesforceApi) -> None:
    """With the public key: another key, another algorithm, none, and rubbish are refused."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assertions = [
        jwt.encode(claims(org), pem.decode(), algorithm="RS256"),
        jwt.encode(claims(org), "a secret that is long enough for it", algorithm="HS256"),
        jwt.encode(claims(org), None, algorithm="none"),
        "rubbish",
        "",
    ]

    answers = [bearer(api, each) for each in assertions]

    assert answers == [(400, {"error": "invalid_grant", "error_description": "invalid assertion"})] * 5
    assert bearer(api, jwt.encode(claims(org), org.credentials.private_key, algorithm="RS256"))[0] == 200


def test_a_login_may_be_refused_on_demand(org: FakeSalesforce) -> None:
    """With any error of the token endpoint, until logins are allowed again."""
    org.refuse_logins("invalid_app_access", "user is not admin approved to access this app")

    with org.session() as session:
        with pytest.raises(SalesforceAuthenticationFailed, match="admin approved") as by_jwt:
            logged_in(session, org.credentials.jwt)
        with pytest.raises(SalesforceAuthenticationFailed) as by_password:
            logged_in(session, org.credentials.token)
        org.allow_logins()
        logged_in(session, org.credentials.jwt)

    assert (by_jwt.value.code, by_password.value.code) == ("invalid_app_access", "INVALID_LOGIN")


def test_a_user_who_is_not_active_is_not_let_in(org: FakeSalesforce, client: Salesforce) -> None:
    """And the sessions that he has end."""
    org.deactivate(org.user)

    with pytest.raises(SalesforceAuthenticationFailed, match="inactive user"):
        client.Lead.create(LEAD)

    assert org.requests[-2].answer is not None
    assert org.requests[-2].answer.status == 401


def test_an_unknown_grant_is_refused(api: SalesforceApi) -> None:
    """As OAuth 2.0 says it."""
    answer = api.log_in(grant_type="device")

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("header", ["Basic !", "Basic gICA", "Bearer x"])
def test_a_header_that_says_nothing_proves_nothing(org: FakeSalesforce, header: str) -> None:
    """It is read as if it were not there."""
    answer = requests.post(
        f"{org.url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": header},
        timeout=10,
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_id")


def test_newer_versions_have_no_login(org: FakeSalesforce) -> None:
    """Salesforce has taken login() out of the SOAP API of 65.0."""
    with org.session() as session, pytest.raises(SalesforceAuthenticationFailed) as caught:
        logged_in(session, org.credentials.token, "65.0")

    assert caught.value.code == "UNSUPPORTED_API_VERSION"


def test_soap_that_is_none_is_refused(org: FakeSalesforce) -> None:
    """As a login that fails."""
    answer = requests.post(f"{org.url}/services/Soap/u/64.0", data="rubbish", timeout=10)

    assert (answer.status_code, "INVALID_LOGIN" in answer.text) == (500, True)


# --- sessions ------------------------------------------------------------------------------------


def test_simple_salesforce_logs_in_again_when_its_session_ends(
    org: FakeSalesforce, client: Salesforce
) -> None:
    """The call that met the end is made once more."""
    org.expire_sessions()

    client.Lead.create(LEAD)

    paths = [each.path.rpartition("/services/")[2] for each in org.requests]
    assert paths == ["oauth2/token", "data/v64.0/sobjects/Lead/", "oauth2/token", "data/v64.0/sobjects/Lead/"]


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic x"])
def test_a_call_without_a_session_is_refused(org: FakeSalesforce, api: SalesforceApi, header: str) -> None:
    """Whatever it asks for."""
    api.headers = {"Authorization": header}

    answer = api.send("GET", "/nothing")

    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_a_session_ends_after_two_idle_hours(clock: FrozenClock, api: SalesforceApi) -> None:
    """Each call prolongs it."""
    statuses = []

    for minutes in (119, 119, 121):
        clock.move(timedelta(minutes=minutes))
        statuses.append(api.send("GET", "/sobjects").status_code)

    assert statuses == [200, 200, 401]
