"""The settings: one documented field per `BOOKER_*` key, checked when the app starts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from os import PathLike
from typing import Any

from limits import RateLimitItem, parse_many
from limits.storage import Storage as CountStorage
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from . import times
from .errors import ConfigurationError
from .values import EventType

PREFIX = "BOOKER_"

# Only what a header can carry: names beyond ASCII are written in their xn-- form there.
_ORIGIN = re.compile(r"https?://(?:[\w.*-]+|\[[0-9a-f:.]+\])(?::(?:\d+|\*))?", re.ASCII)
#: The names of all scopes end alike (contracts/calcom.md 4.11).
_SCOPE = re.compile(r"[A-Z]+(?:_[A-Z]+)*_(?:READ|WRITE)", re.ASCII)
#: Ten years: beyond it, sums of dates leave the years we know.
_MOST_LINK_DAYS = 3650


def _setting(default: Any, help: str) -> Any:
    """Declare a field with the sentence that documents it."""
    return field(default_factory=lambda: default, metadata={"help": help, "default": default})


def _secret(help: str, default: str = "") -> Any:
    """Declare a text that must not show up in a representation, such as an URL with a password."""
    return field(default=default, repr=False, metadata={"help": help, "default": default})


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What `app.config` says about booker_components; the key of a field is `BOOKER_` and its name."""

    event_types: str | PathLike[str] | Sequence[EventType] = _setting(
        (), "What can be booked: the path of a TOML file, or a list of `EventType`."
    )
    provider: Any = _setting(
        "embedded", 'The booking backend: `"embedded"`, `"calcom"`, or an object with its methods.'
    )
    database_url: str = _secret(
        "SQLAlchemy URL of the database; empty: the file `booker.sqlite3` in the app's instance folder."
    )
    links: str = _setting(
        "",
        '`"signed"`: links that change a booking carry a signature. `"uid"`: knowing the uid is enough. '
        "Empty: signed, but `uid` with Cal.com, whose own links carry nothing else.",
    )
    link_days: int = _setting(30, "How many days after a booking's end its signed links still work.")
    public_url: str = _setting(
        "",
        "The address under which guests reach the booking pages; mails need it, for example `https://example.com`.",
    )
    mail_url: str = _secret(
        "SMTP server for mailing new links, for example `smtp://user:password@mail.example.com:587?starttls=1`.",
    )
    mail_from: str = _setting("", "The sender of these mails, for example `Bookings <bookings@example.com>`.")
    dispatch: str = _setting(
        "thread",
        '`"thread"`: a thread in each web process delivers events. `"none"`: only `flask booker deliver`.',
    )
    embed_origins: Sequence[str] = _setting(
        (), "Origins whose pages may show the booking pages in a frame, for example `https://example.org`."
    )
    csp: Mapping[str, str] = _setting(
        {}, 'Sources to add to our Content-Security-Policy, for example `{"font-src": "\'self\'"}`.'
    )
    link_limit: str = _setting(
        "3/hour", "How often a new link to a booking may be asked for; ten times as often from one address."
    )
    limit_storage: str = _secret(
        "Where these counts are kept: a storage URL of the library limits, for example `redis://...`.",
        "memory://",
    )

    redirect_origins: Sequence[str] = _setting(
        (),
        "Origins to which guests may be sent after booking, where an event type has an address for that.",
    )
    calcom_api_url: str = _setting("https://api.cal.com/v2", "The Cal.com API, version 2.")
    calcom_app_url: str = _setting("https://app.cal.com", "The Cal.com web app, where people sign in.")
    calcom_auth: str = _setting(
        "",
        'Who calls Cal.com: `"none"`, `"key"`, `"platform"` or `"oauth"`. Empty: what the keys below allow; '
        "with a client's id and secret `platform`, or `oauth` once `BOOKER_CALCOM_CONNECT` is set.",
    )
    calcom_username: str = _setting(
        "", "Whose event types are offered: a username, or several joined by `+` for a dynamic group."
    )
    calcom_team: str = _setting("", "The team whose event types are offered, by its slug.")
    calcom_organization: str = _setting("", "The organization to which the user or the team belongs.")
    calcom_owners: Sequence[str] = _setting(
        (),
        "Whose event types and bookings guests reach besides the account's own: usernames, `team:<slug>`, or "
        '`"*"` for anybody\'s at Cal.com.',
    )
    calcom_zone: str = _setting(
        "", "The zone in which the hosts work, an IANA name, where the API does not tell it; empty: UTC."
    )
    calcom_api_key: str = _secret("An API key of a Cal.com account.")
    calcom_client_id: str = _setting("", "The id of a Platform client or of an OAuth 2.0 client.")
    calcom_client_secret: str = _secret("The secret of that client; public OAuth 2.0 clients have none.")
    calcom_scopes: Sequence[str] = _setting(
        ("EVENT_TYPE_READ", "BOOKING_READ", "BOOKING_WRITE", "PROFILE_READ"),
        "What an OAuth 2.0 account is asked to allow.",
    )
    calcom_webhook_secret: str = _secret("The secret with which Cal.com signs its webhooks.")
    calcom_account: Any = _setting(
        None,
        "A function of the request that says which account it is about: a `CalcomAccount`, the name of a "
        "connected one, or None for the settings above.",
    )
    calcom_connect: Any = _setting(
        None,
        "A function of the request that names the account which the signed-in user may connect by OAuth 2.0; "
        "None to refuse.",
    )

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Settings:
        """Read *config*, for example `app.config`.

        Raises `ConfigurationError`, which names the key and the remedy.
        """
        given = {key: value for key, value in config.items() if key.startswith(PREFIX)}
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        for key in given.keys() - known.keys():
            raise ConfigurationError(f"'{key}' is not a setting{_suggestion(key, known)}.")
        settings = cls(**{known[key].name: value for key, value in given.items()})
        for check in _CHECKS:
            check(settings)
        return settings


