"""A Platform client: its managed users, their tokens, and the addresses in Cal.com's mails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from booker_components.errors import ProviderError, Unsupported
from booker_components.providers._http import Http
from booker_components.providers.calcom.accounts import CalcomAccount, ClientIdentity, FixedIdentity
from booker_components.providers.calcom.client import CalcomClient
from booker_components.providers.calcom.failures import CalcomForbidden, CalcomNotFound
from booker_components.providers.calcom.platform import ManagedUser, Platform, PlatformClient
from booker_components.records.boxes import Box
from booker_components.records.tokens import NotConnected, Tokens
from booker_components.storage import Storage
from booker_components.testing import FakeCalcom, FrozenClock

from ...testing.fixtures import watched
from ..remote import success
from ..samples import url_in
from .authority import ADMIN_KEY, CLIENT_ID, SECRET, Authority, serving_authority
from .parts import building, platform_of

NOON = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
USERS = f"/oauth-clients/{CLIENT_ID}/users"


@pytest.fixture
def authority() -> Iterator[Authority]:
    """Cal.com, as far as accounts go."""
    with serving_authority(now=NOON.timestamp()) as running:
        yield running


@pytest.fixture
def http() -> Iterator[Http]:
    """What makes the calls."""
    made = Http(sleep=lambda seconds: None)
    yield made
    made.close()


@pytest.fixture
def tokens(tmp_path: object) -> Iterator[Tokens]:
    """A store of tokens, empty."""
    storage = Storage(url_in(tmp_path))
    storage.upgrade()
    yield Tokens(storage, Box([b"k" * 40]), FrozenClock(NOON))
    storage.close()


def platform_at(
    authority: Authority, http: Http, tokens: Tokens, *, secret: str = SECRET, key: str = ADMIN_KEY
) -> Platform:
    """Give the client, called by its *secret* and by its owner's *key*."""
    api_url = f"{authority.url}/v2"
    owner = ClientIdentity(client_id=CLIENT_ID, secret=secret)
    admin = CalcomClient(http, api_url, FixedIdentity(of=CalcomAccount(api_key=key)))
    return Platform(
        CalcomClient(http, api_url, owner), client_id=CLIENT_ID, tokens=tokens, admin=admin if key else None
    )


@pytest.fixture
def platform(authority: Authority, http: Http, tokens: Tokens) -> Platform:
    """The client as its owner."""
    return platform_at(authority, http, tokens)


def ann(platform: Platform) -> ManagedUser:
    """Make a managed user whose tokens are kept as "ann"."""
    return platform.create("ann", email="ann@ex.test", name="Ann", zone="Europe/Rome", week_start="Monday")


# --- managed users -------------------------------------------------------------------------------


def test_a_managed_user_is_made_and_their_tokens_kept(
    platform: Platform, authority: Authority, tokens: Tokens
) -> None:
    """The zone is always sent, what is not given never; nobody sees the client's id in the address."""
    user = ann(platform)

    pair = tokens.read("calcom", "ann")
    assert authority.calls == [f"POST {USERS}"]
    assert authority.bodies == [
        {"email": "ann@ex.test", "name": "Ann", "timeZone": "Europe/Rome", "weekStart": "Monday"}
    ]
    assert (user.email, user.zone, user.week_start) == ("ann@ex.test", "Europe/Rome", "Monday")
    assert pair is not None
    assert (pair.kind, pair.user, pair.username) == ("managed", str(user.id), user.username)
    assert pair.expires_at == NOON.replace(hour=13)


def test_calls_are_made_by_id_and_secret(platform: Platform, authority: Authority) -> None:
    """Both headers, and no bearer (contracts/calcom.md 4.2)."""
    ann(platform)

    headers = authority.headers[0]
    assert headers["X-Cal-Client-Id"] == CLIENT_ID
    assert headers["X-Cal-Secret-Key"] == SECRET
    assert "Authorization" not in headers


