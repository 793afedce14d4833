"""The commands for Cal.com verify what is set up, fill gaps, and register webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from booker_components import EventKind
from booker_components.providers.calcom.accounts import OAUTH, PROVIDER
from booker_components.providers.calcom.webhooks import TRIGGERS, account_mark, account_secret
from booker_components.records.tokens import TokenPair
from booker_components.testing import FrozenClock, Recorder
from booker_components.testing.calcom.records import PlatformClient

from .conftest import TUESDAY
from .elsewhere import PUBLIC, SECRET, Elsewhere, elsewhere, hear, pass_on

Making = Callable[..., Elsewhere]

#: A secret that is long enough for an app of many accounts.
LONG = {"BOOKER_CALCOM_WEBHOOK_SECRET": "s" * 32}
MARK = account_mark("s" * 32, "mine")


def run(app: Flask, *words: str, typed: str = "") -> Result:
    """Run `flask booker calcom` and give what came of it."""
    result: Result = app.test_cli_runner().invoke(args=["booker", "calcom", *words], input=typed)
    return result


@pytest.fixture
def making(clock: FrozenClock) -> Iterator[Making]:
    """Make a Cal.com whose event type has the given fields."""
    with ExitStack() as stack:
        yield lambda **fields: stack.enter_context(elsewhere(clock, **fields))


@pytest.fixture
def there(making: Making) -> Elsewhere:
    """A Cal.com with one event type."""
    return making()


def platform_settings(there: Elsewhere, client: PlatformClient) -> dict[str, Any]:
    """Give the settings of the app of a Platform client, whose owner is Ann."""
    keys = {"BOOKER_CALCOM_CLIENT_ID": client.id, "BOOKER_CALCOM_CLIENT_SECRET": client.secret}
    return there.settings() | keys


# --- check ---------------------------------------------------------------------------------------


def test_check_shows_the_addresses_and_that_all_is_well(
    there: Elsewhere, make_app: Callable[..., Flask]
) -> None:
    """Each address is to be entered as it stands, below the prefix of the pages."""
    app = make_app(prefix="/scheduling", **there.settings())

    result = run(app, "check")

    assert result.exit_code == 0, result.output
    for path in (
        "/bookings",
        "/reschedule",
        "/bookings/cancel",
        "/bookings/return",
        "/webhooks/calcom",
        "/oauth/calcom/callback",
    ):
        assert f"  {PUBLIC}/scheduling{path}\n" in result.output
    assert "ok     The API key belongs to the user 'ann'.\n" in result.output
    assert "ok     Event type 'intro' can be booked.\n" in result.output
    assert "ok     Slots are read (version 2024-09-04)" in result.output
    assert "ok     Bookings are read (version 2024-08-13).\n" in result.output
    assert "WRONG" not in result.output


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"BOOKER_CALCOM_API_KEY": "cal_wrong"}, "WRONG  The API key is refused", id="key"),
        pytest.param({"BOOKER_PUBLIC_URL": ""}, "WRONG  'BOOKER_PUBLIC_URL' is not set", id="address"),
        pytest.param({"BOOKER_CALCOM_USERNAME": "nobody"}, "'BOOKER_CALCOM_USERNAME'", id="username"),
        pytest.param(
            {"BOOKER_CALCOM_API_URL": "http://127.0.0.1:9/v2"}, "'BOOKER_CALCOM_API_URL'", id="unreachable"
        ),
    ],
)
def test_check_ends_with_1_where_something_is_wrong(
    there: Elsewhere, make_app: Callable[..., Flask], settings: dict[str, Any], said: str
) -> None:
    """What is wrong is named with its setting; no key is shown."""
    app = make_app(**(there.settings() | settings))

    result = run(app, "check")

    assert result.exit_code == 1
    assert said in result.output
    assert "cal_wrong" not in result.output
    assert SECRET not in result.output


def test_check_says_one_thing_wrong_once(there: Elsewhere, make_app: Callable[..., Flask]) -> None:
    """Event types that could not be read are not said to be read, nor to be none."""
    wrong = {"BOOKER_CALCOM_API_KEY": "cal_wrong"}
    elsewhere = {"BOOKER_CALCOM_API_KEY": "", "BOOKER_CALCOM_API_URL": there.calcom.app_url}

    refused = run(make_app(**(there.settings() | wrong)), "check").output
    misled = run(make_app(**(there.settings() | elsewhere)), "check").output

    for said in (refused, misled):
        assert "Event types are read" not in said
    assert "There are no event types" not in refused
    assert "it mostly ends in /v2" in misled


def test_check_looks_at_an_account_where_requests_say_whose_it_is(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """An app of many accounts has no event types of its own, which is nothing wrong."""
    many = {"BOOKER_CALCOM_USERNAME": "", "BOOKER_CALCOM_ACCOUNT": lambda request: None}

    nobody = run(oauth_app(there, make_app, clock, **many), "check")
    somebody = run(oauth_app(there, make_app, clock, "mine", **many), "check")

    assert (nobody.exit_code, somebody.exit_code) == (0, 0), nobody.output + somebody.output
    assert "note   Each request says whose event types are offered" in nobody.output
    assert "ok     Event type 'intro' can be booked.\n" in somebody.output


def test_check_notes_what_is_not_set_up(there: Elsewhere, make_app: Callable[..., Flask]) -> None:
    """Without a key or a webhook secret the app works, with less."""
    less = {"BOOKER_CALCOM_API_KEY": "", "BOOKER_CALCOM_WEBHOOK_SECRET": ""}
    app = make_app(**(there.settings() | less))

    result = run(app, "check")

    assert result.exit_code == 0, result.output
    assert "note   No key is set" in result.output
    assert "note   'BOOKER_CALCOM_WEBHOOK_SECRET' is not set" in result.output


@pytest.mark.parametrize(
    ("url", "origins", "code"),
    [
        pytest.param("https://thanks.example/done", (), 1, id="not allowed"),
        pytest.param("https://thanks.example/done", ("https://thanks.example",), 0, id="allowed"),
        pytest.param(f"{PUBLIC}/bookings/return", (), 0, id="our own"),
        pytest.param(f"{PUBLIC}/thanks", (), 1, id="another of the app's"),
        pytest.param(f"{PUBLIC}/thanks", (PUBLIC,), 0, id="another of the app's, allowed"),
    ],
)
def test_check_tells_of_redirects_that_are_not_allowed(
    making: Making, make_app: Callable[..., Flask], url: str, origins: tuple[str, ...], code: int
) -> None:
    """An event type may send guests only where the settings allow it."""
    there = making(successRedirectUrl=url)
    app = make_app(**there.settings(), BOOKER_REDIRECT_ORIGINS=origins)

    result = run(app, "check")

    assert result.exit_code == code, result.output
    assert ("'BOOKER_REDIRECT_ORIGINS'" in result.output) is (code == 1)


def test_commands_are_for_apps_that_use_calcom(app: Flask) -> None:
    """With another provider the setting is named."""
    for command in ("check", "sync", "webhooks"):
        result = run(app, command)

        assert result.exit_code == 1
        assert "The provider of this app is 'embedded'" in result.output


# --- the Platform client's addresses -------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "said", "code"),
    [
        pytest.param(f"{PUBLIC}/bookings", "ok     The booking redirect", 0, id="as wanted"),
        pytest.param("", "note   The booking redirect of the Platform client is not set", 0, id="unset"),
        pytest.param("https://staging.example/b", "note   The booking redirect", 0, id="another"),
        pytest.param(f"{PUBLIC}/bookings/", "it ends in a slash", 1, id="slash"),
        pytest.param(f"{PUBLIC}/bookings?a=1", "it has a query", 1, id="query"),
        pytest.param(f"{PUBLIC}/bookings?", "it has a query", 1, id="empty query"),
        pytest.param(f"{PUBLIC}/#bookings", "it has a query or a fragment", 1, id="fragment"),
    ],
)
def test_check_judges_the_clients_addresses(
    there: Elsewhere, make_app: Callable[..., Flask], uri: str, said: str, code: int
) -> None:
    """Cal.com appends a slash and the uid as plain text, so not every address can be one."""
    client = there.calcom.platform_client(
        owner=there.ann,
        redirect_uris=[PUBLIC],
        booking_uri=uri,
        reschedule_uri=f"{PUBLIC}/reschedule",
        cancel_uri=f"{PUBLIC}/bookings/cancel",
    )
    app = make_app(**platform_settings(there, client))

    result = run(app, "check")

    assert result.exit_code == code, result.output
    assert said in result.output
    assert "ok     The Platform client's id and secret are good.\n" in result.output
    assert f"ok     The cancel redirect of the Platform client is {PUBLIC}/bookings/cancel\n" in result.output
    assert client.secret not in result.output


@pytest.mark.parametrize(
    ("uri", "said", "code"),
    [
        pytest.param(f"{PUBLIC}/anywhere", "ok     The redirect URIs", 0, id="a page of ours"),
        pytest.param(PUBLIC.replace("://", "://*"), "ok     The redirect URIs", 0, id="wildcard"),
        pytest.param("https://staging.example", "WRONG  The redirect URIs", 1, id="another"),
    ],
)
def test_check_tells_whether_managed_users_may_be_called_for(
    there: Elsewhere, make_app: Callable[..., Flask], uri: str, said: str, code: int
) -> None:
    """Cal.com takes the tokens of managed users from the origins of the redirect URIs only."""
    client = there.calcom.platform_client(owner=there.ann, redirect_uris=[uri])
    app = make_app(**platform_settings(there, client))

    result = run(app, "check")

    assert result.exit_code == code, result.output
    assert said in result.output
    assert f"  Platform client, redirect URI         {PUBLIC}\n" in result.output


def test_check_writes_the_addresses_once_it_is_allowed(
    there: Elsewhere, make_app: Callable[..., Flask]
) -> None:
    """Whoever says no has changed nothing; whoever says yes has right addresses."""
    client = there.calcom.platform_client(
        owner=there.ann, redirect_uris=[PUBLIC], booking_uri=f"{PUBLIC}/wrong/"
    )
    app = make_app(**platform_settings(there, client))

    refused = run(app, "check", "--set", typed="n\n")
    left = client.booking_uri
    written = run(app, "check", "--set", typed="y\n")

    assert (refused.exit_code, left) == (1, f"{PUBLIC}/wrong/")
    assert written.exit_code == 0, written.output
    assert (client.booking_uri, client.reschedule_uri, client.cancel_uri) == (
        f"{PUBLIC}/bookings",
        f"{PUBLIC}/reschedule",
        f"{PUBLIC}/bookings/cancel",
    )


def test_check_does_not_ask_whoever_has_said_yes(there: Elsewhere, make_app: Callable[..., Flask]) -> None:
    """A script that sets up a machine has nobody to ask."""
    client = there.calcom.platform_client(owner=there.ann, redirect_uris=[PUBLIC])
    app = make_app(**platform_settings(there, client))

    assert run(app, "check", "--set", "--yes").exit_code == 0
    assert client.booking_uri == f"{PUBLIC}/bookings"


def test_check_cannot_write_what_is_not_there(there: Elsewhere, make_app: Callable[..., Flask]) -> None:
    """Without a Platform client there are no such addresses; without ours there is nothing to write."""
    client = there.calcom.platform_client(owner=there.ann, redirect_uris=[PUBLIC])
    nowhere = platform_settings(there, client) | {"BOOKER_PUBLIC_URL": ""}

    assert "--set is for a Platform client" in run(make_app(**there.settings()), "check", "--set").output
    assert "'BOOKER_PUBLIC_URL' is not set" in run(make_app(**nowhere), "check", "--set", "--yes").output
    assert client.booking_uri == ""


def test_check_tells_what_only_the_owner_of_a_client_may_see(
    there: Elsewhere, make_app: Callable[..., Flask]
) -> None:
    """Without an API key of the owner, the addresses are not looked at, and that is said."""
    client = there.calcom.platform_client(owner=there.ann, redirect_uris=[PUBLIC])
    app = make_app(**(platform_settings(there, client) | {"BOOKER_CALCOM_API_KEY": ""}))

    result = run(app, "check")

    assert result.exit_code == 0, result.output
    assert "note   The Platform client's addresses were not looked at." in result.output
    assert "'BOOKER_CALCOM_API_KEY'" in result.output


def test_check_tells_a_wrong_secret_of_a_client(there: Elsewhere, make_app: Callable[..., Flask]) -> None:
    """The settings that may be wrong are named."""
    client = there.calcom.platform_client(owner=there.ann, redirect_uris=[PUBLIC])
    app = make_app(**(platform_settings(there, client) | {"BOOKER_CALCOM_CLIENT_SECRET": "no"}))

    result = run(app, "check")

    assert result.exit_code == 1
    assert "'BOOKER_CALCOM_CLIENT_SECRET' is refused" in result.output


# --- sync ----------------------------------------------------------------------------------------


def test_sync_makes_up_for_lost_webhooks(
    there: Elsewhere, make_app: Callable[..., Flask], recorder: Recorder
) -> None:
    """What nobody told is found, once; webhooks that wait are taken along."""
    app = make_app(**there.settings())
    there.calcom.book(there.intro, TUESDAY)
    there.sent()
    there.calcom.book(there.intro, TUESDAY + timedelta(hours=1))
    pass_on(app, there.sent())

    first, second = run(app, "sync"), run(app, "sync")
    hear(app)

    assert first.output.startswith("New since 2027-01-30T08:00:00Z: 2.\n")
    assert "Webhooks taken up: 1. Waiting: 0. Given up: 0.\n" in first.output
    assert second.output.startswith("New since 2027-01-30T08:00:00Z: 0.\n")
    assert recorder.kinds == [EventKind.CREATED] * 2


@pytest.mark.parametrize(
    ("since", "start"),
    [
        pytest.param("30m", "2027-02-01T07:30:00Z", id="minutes"),
        pytest.param("12h", "2027-01-31T20:00:00Z", id="hours"),
        pytest.param("1w", "2027-01-25T08:00:00Z", id="weeks"),
        pytest.param("2027-01-31T09:00+01:00", "2027-01-31T08:00:00Z", id="instant"),
    ],
)
def test_sync_looks_back_as_far_as_wanted(
    there: Elsewhere, make_app: Callable[..., Flask], since: str, start: str
) -> None:
    """A span from now or an instant say how far."""
    app = make_app(**there.settings())

    assert f"since {start}:" in run(app, "sync", "--since", since).output


@pytest.mark.parametrize("since", ["yesterday", "2", "-2d", "2y", "2027-01-31", "99999d", "10000w"])
def test_sync_refuses_what_is_no_time(there: Elsewhere, make_app: Callable[..., Flask], since: str) -> None:
    """What is possible is said."""
    result = run(make_app(**there.settings()), "sync", f"--since={since}")

    assert result.exit_code == 2
    assert "neither a span such as 2d or 12h nor an instant such as 2026-03-12T09:00Z" in result.output


def test_sync_takes_webhooks_that_were_given_up(
    there: Elsewhere, make_app: Callable[..., Flask], recorder: Recorder, clock: FrozenClock
) -> None:
    """Somebody may retry what failed for a day."""
    app = make_app(**there.settings())
    there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    clock.move(timedelta(hours=24))
    there.calcom.next(method="GET", path="/bookings/*", status=418)
    hear(app)

    said = run(app, "sync", "--since", "1m", "--retry").output
    hear(app)

    assert "Webhooks due again: 1.\nWebhooks taken up: 1. Waiting: 0. Given up: 0.\n" in said
    assert recorder.kinds == [EventKind.CREATED]


def oauth_app(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock, *names: str, **settings: Any
) -> Flask:
    """Make an app to which Ann has connected her account under these *names*."""
    client = there.calcom.oauth_client()
    app = make_app(
        **there.settings()
        | {
            "BOOKER_CALCOM_API_KEY": "",
            "BOOKER_CALCOM_AUTH": "oauth",
            "BOOKER_CALCOM_CLIENT_ID": client.id,
            "BOOKER_CALCOM_CLIENT_SECRET": client.secret,
        }
        | settings
    )
    for name in names:
        given = there.calcom.oauth_tokens(client, there.ann)
        pair = TokenPair(
            access=given["access_token"],
            refresh=given["refresh_token"],
            expires_at=clock() + timedelta(minutes=30),
            kind=OAUTH,
            username="ann",
        )
        app.extensions["booker"].calcom.tokens.write(PROVIDER, name, pair)
    return app


def test_sync_asks_for_every_connected_account(
    there: Elsewhere, make_app: Callable[..., Flask], recorder: Recorder, clock: FrozenClock
) -> None:
    """One app may have many accounts; one whose connection has ended holds up no other."""
    app = oauth_app(there, make_app, clock, "lost", "mine")
    tokens = app.extensions["booker"].calcom.tokens
    pair = tokens.read(PROVIDER, "lost")
    for token in (pair.access, pair.refresh):
        there.calcom.store.tokens[token].revoked = True
    there.calcom.book(there.intro, TUESDAY)

    result = run(app, "sync")
    hear(app)

    assert result.exit_code == 1
    assert "Account 'lost': " in result.output
    assert "Account 'mine': New since 2027-01-30T08:00:00Z: 1.\n" in result.output
    assert recorder.kinds == [EventKind.CREATED]


def test_check_looks_at_connected_accounts(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """The first ones, or the one that is named: an app may have thousands."""
    app = oauth_app(there, make_app, clock, *(f"account-{number:02}" for number in range(12)))

    every, one = run(app, "check"), run(app, "check", "--account", "account-11")

    assert "ok     The account 'account-00' belongs to the user 'ann'.\n" in every.output
    assert "note   2 more accounts were not looked at; name one with --account.\n" in every.output
    assert "ok     The account 'account-11' belongs to the user 'ann'.\n" in one.output
    assert "account-00" not in one.output


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("/oauth/calcom/callback", "ok     The redirect URI of the OAuth client is", id="ours"),
        pytest.param("/elsewhere", "note   A redirect URI of the OAuth client is", id="another"),
    ],
)
def test_check_compares_the_redirect_uri_of_an_oauth_client(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock, path: str, said: str
) -> None:
    """People come back to an address that is registered to the letter."""
    app = oauth_app(there, make_app, clock, "mine")
    (client,) = there.calcom.store.oauth_clients.values()
    client.redirect_uris = [f"{PUBLIC}{path}"]

    result = run(app, "check")

    assert result.exit_code == 0, result.output
    assert said in result.output
    assert f"{PUBLIC}/oauth/calcom/callback" in result.output.splitlines()[-1]


def test_naming_an_account_where_there_are_none_is_said_in_words(
    there: Elsewhere, make_app: Callable[..., Flask]
) -> None:
    """With an API key alone nobody can be connected; the remedy is named."""
    result = run(make_app(**there.settings()), "sync", "--account", "mine")

    assert result.exit_code == 1
    assert "'BOOKER_CALCOM_CLIENT_ID'" in result.output


def test_check_tells_of_an_account_that_is_not_connected(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """A name that nobody has connected is a finding, not a crash."""
    result = run(oauth_app(there, make_app, clock), "check", "--account", "nobody")

    assert result.exit_code == 1
    assert "WRONG  No account of this name is connected" in result.output


def test_sync_of_one_account_asks_for_no_other(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """An account can be named."""
    app = oauth_app(there, make_app, clock, "mine", "other")

    result = run(app, "sync", "--account", "other")

    assert result.exit_code == 0, result.output
    assert "Account 'other': New since 2027-01-30T08:00:00Z: 0.\n" in result.output
    assert "mine" not in result.output


def test_sync_says_when_there_is_nobody_to_ask_for(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """Without a key or a connected account, nobody's bookings can be listed."""
    unconnected = run(oauth_app(there, make_app, clock), "sync")
    keyless = run(make_app(**(there.settings() | {"BOOKER_CALCOM_API_KEY": ""})), "sync")

    assert (unconnected.exit_code, keyless.exit_code) == (1, 1)
    assert "No account is connected" in unconnected.output


