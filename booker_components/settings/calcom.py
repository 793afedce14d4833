"""What the settings of Cal.com must be, and what goes together (contracts/calcom.md 4.2)."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import ConfigurationError
from .fields import PREFIX, Settings, calcom_auth
from .rules import for_headers, zone

#: The names of all scopes end alike (contracts/calcom.md 4.11).
_SCOPE = re.compile(r"[A-Z]+(?:_[A-Z]+)*_(?:READ|WRITE)", re.ASCII)


def _check_functions(settings: Settings) -> None:
    for name in ("calcom_account", "calcom_connect"):
        value = getattr(settings, name)
        if value is not None and not callable(value):
            raise ConfigurationError(
                f"'{PREFIX}{name.upper()}' is a {type(value).__name__}; it must be a function that takes the "
                "request, or None."
            )


def _check_owners(settings: Settings) -> None:
    owners = settings.calcom_owners
    if not isinstance(owners, (list, tuple)) or not all(isinstance(each, str) and each for each in owners):
        raise ConfigurationError(
            f"'BOOKER_CALCOM_OWNERS' is {owners!r}; it must be a list of usernames, 'team:<slug>' or '*'."
        )


def _check_scopes(settings: Settings) -> None:
    scopes = settings.calcom_scopes
    known = isinstance(scopes, (list, tuple)) and all(
        isinstance(each, str) and _SCOPE.fullmatch(each) for each in scopes
    )
    if not known:
        raise ConfigurationError(
            f"'BOOKER_CALCOM_SCOPES' is {scopes!r}; it must be a list of scopes such as 'BOOKING_READ'."
        )


def _check_auth(settings: Settings) -> None:
    """Refuse what does not go together (contracts/calcom.md 4.2)."""
    auth = calcom_auth(settings)
    needed = {
        "none": (),
        "key": ("calcom_api_key",),
        "platform": ("calcom_client_id", "calcom_client_secret"),
        "oauth": ("calcom_client_id",),
    }
    for name in needed[auth]:
        if not getattr(settings, name):
            raise ConfigurationError(
                f"Cal.com is called as '{auth}', but '{PREFIX}{name.upper()}' is not set. Set it, or say in "
                "'BOOKER_CALCOM_AUTH' who calls; 'oauth' is also chosen by 'BOOKER_CALCOM_CONNECT'."
            )
    if settings.calcom_connect is None:
        return
    if auth != "oauth":
        raise ConfigurationError(
            f"'BOOKER_CALCOM_CONNECT' is set, but Cal.com is called as '{auth}': accounts are connected by "
            "OAuth 2.0 clients only. Set 'BOOKER_CALCOM_AUTH' to 'oauth', or leave out the function."
        )
    if not settings.public_url:
        raise ConfigurationError(
            "'BOOKER_CALCOM_CONNECT' is set but 'BOOKER_PUBLIC_URL' is not; Cal.com sends people back to an "
            "address below it."
        )


def _check_whom(settings: Settings) -> None:
    if settings.calcom_username and settings.calcom_team:
        raise ConfigurationError(
            "'BOOKER_CALCOM_USERNAME' and 'BOOKER_CALCOM_TEAM' are both set; set one of them."
        )
    if not (settings.calcom_username or settings.calcom_team or settings.calcom_account):
        raise ConfigurationError(
            "'BOOKER_PROVIDER' is 'calcom' but nobody says whose event types are offered: set "
            "'BOOKER_CALCOM_USERNAME' or 'BOOKER_CALCOM_TEAM', or a function in 'BOOKER_CALCOM_ACCOUNT'."
        )


def _check_together(settings: Settings) -> None:
    if settings.provider == "calcom":
        _check_auth(settings)
        _check_whom(settings)


CALCOM_CHECKS: tuple[Callable[[Settings], None], ...] = (
    for_headers("calcom_api_key", "calcom_client_id", "calcom_client_secret", "calcom_webhook_secret"),
    _check_functions,
    _check_owners,
    _check_scopes,
    zone("calcom_zone"),
    _check_together,
)