def test_all_managed_users_are_listed(platform: Platform) -> None:
    """However few a page holds."""
    made = [platform.create(f"user-{n}", email=f"u{n}@ex.test", name="U", zone="UTC") for n in range(5)]

    assert platform.users() == tuple(made)


def test_managed_users_are_found_by_email(platform: Platform, authority: Authority) -> None:
    """The list is asked for these addresses only."""
    assert platform.users(emails=["ann@ex.test", "bo@ex.test"]) == ()
    assert authority.calls == [f"GET {USERS}"]


def test_a_list_that_never_ends_is_left(platform: Platform, authority: Authority) -> None:
    """A page that repeats what we have is the last."""
    page = [{"id": 1, "email": "a@ex.test", "username": "a"}]
    authority.instead = [success(page), success(page), success(page)]

    assert [user.id for user in platform.users()] == [1]


def test_a_managed_user_is_changed(platform: Platform, authority: Authority) -> None:
    """Only what is given is sent."""
    user = ann(platform)

    changed = platform.update(user.id, name="Anna", zone="Asia/Tokyo", default_schedule=5)

    assert authority.bodies[-1] == {"name": "Anna", "timeZone": "Asia/Tokyo", "defaultScheduleId": 5}
    assert (changed.name, changed.zone, changed.default_schedule) == ("Anna", "Asia/Tokyo", 5)
    assert platform.user(user.id) == changed


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"crm": "8", "plan": "gold"}, id="other texts"),
        pytest.param({}, id="none any more"),
    ],
)
def test_metadata_of_a_managed_user_are_changed(
    platform: Platform, authority: Authority, metadata: dict[str, str]
) -> None:
    """They are sent whole, alone, and come back as they now stand."""
    user = platform.create("ann", email="ann@ex.test", name="Ann", zone="UTC", metadata={"crm": "7"})

    changed = platform.update(user.id, metadata=metadata)

    assert authority.bodies[-1] == {"metadata": metadata}
    assert changed == replace(user, metadata=metadata)
    assert platform.user(user.id) == changed


def test_metadata_that_are_not_given_stay(platform: Platform, authority: Authority) -> None:
    """A change of the name sends the name."""
    user = platform.create("ann", email="ann@ex.test", name="Ann", zone="UTC", metadata={"crm": "7"})

    changed = platform.update(user.id, name="Anna")

    assert authority.bodies[-1] == {"name": "Anna"}
    assert changed == replace(user, name="Anna")


def test_a_managed_user_is_changed_as_the_api_takes_it(tmp_path: Path) -> None:
    """Over the whole fake, whose every exchange is held against Cal.com's OpenAPI document."""
    clock = FrozenClock(NOON)
    with watched(FakeCalcom(clock=clock)) as calcom, building(calcom, clock, tmp_path) as build:
        platform = build(**platform_of(calcom)).platform
        assert platform
        user = platform.create("di", email="di@ex.test", name="Di", zone="Europe/Rome", metadata={"crm": "7"})

        changed = platform.update(user.id, metadata={"crm": "8"})

        assert changed == replace(user, metadata={"crm": "8"})
        assert platform.user(user.id) == changed


def test_a_managed_user_is_deleted_with_their_tokens(platform: Platform, tokens: Tokens) -> None:
    """Nothing is left that could be used."""
    user = ann(platform)

    platform.delete(user.id, account="ann")

    assert tokens.accounts("calcom") == []
    with pytest.raises(CalcomNotFound):
        platform.user(user.id)


def test_a_managed_user_made_elsewhere_is_taken_over(platform: Platform, tokens: Tokens) -> None:
    """During a migration a user has tokens here without having been made here."""
    user = ann(platform)
    tokens.delete("calcom", "ann")

    adopted = platform.adopt("of-partner", user.id)

    pair = tokens.read("calcom", "of-partner")
    assert adopted == user
    assert pair is not None
    assert (pair.user, pair.username) == (str(user.id), user.username)


