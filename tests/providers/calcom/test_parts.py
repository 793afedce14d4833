"""The four ways to call Cal.com, from the settings to what the fake Cal.com sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from booker_components.providers.calcom.client import Resource
from booker_components.providers.calcom.failures import CalcomForbidden
from booker_components.providers.calcom.parts import CalcomParts
from booker_components.records.tokens import NotConnected
from booker_components.testing import FakeCalcom, FrozenClock

from ...testing.fixtures import watched
from .parts import BACK, Build, allow, building, oauth_of, platform_of


@pytest.fixture
def calcom(clock: FrozenClock) -> Iterator[FakeCalcom]:
    """A Cal.com at which Ann offers a first talk."""
    with watched(FakeCalcom(clock=clock)) as running:
        running.add_event_type(running.add_user("ann"), "intro")
        yield running


@pytest.fixture
def build(calcom: FakeCalcom, clock: FrozenClock, tmp_path: Path) -> Iterator[Build]:
    """Build the parts of an app from its settings; `current` says whom a request is about."""
    with building(calcom, clock, tmp_path) as found:
        yield found


def event_types(parts: CalcomParts) -> list[str]:
    """Ask for Ann's event types, as guests do; give their slugs."""
    found = parts.client.get("/event-types", Resource.EVENT_TYPES, params={"username": "ann"})
    return [each["slug"] for each in found]


def me(parts: CalcomParts) -> str:
    """Ask who we are."""
    return str(parts.client.get("/me", Resource.OTHER)["username"])


def proofs(calcom: FakeCalcom) -> dict[str, str]:
    """Give the headers of the last request that prove something."""
    names = ("Authorization", "x-cal-client-id", "x-cal-secret-key", "Origin")
    return {name: calcom.requests[-1].headers[name] for name in names if name in calcom.requests[-1].headers}


def connect(parts: CalcomParts, name: str) -> None:
    """Connect whoever is logged in at Cal.com under a *name*, as their browser would."""
    assert parts.oauth
    assert parts.tokens
    begun = parts.oauth.authorization(BACK)
    pair = parts.oauth.exchange(allow(begun), redirect_uri=BACK, verifier=begun.verifier)
    parts.tokens.write("calcom", name, pair)


# --- none and key --------------------------------------------------------------------------------


def test_building_calls_nobody(calcom: FakeCalcom, build: Build) -> None:
    """A server that starts while Cal.com is down starts all the same."""
    build()
    build(**platform_of(calcom))
    build(**oauth_of(calcom))

    assert calcom.requests == []


def test_without_a_key_guests_are_served(calcom: FakeCalcom, build: Build) -> None:
    """What is public needs no proof; nothing is kept, so nothing is needed to encrypt it."""
    parts = build()

    assert event_types(parts) == ["intro"]
    assert proofs(calcom) == {}
    assert (parts.tokens, parts.box, parts.platform, parts.oauth) == (None, None, None, None)


def test_a_key_is_sent_along(calcom: FakeCalcom, build: Build) -> None:
    """The key's account is asked what only it may ask."""
    key = calcom.api_key(calcom.add_user("bo"))

    parts = build(BOOKER_CALCOM_API_KEY=key)

    assert me(parts) == "bo"
    assert proofs(calcom) == {"Authorization": f"Bearer {key}"}


# --- platform ------------------------------------------------------------------------------------


def test_guests_of_a_platform_client_prove_nothing(calcom: FakeCalcom, build: Build) -> None:
    """They name the client; neither its secret nor its owner's key goes with them."""
    config = platform_of(calcom)

    assert event_types(build(**config)) == ["intro"]
    assert proofs(calcom) == {"x-cal-client-id": config["BOOKER_CALCOM_CLIENT_ID"]}


def test_managed_users_call_by_their_own_tokens(calcom: FakeCalcom, build: Build) -> None:
    """Each request is made for the user it is about, and for nobody else."""
    about = "di"
    parts = build(current=lambda: about, **platform_of(calcom))
    assert parts.platform
    made = {
        name: parts.platform.create(name, email=f"{name}@ex.test", name=name, zone="Europe/Rome")
        for name in ("di", "ed")
    }

    first = me(parts)
    about = "ed"
    second = me(parts)

    assert (first, second) == (made["di"].username, made["ed"].username)
    assert proofs(calcom).keys() == {"Authorization", "Origin"}
    assert parts.accounts.account().username == made["ed"].username


