"""Connecting an account in a browser, and the tokens that atoms ask for."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from booker_components import ConfigurationError
from booker_components.records.tokens import TokenPair
from booker_components.testing import FrozenClock

from ..conftest import MONDAY
from ..pages import Page
from ..providers.calcom.authority import CLIENT_ID, SECRET, Authority, serving_authority

START, CALLBACK, REFRESH = "/oauth/calcom/start", "/oauth/calcom/callback", "/oauth/calcom/refresh"
TOKENS = "POST /auth/oauth2/token"
ANN = {"X-User": "ann"}

MakeApp = Callable[..., Flask]


@pytest.fixture
def authority() -> Iterator[Authority]:
    """Cal.com, as far as accounts go."""
    with serving_authority(now=MONDAY.timestamp()) as running:
        yield running


@pytest.fixture
def make_calcom(make_app: MakeApp, authority: Authority) -> Iterator[MakeApp]:
    """Build apps that use Cal.com; the header X-User is who is signed in."""
    made: list[Flask] = []

    def build(*, at: Authority = authority, **config: Any) -> Flask:
        defaults = {
            "BOOKER_PROVIDER": "calcom",
            "BOOKER_DISPATCH": "none",
            "BOOKER_PUBLIC_URL": "https://book.example",
            "BOOKER_CALCOM_API_URL": f"{at.url}/v2",
            "BOOKER_CALCOM_USERNAME": "partner",
            "BOOKER_CALCOM_CLIENT_ID": CLIENT_ID,
            "BOOKER_CALCOM_CLIENT_SECRET": SECRET,
        }
        made.append(make_app(**defaults | config))
        return made[-1]

    yield build
    for app in made:
        app.extensions["booker"].calcom.close()


@pytest.fixture
def make_oauth(make_calcom: MakeApp) -> MakeApp:
    """Build apps at which people connect accounts."""

    def build(**config: Any) -> Flask:
        connect = {"BOOKER_CALCOM_CONNECT": lambda request: request.headers.get("X-User")}
        return make_calcom(**connect | config)

    return build


@pytest.fixture
def app(make_oauth: MakeApp) -> Flask:
    """An app at which people connect accounts."""
    return make_oauth()


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser that keeps cookies."""
    return app.test_client()


def connected(app: Flask) -> list[str]:
    """Give the names of the accounts that are connected."""
    return list(app.extensions["booker"].calcom.tokens.accounts("calcom"))


def way_back(browser: FlaskClient, authority: Authority, address: str = START) -> str:
    """Begin a connection and allow it at Cal.com; give path and query of the way back."""
    question = browser.get(address, headers=ANN)
    assert question.status_code == 303
    back = urlsplit(authority.consent(question.headers["Location"]))
    return f"{back.path}?{back.query}"


def headline(response: TestResponse) -> str:
    """Give what the page is headed by."""
    return Page.of(response).headline()


# --- the way there and back ----------------------------------------------------------------------


def test_an_account_is_connected(app: Flask, browser: FlaskClient, authority: Authority) -> None:
    """To Cal.com, back with a code, and from then on calls are made with its token."""
    response = browser.get(way_back(browser, authority), headers=ANN)

    accounts = app.extensions["booker"].calcom.accounts
    assert (response.status_code, headline(response)) == (200, "Connected")
    assert connected(app) == ["ann"]
    with accounts.using("ann"):
        assert accounts.headers() == {"Authorization": "Bearer access-2"}
        assert accounts.account().username == "user-7"


def test_a_public_client_connects_too(make_oauth: MakeApp) -> None:
    """The verifier is with the browser, but not for it to read."""
    with serving_authority(public=True) as public:
        app = make_oauth(at=public, BOOKER_CALCOM_CLIENT_SECRET="")
        browser = app.test_client()
        address = way_back(browser, public)
        cookie = browser.get_cookie("session")
        browser.get(address, headers=ANN)

    assert connected(app) == ["ann"]
    assert cookie is not None
    assert public.bodies[0]["code_verifier"] not in _readable(cookie.value)
    # As a word: three letters may well stand within a random token.
    assert not re.search(r"\bann\b", _readable(cookie.value))


def _readable(cookie: str) -> str:
    """Give what anybody can read in a session cookie."""
    packed, payload = cookie.startswith("."), cookie.lstrip(".").split(".")[0]
    content = base64.urlsafe_b64decode(payload + "===")
    return (zlib.decompress(content) if packed else content).decode()


