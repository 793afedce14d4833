"""Who calls: for which account, with which headers, and what happens when a token ends."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import ConfigurationError, ProviderUnavailable
from booker_components.providers._http import Http
from booker_components.providers.calcom.accounts import (
    MANAGED,
    OAUTH,
    Accounts,
    CalcomAccount,
    Choice,
    ClientIdentity,
    FixedIdentity,
)
from booker_components.providers.calcom.client import CalcomClient, Resource
from booker_components.providers.calcom.failures import CalcomForbidden
from booker_components.providers.calcom.platform import Platform
from booker_components.records.boxes import Box
from booker_components.records.tokens import NotConnected, TokenPair, Tokens
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ...conftest import MONDAY
from ..samples import url_in
from .authority import CLIENT_ID, SECRET, Authority, serving_authority

MINUTE = timedelta(minutes=1)
DEFAULT = CalcomAccount(username="ann", organization="acme")
PAIR = TokenPair(
    access="access-1",
    refresh="refresh-1",
    expires_at=MONDAY + 30 * MINUTE,
    kind=OAUTH,
    user="7",
    username="bo",
)
FRESH = replace(PAIR, access="access-2", refresh="refresh-2", expires_at=MONDAY + 90 * MINUTE)


@pytest.fixture
def tokens(tmp_path: Path, clock: FrozenClock) -> Iterator[Tokens]:
    """A store with the tokens of Bo."""
    storage = Storage(url_in(tmp_path))
    storage.upgrade()
    made = Tokens(storage, Box([b"k" * 40]), clock)
    made.write("calcom", "bo", PAIR)
    yield made
    storage.close()


class Desk:
    """Makes accounts over one store, and counts renewals."""

    def __init__(self, tokens: Tokens, clock: FrozenClock) -> None:
        self._tokens = tokens
        self._clock = clock
        #: What was renewed, oldest first.
        self.renewed: list[TokenPair] = []
        #: What a renewal gives, or raises.
        self.outcome: TokenPair | Exception = FRESH

    def accounts(self, chosen: Choice = None, **options: Any) -> Accounts:
        """Give accounts that choose *chosen* for every call."""
        defaults: dict[str, Any] = {
            "current": lambda: chosen,
            "tokens": self._tokens,
            "renewers": {OAUTH: self._renew, MANAGED: self._renew},
            "clock": self._clock,
        }
        return Accounts(DEFAULT, **defaults | options)

    def _renew(self, pair: TokenPair) -> TokenPair:
        self.renewed.append(pair)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def desk(tokens: Tokens, clock: FrozenClock) -> Desk:
    """What makes accounts."""
    return Desk(tokens, clock)


def bearer(token: str) -> dict[str, str]:
    """Give the header for *token*."""
    return {"Authorization": f"Bearer {token}"}


# --- which account -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "account"),
    [
        pytest.param(None, DEFAULT, id="none: the settings"),
        pytest.param(CalcomAccount(team="sales"), CalcomAccount(team="sales"), id="in full"),
        pytest.param("bo", CalcomAccount(username="bo", tokens="bo"), id="by name"),
        pytest.param(
            CalcomAccount(username="bo+di", tokens="bo"),
            CalcomAccount(username="bo+di", tokens="bo"),
            id="in full, with tokens",
        ),
    ],
)
def test_the_choice_names_the_account(desk: Desk, chosen: Choice, account: CalcomAccount) -> None:
    """A connected account knows its own username."""
    assert desk.accounts(chosen).account() == account


@pytest.mark.parametrize("chosen", [pytest.param("", id="empty"), pytest.param(7, id="a number")])
def test_a_choice_of_nothing_we_know_is_refused(desk: Desk, chosen: Any) -> None:
    """A slip in the host's function does not lead to the settings' account."""
    with pytest.raises(ConfigurationError, match="BOOKER_CALCOM_ACCOUNT"):
        desk.accounts(chosen).account()


def test_an_unknown_name_is_not_connected(desk: Desk) -> None:
    """It falls back on nobody else's account."""
    accounts = desk.accounts("eve")

    for ask in (accounts.account, accounts.headers):
        with pytest.raises(NotConnected) as refusal:
            ask()
        assert refusal.value.account == "eve"
        assert "eve" not in str(refusal.value)


