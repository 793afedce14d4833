"""Tests of the settings of Salesforce: what logs in, and what is refused at the start."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from booker_components.errors import ConfigurationError
from booker_components.settings import read_settings, salesforce_login

KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
BY_KEY = {"CLIENT_ID": "id", "PRIVATE_KEY": KEY, "USERNAME": "me@example.com"}
BY_CLIENT = {"CLIENT_ID": "id", "CLIENT_SECRET": "secret", "DOMAIN": "acme.my"}
BY_PASSWORD = {"USERNAME": "me@example.com", "PASSWORD": "geheim", "TOKEN": "token"}


def config(keys: dict[str, Any], rules: Any = None, **more: Any) -> dict[str, Any]:
    """Give an app's configuration."""
    named = {f"BOOKER_SALESFORCE_{name}": value for name, value in keys.items()}
    return {"BOOKER_SALESFORCE": {"*": {}} if rules is None else rules} | named | more


@pytest.mark.parametrize(
    ("keys", "way"),
    [
        pytest.param(BY_KEY, "key", id="key"),
        pytest.param(BY_CLIENT, "client", id="client"),
        pytest.param(BY_PASSWORD, "password", id="password"),
        pytest.param(BY_PASSWORD | BY_CLIENT, "password", id="password with client"),
        pytest.param(BY_PASSWORD | BY_KEY, "key", id="key before password"),
    ],
)
def test_what_is_set_says_how_to_log_in(keys: dict[str, Any], way: str) -> None:
    """The way with the strongest proof that is set."""
    assert salesforce_login(read_settings(config(keys))) == way


def test_nothing_is_needed_where_nothing_is_written() -> None:
    """Without rules there is no login."""
    assert salesforce_login(read_settings({})) == ""


def test_secrets_are_not_shown() -> None:
    """What logs in does not stand in a representation."""
    settings = read_settings(config(BY_KEY | BY_PASSWORD | {"CLIENT_SECRET": "secret"}))

    assert not any(word in repr(settings) for word in ("geheim", "MIIE", "'secret'", "'token'"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param(config({}, []), "must map slugs", id="list of rules"),
        pytest.param(config({}), "nothing to log in with", id="no login"),
        pytest.param(config(BY_KEY | {"USERNAME": ""}), "BOOKER_SALESFORCE_USERNAME' is not set", id="user"),
        pytest.param(config(BY_KEY | {"CLIENT_ID": ""}), "BOOKER_SALESFORCE_CLIENT_ID' is not", id="client"),
        pytest.param(config(BY_CLIENT | {"CLIENT_SECRET": ""}), "CLIENT_SECRET' is not set", id="secret"),
        pytest.param(config(BY_CLIENT | {"DOMAIN": "login"}), "own domain, such as 'acme.my'", id="domain"),
        pytest.param(config(BY_PASSWORD | {"USERNAME": ""}), "USERNAME' is not set", id="password alone"),
        pytest.param(config(BY_PASSWORD | {"CLIENT_ID": "id"}), "belong together", id="half a client"),
        pytest.param(config(BY_KEY | {"PRIVATE_KEY": "/etc/key.pem"}), "not its path", id="path"),
        pytest.param(config(BY_KEY | {"DOMAIN": "https://acme.my"}), "'login', 'test'", id="domain's URL"),
        pytest.param(config(BY_KEY | {"DOMAIN": "evil.example/x"}), "'login', 'test'", id="hostile domain"),
        pytest.param(config(BY_KEY | {"DOMAIN": "acme.my.salesforce.com"}), "'acme.my'", id="whole domain"),
        pytest.param(config(BY_KEY | {"API_VERSION": "v65"}), "such as '65.0'", id="version"),
        pytest.param(config(BY_KEY | {"EXTERNAL_ID": "Uid"}), "'Booking_Uid__c'", id="external id"),
        pytest.param(config(BY_KEY | {"URL": "http://example.com"}), "on this machine", id="other host"),
        pytest.param(config(BY_KEY | {"URL": "https://127.0.0.1:1"}), "on this machine", id="https"),
        pytest.param(config(BY_KEY | {"URL": "http://127.0.0.1"}), "on this machine", id="no port"),
        pytest.param(config(BY_KEY | {"URL": "http://127.0.0.1:1/x"}), "on this machine", id="path in URL"),
        pytest.param(config(BY_KEY | {"URL": "http://a@127.0.0.1:x"}), "on this machine", id="odd port"),
        pytest.param(config({}, {}, BOOKER_ADMIN_EMAIL="a, b"), "one e-mail address", id="administrators"),
    ],
)
def test_wrong_settings_are_named(wrong: dict[str, Any], said: str) -> None:
    """Each is said at the start, with the remedy."""
    with pytest.raises(ConfigurationError, match=said):
        read_settings(wrong)


def test_a_missing_package_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sets rules without the extra hears how to install it."""
    monkeypatch.setitem(sys.modules, "simple_salesforce", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'booker-components\[salesforce\]'"):
        read_settings(config(BY_KEY))


def test_nothing_of_it_is_loaded_before_it_is_needed() -> None:
    """An app without Salesforce, or before its first call, does not carry its library."""
    program = (
        "import sys, booker_components, booker_components.subscribers.salesforce\n"
        "sys.exit('simple_salesforce' in sys.modules or 'zeep' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