def test_connecting_again_replaces_the_tokens(app: Flask, browser: FlaskClient, authority: Authority) -> None:
    """An account whose connection has ended is connected anew in the same way."""
    browser.get(way_back(browser, authority), headers=ANN)
    browser.get(way_back(browser, authority), headers=ANN)

    pair = app.extensions["booker"].calcom.tokens.read("calcom", "ann")
    assert connected(app) == ["ann"]
    assert pair.access == "access-5"


def test_the_return_address_is_never_taken_from_the_request(make_oauth: MakeApp) -> None:
    """A forged Host header leads no code to a stranger's site; the mount point is part of the address."""
    app = make_oauth(prefix="/scheduling")

    response = app.test_client().get(f"/scheduling{START}", headers=ANN, base_url="https://evil.example")

    asked = parse_qs(urlsplit(response.headers["Location"]).query)
    assert response.headers["Location"].startswith("https://app.cal.com/auth/oauth2/authorize?")
    assert asked["redirect_uri"] == ["https://book.example/scheduling/oauth/calcom/callback"]


@pytest.mark.parametrize(
    ("wanted", "to"),
    [
        pytest.param("/settings?tab=2", "/settings?tab=2", id="a path of the host"),
        pytest.param("//evil.example", None, id="another host"),
        pytest.param("/\\evil.example", None, id="another host, by backslash"),
        pytest.param("/%09/evil.example", None, id="another host, by tab"),
        pytest.param("https://evil.example/", None, id="an address"),
        pytest.param("settings", None, id="no path"),
        pytest.param("/%0d%0aSet-Cookie:%20a=b", None, id="a header"),
    ],
)
def test_afterwards_people_go_where_they_wanted_on_this_site(
    browser: FlaskClient, authority: Authority, wanted: str, to: str | None
) -> None:
    """A path of this site, nothing else."""
    address = way_back(browser, authority, f"{START}?next={wanted}".replace("?tab", "%3Ftab"))

    response = browser.get(address, headers=ANN)

    assert response.headers.get("Location") == to
    assert response.status_code == (303 if to else 200)


def test_nothing_of_it_is_kept_or_passed_on(browser: FlaskClient, authority: Authority) -> None:
    """Neither caches nor other sites learn an address with a code, and no page shows a token."""
    address = way_back(browser, authority)
    answers = [browser.get(START, headers=ANN), browser.get(address, headers=ANN), browser.get(address)]

    for response in answers:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert not any(secret in response.text for secret in ("access-", "refresh-", SECRET))


# --- refusals ------------------------------------------------------------------------------------


def test_who_may_connect_nothing_is_refused(browser: FlaskClient) -> None:
    """The host's function decides who begins."""
    response = browser.get(START)

    assert (response.status_code, headline(response)) == (403, "Not possible")
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", [START, CALLBACK])
def test_without_the_setting_there_is_nothing_to_see(make_calcom: MakeApp, path: str) -> None:
    """A Platform client connects nobody."""
    assert make_calcom().test_client().get(path, headers=ANN).status_code == 404


@pytest.mark.parametrize("path", [START, CALLBACK, REFRESH])
def test_without_cal_com_there_is_nothing_to_see(make_app: MakeApp, path: str) -> None:
    """The routes belong to one provider."""
    assert make_app().test_client().get(path, headers=ANN).status_code == 404


@pytest.mark.parametrize("name", [pytest.param("", id="empty"), pytest.param(7, id="a number")])
def test_a_name_that_is_none_is_a_mistake_of_the_host(make_oauth: MakeApp, name: Any) -> None:
    """It is said at once, not kept under a name that nobody finds again."""
    app = make_oauth(BOOKER_CALCOM_CONNECT=lambda request: name)

    with pytest.raises(ConfigurationError, match="BOOKER_CALCOM_CONNECT"):
        app.test_client().get(START)