def test_a_block_chooses_for_itself(desk: Desk) -> None:
    """Commands and jobs say whom they act for; inner blocks count, and others see nothing of it."""
    accounts, others = desk.accounts(), desk.accounts()

    with accounts.using("bo"):
        with accounts.using(CalcomAccount(username="di")):
            inner = accounts.account().username
        outer = accounts.account().username
        beside = others.account().username
    after = accounts.account().username

    assert (inner, outer, beside, after) == ("di", "bo", "ann", "ann")


def test_threads_choose_apart(tokens: Tokens, desk: Desk) -> None:
    """What one request is about is never seen by another, however they mix."""
    for number in range(8):
        tokens.write("calcom", f"host-{number}", replace(PAIR, access=f"access-of-{number}"))
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request")
    accounts = desk.accounts(current=request.get)
    line = threading.Barrier(8)

    def work(number: int) -> bool:
        request.set(f"host-{number}")
        line.wait()
        return all(accounts.headers() == bearer(f"access-of-{number}") for _ in range(20))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_keys_show_in_no_representation() -> None:
    """What is logged by accident tells nothing."""
    shown = repr((CalcomAccount(api_key="cal_hush"), ClientIdentity(client_id="c", secret="hush")))

    assert "hush" not in shown


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "options", "headers"),
    [
        pytest.param(None, {}, {}, id="nobody in particular"),
        pytest.param(CalcomAccount(api_key="cal_1"), {}, bearer("cal_1"), id="an API key"),
        pytest.param(None, {"client_id": "c1"}, {"x-cal-client-id": "c1"}, id="a guest of a Platform client"),
        pytest.param("bo", {}, bearer("access-1"), id="an OAuth 2.0 account"),
        pytest.param(
            "bo", {"client_id": "c1", "origin": "https://b.example"}, bearer("access-1"), id="no origin"
        ),
    ],
)
def test_headers_prove_the_account(
    desk: Desk, chosen: Choice, options: dict[str, str], headers: dict[str, str]
) -> None:
    """One mode after the other (contracts/calcom.md 4.2)."""
    assert desk.accounts(chosen, **options).headers() == headers


def test_managed_users_come_from_our_origin(desk: Desk, tokens: Tokens) -> None:
    """Their tokens are good only where the client's redirect URIs allow."""
    tokens.write("calcom", "bo", replace(PAIR, kind=MANAGED))

    headers = desk.accounts("bo", origin="https://b.example").headers()

    assert headers == bearer("access-1") | {"Origin": "https://b.example"}


def test_another_account_never_gets_the_settings_key(desk: Desk) -> None:
    """An account without a right of its own is called upon as a guest."""
    accounts = Accounts(
        CalcomAccount(username="ann", api_key="cal_ann"),
        current=lambda: CalcomAccount(username="eve"),
        clock=lambda: MONDAY,
    )

    assert accounts.headers() == {}


def test_names_need_a_client(desk: Desk) -> None:
    """Without a client no account can be connected, and the remedy is named."""
    with pytest.raises(ConfigurationError, match="BOOKER_CALCOM_CLIENT_ID"):
        desk.accounts("bo", tokens=None).headers()


# --- tokens that end -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "token", "renewals"),
    [
        pytest.param(timedelta(0), "access-1", 0, id="fresh"),
        pytest.param(29 * MINUTE, "access-1", 0, id="a minute left"),
        pytest.param(30 * MINUTE - timedelta(seconds=10), "access-2", 1, id="ten seconds left"),
        pytest.param(40 * MINUTE, "access-2", 1, id="over"),
    ],
)
def test_a_token_is_renewed_ahead_of_its_end(
    desk: Desk, clock: FrozenClock, passed: timedelta, token: str, renewals: int
) -> None:
    """A call does not go out with a token that ends on the way."""
    clock.move(passed)

    assert desk.accounts("bo").headers() == bearer(token)
    assert len(desk.renewed) == renewals