def test_people_show_in_no_representation(platform: Platform) -> None:
    """Names and addresses are not for logs."""
    shown = repr(ann(platform))

    assert "ann@" not in shown
    assert "Ann" not in shown


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({"user": {"id": 1}}, id="no tokens"),
        pytest.param({"user": {"id": "x"}, "accessToken": "a", "refreshToken": "r"}, id="no number"),
        pytest.param(
            {"user": {"id": 1}, "accessToken": "a", "refreshToken": "r", "accessTokenExpiresAt": "now"},
            id="a text for the end",
        ),
        pytest.param(
            {"user": {"id": 1}, "accessToken": "a", "refreshToken": "r", "accessTokenExpiresAt": 10**30},
            id="the end of the world",
        ),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(
    platform: Platform, authority: Authority, tokens: Tokens, data: object
) -> None:
    """Garbage is an error of the provider, and nothing of it is kept."""
    authority.instead = [success(data, 201)]

    with pytest.raises(ProviderError):
        ann(platform)

    assert tokens.accounts("calcom") == []


# --- tokens --------------------------------------------------------------------------------------


def test_a_renewal_spends_the_refresh_token(platform: Platform, authority: Authority, tokens: Tokens) -> None:
    """The next pair keeps whose it is."""
    user = ann(platform)
    first = tokens.read("calcom", "ann")
    assert first is not None

    second = platform.renew(first)

    assert authority.calls[-1] == f"POST /oauth/{CLIENT_ID}/refresh"
    assert authority.bodies[-1] == {"refreshToken": first.refresh}
    assert second.refresh != first.refresh
    assert (second.kind, second.user, second.username) == ("managed", str(user.id), user.username)


def test_a_refused_refresh_token_is_replaced_by_force(
    platform: Platform, authority: Authority, tokens: Tokens
) -> None:
    """The owner of the client needs nobody's consent (contracts/calcom.md 4.10)."""
    user = ann(platform)
    first = tokens.read("calcom", "ann")
    assert first is not None
    authority.revoke()

    second = platform.renew(first)

    assert authority.calls[-1] == f"POST {USERS}/{user.id}/force-refresh"
    assert second.access != first.access


def test_the_tokens_of_a_deleted_user_are_at_their_end(
    platform: Platform, authority: Authority, tokens: Tokens
) -> None:
    """Cal.com knows no such user: the account is not connected any more."""
    user = ann(platform)
    first = tokens.read("calcom", "ann")
    assert first is not None
    platform.delete(user.id)
    authority.revoke()

    with pytest.raises(NotConnected, match="no such user"):
        platform.renew(first)


def test_a_wrong_secret_ends_no_connection(
    authority: Authority, http: Http, tokens: Tokens, platform: Platform
) -> None:
    """A mistake in the settings is not taken for a refused token."""
    ann(platform)
    first = tokens.read("calcom", "ann")
    assert first is not None

    with pytest.raises(CalcomForbidden):
        platform_at(authority, http, tokens, secret="typo").renew(first)


# --- the client itself ---------------------------------------------------------------------------


def test_the_addresses_in_mails_are_read_and_set(platform: Platform, authority: Authority) -> None:
    """By the owner's API key; the secret is not part of what is told."""
    before = platform.client()
    after = platform.set_addresses(
        booking="https://p.example/bookings",
        reschedule="https://p.example/reschedule",
        cancel="https://p.example/cancel",
    )

    assert before == PlatformClient(id=CLIENT_ID, name="Partner", redirect_uris=("https://a.example",))
    assert after.booking_uri == "https://p.example/bookings"
    assert after.reschedule_uri == "https://p.example/reschedule"
    assert after.cancel_uri == "https://p.example/cancel"
    assert platform.client() == after
    assert SECRET not in repr(after)
    assert {each["Authorization"] for each in authority.headers} == {f"Bearer {ADMIN_KEY}"}


def test_without_the_owners_key_the_remedy_is_named(authority: Authority, http: Http, tokens: Tokens) -> None:
    """The secret of a client does not open what is set up for it."""
    platform = platform_at(authority, http, tokens, key="")

    with pytest.raises(Unsupported, match="BOOKER_CALCOM_API_KEY"):
        platform.client()