def calcom_auth(settings: Settings) -> str:
    """Tell who calls Cal.com: "none", "key", "platform" or "oauth", as said or as the keys allow."""
    if settings.calcom_auth:
        return settings.calcom_auth
    if settings.calcom_client_id:
        return "oauth" if settings.calcom_connect else "platform"
    return "key" if settings.calcom_api_key else "none"


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


def settings_table() -> str:
    """Give the settings as a table in Markdown, for the README."""
    rows = ["| Key | Default | Meaning |", "|---|---|---|"]
    for each in fields(Settings):
        default = each.metadata["default"]
        shown = f"`{default!r}`" if default else ""
        rows.append(f"| `{PREFIX}{each.name.upper()}` | {shown} | {each.metadata['help']} |")
    return "\n".join(rows)


def _suggestion(key: str, known: Mapping[str, Field[Any]]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else "; see the settings table in the README"


# --- the checks ----------------------------------------------------------------------------------


def _one_of(name: str, *choices: str) -> Callable[[Settings], None]:
    def check(settings: Settings) -> None:
        value = getattr(settings, name)
        if value not in choices:
            allowed = " or ".join(f"'{choice}'" for choice in choices)
            raise ConfigurationError(f"'{PREFIX}{name.upper()}' is {value!r}; it must be {allowed}.")

    return check


def _text(*names: str) -> Callable[[Settings], None]:
    def check(settings: Settings) -> None:
        for name in names:
            if not isinstance(getattr(settings, name), str):
                raise ConfigurationError(f"'{PREFIX}{name.upper()}' must be a text.")

    return check


#: The providers that have a name.
PROVIDERS = ("embedded", "calcom")


def _check_provider(settings: Settings) -> None:
    provider = settings.provider
    if provider is None or (isinstance(provider, str) and provider not in PROVIDERS):
        raise ConfigurationError(
            f"'BOOKER_PROVIDER' is {provider!r}; it must be 'embedded', 'calcom' or a provider object."
        )


def _check_event_types(settings: Settings) -> None:
    declared = settings.event_types
    if isinstance(declared, (str, PathLike)):
        return
    if not isinstance(declared, (list, tuple)):
        raise ConfigurationError(
            f"'BOOKER_EVENT_TYPES' is {declared!r}; it must be a TOML file's path or a list of EventType."
        )
    for place, each in enumerate(declared):
        if not isinstance(each, EventType):
            raise ConfigurationError(
                f"'BOOKER_EVENT_TYPES' has {each!r} at [{place}]; it must be an EventType."
            )


def _check_link_days(settings: Settings) -> None:
    days = settings.link_days
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= _MOST_LINK_DAYS:
        raise ConfigurationError(
            f"'BOOKER_LINK_DAYS' is {days!r}; it must be a whole number of days, 0 to {_MOST_LINK_DAYS}."
        )


def _check_link_limit(settings: Settings) -> None:
    try:
        count = len(parse_many(settings.link_limit))
    except ValueError:
        count = 0
    if count != 1:
        raise ConfigurationError(
            f"'BOOKER_LINK_LIMIT' is {settings.link_limit!r}; it must be one limit such as '3/hour'."
        )


def _is_origin(text: object) -> bool:
    return isinstance(text, str) and _ORIGIN.fullmatch(text) is not None


def _check_redirect_origins(settings: Settings) -> None:
    origins = settings.redirect_origins
    single = isinstance(origins, (list, tuple)) and all(
        _is_origin(each) and "*" not in each for each in origins
    )
    if not single:
        raise ConfigurationError(
            f"'BOOKER_REDIRECT_ORIGINS' is {origins!r}; it must be a list of origins such as "
            "'https://example.org', without a path and without '*'."
        )


def _check_embed_origins(settings: Settings) -> None:
    origins = settings.embed_origins
    if not isinstance(origins, (list, tuple)) or not all(map(_is_origin, origins)):
        raise ConfigurationError(
            f"'BOOKER_EMBED_ORIGINS' is {origins!r}; it must be a list of origins such as "
            "'https://example.org', without a path."
        )


def _check_csp(settings: Settings) -> None:
    if not isinstance(settings.csp, Mapping):
        raise ConfigurationError(
            f"'BOOKER_CSP' is {settings.csp!r}; it must map names to sources, "
            "such as {'font-src': \"'self'\"}."
        )
    for directive, sources in settings.csp.items():
        texts = isinstance(directive, str) and isinstance(sources, str)
        if not texts or not directive.endswith("-src") or set(sources) & set(";,\r\n"):
            raise ConfigurationError(
                f"'BOOKER_CSP' has {directive!r}: {sources!r}; it maps names like 'font-src' to sources "
                "in one text."
            )


def _address(name: str, *, required: bool) -> Callable[[Settings], None]:
    def check(settings: Settings) -> None:
        url = getattr(settings, name)
        if not url and not required:
            return
        if not url.startswith(("http://", "https://")) or url.endswith("/") or set(url) & set("?# \t\r\n"):
            raise ConfigurationError(
                f"'{PREFIX}{name.upper()}' is {url!r}; it must start with http:// or https://, "
                "and have neither a query nor a slash at its end."
            )

    return check


def _check_mail(settings: Settings) -> None:
    if not settings.mail_url:
        return
    for name in ("mail_from", "public_url"):
        if not getattr(settings, name):
            raise ConfigurationError(
                f"'BOOKER_MAIL_URL' is set but '{PREFIX}{name.upper()}' is not; mails need both."
            )


# --- Cal.com -------------------------------------------------------------------------------------


def _check_calcom_texts(settings: Settings) -> None:
    """Refuse what cannot stand in a header, above all a key that was pasted with the end of its line."""
    for name in ("calcom_api_key", "calcom_client_id", "calcom_client_secret", "calcom_webhook_secret"):
        value = getattr(settings, name)
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ConfigurationError(
                f"'{PREFIX}{name.upper()}' has a blank, a line break or a character beyond ASCII; "
                "copy it again."
            )


def _check_calcom_functions(settings: Settings) -> None:
    for name in ("calcom_account", "calcom_connect"):
        value = getattr(settings, name)
        if value is not None and not callable(value):
            raise ConfigurationError(
                f"'{PREFIX}{name.upper()}' is a {type(value).__name__}; it must be a function that takes the "
                "request, or None."
            )


def _check_calcom_owners(settings: Settings) -> None:
    owners = settings.calcom_owners
    if not isinstance(owners, (list, tuple)) or not all(isinstance(each, str) and each for each in owners):
        raise ConfigurationError(
            f"'BOOKER_CALCOM_OWNERS' is {owners!r}; it must be a list of usernames, 'team:<slug>' or '*'."
        )


def _check_calcom_scopes(settings: Settings) -> None:
    scopes = settings.calcom_scopes
    known = isinstance(scopes, (list, tuple)) and all(
        isinstance(each, str) and _SCOPE.fullmatch(each) for each in scopes
    )
    if not known:
        raise ConfigurationError(
            f"'BOOKER_CALCOM_SCOPES' is {scopes!r}; it must be a list of scopes such as 'BOOKING_READ'."
        )


def _check_calcom_zone(settings: Settings) -> None:
    if not settings.calcom_zone:
        return
    try:
        times.zone(settings.calcom_zone)
    except ValueError as error:
        raise ConfigurationError(f"'BOOKER_CALCOM_ZONE' cannot be used: {error}") from None


def _check_calcom_auth(settings: Settings) -> None:
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


def _check_calcom_whom(settings: Settings) -> None:
    if settings.calcom_username and settings.calcom_team:
        raise ConfigurationError(
            "'BOOKER_CALCOM_USERNAME' and 'BOOKER_CALCOM_TEAM' are both set; set one of them."
        )
    if not (settings.calcom_username or settings.calcom_team or settings.calcom_account):
        raise ConfigurationError(
            "'BOOKER_PROVIDER' is 'calcom' but nobody says whose event types are offered: set "
            "'BOOKER_CALCOM_USERNAME' or 'BOOKER_CALCOM_TEAM', or a function in 'BOOKER_CALCOM_ACCOUNT'."
        )


def _check_calcom(settings: Settings) -> None:
    if settings.provider == "calcom":
        _check_calcom_auth(settings)
        _check_calcom_whom(settings)


_CHECKS: tuple[Callable[[Settings], None], ...] = (
    _text(*(each.name for each in fields(Settings) if each.type == "str")),
    _one_of("links", "", "signed", "uid"),
    _one_of("calcom_auth", "", "none", "key", "platform", "oauth"),
    _one_of("dispatch", "thread", "none"),
    _check_provider,
    _check_event_types,
    _check_link_days,
    _check_link_limit,
    _check_redirect_origins,
    _check_embed_origins,
    _check_csp,
    _address("public_url", required=False),
    _address("calcom_api_url", required=True),
    _address("calcom_app_url", required=True),
    _check_mail,
    _check_calcom_texts,
    _check_calcom_functions,
    _check_calcom_owners,
    _check_calcom_scopes,
    _check_calcom_zone,
    _check_calcom,
)
