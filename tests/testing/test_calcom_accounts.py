"""Tests of who calls the fake Cal.com: keys, managed users, OAuth 2.0 (contracts/calcom.md 4.2, 4.10)."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.testing.calcom.records import OAuthClient, PlatformClient, User

from .api import BO, NINE, Api, at, bearer
from .fixtures import deliberately

BACK = "https://partner.example/oauth/calcom/callback"


@pytest.fixture
def ada(calcom: FakeCalcom) -> User:
    """A user."""
    return calcom.add_user("ada", zone="Europe/Berlin")


@pytest.fixture
def client(calcom: FakeCalcom) -> PlatformClient:
    """A client of the Platform."""
    return calcom.platform_client(redirect_uris=["https://partner.example/app"])


@pytest.fixture
def secret(calcom: FakeCalcom, client: PlatformClient) -> Api:
    """That client, by its secret."""
    return Api(calcom, **{"x-cal-secret-key": client.secret})


def users(client: PlatformClient, rest: str = "") -> str:
    """Give the path of a client's users."""
    return f"/oauth-clients/{client.id}/users{rest}"


# --- proofs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer cal_nobody"}, {"x-cal-client-id": "CLIENT", "x-cal-secret-key": "wrong"}],
    ids=["key", "secret"],
)
def test_a_wrong_proof_is_refused(
    calcom: FakeCalcom, client: PlatformClient, headers: dict[str, str]
) -> None:
    """Also where none is needed."""
    named = {name: value.replace("CLIENT", client.id) for name, value in headers.items()}

    assert Api(calcom, **named).refused("GET", "/event-types", username="ada")[0] == 401


def test_the_id_of_a_client_proves_nothing(calcom: FakeCalcom, client: PlatformClient) -> None:
    """Whoever shows a booker sends it."""
    anybody = Api(calcom, **{"x-cal-client-id": client.id})

    assert anybody.get("/event-types", username="nobody") == []


def test_a_client_acts_for_its_managed_users(calcom: FakeCalcom, client: PlatformClient) -> None:
    """It sees their bookings, and cancels them without a word."""
    user = calcom.managed_user(client, name="May", email="may@example.org", zone="Europe/Berlin")
    booking = calcom.book(calcom.add_event_type(user, "intro"), NINE)
    platform = Api(calcom, **{"x-cal-client-id": client.id, "x-cal-secret-key": client.secret})

    gone = platform.post(f"/bookings/{booking.uid}/cancel", {})

    assert gone["status"] == "cancelled"


# --- managed users -------------------------------------------------------------------------------


def test_managed_users_are_made_listed_changed_and_removed(
    calcom: FakeCalcom, client: PlatformClient, secret: Api
) -> None:
    """Their addresses get the id of the client, and are shown without it."""
    body = {"email": "may@example.org", "name": "May", "timeZone": "Europe/Paris"}

    made = secret.post(users(client), body)
    number = made["user"]["id"]
    one = users(client, f"/{number}")

    assert made["user"]["email"] == f"may+{client.id}@example.org"
    assert secret.get(users(client), emails="may@example.org") == [made["user"]]
    assert secret.data("PATCH", one, json={"timeFormat": 24})["timeFormat"] == 24
    assert secret.get(one)["timeFormat"] == 24
    assert secret.refused("POST", users(client), json=body)[0] == 409
    assert secret.data("DELETE", one)["id"] == number
    assert secret.refused("GET", one)[0] == 404


def test_the_address_of_a_managed_host_is_shown_plainly(calcom: FakeCalcom, client: PlatformClient) -> None:
    """`displayEmail` is for people."""
    user = calcom.managed_user(client, name="May", email="may@example.org", zone="Europe/Berlin")

    (host,) = Api(calcom).book(calcom.add_event_type(user, "intro"), at(8))["hosts"]

    assert (host["email"], host["displayEmail"]) == (f"may+{client.id}@example.org", "may@example.org")