# --- webhooks ------------------------------------------------------------------------------------


def test_webhooks_are_registered_shown_and_removed(making: Making, make_app: Callable[..., Flask]) -> None:
    """Registering asks for every trigger that is about a booking, signed with the secret of the settings."""
    there = making()
    there.calcom.store.webhooks.clear()
    app = make_app(**there.settings())

    before = run(app, "webhooks").output
    made = run(app, "webhooks", "--register").output
    (webhook,) = there.calcom.store.webhooks.values()
    removed = run(app, "webhooks", "--remove", str(webhook.id)).output

    assert before == "No webhooks are registered; --register does it.\n"
    assert (webhook.url, webhook.secret, webhook.active) == (f"{PUBLIC}/webhooks/calcom", SECRET, True)
    assert set(webhook.triggers) == set(TRIGGERS)
    assert made == (
        f"Registered {webhook.id}.\n"
        f"{webhook.id}  {PUBLIC}/webhooks/calcom  active  16 of 16 triggers  this app's\n"
    )
    assert removed == f"Removed {webhook.id}.\nNo webhooks are registered; --register does it.\n"
    assert not there.calcom.store.webhooks


def test_registering_again_brings_a_registration_up_to_date(
    there: Elsewhere, make_app: Callable[..., Flask]
) -> None:
    """Cal.com refuses the same address twice; the one that is there gets our triggers and secret."""
    (webhook,) = there.calcom.store.webhooks.values()
    webhook.triggers, webhook.secret, webhook.active = ["BOOKING_CREATED"], "another", False
    app = make_app(**there.settings())

    before = run(app, "webhooks").output
    after = run(app, "webhooks", "--register").output

    assert "inactive  1 of 16 triggers  signed with another secret than this app's" in before
    assert "another\n" not in before
    assert "active  16 of 16 triggers  this app's" in after
    assert (webhook.secret, webhook.active) == (SECRET, True)
    assert len(there.calcom.store.webhooks) == 1


