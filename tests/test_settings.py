"""Settings are checked when the app starts, and a wrong one is named with its remedy."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from booker_components import ConfigurationError
from booker_components.settings import Settings, rate_limiter, secret_keys, settings_table

from .conftest import INTRO


def test_nothing_set_gives_the_defaults() -> None:
    """An app without BOOKER_ keys gets the embedded engine and signed links."""
    settings = Settings.read({"DEBUG": True})

    assert (settings.provider, settings.links, settings.dispatch) == ("embedded", "signed", "thread")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        pytest.param("BOOKER_LINK", "uid", "did you mean 'BOOKER_LINKS'", id="misspelt"),
        pytest.param("BOOKER_QQQQQQQ", "uid", "see the settings table", id="unknown"),
        pytest.param("BOOKER_LINKS", "none", "'signed' or 'uid'", id="links"),
        pytest.param("BOOKER_DISPATCH", "celery", "'thread' or 'none'", id="dispatch"),
        pytest.param("BOOKER_PROVIDER", "other", "'embedded' or a provider", id="provider"),
        pytest.param("BOOKER_PROVIDER", None, "'embedded' or a provider", id="no provider"),
        pytest.param("BOOKER_EVENT_TYPES", None, "a list of EventType", id="no event types"),
        pytest.param("BOOKER_EVENT_TYPES", {"a": INTRO}, "a list of EventType", id="event types by name"),
        pytest.param("BOOKER_EVENT_TYPES", INTRO, "a list of EventType", id="one event type"),
        pytest.param("BOOKER_EVENT_TYPES", [INTRO, "a.toml"], "'a.toml' at [1]", id="not an event type"),
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
        pytest.param("BOOKER_CSP", None, "map names to sources", id="no csp"),
        pytest.param("BOOKER_CSP", "font-src 'self'", "map names to sources", id="csp as text"),
        pytest.param("BOOKER_CSP", {"font-src": ["'self'"]}, "in one text", id="csp sources as list"),
        pytest.param("BOOKER_CSP", {"font-src": "'self'; script-src *"}, "BOOKER_CSP", id="second directive"),
        pytest.param("BOOKER_CSP", {"report-uri": "x"}, "font-src", id="not a source list"),
        pytest.param("BOOKER_PUBLIC_URL", "example.org", "http://", id="no scheme"),
        pytest.param("BOOKER_PUBLIC_URL", "https://example.org/", "slash", id="slash at the end"),
        pytest.param("BOOKER_MAIL_URL", "smtp://localhost", "BOOKER_MAIL_FROM", id="mail without sender"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(key: str, value: Any, said: str) -> None:
    """Every refusal names the key and says what would be right."""
    with pytest.raises(ConfigurationError) as refusal:
        Settings.read({key: value})

    assert key in str(refusal.value)
    assert said in str(refusal.value)


def test_origins_of_every_form_are_taken() -> None:
    """Ports, IPv6 addresses and a star for any subdomain or port (CSP level 3, "host-source")."""
    origins = ["https://a.example", "http://localhost:8000", "http://[::1]:5000", "https://*.a.example:*"]

    assert Settings.read({"BOOKER_EMBED_ORIGINS": origins}).embed_origins == origins


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
    limiter, limit = rate_limiter(Settings.read({"BOOKER_LINK_LIMIT": "2/hour"}))

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
    settings = Settings.read({"BOOKER_LIMIT_STORAGE": url})

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
