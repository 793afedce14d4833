"""What the settings of Salesforce must be, and what goes together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from .fields import PREFIX, Settings

_DOMAIN = re.compile(r"(?!.*salesforce\.com$)[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)
_VERSION = re.compile(r"[1-9]\d\.0", re.ASCII)
_FIELD = re.compile(r"[A-Za-z]\w*__c", re.ASCII)
_ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+")

#: Where everybody logs in, who has no domain of their own there.
SHARED_DOMAINS = frozenset({"login", "test"})

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "key": ("salesforce_private_key", "salesforce_client_id", "salesforce_username"),
    "client": ("salesforce_client_id", "salesforce_client_secret"),
    "password": ("salesforce_username", "salesforce_password"),
}


def salesforce_login(settings: Settings) -> str:
    """Tell how to log in, as what is set allows: by "key", "client" or "password"; "" for nothing of it.

    By key is the JWT bearer flow, by client the client credentials flow.
    """
    if settings.salesforce_private_key:
        return "key"
    if settings.salesforce_password:
        return "password"
    return "client" if settings.salesforce_client_id else ""


def _check_rules(settings: Settings) -> None:
    if not isinstance(settings.salesforce, Mapping):
        raise ConfigurationError(
            f"'BOOKER_SALESFORCE' is a {type(settings.salesforce).__name__}; it must map slugs of event "
            "types, or '*', to rules."
        )


def _check_installed(settings: Settings) -> None:
    if settings.salesforce and find_spec("simple_salesforce") is None:
        raise ConfigurationError(
            "'BOOKER_SALESFORCE' is set, for which simple-salesforce is needed, but it is not installed: "
            "pip install 'booker-components[salesforce]'."
        )


def _check_login(settings: Settings) -> None:
    if not settings.salesforce:
        return
    way = salesforce_login(settings)
    if not way:
        raise ConfigurationError(
            "'BOOKER_SALESFORCE' is set, but nothing to log in with. Set 'BOOKER_SALESFORCE_CLIENT_ID' with "
            "'BOOKER_SALESFORCE_PRIVATE_KEY' and 'BOOKER_SALESFORCE_USERNAME', or with "
            "'BOOKER_SALESFORCE_CLIENT_SECRET'."
        )
    for name in _NEEDED[way]:
        if not getattr(settings, name):
            raise ConfigurationError(
                f"Salesforce is logged in to by {way}, but '{PREFIX}{name.upper()}' is not set. Set it."
            )
    if way == "client" and settings.salesforce_domain in SHARED_DOMAINS:
        raise ConfigurationError(
            f"'BOOKER_SALESFORCE_DOMAIN' is '{settings.salesforce_domain}', but a client alone logs in at "
            "the org's own domain, such as 'acme.my'."
        )
    if way == "password" and bool(settings.salesforce_client_id) != bool(settings.salesforce_client_secret):
        raise ConfigurationError(
            "'BOOKER_SALESFORCE_CLIENT_ID' and 'BOOKER_SALESFORCE_CLIENT_SECRET' belong together; set both, "
            "or neither."
        )


def _check_key(settings: Settings) -> None:
    key = settings.salesforce_private_key
    if key and not ("-----BEGIN" in key and "PRIVATE KEY-----" in key and "\n" in key):
        raise ConfigurationError(
            "'BOOKER_SALESFORCE_PRIVATE_KEY' is no private key in PEM, with its lines; give the text of the "
            "file, not its path."
        )


def _check_texts(settings: Settings) -> None:
    _require(settings, "salesforce_domain", _DOMAIN, "'login', 'test' for a sandbox, or 'acme.my'")
    _require(settings, "salesforce_api_version", _VERSION, "a version such as '65.0'")
    _require(settings, "salesforce_external_id", _FIELD, "an API name such as 'Booking_Uid__c'")
    if settings.admin_email:
        _require(settings, "admin_email", _ADDRESS, "one e-mail address")


def _require(settings: Settings, name: str, pattern: re.Pattern[str], wanted: str) -> None:
    value = getattr(settings, name)
    if not pattern.fullmatch(value):
        raise ConfigurationError(f"'{PREFIX}{name.upper()}' is {value!r}; it must be {wanted}.")


def _check_url(settings: Settings) -> None:
    """Refuse every stand-in that is not on this machine: all that is sent to it, keys too, is readable."""
    url = settings.salesforce_url
    if url and not _is_loopback(url):
        raise ConfigurationError(
            f"'BOOKER_SALESFORCE_URL' is {url!r}; it is for a stand-in on this machine only, such as "
            "'http://127.0.0.1:8080'. Leave it out for Salesforce itself."
        )


def _is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = ip_address(parts.hostname or "")
        return parts.port is not None and host.is_loopback and url == f"http://{parts.netloc}"
    except ValueError:
        return False


SALESFORCE_CHECKS: tuple[Callable[[Settings], None], ...] = (
    _check_rules,
    _check_texts,
    _check_key,
    _check_installed,
    _check_login,
    _check_url,
)