def test_webhooks_of_others_are_shown_as_such(there: Elsewhere, make_app: Callable[..., Flask]) -> None:
    """What another app has registered is not called ours, whatever secret it has."""
    there.calcom.store.webhooks.clear()
    there.calcom.add_webhook(there.ann, "https://other.example/in", secret="theirs")

    said = run(make_app(**there.settings()), "webhooks").output

    assert said.endswith("https://other.example/in  active  16 of 16 triggers\n")


def test_webhooks_of_an_event_type_are_its_own(there: Elsewhere, make_app: Callable[..., Flask]) -> None:
    """Those of one event type are neither those of the user nor those of another."""
    app = make_app(**there.settings())

    said = run(app, "webhooks", "--event-type", str(there.intro.id), "--register")

    assert said.exit_code == 0, said.output
    scopes = [each.scope for each in there.calcom.store.webhooks.values()]
    assert scopes == [("user", str(there.ann.id)), ("event-type", str(there.intro.id))]


def test_webhooks_of_a_platform_client_tell_of_all_its_users(
    there: Elsewhere, make_app: Callable[..., Flask]
) -> None:
    """With a client, one registration is enough."""
    client = there.calcom.platform_client(owner=there.ann, redirect_uris=[PUBLIC])
    app = make_app(**platform_settings(there, client))

    said = run(app, "webhooks", "--register")

    assert said.exit_code == 0, said.output
    scopes = [each.scope for each in there.calcom.store.webhooks.values()]
    assert scopes == [("user", str(there.ann.id)), ("client", client.id)]


