"""Settings are read from an app's configuration, and what is made of them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from limits import RateLimitItem, parse_many
from limits.storage import Storage as CountStorage
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from ..errors import ConfigurationError
from .checks import CHECKS
from .fields import PREFIX, Settings
from .redirects import read_redirects


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read *config*, for example `app.config`.

    Raises `ConfigurationError`, which names the key and the remedy.
    """
    given = {key: value for key, value in config.items() if key.startswith(PREFIX)}
    known = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    for key in given.keys() - known.keys():
        raise ConfigurationError(f"'{key}' is not a setting{_suggestion(key, known)}")
    values = {known[key].name: value for key, value in given.items()}
    settings = Settings(**values | {"redirects": read_redirects(values.get("redirects"))})
    for check in CHECKS:
        check(settings)
    return settings


def secret_keys(config: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Give the keys that sign, oldest first, as itsdangerous wants them.

    `SECRET_KEY_FALLBACKS` holds older keys, the newest of them first (Flask 3.1, "Configuration Handling").
    Raises `ConfigurationError`, which names the key and the remedy.
    """
    key, older = config.get("SECRET_KEY"), config.get("SECRET_KEY_FALLBACKS")
    if not key:
        raise ConfigurationError(
            "'SECRET_KEY' is not set, so links cannot be signed. Set it to a long random text, "
            "for example from: python -c 'import secrets; print(secrets.token_hex())'."
        )
    if not isinstance(key, (str, bytes)):
        raise ConfigurationError("'SECRET_KEY' must be a text or bytes.")
    return tuple(each.encode() if isinstance(each, str) else each for each in (*_older_keys(older), key))


def _older_keys(older: object) -> list[str | bytes]:
    """Give older keys, oldest first."""
    keys = older if isinstance(older, (list, tuple)) else () if older is None else (None,)
    # A plain text would make a key of each of its letters, and anybody can guess a letter.
    if not all(isinstance(key, (str, bytes)) and key for key in keys):
        raise ConfigurationError(
            "'SECRET_KEY_FALLBACKS' must be a list of older keys, none of them empty, such as ['old-key']."
        )
    return list(reversed(keys))


def rate_limiter(settings: Settings) -> tuple[MovingWindowRateLimiter, RateLimitItem]:
    """Give what counts requests for new links, and how many are allowed.

    Raises `ConfigurationError` if the storage cannot be used; its URL may hold a password and is not shown.
    """
    url = settings.limit_storage
    try:
        storage = storage_from_string(url)
        # The asynchronous ones have other methods.
        limiter = MovingWindowRateLimiter(storage) if isinstance(storage, CountStorage) else None
    # Each storage raises what the library below it raises.
    except Exception:
        limiter = None
    if limiter is None:
        raise ConfigurationError(
            f"'BOOKER_LIMIT_STORAGE' cannot be used (it begins with {url.partition(':')[0][:20]!r}). Write "
            "'memory://' or a URL such as 'redis://localhost:6379', and install what it needs, for example "
            "pip install 'limits[redis]'."
        ) from None
    return limiter, parse_many(settings.link_limit)[0]


def _suggestion(key: str, known: Mapping[str, Field[Any]]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else "; see the settings table in the README."