def test_a_token_that_cannot_be_renewed_yet_is_used_to_its_end(desk: Desk, clock: FrozenClock) -> None:
    """While Cal.com's token endpoint is away, the last seconds still count."""
    desk.outcome = ProviderUnavailable("It is away.")
    accounts = desk.accounts("bo")

    clock.move(30 * MINUTE - timedelta(seconds=10))
    headers = accounts.headers()
    clock.move(timedelta(seconds=20))

    assert headers == bearer("access-1")
    with pytest.raises(ProviderUnavailable):
        accounts.headers()


def test_what_was_refused_is_renewed(desk: Desk) -> None:
    """However long it should have lived."""
    accounts = desk.accounts("bo")
    stale = accounts.headers()

    assert accounts.renew(stale)
    assert accounts.headers() == bearer("access-2")
    assert desk.renewed == [PAIR]


def test_what_another_has_renewed_is_not_renewed_again(desk: Desk) -> None:
    """Two calls that are refused at once renew once."""
    accounts = desk.accounts("bo")
    stale = accounts.headers()

    assert [accounts.renew(stale), accounts.renew(stale)] == [True, True]
    assert len(desk.renewed) == 1


@pytest.mark.parametrize(
    ("chosen", "stale"),
    [
        pytest.param(None, {}, id="nobody in particular"),
        pytest.param(CalcomAccount(api_key="cal_1"), bearer("cal_1"), id="an API key"),
        pytest.param("bo", {}, id="no token"),
    ],
)
def test_what_is_no_token_cannot_be_renewed(desk: Desk, chosen: Choice, stale: dict[str, str]) -> None:
    """A key that was refused stays refused."""
    assert not desk.accounts(chosen).renew(stale)
    assert desk.renewed == []


@pytest.mark.parametrize(
    "identity",
    [
        pytest.param(FixedIdentity(of=CalcomAccount(api_key="cal_1")), id="an API key"),
        pytest.param(ClientIdentity(client_id="c1", secret="s1"), id="a Platform client"),
    ],
)
def test_fixed_identities_renew_nothing(identity: FixedIdentity | ClientIdentity) -> None:
    """They have nothing that ends."""
    assert not identity.renew(identity.headers())


def test_a_connection_that_has_ended_is_said_to_have(desk: Desk, clock: FrozenClock) -> None:
    """One try, then a clear word to everybody until the account is connected again."""
    desk.outcome = NotConnected("It was refused.")
    clock.move(40 * MINUTE)

    for _ in range(3):
        with pytest.raises(NotConnected) as refusal:
            desk.accounts("bo").headers()
        assert refusal.value.status == 502
        assert "has ended" in refusal.value.sentence

    assert len(desk.renewed) == 1


def test_tokens_of_a_client_that_is_gone_name_the_setting(desk: Desk, clock: FrozenClock) -> None:
    """Whoever changes the settings is told what is missing, not that people have to connect again."""
    clock.move(40 * MINUTE)

    with pytest.raises(ConfigurationError, match="BOOKER_CALCOM_AUTH"):
        desk.accounts("bo", renewers={}).headers()


# --- with the client -----------------------------------------------------------------------------


@pytest.fixture
def authority() -> Iterator[Authority]:
    """Cal.com, as far as accounts go."""
    with serving_authority(now=MONDAY.timestamp()) as running:
        yield running