@pytest.mark.parametrize(
    ("settings", "words", "said"),
    [
        pytest.param(
            {"BOOKER_CALCOM_WEBHOOK_SECRET": ""},
            ["--register"],
            "'BOOKER_CALCOM_WEBHOOK_SECRET' is not set",
            id="no secret",
        ),
        pytest.param(
            {"BOOKER_PUBLIC_URL": ""}, ["--register"], "'BOOKER_PUBLIC_URL' is not set", id="no address"
        ),
        pytest.param({}, ["--remove", "12345"], "There is no such thing", id="unknown"),
        pytest.param({"BOOKER_CALCOM_API_KEY": ""}, [], "set 'BOOKER_CALCOM_API_KEY'", id="no key"),
        pytest.param(
            {"BOOKER_CALCOM_API_KEY": ""},
            ["--event-type", "1"],
            "set 'BOOKER_CALCOM_API_KEY'",
            id="no key for an event type",
        ),
        pytest.param(
            {"BOOKER_CALCOM_API_KEY": "cal_wrong"}, [], "Check 'BOOKER_CALCOM_API_KEY'", id="wrong key"
        ),
    ],
)
def test_webhooks_say_what_is_missing(
    there: Elsewhere,
    make_app: Callable[..., Flask],
    settings: dict[str, Any],
    words: list[str],
    said: str,
) -> None:
    """A refusal is said in words, with the remedy; without a key, Cal.com is not even asked."""
    result = run(make_app(**(there.settings() | settings)), "webhooks", *words)

    assert result.exit_code == 1
    assert said in result.output