def test_another_browser_cannot_end_a_connection(
    app: Flask, browser: FlaskClient, authority: Authority
) -> None:
    """An address with somebody else's code connects nothing: it is bound to the browser that began."""
    address = way_back(browser, authority)

    response = app.test_client().get(address, headers=ANN)

    assert (response.status_code, headline(response)) == (400, "Please start again")
    assert "Set-Cookie" not in response.headers
    assert authority.called(TOKENS) == 0
    assert connected(app) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda address: address.replace("state=", "state=x"), id="another state"),
        pytest.param(lambda address: address.split("&state=")[0], id="no state"),
        pytest.param(lambda address: address.replace("state=", "state=%C3%BC"), id="beyond ASCII"),
        pytest.param(lambda address: address.replace("state=", "state=%FF"), id="no text"),
    ],
)
def test_a_state_that_is_not_ours_is_refused(
    app: Flask, browser: FlaskClient, authority: Authority, change: Callable[[str], str]
) -> None:
    """Somebody else's code cannot be slipped into a connection that was begun."""
    address = change(way_back(browser, authority))

    response = browser.get(address, headers=ANN)

    assert (response.status_code, headline(response)) == (400, "Please start again")
    assert authority.called(TOKENS) == 0
    assert connected(app) == []


def test_a_connection_is_ended_once(app: Flask, browser: FlaskClient, authority: Authority) -> None:
    """Going back in the history sends nothing a second time."""
    address = way_back(browser, authority)
    browser.get(address, headers=ANN)

    response = browser.get(address, headers=ANN)

    assert (response.status_code, headline(response)) == (400, "Please start again")
    assert authority.called(TOKENS) == 1


def test_a_connection_is_not_ended_late(
    app: Flask, browser: FlaskClient, authority: Authority, clock: FrozenClock
) -> None:
    """After ten minutes Cal.com would not take the code either."""
    address = way_back(browser, authority)
    clock.move(timedelta(minutes=10, seconds=1))

    response = browser.get(address, headers=ANN)

    assert headline(response) == "Please start again"
    assert Page.of(response).links(START)
    assert connected(app) == []


@pytest.mark.parametrize("user", ["bo", None])
def test_who_signs_in_as_another_meanwhile_connects_nothing(
    app: Flask, browser: FlaskClient, authority: Authority, user: str | None
) -> None:
    """An account is connected by the user who began, or by nobody."""
    address = way_back(browser, authority)

    response = browser.get(address, headers={"X-User": user} if user else {})

    assert response.status_code == 403
    assert authority.called(TOKENS) == 0
    assert connected(app) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param("error=access_denied&error_description=<b>Hush</b>", "was not allowed", id="denied"),
        pytest.param("error=server_error&error_description=Hush", "did not confirm", id="another error"),
        pytest.param("error=<b>Hush</b>&code=code-1", "did not confirm", id="an error and a code"),
        pytest.param("", "did not confirm", id="neither code nor error"),
        pytest.param("code=", "did not confirm", id="an empty code"),
        pytest.param("code=" + "x" * 5000, "did not confirm", id="a code without end"),
        pytest.param("code=stolen", "did not confirm", id="a code that is refused"),
    ],
)
def test_what_went_wrong_at_cal_com_is_said_in_our_words(
    app: Flask, browser: FlaskClient, authority: Authority, answer: str, said: str
) -> None:
    """The page offers another try, and repeats nothing from the address."""
    state = parse_qs(urlsplit(way_back(browser, authority)).query)["state"][0]

    response = browser.get(f"{CALLBACK}?{answer}&state={state}", headers=ANN)

    page = Page.of(response)
    assert response.status_code >= 400
    assert page.headline() == "Not connected"
    assert said in page.text()
    assert page.links(START) == [START]
    assert "Hush" not in response.text
    assert connected(app) == []


def test_a_silent_cal_com_is_no_end(app: Flask, browser: FlaskClient, authority: Authority) -> None:
    """Whoever comes back while the API is down may try again."""
    address = way_back(browser, authority)
    authority.instead = [Response("down", 500)]

    response = browser.get(address, headers=ANN)

    assert (response.status_code, headline(response)) == (503, "Not connected")


# --- tokens for atoms ----------------------------------------------------------------------------


@pytest.fixture
def platform_app(make_calcom: MakeApp) -> Flask:
    """An app of a Platform client, with a managed user whose token is access-1."""
    app = make_calcom()
    app.extensions["booker"].calcom.platform.create("ann", email="a@ex.test", name="Ann", zone="UTC")
    return app