def test_an_expired_token_has_a_status_of_its_own(
    calcom: FakeCalcom, client: PlatformClient, clock: FrozenClock
) -> None:
    """498, after an hour."""
    user = calcom.managed_user(client, name="May", email="may@example.org")
    api = Api(calcom, **bearer(calcom.managed_tokens(user)["accessToken"]))
    assert api.get("/me")["id"] == user.id

    clock.move(timedelta(hours=1))

    assert api.refused("GET", "/me") == (498, "ACCESS_TOKEN_IS_EXPIRED")


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://partner.example", 200), ("https://evil.example", 401), ("", 200)],
    ids=["own", "other", "none"],
)
def test_a_token_is_for_the_clients_own_pages(
    calcom: FakeCalcom, client: PlatformClient, origin: str, status: int
) -> None:
    """A browser says where it is."""
    user = calcom.managed_user(client, name="May", email="may@example.org")
    token = calcom.managed_tokens(user)["accessToken"]
    api = Api(calcom, **bearer(token), **({"Origin": origin} if origin else {}))

    assert api.send("GET", "/me").status_code == status


def test_a_refresh_token_is_used_once(calcom: FakeCalcom, client: PlatformClient, secret: Api) -> None:
    """It is replaced with the access token."""
    user = calcom.managed_user(client, name="May", email="may@example.org")
    old = calcom.managed_tokens(user)
    path = f"/oauth/{client.id}/refresh"

    new = secret.post(path, {"refreshToken": old["refreshToken"]})

    assert new["refreshToken"] != old["refreshToken"]
    assert Api(calcom, **bearer(new["accessToken"])).get("/me")["id"] == user.id
    assert secret.refused("POST", path, json={"refreshToken": old["refreshToken"]})[0] == 401
    assert secret.post(path, {"refreshToken": new["refreshToken"]})["accessToken"]


def test_tokens_may_be_forced(calcom: FakeCalcom, client: PlatformClient, secret: Api) -> None:
    """With the secret of the client, and not with another."""
    user = calcom.managed_user(client, name="May", email="may@example.org")
    path = users(client, f"/{user.id}/force-refresh")

    token = secret.post(path)["accessToken"]

    assert Api(calcom, **bearer(token)).get("/me")["id"] == user.id
    assert Api(calcom, **{"x-cal-secret-key": "wrong"}).refused("POST", path)[0] == 401


def test_the_tokens_of_a_removed_user_are_worthless(
    calcom: FakeCalcom, client: PlatformClient, secret: Api
) -> None:
    """At once."""
    user = calcom.managed_user(client, name="May", email="may@example.org")
    token = calcom.managed_tokens(user)["accessToken"]

    secret.data("DELETE", users(client, f"/{user.id}"))

    assert Api(calcom, **bearer(token)).refused("GET", "/me")[0] == 401


def test_clients_are_made_changed_and_removed(calcom: FakeCalcom, ada: User) -> None:
    """By their owner; mails and default event types are off unless asked for."""
    owner = Api(calcom, **bearer(calcom.api_key(ada)))
    body = {"name": "App", "redirectUris": ["https://app.example"], "permissions": ["BOOKING_READ"]}

    made = owner.post("/oauth-clients", body)
    path = f"/oauth-clients/{made['clientId']}"
    shown = owner.get(path)
    changed = owner.data("PATCH", path, json={"bookingRedirectUri": "https://app.example/bookings"})

    assert (shown["areEmailsEnabled"], shown["areDefaultEventTypesEnabled"]) == (False, False)
    assert shown["secret"] == made["clientSecret"]
    assert changed["bookingRedirectUri"] == "https://app.example/bookings"
    assert owner.get("/oauth-clients") == [changed]
    assert owner.data("DELETE", path)["id"] == made["clientId"]
    assert owner.refused("GET", path)[0] == 404


def test_a_client_may_want_default_event_types(calcom: FakeCalcom, ada: User) -> None:
    """Each managed user then has four."""
    owner = Api(calcom, **bearer(calcom.api_key(ada)))
    body = {"name": "App", "redirectUris": [], "permissions": ["*"], "areDefaultEventTypesEnabled": True}
    made = owner.post("/oauth-clients", body)
    secret = Api(calcom, **{"x-cal-secret-key": made["clientSecret"]})
    user = {"email": "may@example.org", "name": "May", "timeZone": "Europe/Paris"}

    username = secret.post(f"/oauth-clients/{made['clientId']}/users", user)["user"]["username"]

    assert len(Api(calcom).get("/event-types", username=username)) == 4


# --- OAuth 2.0 -----------------------------------------------------------------------------------


