"""OAuth 2.0: who asks, how, and what comes of it, at an authority that is strict about it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.wrappers import Response

from booker_components.errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from booker_components.providers._http import Http
from booker_components.providers.calcom.oauth import OAuth
from booker_components.records.boxes import Box
from booker_components.records.tokens import NotConnected, TokenPair, Tokens
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ...conftest import MONDAY
from ...processes import FORKS
from ...providers.samples import url_in
from ..remote import as_json, unused_url
from .authority import CLIENT_ID, SECRET, Authority, serving_authority

BACK = "https://book.example/oauth/calcom/callback"
PROCESSES, PATIENCE = 8, 30
GRANT = {"access_token": "a", "token_type": "bearer", "refresh_token": "r", "expires_in": 1800}


@pytest.fixture(params=[False, True], ids=["confidential", "public"])
def public(request: pytest.FixtureRequest) -> bool:
    """Whether the client has no secret."""
    return bool(request.param)


@pytest.fixture
def authority(public: bool) -> Iterator[Authority]:
    """Cal.com, as far as tokens go."""
    with serving_authority(public=public) as running:
        yield running


def client_of(authority: Authority, http: Http, *, public: bool = False, **options: Any) -> OAuth:
    """Give a client at *authority*, at noon of that Monday."""
    defaults: dict[str, Any] = {
        "api_url": f"{authority.url}/v2",
        "app_url": "https://app.cal.example",
        "client_id": CLIENT_ID,
        "client_secret": "" if public else SECRET,
        "scopes": ("BOOKING_READ", "PROFILE_READ"),
        "clock": FrozenClock(MONDAY),
    }
    return OAuth(http, **defaults | options)


@pytest.fixture
def http() -> Iterator[Http]:
    """What makes the calls, without waiting between them."""
    made = Http(sleep=lambda seconds: None)
    yield made
    made.close()


@pytest.fixture
def oauth(authority: Authority, http: Http, public: bool) -> OAuth:
    """The client that the authority knows."""
    return client_of(authority, http, public=public)


def code_from(address: str) -> str:
    """Give the code that a person brings back."""
    return parse_qs(urlsplit(address).query)["code"][0]


def connected(oauth: OAuth, authority: Authority) -> TokenPair:
    """Go all the way from the question to the tokens."""
    begun = oauth.authorization(BACK)
    return oauth.exchange(code_from(authority.consent(begun.url)), redirect_uri=BACK, verifier=begun.verifier)


# --- asking --------------------------------------------------------------------------------------


def test_the_question_says_who_asks_for_what(oauth: OAuth, public: bool) -> None:
    """Client, return address, scopes and state; a challenge exactly where a verifier will be taken."""
    begun = oauth.authorization(BACK)

    address, query = begun.url.split("?")
    asked = parse_qs(query)
    challenge = {"code_challenge", "code_challenge_method"} if public else set()
    assert address == "https://app.cal.example/auth/oauth2/authorize"
    assert set(asked) == {"response_type", "client_id", "redirect_uri", "scope", "state"} | challenge
    assert asked["redirect_uri"] == [BACK]
    assert asked["scope"] == ["BOOKING_READ PROFILE_READ"]
    assert asked["state"] == [begun.state]
    assert bool(begun.verifier) is public


def test_no_question_is_like_another(oauth: OAuth, public: bool) -> None:
    """State and verifier cannot be guessed, and show in no representation."""
    one, other = oauth.authorization(BACK), oauth.authorization(BACK)

    assert one.state != other.state
    assert len(one.state) >= 43
    assert one.state not in repr(one)
    if public:
        assert one.verifier != other.verifier
        assert 43 <= len(one.verifier) <= 128
        assert one.verifier not in repr(one)
        assert one.verifier not in one.url


def test_without_authlib_the_remedy_is_named() -> None:
    """Who has not installed the extra is told which one it is."""
    program = (
        "import sys; sys.modules['authlib'] = None\n"
        "from booker_components.errors import ConfigurationError\n"
        "from booker_components.providers.calcom.oauth import OAuth\n"
        "try: OAuth(None, api_url='', app_url='', client_id='', scopes=(), clock=None)\n"
        "except ConfigurationError as error: print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "pip install 'booker-components[oauth]'" in done.stdout


# --- the exchange --------------------------------------------------------------------------------


def test_a_code_is_exchanged_for_tokens(oauth: OAuth, authority: Authority) -> None:
    """The pair says when it ends, and whose it is."""
    pair = connected(oauth, authority)

    assert pair.expires_at == MONDAY + timedelta(seconds=1800)
    assert (pair.kind, pair.user, pair.username) == ("oauth", "7", "user-7")
    assert (pair.access, pair.refresh) == ("access-2", "refresh-3")


def test_a_code_is_good_once(oauth: OAuth, authority: Authority) -> None:
    """A second exchange is refused, in our own words."""
    begun = oauth.authorization(BACK)
    code = code_from(authority.consent(begun.url))
    oauth.exchange(code, redirect_uri=BACK, verifier=begun.verifier)

    with pytest.raises(ProviderRefused) as refusal:
        oauth.exchange(code, redirect_uri=BACK, verifier=begun.verifier)

    assert "Bo" not in str(refusal.value)


def test_where_the_profile_is_hidden_the_account_has_no_name(oauth: OAuth, authority: Authority) -> None:
    """Without the scope PROFILE_READ the tokens are kept all the same."""
    authority.shows_profile = False

    pair = connected(oauth, authority)

    assert (pair.user, pair.username) == ("", "")
    assert pair.access


def test_a_public_client_proves_itself_by_its_verifier(http: Http) -> None:
    """Whoever steals a code can do nothing with it."""
    with serving_authority(public=True) as authority:
        oauth = client_of(authority, http, public=True)
        code = code_from(authority.consent(oauth.authorization(BACK).url))

        with pytest.raises(ProviderRefused):
            oauth.exchange(code, redirect_uri=BACK, verifier="another" * 10)


def test_a_wrong_secret_is_named_with_its_remedy(http: Http) -> None:
    """The host reads which settings to look at."""
    with serving_authority() as authority:
        oauth = client_of(authority, http, client_secret="typo")

        with pytest.raises(ProviderRefused, match="BOOKER_CALCOM_CLIENT_SECRET") as refusal:
            connected(oauth, authority)

    assert "typo" not in str(refusal.value)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Response("<html>"), id="no JSON"),
        pytest.param(as_json([]), id="a list"),
        pytest.param(as_json({}), id="nothing"),
        pytest.param(as_json(GRANT | {"access_token": ""}), id="no access token"),
        pytest.param(as_json(GRANT | {"access_token": 5}), id="a number for a token"),
        pytest.param(as_json(GRANT | {"refresh_token": None}), id="no refresh token"),
        pytest.param(as_json(GRANT | {"expires_in": "soon"}), id="a text for seconds"),
        pytest.param(as_json(GRANT | {"expires_in": None}), id="no seconds"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(http: Http, answer: Response) -> None:
    """Garbage is an error of the provider, whatever it is."""
    with serving_authority() as authority:
        oauth = client_of(authority, http)
        authority.instead = [answer]

        with pytest.raises(ProviderError):
            connected(oauth, authority)


@pytest.mark.parametrize(
    ("seconds", "life"),
    [
        pytest.param(-5, timedelta(0), id="over"),
        pytest.param(10**18, timedelta(days=365), id="for ever"),
    ],
)
def test_odd_lifetimes_are_brought_into_bounds(http: Http, seconds: int, life: timedelta) -> None:
    """No figure leads out of the years we know."""
    with serving_authority() as authority:
        authority.instead = [as_json(GRANT | {"expires_in": seconds})]
        authority.shows_profile = False
        oauth = client_of(authority, http)

        pair = oauth.renew(TokenPair(access="a", refresh="r", expires_at=MONDAY))

    assert pair.expires_at == MONDAY + life


def test_a_failure_of_cal_com_is_none_of_the_account(oauth: OAuth, authority: Authority) -> None:
    """After a 500 nobody has to connect again."""
    pair = connected(oauth, authority)
    authority.instead = [Response("down", 500)]

    with pytest.raises(OutcomeUnknown):
        oauth.renew(pair)


def test_an_authority_out_of_reach_is_unavailable(http: Http) -> None:
    """Nobody answers: nothing is refused by that."""
    nowhere = Authority()
    nowhere.url = unused_url()

    with pytest.raises(ProviderUnavailable):
        client_of(nowhere, http).exchange("code", redirect_uri=BACK, verifier="")


# --- renewal -------------------------------------------------------------------------------------


def test_a_renewal_spends_the_refresh_token(oauth: OAuth, authority: Authority) -> None:
    """The next pair keeps whose it is; the former refresh token is worth nothing any more."""
    first = connected(oauth, authority)

    second = oauth.renew(first)

    assert second.access != first.access
    assert second.refresh != first.refresh
    assert (second.kind, second.user, second.username) == ("oauth", "7", "user-7")
    with pytest.raises(NotConnected, match="has to be connected"):
        oauth.renew(first)


def test_a_refresh_token_that_is_not_replaced_is_kept(oauth: OAuth, authority: Authority) -> None:
    """As OAuth 2.0 allows (RFC 6749, 6)."""
    first = connected(oauth, authority)
    authority.instead = [as_json({name: GRANT[name] for name in ("access_token", "expires_in")})]

    assert oauth.renew(first) == replace(first, access="a", expires_at=MONDAY + timedelta(seconds=1800))


def test_no_token_reaches_an_address_or_a_log(
    oauth: OAuth, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """Everything secret travels in the body, and is never written down."""
    caplog.set_level("DEBUG")
    first = connected(oauth, authority)
    oauth.renew(first)
    with pytest.raises(NotConnected) as refusal:
        oauth.renew(first)

    written = "".join(authority.calls) + caplog.text + str(refusal.value) + repr(refusal.value.__cause__)
    for secret in (first.access, first.refresh, SECRET):
        assert secret not in written


def _renew(url: str, database: str, access: str, line: Any, results: Any) -> None:
    """Line up with the others, then renew the same account."""
    authority, http = Authority(), Http()
    authority.url = url
    tokens = Tokens(Storage(database), Box([b"k" * 40]), FrozenClock(MONDAY))
    line.wait()
    try:
        pair = tokens.refresh("calcom", "ann", access, client_of(authority, http).renew)
        results.put(pair.access)
    except Exception as error:
        results.put(repr(error))
    finally:
        http.close()


def test_many_processes_spend_one_refresh_token(http: Http, tmp_path: Any) -> None:
    """Eight processes that meet an expired token at once make one call, and all go on with its answer."""
    storage = Storage(url_in(tmp_path))
    storage.upgrade()
    tokens = Tokens(storage, Box([b"k" * 40]), FrozenClock(MONDAY))
    with serving_authority() as authority:
        first = connected(client_of(authority, http), authority)
        tokens.write("calcom", "ann", first)
        given = _from_processes(authority.url, url_in(tmp_path), first.access)
        renewals = authority.called("POST /auth/oauth2/token") - 1

    pair = tokens.read("calcom", "ann")
    storage.close()
    assert pair is not None
    assert given == [pair.access] * PROCESSES
    assert renewals == 1


def _from_processes(url: str, database: str, access: str) -> list[str]:
    line, results = FORKS.Barrier(PROCESSES, timeout=PATIENCE), FORKS.Queue()
    processes = [
        FORKS.Process(target=_renew, args=(url, database, access, line, results), daemon=True)
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    try:
        return [results.get(timeout=PATIENCE) for _ in processes]
    finally:
        for process in processes:
            process.join(timeout=PATIENCE)