def test_webhooks_of_an_app_of_many_accounts_want_one_named(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """An OAuth 2.0 client has no webhooks; its accounts have."""
    app = oauth_app(there, make_app, clock, "mine")

    unnamed, named = run(app, "webhooks"), run(app, "webhooks", "--account", "mine")

    assert unnamed.exit_code == 1
    assert "Name an account with --account" in unnamed.output
    assert named.exit_code == 0, named.output


def test_webhooks_of_an_account_have_their_own_address_and_secret(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """Its owner can read both at Cal.com; what was there before goes, for it tells the app's secret."""
    (plain,) = there.calcom.store.webhooks.values()
    app = oauth_app(there, make_app, clock, "mine", **LONG)

    first = run(app, "webhooks", "--account", "mine", "--register").output
    again = run(app, "webhooks", "--account", "mine", "--register").output

    (made,) = there.calcom.store.webhooks.values()
    address = f"{PUBLIC}/webhooks/calcom/{MARK}"
    assert (made.url, made.secret) == (address, account_secret("s" * 32, MARK))
    assert f"Removed {plain.id}, which was registered for the account before.\n" in first
    assert "change 'BOOKER_CALCOM_WEBHOOK_SECRET'" in first
    assert again == (f"Registered {made.id}.\n{made.id}  {address}  active  16 of 16 triggers  this app's\n")


def test_webhooks_of_an_accounts_event_type_are_the_accounts(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """They can be read by the same owner."""
    app = oauth_app(there, make_app, clock, "mine", **LONG)
    there.calcom.add_webhook(there.intro, f"{PUBLIC}/webhooks/calcom", secret=SECRET)

    run(app, "webhooks", "--account", "mine", "--event-type", str(there.intro.id), "--register")

    found = [each for each in there.calcom.store.webhooks.values() if each.scope[0] == "event-type"]
    assert [each.url for each in found] == [f"{PUBLIC}/webhooks/calcom/{MARK}"]
    assert [each.secret for each in found] == [account_secret("s" * 32, MARK)]


def test_registering_for_an_account_removes_what_nobody_hears_any_more(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """With another secret of the app's the address is another; what other accounts and apps have stays."""
    there.calcom.store.webhooks.clear()
    app = oauth_app(there, make_app, clock, "mine", "other", **LONG)
    other = f"{PUBLIC}/webhooks/calcom/{account_mark('s' * 32, 'other')}"
    for url in (f"{PUBLIC}/webhooks/calcom/{'0' * 20}", other, "https://other.example/webhooks/calcom"):
        there.calcom.add_webhook(there.ann, url, secret="theirs")

    said = run(app, "webhooks", "--account", "mine", "--register").output

    assert "change 'BOOKER_CALCOM_WEBHOOK_SECRET'" not in said
    assert [each.url for each in there.calcom.store.webhooks.values()] == [
        other,
        "https://other.example/webhooks/calcom",
        f"{PUBLIC}/webhooks/calcom/{MARK}",
    ]


def test_a_secret_that_an_accounts_owner_could_guess_is_refused(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """What is made of it can be compared with guesses as long as its owner likes."""
    app = oauth_app(there, make_app, clock, "mine", BOOKER_CALCOM_WEBHOOK_SECRET="s" * 31)

    result = run(app, "webhooks", "--account", "mine", "--register")

    assert result.exit_code == 1
    assert "has fewer than 32 characters" in result.output
    assert "secrets.token_hex()" in result.output


def test_webhooks_of_an_account_want_its_username(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """Without it nobody could tell which bookings the account may tell of."""
    app = oauth_app(there, make_app, clock, "mine", **LONG)
    tokens = app.extensions["booker"].calcom.tokens
    tokens.write(PROVIDER, "mine", replace(tokens.read(PROVIDER, "mine"), username=""))

    result = run(app, "webhooks", "--account", "mine", "--register")

    assert result.exit_code == 1
    assert "'PROFILE_READ' among 'BOOKER_CALCOM_SCOPES'" in result.output


def test_check_shows_the_address_of_the_account_that_is_named(
    there: Elsewhere, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """At the app's own address, the account's owner would have to be told the app's secret."""
    app = oauth_app(there, make_app, clock, "mine", **LONG)

    unnamed = run(app, "check").output
    named = run(app, "check", "--account", "mine").output

    assert f"{PUBLIC}/webhooks/calcom\n" not in unnamed
    assert "webhook, subscriber URL               by 'flask booker calcom webhooks --register" in unnamed
    assert f"webhook, subscriber URL               {PUBLIC}/webhooks/calcom/{MARK}\n" in named