def ask(app: Flask, authorization: str | None) -> TestResponse:
    """Ask as atoms do."""
    headers = {"Authorization": authorization} if authorization else {}
    return app.test_client().get(REFRESH, headers=headers)


def test_an_expired_token_is_exchanged(platform_app: Flask) -> None:
    """What atoms send to `refreshUrl`, and what they expect (contracts/calcom.md 1.2)."""
    response = ask(platform_app, "Bearer access-1")

    assert response.status_code == 200
    assert response.json == {"accessToken": "access-3"}
    assert response.headers["Cache-Control"] == "no-store"


def test_many_browsers_make_one_renewal(platform_app: Flask, authority: Authority) -> None:
    """Each gets the token that now stands."""
    answers = [ask(platform_app, "Bearer access-1").json for _ in range(3)]

    assert answers == [{"accessToken": "access-3"}] * 3
    assert authority.called(f"POST /oauth/{CLIENT_ID}/refresh") == 1


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="nothing"),
        pytest.param("Bearer", id="no token"),
        pytest.param("Bearer guess", id="nobody's token"),
        pytest.param("Bearer refresh-2", id="a refresh token"),
        pytest.param("Basic YWNjZXNzLTE6", id="another scheme"),
    ],
)
def test_what_is_no_token_of_ours_is_refused(
    platform_app: Flask, authority: Authority, authorization: str | None
) -> None:
    """401, as JSON, without a word on why; Cal.com is not asked."""
    response = ask(platform_app, authorization)

    assert (response.status_code, response.json) == (401, {"error": "invalid_token"})
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert len(authority.calls) == 1


def test_accounts_connected_by_oauth_are_not_for_browsers(make_calcom: MakeApp) -> None:
    """Their tokens stay on the server, though the store holds both."""
    app = make_calcom()
    pair = TokenPair(access="a", refresh="r", expires_at=MONDAY, kind="oauth")
    app.extensions["booker"].calcom.tokens.write("calcom", "bo", pair)

    assert ask(app, "Bearer a").status_code == 401


def test_the_token_of_a_deleted_user_is_refused(platform_app: Flask, authority: Authority) -> None:
    """Nobody renews what is no more."""
    authority.revoke()
    authority.users.clear()

    assert ask(platform_app, "Bearer access-1").status_code == 401


@pytest.mark.parametrize(
    ("answer", "status"),
    [pytest.param(Response("down", 500), 503, id="away"), pytest.param(Response("garbage"), 503, id="odd")],
)
def test_a_silent_cal_com_is_unavailable(
    platform_app: Flask, authority: Authority, answer: Response, status: int
) -> None:
    """Atoms may ask again."""
    authority.instead = [answer]

    response = ask(platform_app, "Bearer access-1")

    assert (response.status_code, response.json) == (status, {"error": "temporarily_unavailable"})
    assert int(response.headers["Retry-After"]) >= 1
    assert ask(platform_app, "Bearer access-1").status_code == 200


def test_a_wrong_secret_is_an_error_of_ours(make_calcom: MakeApp, platform_app: Flask) -> None:
    """It is not said that the token is bad."""
    other = make_calcom(
        BOOKER_CALCOM_CLIENT_SECRET="typo",
        BOOKER_DATABASE_URL=f"sqlite:///{platform_app.instance_path}/booker.sqlite3",
    )

    response = ask(other, "Bearer access-1")

    assert (response.status_code, response.json) == (502, {"error": "refused"})


def test_whoever_guesses_is_slowed_down(platform_app: Flask) -> None:
    """Sixty tries in a minute are enough for every app."""
    statuses = [ask(platform_app, f"Bearer guess-{number}").status_code for number in range(61)]

    last = ask(platform_app, "Bearer access-1")
    assert statuses == [401] * 60 + [429]
    assert (last.status_code, last.json) == (429, {"error": "too_many_requests"})
    assert last.headers["Retry-After"] == "60"


def test_only_get_is_answered(platform_app: Flask) -> None:
    """As atoms ask."""
    assert platform_app.test_client().post(REFRESH).status_code == 405


def test_no_token_is_logged(platform_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """Not even when everything is."""
    caplog.set_level("DEBUG")
    ask(platform_app, "Bearer access-1")
    ask(platform_app, "Bearer guess-7")

    assert not any(secret in caplog.text for secret in ("access-", "refresh-", "guess-", SECRET))
