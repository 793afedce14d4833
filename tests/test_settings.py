"""Settings are checked when the app starts, and a wrong one is named with its remedy."""

from __future__ import annotations

import sys
from dataclasses import fields
from typing import Any

import pytest

from booker_components import ConfigurationError, EventType
from booker_components.settings import (
    Settings,
    calcom_auth,
    rate_limiter,
    read_settings,
    secret_keys,
    settings_table,
)

from .conftest import INTRO


def test_nothing_set_gives_the_defaults() -> None:
    """An app without BOOKER_ keys gets the embedded engine, and the links that are its provider's."""
    settings = read_settings({"DEBUG": True})

    assert (settings.provider, settings.links, settings.dispatch) == ("embedded", "", "thread")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        pytest.param("BOOKER_LINK", "uid", "did you mean 'BOOKER_LINKS'", id="misspelt"),
        pytest.param("BOOKER_QQQQQQQ", "uid", "see the settings table", id="unknown"),
        pytest.param("BOOKER_LINKS", "none", "'signed' or 'uid'", id="links"),
        pytest.param("BOOKER_DISPATCH", "celery", "'thread' or 'huey' or 'none'", id="dispatch"),
        pytest.param("BOOKER_MAILS", "some", "'all' or 'links' or 'none'", id="mails"),
        pytest.param("BOOKER_MAILS", None, "must be a text", id="mails of no text"),
        pytest.param("BOOKER_HOLD_MINUTES", -1, "minutes, 0 to 60", id="minutes"),
        pytest.param("BOOKER_HOLD_MINUTES", 61, "minutes, 0 to 60", id="minutes beyond an hour"),
        pytest.param("BOOKER_HOLD_MINUTES", True, "whole number", id="minutes as flag"),
        pytest.param("BOOKER_HOLD_MINUTES", 2.5, "whole number", id="part of a minute"),
        pytest.param("BOOKER_PROVIDER", "other", "'calcom', 'jicoo' or a provider", id="provider"),
        pytest.param("BOOKER_PROVIDER", None, "'calcom', 'jicoo' or a provider", id="no provider"),
        pytest.param("BOOKER_EVENT_TYPES", None, "a list of EventType", id="no event types"),
        pytest.param("BOOKER_EVENT_TYPES", {"a": INTRO}, "a list of EventType", id="event types by name"),
        pytest.param("BOOKER_EVENT_TYPES", INTRO, "a list of EventType", id="one event type"),
        pytest.param("BOOKER_EVENT_TYPES", [INTRO, "a.toml"], "'a.toml' at [1]", id="not an event type"),
        pytest.param("BOOKER_EVENT_TYPES", [{"calendars": "x"}], "a dict at [0]", id="mapping"),
        pytest.param("BOOKER_LINK_DAYS", -1, "0 to 3650", id="days"),
        pytest.param("BOOKER_LINK_DAYS", 3651, "0 to 3650", id="days beyond ten years"),
        pytest.param("BOOKER_LINK_DAYS", True, "whole number", id="days as flag"),
        pytest.param("BOOKER_LINK_LIMIT", "often", "such as '3/hour'", id="limit"),
        pytest.param("BOOKER_LINK_LIMIT", "", "such as '3/hour'", id="empty limit"),
        pytest.param("BOOKER_LINK_LIMIT", "3/hour;9/day", "one limit", id="two limits"),
        pytest.param("BOOKER_LIMIT_STORAGE", None, "must be a text", id="limit storage"),
        pytest.param("BOOKER_LINK_DAYS", "30", "whole number", id="days as text"),
        pytest.param("BOOKER_DATABASE_URL", 3, "must be a text", id="database"),
        pytest.param("BOOKER_EMBED_ORIGINS", "https://a.example", "a list of origins", id="one origin"),
        pytest.param("BOOKER_EMBED_ORIGINS", None, "a list of origins", id="no origins"),
        pytest.param("BOOKER_EMBED_ORIGINS", 3, "a list of origins", id="number for origins"),
        pytest.param("BOOKER_EMBED_ORIGINS", [None], "a list of origins", id="origin of no text"),
        pytest.param("BOOKER_EMBED_ORIGINS", ["https://["], "a list of origins", id="broken origin"),
        pytest.param("BOOKER_EMBED_ORIGINS", ["https://ä.example"], "a list", id="origin beyond ASCII"),
        pytest.param(
            "BOOKER_EMBED_ORIGINS", ["https://a.example/x"], "without a path", id="origin with path"
        ),
        pytest.param("BOOKER_EMBED_ORIGINS", ["https://a.example; x"], "a list", id="origin with semicolon"),
        pytest.param("BOOKER_REDIRECT_ORIGINS", "https://a.example", "a list of origins", id="one target"),
        pytest.param(
            "BOOKER_REDIRECT_ORIGINS", ["https://a.example/x"], "without a path", id="target's path"
        ),
        pytest.param("BOOKER_REDIRECT_ORIGINS", ["https://*.a.example"], "without '*'", id="any target"),
        pytest.param("BOOKER_REDIRECT_ORIGINS", [None], "a list of origins", id="target of no text"),
        pytest.param("BOOKER_CSP", None, "map names to sources", id="no csp"),
        pytest.param("BOOKER_CSP", "font-src 'self'", "map names to sources", id="csp as text"),
        pytest.param("BOOKER_CSP", {"font-src": ["'self'"]}, "in one text", id="csp sources as list"),
        pytest.param("BOOKER_CSP", {"font-src": "'self'; script-src *"}, "BOOKER_CSP", id="second directive"),
        pytest.param("BOOKER_CSP", {"report-uri": "x"}, "font-src", id="not a source list"),
        pytest.param("BOOKER_PUBLIC_URL", "example.org", "http://", id="no scheme"),
        pytest.param("BOOKER_PUBLIC_URL", "https://example.org/", "slash", id="slash at the end"),
        pytest.param("BOOKER_PUBLIC_URL", "https://example.org?x", "query", id="query at the end"),
        pytest.param("BOOKER_PUBLIC_URL", "https://example.org\n", "slash", id="line break at the end"),
        pytest.param("BOOKER_MAIL_URL", "smtp://localhost", "BOOKER_MAIL_FROM", id="mail without sender"),
        pytest.param("BOOKER_VERIFY_EMAIL", True, "BOOKER_MAIL_URL", id="codes without mail"),
        pytest.param("BOOKER_CALCOM_AUTH", "token", "'platform' or 'oauth'", id="caller"),
        pytest.param("BOOKER_CALCOM_API_URL", "", "http://", id="no API"),
        pytest.param("BOOKER_CALCOM_API_URL", "api.cal.com/v2", "http://", id="API without scheme"),
        pytest.param("BOOKER_CALCOM_API_URL", "https://api.cal.com/v2/", "slash", id="API with slash"),
        pytest.param("BOOKER_CALCOM_API_URL", "https://api.cal.com/v2?x=1", "query", id="API with query"),
        pytest.param("BOOKER_CALCOM_API_URL", None, "must be a text", id="API of no text"),
        pytest.param("BOOKER_CALCOM_APP_URL", "app.cal.com", "http://", id="app without scheme"),
        pytest.param("BOOKER_CALCOM_USERNAME", 7, "must be a text", id="username"),
        pytest.param("BOOKER_CALCOM_WEBHOOK_SECRET", "s\n", "copy it again", id="secret with line break"),
        pytest.param("BOOKER_CALCOM_ACCOUNT", "ann", "must be a function", id="account"),
        pytest.param("BOOKER_CALCOM_CONNECT", "ann", "must be a function", id="connect"),
        pytest.param("BOOKER_CALCOM_SCOPES", "BOOKING_READ", "a list of scopes", id="one scope"),
        pytest.param("BOOKER_CALCOM_SCOPES", ["booking:read"], "'BOOKING_READ'", id="scope of another kind"),
        pytest.param(
            "BOOKER_CALCOM_SCOPES", ["BOOKING_READ EVENT_TYPE_READ"], "a list", id="two scopes in one"
        ),
        pytest.param("BOOKER_CALCOM_SCOPES", [None], "a list of scopes", id="scope of no text"),
        pytest.param("BOOKER_CALCOM_ZONE", "Mars/Base", "not an IANA time zone", id="zone"),
        pytest.param("BOOKER_JICOO_API_URL", "https://api.jicoo.com/v1/", "slash", id="Jicoo with slash"),
        pytest.param("BOOKER_JICOO_API_KEY", "sk_live_x\n", "copy it again", id="Jicoo's key"),
        pytest.param("BOOKER_JICOO_WEBHOOK_SECRET", "whsec x", "copy it again", id="Jicoo's secret"),
        pytest.param("BOOKER_JICOO_ZONE", "Tokyo", "not an IANA time zone", id="Jicoo's zone"),
        pytest.param("BOOKER_JICOO_TEAM", 39, "must be a text", id="team as number"),
        pytest.param(
            "BOOKER_JICOO_CANCEL_REASON_KEY", "", "'cancelReason' or 'reason'", id="no reason's key"
        ),
        pytest.param("BOOKER_JICOO_CANCEL_REASON_KEY", "the reason", "'cancelReason'", id="reason's key"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(key: str, value: Any, said: str) -> None:
    """Every refusal names the key and says what would be right."""
    with pytest.raises(ConfigurationError) as refusal:
        read_settings({key: value})

    assert key in str(refusal.value)
    assert said in str(refusal.value)


def test_the_embedded_engine_asks_a_function_what_is_offered() -> None:
    """It is not called yet, for what it needs may not be there before the app is."""

    def offered() -> list[EventType]:
        raise AssertionError

    assert read_settings({"BOOKER_EVENT_TYPES": offered}).event_types is offered


@pytest.mark.parametrize("provider", ["calcom", "jicoo"])
def test_no_remote_provider_asks_a_function_what_is_offered(provider: str) -> None:
    """It would never be called, and somebody would wait for what it gives."""
    config = {"BOOKER_EVENT_TYPES": lambda: [INTRO], "BOOKER_PROVIDER": provider}

    with pytest.raises(ConfigurationError, match=f"is a function, but 'BOOKER_PROVIDER' is '{provider}'"):
        read_settings(config)


def test_the_queue_is_named_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra that brings it."""
    assert read_settings({"BOOKER_DISPATCH": "huey"}).dispatch == "huey"
    monkeypatch.setitem(sys.modules, "huey", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'booker-components\[queue\]'"):
        read_settings({"BOOKER_DISPATCH": "huey"})


def test_what_is_not_said_is_mailed_and_held() -> None:
    """All mails, and ten minutes for the form."""
    settings = read_settings({"BOOKER_HOLD_MINUTES": 0})

    assert (settings.mails, settings.hold_minutes, read_settings({}).hold_minutes) == ("all", 0, 10)


def test_origins_of_every_form_are_taken() -> None:
    """Ports, IPv6 addresses and a star for any subdomain or port (CSP level 3, "host-source")."""
    origins = ["https://a.example", "http://localhost:8000", "http://[::1]:5000", "https://*.a.example:*"]

    assert read_settings({"BOOKER_EMBED_ORIGINS": origins}).embed_origins == origins


#: What every app that uses Cal.com has.
CALCOM = {"BOOKER_PROVIDER": "calcom", "BOOKER_CALCOM_USERNAME": "ann"}
CLIENT = {"BOOKER_CALCOM_CLIENT_ID": "client", "BOOKER_CALCOM_CLIENT_SECRET": "hush"}
KEY = {"BOOKER_CALCOM_API_KEY": "cal_hush"}
CONNECT: dict[str, Any] = {
    "BOOKER_CALCOM_CONNECT": lambda request: "ann",
    "BOOKER_PUBLIC_URL": "https://b.example",
}


@pytest.mark.parametrize(
    ("config", "auth"),
    [
        pytest.param({}, "none", id="nothing"),
        pytest.param(KEY, "key", id="a key"),
        pytest.param(CLIENT, "platform", id="a client"),
        pytest.param(CLIENT | KEY, "platform", id="a client and its owner's key"),
        pytest.param(CLIENT | CONNECT, "oauth", id="a client that connects"),
        pytest.param(
            {"BOOKER_CALCOM_CLIENT_ID": "client"} | CONNECT, "oauth", id="a public client that connects"
        ),
        pytest.param(CLIENT | {"BOOKER_CALCOM_AUTH": "oauth"}, "oauth", id="as said: oauth"),
        pytest.param(KEY | {"BOOKER_CALCOM_AUTH": "none"}, "none", id="as said: none"),
    ],
)
def test_who_calls_cal_com_follows_from_the_keys(config: dict[str, Any], auth: str) -> None:
    """Unless it is said, the keys that are there decide."""
    assert calcom_auth(read_settings(CALCOM | config)) == auth


@pytest.mark.parametrize(
    ("config", "said"),
    [
        pytest.param({"BOOKER_CALCOM_AUTH": "key"}, "BOOKER_CALCOM_API_KEY", id="key without key"),
        pytest.param(
            {"BOOKER_CALCOM_AUTH": "platform", "BOOKER_CALCOM_CLIENT_ID": "client"},
            "BOOKER_CALCOM_CLIENT_SECRET",
            id="platform without secret",
        ),
        pytest.param(
            {"BOOKER_CALCOM_AUTH": "platform", "BOOKER_CALCOM_CLIENT_SECRET": "hush"},
            "BOOKER_CALCOM_CLIENT_ID",
            id="platform without id",
        ),
        pytest.param({"BOOKER_CALCOM_AUTH": "oauth"}, "BOOKER_CALCOM_CLIENT_ID", id="oauth without id"),
        pytest.param({"BOOKER_CALCOM_CLIENT_ID": "client"}, "BOOKER_CALCOM_CONNECT", id="an id alone"),
        pytest.param(CONNECT, "OAuth 2.0 clients only", id="connecting without a client"),
        pytest.param(
            CONNECT | CLIENT | {"BOOKER_CALCOM_AUTH": "platform"}, "'oauth'", id="connecting as platform"
        ),
        pytest.param(
            CONNECT | CLIENT | {"BOOKER_PUBLIC_URL": ""}, "BOOKER_PUBLIC_URL", id="connecting without address"
        ),
        pytest.param({"BOOKER_CALCOM_USERNAME": ""}, "BOOKER_CALCOM_TEAM", id="nobody's event types"),
        pytest.param({"BOOKER_CALCOM_TEAM": "sales"}, "set one of them", id="a user's and a team's"),
        pytest.param(
            KEY | {"BOOKER_CALCOM_API_KEY": "cal_hush\n"}, "copy it again", id="key with line break"
        ),
        pytest.param(
            CLIENT | {"BOOKER_CALCOM_CLIENT_SECRET": "hush hush"}, "copy it", id="secret with blank"
        ),
        pytest.param(CLIENT | {"BOOKER_CALCOM_CLIENT_ID": "clïent"}, "beyond ASCII", id="id beyond ASCII"),
    ],
)
def test_settings_of_cal_com_that_do_not_go_together_are_named(config: dict[str, Any], said: str) -> None:
    """Each refusal names a key to set or to leave out, and shows no secret."""
    with pytest.raises(ConfigurationError, match="BOOKER_CALCOM_") as refusal:
        read_settings(CALCOM | config)

    assert said in str(refusal.value)
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"BOOKER_CALCOM_USERNAME": "", "BOOKER_CALCOM_TEAM": "sales"}, id="a team"),
        pytest.param(
            {"BOOKER_CALCOM_USERNAME": "", "BOOKER_CALCOM_ACCOUNT": lambda request: "ann"}, id="a function"
        ),
        pytest.param(
            {"BOOKER_CALCOM_ZONE": "Europe/Rome", "BOOKER_CALCOM_SCOPES": []}, id="a zone, no scope"
        ),
        pytest.param({"BOOKER_CALCOM_API_URL": "http://127.0.0.1:5003/v2"}, id="an own server"),
        pytest.param({"BOOKER_REDIRECT_ORIGINS": ["https://a.example:8443"]}, id="an origin to go to"),
    ],
)
def test_settings_of_cal_com_that_go_together_are_taken(config: dict[str, Any]) -> None:
    """Nothing is asked for that is not needed, such as the secret of webhooks."""
    assert read_settings(CALCOM | config).provider == "calcom"


def test_what_is_left_of_cal_com_is_no_mistake_elsewhere() -> None:
    """Whoever goes back to the embedded engine need not clear away every key."""
    assert read_settings({"BOOKER_CALCOM_AUTH": "key"}).provider == "embedded"


def test_jicoo_wants_a_key() -> None:
    """Nothing can be asked of it without."""
    with pytest.raises(ConfigurationError, match="'BOOKER_JICOO_API_KEY' is not set; make a key"):
        read_settings({"BOOKER_PROVIDER": "jicoo"})

    assert read_settings({"BOOKER_PROVIDER": "jicoo", "BOOKER_JICOO_API_KEY": "key"}).jicoo_zone == ""


def test_secrets_show_in_no_representation() -> None:
    """What is logged by accident tells nothing."""
    urls = {
        "BOOKER_DATABASE_URL": "postgresql://ann:hush@db.example/booker",
        "BOOKER_LIMIT_STORAGE": "redis://:hush@redis.example",
        "BOOKER_MAIL_URL": "smtp://ann:hush@mail.example",
        "BOOKER_MAIL_FROM": "ann@example.org",
        "BOOKER_PUBLIC_URL": "https://b.example",
    }
    secrets = ("BOOKER_CALCOM_WEBHOOK_SECRET", "BOOKER_JICOO_API_KEY", "BOOKER_JICOO_WEBHOOK_SECRET")
    config = CALCOM | CLIENT | KEY | urls | dict.fromkeys(secrets, "hush")

    assert "hush" not in repr(read_settings(config))


def test_a_missing_secret_key_is_refused_with_the_remedy() -> None:
    """Without SECRET_KEY nothing could be signed, so the app does not start."""
    with pytest.raises(ConfigurationError, match=r"'SECRET_KEY' is not set.*secrets\.token_hex"):
        secret_keys({"SECRET_KEY": None})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("SECRET_KEY", 42, id="number"),
        pytest.param("SECRET_KEY", ["new"], id="list"),
        pytest.param("SECRET_KEY_FALLBACKS", "old", id="plain text"),
        pytest.param("SECRET_KEY_FALLBACKS", b"old", id="plain bytes"),
        pytest.param("SECRET_KEY_FALLBACKS", "", id="empty text"),
        pytest.param("SECRET_KEY_FALLBACKS", ["old", ""], id="empty key"),
        pytest.param("SECRET_KEY_FALLBACKS", ["old", None], id="no key"),
        pytest.param("SECRET_KEY_FALLBACKS", {"old": 1}, id="mapping"),
    ],
)
def test_keys_that_cannot_sign_are_refused(key: str, value: Any) -> None:
    """Above all, the letters of a text are no keys."""
    with pytest.raises(ConfigurationError, match=f"^'{key}' must be"):
        secret_keys({"SECRET_KEY": "new"} | {key: value})


def test_no_older_keys_are_needed() -> None:
    """Flask's own default for the older keys is None."""
    assert secret_keys({"SECRET_KEY": b"new", "SECRET_KEY_FALLBACKS": None}) == (b"new",)


def test_links_are_counted_as_the_settings_say() -> None:
    """The limiter lets as many requests pass as the limit names."""
    limiter, limit = rate_limiter(read_settings({"BOOKER_LINK_LIMIT": "2/hour"}))

    assert [limiter.hit(limit, "uid") for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("memory", id="no scheme"),
        pytest.param("nowhere://user:hush@host", id="unknown"),
        pytest.param("redis+sentinel://user:hush@host", id="no port"),
        pytest.param("memory://[", id="broken"),
        pytest.param("async+memory://", id="asynchronous"),
    ],
)
def test_a_storage_of_counts_that_cannot_be_used_is_refused(url: str) -> None:
    """The key and the remedy are named, and no password is shown."""
    settings = read_settings({"BOOKER_LIMIT_STORAGE": url})

    with pytest.raises(
        ConfigurationError, match=r"'BOOKER_LIMIT_STORAGE' cannot be used.*'memory://'"
    ) as refusal:
        rate_limiter(settings)

    assert "hush" not in str(refusal.value)


def test_keys_are_given_oldest_first() -> None:
    """The newest key signs: itsdangerous takes the last one."""
    keys = secret_keys({"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": ["old", "older"]})

    assert keys == (b"older", b"old", b"new")


def test_every_setting_is_documented() -> None:
    """The table for the README has a row with a sentence for each field."""
    rows = settings_table().splitlines()[2:]

    assert len(rows) == len(fields(Settings))
    assert all(row.rstrip(" |").endswith((".", "`.")) for row in rows)