@pytest.mark.parametrize("refreshable", [True, False], ids=["by its refresh token", "by force"])
def test_an_expired_managed_token_is_renewed(calcom: FakeCalcom, build: Build, refreshable: bool) -> None:
    """Cal.com answers 498, and the call is repeated with the next token."""
    parts = build(current=lambda: "di", **platform_of(calcom))
    assert parts.platform
    assert parts.tokens
    user = parts.platform.create("di", email="di@ex.test", name="Di", zone="Europe/Rome")
    pair = parts.tokens.read("calcom", "di")
    assert pair
    for token in (pair.access,) if refreshable else (pair.access, pair.refresh):
        calcom.expire(token)

    assert me(parts) == user.username
    assert [each.status for each in calcom.answers][1:] == [498, *([200] if refreshable else [401, 200]), 200]


def test_an_origin_that_the_client_does_not_know_is_refused(calcom: FakeCalcom, build: Build) -> None:
    """One renewal, then an error: no loop."""
    config = platform_of(calcom, redirect_uri="https://elsewhere.example/")
    parts = build(current=lambda: "di", **config)
    assert parts.platform
    parts.platform.create("di", email="di@ex.test", name="Di", zone="Europe/Rome")

    with pytest.raises(CalcomForbidden):
        me(parts)

    assert len([each for each in calcom.requests if each.path == "/v2/me"]) == 2


def test_the_life_of_a_managed_user(calcom: FakeCalcom, build: Build) -> None:
    """Made, found, changed, taken over and deleted."""
    platform = build(**platform_of(calcom)).platform
    assert platform
    made = platform.create("di", email="di@ex.test", name="Di", zone="Europe/Rome", metadata={"crm": "7"})

    found = platform.users(emails=["di@ex.test"])
    changed = platform.update(made.id, zone="Asia/Tokyo", time_format=24)
    adopted = platform.adopt("too", made.id)
    platform.delete(made.id, account="di")

    assert found == (made,)
    assert (made.email, made.metadata) == ("di@ex.test", {"crm": "7"})
    assert adopted == changed
    assert (changed.zone, changed.time_format) == ("Asia/Tokyo", 24)
    assert platform.users() == ()


def test_the_addresses_in_mails_are_set_by_the_owners_key(calcom: FakeCalcom, build: Build) -> None:
    """Which is used for nothing else."""
    config = platform_of(calcom)
    platform = build(**config).platform
    assert platform

    platform.set_addresses(
        booking="https://b.example/bookings",
        reschedule="https://b.example/reschedule",
        cancel="https://b.example/cancel",
    )

    client = platform.client()
    assert client.id == config["BOOKER_CALCOM_CLIENT_ID"]
    assert (client.booking_uri, client.cancel_uri) == (
        "https://b.example/bookings",
        "https://b.example/cancel",
    )
    assert proofs(calcom) == {"Authorization": f"Bearer {config['BOOKER_CALCOM_API_KEY']}"}


# --- OAuth 2.0 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("public", [False, True], ids=["confidential", "public"])
def test_a_connected_account_calls_by_its_token(calcom: FakeCalcom, build: Build, public: bool) -> None:
    """From the question to the first call, and on after the token has expired."""
    parts = build(current=lambda: "host-1", **oauth_of(calcom, public=public))
    calcom.log_in(calcom.add_user("bo"))
    connect(parts, "host-1")
    assert parts.tokens
    pair = parts.tokens.read("calcom", "host-1")
    assert pair

    first = me(parts)
    calcom.expire(pair.access)
    second = me(parts)

    assert (pair.username, first, second) == ("bo", "bo", "bo")
    assert proofs(calcom).keys() == {"Authorization"}
    assert parts.accounts.account().username == "bo"


def test_a_connection_that_was_taken_back_has_ended(calcom: FakeCalcom, build: Build) -> None:
    """It is said once by Cal.com, and by us from then on."""
    parts = build(current=lambda: "host-1", **oauth_of(calcom))
    connect(parts, "host-1")
    assert parts.tokens
    pair = parts.tokens.read("calcom", "host-1")
    assert pair
    calcom.expire(pair.access)
    calcom.expire(pair.refresh)

    for _ in range(3):
        with pytest.raises(NotConnected):
            me(parts)

    asked = [each.path for each in calcom.requests]
    assert asked.count("/v2/auth/oauth2/token") == 2


def test_without_the_scope_an_account_has_no_name(calcom: FakeCalcom, build: Build) -> None:
    """It is connected all the same."""
    parts = build(current=lambda: "host-1", **oauth_of(calcom, scopes=("BOOKING_READ",)))
    connect(parts, "host-1")

    assert parts.accounts.account().username == ""
    assert parts.accounts.headers()