@pytest.fixture
def client_for(
    authority: Authority, tokens: Tokens, clock: FrozenClock
) -> Iterator[Callable[[str], CalcomClient]]:
    """Make clients for a name, over a Platform client with a managed user "managed"."""
    http = Http(sleep=lambda seconds: None)
    api_url = f"{authority.url}/v2"
    owner = CalcomClient(http, api_url, ClientIdentity(client_id=CLIENT_ID, secret=SECRET))
    platform = Platform(owner, client_id=CLIENT_ID, tokens=tokens)
    platform.create("managed", email="m@ex.test", name="M", zone="UTC")
    authority.calls.clear()

    def build(name: str) -> CalcomClient:
        accounts = Accounts(
            DEFAULT,
            current=lambda: name,
            tokens=tokens,
            renewers={MANAGED: platform.renew},
            clock=clock,
            origin="https://b.example",
        )
        return CalcomClient(http, api_url, accounts)

    yield build
    http.close()


def test_an_expired_token_is_renewed_and_the_call_repeated(
    authority: Authority, client_for: Callable[[str], CalcomClient]
) -> None:
    """498 is what Cal.com says of a managed user's expired token."""
    authority.expire()

    me = client_for("managed").get("/me", Resource.OTHER)

    assert me["id"] == 100
    assert authority.calls == ["GET /me", f"POST /oauth/{CLIENT_ID}/refresh", "GET /me"]
    assert authority.headers[-1]["Origin"] == "https://b.example"


def test_a_call_that_stays_refused_is_not_repeated_for_ever(
    authority: Authority, client_for: Callable[[str], CalcomClient]
) -> None:
    """One renewal for each call."""

    class Expiring(list[str]):
        def append(self, call: str) -> None:
            super().append(call)
            authority.expire()

    authority.calls = Expiring()

    with pytest.raises(CalcomForbidden):
        client_for("managed").get("/me", Resource.OTHER)

    assert authority.called("GET /me") == 2


# --- tokens for atoms ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "token", "renewals"),
    [
        pytest.param(timedelta(0), "access-2", 1, id="refused before its end"),
        pytest.param(40 * MINUTE, "access-2", 1, id="over"),
    ],
)
def test_an_expired_token_is_exchanged(
    desk: Desk, tokens: Tokens, clock: FrozenClock, passed: timedelta, token: str, renewals: int
) -> None:
    """Atoms ask only when theirs was refused."""
    tokens.write("calcom", "bo", replace(PAIR, kind=MANAGED))
    desk.outcome = replace(FRESH, kind=MANAGED)
    clock.move(passed)

    assert desk.accounts().fresh_access("access-1") == token
    assert len(desk.renewed) == renewals


def test_the_token_before_is_exchanged_for_the_present_one(desk: Desk, tokens: Tokens) -> None:
    """Several browsers of one user, and our own calls, make one renewal between them."""
    tokens.write("calcom", "bo", replace(PAIR, kind=MANAGED))
    desk.outcome = replace(FRESH, kind=MANAGED)
    accounts = desk.accounts()

    assert [accounts.fresh_access("access-1") for _ in range(3)] == ["access-2"] * 3
    assert len(desk.renewed) == 1


def test_a_token_before_the_last_is_worth_a_renewal_once_that_has_ended(
    desk: Desk, tokens: Tokens, clock: FrozenClock
) -> None:
    """A browser that slept gets a token that works."""
    tokens.write("calcom", "bo", replace(PAIR, kind=MANAGED))
    accounts = desk.accounts()
    desk.outcome = replace(FRESH, kind=MANAGED)
    accounts.fresh_access("access-1")
    desk.outcome = replace(FRESH, kind=MANAGED, access="access-3", expires_at=MONDAY + 300 * MINUTE)
    clock.move(100 * MINUTE)

    assert accounts.fresh_access("access-1") == "access-3"


@pytest.mark.parametrize(
    "token",
    [pytest.param("access-1", id="of an OAuth 2.0 account"), pytest.param("guess", id="of nobody")],
)
def test_tokens_of_no_managed_user_are_worth_nothing(desk: Desk, token: str) -> None:
    """What people allow us by OAuth 2.0 is for the server alone."""
    assert desk.accounts().fresh_access(token) is None
    assert desk.renewed == []