def consent(calcom: FakeCalcom, client: OAuthClient, **more: str) -> dict[str, str]:
    """Go to the consent page as somebody who allows at once, and give the parameters that come back."""
    asked = {"client_id": client.id, "redirect_uri": BACK, "response_type": "code", "state": "s", **more}
    answer = requests.get(
        f"{calcom.app_url}/auth/oauth2/authorize", params=asked, allow_redirects=False, timeout=10
    )
    assert answer.headers["Location"].startswith(BACK)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def exchange(calcom: FakeCalcom, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Post to the token endpoint, and give the status and the body."""
    answer = requests.post(f"{calcom.url}/auth/oauth2/token", json=body, timeout=10)
    return answer.status_code, answer.json()


def code_body(client: OAuthClient, code: str, **proof: str) -> dict[str, str]:
    """Give the body that exchanges a code."""
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return {"client_id": client.id, **grant, **proof}


@pytest.fixture
def partner(calcom: FakeCalcom, ada: User) -> OAuthClient:
    """A confidential client, and a user who allows everything at once."""
    calcom.log_in(ada, allow_at_once=True)
    return calcom.oauth_client(redirect_uris=[BACK], scopes=["BOOKING_READ", "PROFILE_READ"])


def test_a_code_becomes_tokens_once(calcom: FakeCalcom, partner: OAuthClient, ada: User) -> None:
    """The answer stands in no envelope, and errors are OAuth's."""
    back = consent(calcom, partner)
    body = code_body(partner, back["code"], client_secret=partner.secret)

    status, tokens = exchange(calcom, body)
    again = exchange(calcom, body)

    assert (back["state"], status) == ("s", 200)
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 1800)
    assert tokens["scope"] == "BOOKING_READ PROFILE_READ"
    assert Api(calcom, **bearer(tokens["access_token"])).get("/me")["id"] == ada.id
    assert again[0] == 400
    assert again[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"code": "wrong"}, (400, "invalid_grant")),
        ({"redirect_uri": "https://partner.example/"}, (400, "invalid_grant")),
    ],
    ids=["secret", "code", "address"],
)
def test_an_exchange_is_refused(
    calcom: FakeCalcom, partner: OAuthClient, change: dict[str, str], error: tuple[int, str]
) -> None:
    """Each mistake has its code."""
    body = code_body(partner, consent(calcom, partner)["code"], client_secret=partner.secret)

    status, answer = exchange(calcom, body | change)

    assert (status, answer["error"]) == error


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "x"}, "invalid_request"),
        ({"scope": "BOOKING_READ"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
    ids=["verifier beside the secret", "scope", "grant"],
)
def test_properties_that_do_not_belong_there_are_refused(
    calcom: FakeCalcom, partner: OAuthClient, change: dict[str, str], error: str
) -> None:
    """Other clients of OAuth 2.0 send them."""
    body = code_body(partner, consent(calcom, partner)["code"], client_secret=partner.secret)

    with deliberately(calcom):
        status, answer = exchange(calcom, body | change)

    assert (status, answer["error"]) == (400, error)


def test_a_form_is_as_good_as_json(calcom: FakeCalcom, partner: OAuthClient) -> None:
    """The token endpoint takes both."""
    body = code_body(partner, consent(calcom, partner)["code"], client_secret=partner.secret)

    answer = requests.post(f"{calcom.url}/auth/oauth2/token", data=body, timeout=10)

    assert answer.json()["access_token"]


def test_a_code_lives_for_ten_minutes(calcom: FakeCalcom, partner: OAuthClient, clock: FrozenClock) -> None:
    """No longer."""
    body = code_body(partner, consent(calcom, partner)["code"], client_secret=partner.secret)
    clock.move(timedelta(minutes=10))

    assert exchange(calcom, body)[1]["error"] == "invalid_grant"


def challenge(verifier: str) -> dict[str, str]:
    """Give the parameters of PKCE for a verifier."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    return {"code_challenge": digest.rstrip(b"=").decode(), "code_challenge_method": "S256"}


@pytest.mark.parametrize(("verifier", "status"), [("v" * 43, 200), ("w" * 43, 400)], ids=["own", "other"])
def test_a_public_client_proves_itself_by_pkce(
    calcom: FakeCalcom, ada: User, verifier: str, status: int
) -> None:
    """It has no secret."""
    calcom.log_in(ada, allow_at_once=True)
    app = calcom.oauth_client(redirect_uris=[BACK], public=True)

    code = consent(calcom, app, **challenge("v" * 43))["code"]

    assert exchange(calcom, code_body(app, code, code_verifier=verifier))[0] == status


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({}, "invalid_request"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({**challenge("v"), "scope": "TEAM_BOOKING_READ"}, "invalid_scope"),
        ({**challenge("v"), "response_type": "token"}, "unsupported_response_type"),
    ],
    ids=["no challenge", "plain", "scope", "type"],
)
def test_consent_is_refused_to_the_client(
    calcom: FakeCalcom, ada: User, more: dict[str, str], error: str
) -> None:
    """It hears why, at its own address."""
    calcom.log_in(ada, allow_at_once=True)
    app = calcom.oauth_client(redirect_uris=[BACK], public=True, scopes=["BOOKING_READ"])

    back = consent(calcom, app, **more)

    assert (back["error"], back["state"]) == (error, "s")


@pytest.mark.parametrize(("choice", "parameter"), [("allow", "code"), ("deny", "error")])
def test_a_user_is_asked(calcom: FakeCalcom, ada: User, choice: str, parameter: str) -> None:
    """On a page with two buttons."""
    calcom.log_in(ada)
    app = calcom.oauth_client(name="<Partner>", redirect_uris=[BACK])
    url = f"{calcom.app_url}/auth/oauth2/authorize"
    asked = {"client_id": app.id, "redirect_uri": BACK, "response_type": "code"}

    page = requests.get(url, params=asked, timeout=10)
    answer = requests.post(url, data={**asked, "choice": choice}, allow_redirects=False, timeout=10)

    assert "&lt;Partner&gt; would like to use the account of Ada" in page.text
    assert f'name="client_id" value="{app.id}"' in page.text
    assert parameter in dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@pytest.mark.parametrize(
    "change", [{"client_id": "nobody"}, {"redirect_uri": f"{BACK}/x"}], ids=["client", "address"]
)
def test_nobody_is_sent_to_an_unknown_address(
    calcom: FakeCalcom, partner: OAuthClient, change: dict[str, str]
) -> None:
    """The user sees an error instead."""
    asked = {"client_id": partner.id, "redirect_uri": BACK, "response_type": "code", **change}

    answer = requests.get(
        f"{calcom.app_url}/auth/oauth2/authorize", params=asked, allow_redirects=False, timeout=10
    )

    assert answer.status_code == 400


def test_refresh_tokens_rotate(calcom: FakeCalcom, partner: OAuthClient, ada: User) -> None:
    """The old one is of no more use."""
    old = calcom.oauth_tokens(partner, ada)
    body = {
        "client_id": partner.id,
        "grant_type": "refresh_token",
        "refresh_token": old["refresh_token"],
        "client_secret": partner.secret,
    }

    status, new = exchange(calcom, body)

    assert (status, new["scope"]) == (200, old["scope"])
    assert new["refresh_token"] != old["refresh_token"]
    assert exchange(calcom, body)[1]["error"] == "invalid_grant"


def test_an_access_token_lives_for_half_an_hour(calcom: FakeCalcom, partner: OAuthClient, ada: User) -> None:
    """Then it is refused as any other: 401."""
    token = calcom.oauth_tokens(partner, ada)["access_token"]
    api = Api(calcom, **bearer(token))
    assert api.get("/me")["username"] == "ada"

    calcom.expire(token)

    assert api.refused("GET", "/me")[0] == 401


def test_scopes_are_kept(calcom: FakeCalcom, partner: OAuthClient, ada: User) -> None:
    """What is public needs none."""
    event_type = calcom.add_event_type(ada, "intro")
    scoped = Api(calcom, **bearer(calcom.oauth_tokens(partner, ada)["access_token"]))
    old = calcom.oauth_client(redirect_uris=[BACK])
    free = Api(calcom, **bearer(calcom.oauth_tokens(old, ada)["access_token"]))

    booking = scoped.book(event_type, at(8), attendee=BO)

    assert [each["uid"] for each in scoped.get("/bookings")] == [booking["uid"]]
    assert scoped.refused("GET", "/schedules")[0] == 403
    assert len(free.get("/schedules")) == 1


def test_a_client_can_be_looked_up(calcom: FakeCalcom, partner: OAuthClient, ada: User) -> None:
    """Its name and kind, not its secret."""
    shown = Api(calcom, **bearer(calcom.api_key(ada))).get(f"/auth/oauth2/clients/{partner.id}")

    assert (shown["name"], shown["client_type"]) == ("Partner", "CONFIDENTIAL")
    assert partner.secret not in str(shown)
