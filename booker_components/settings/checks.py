"""What settings must be, whatever the provider."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from os import PathLike

from limits import parse_many

from ..errors import ConfigurationError
from ..values import EventType
from .calcom import CALCOM_CHECKS
from .fields import PREFIX, Settings
from .jicoo import JICOO_CHECKS
from .languages import LANGUAGE_CHECKS
from .queue import QUEUE_CHECKS
from .redirects import REDIRECT_CHECKS
from .salesforce import SALESFORCE_CHECKS
from .webhooks import WEBHOOK_CHECKS

# Only what a header can carry: names beyond ASCII are written in their xn-- form there.
_ORIGIN = re.compile(r"https?://(?:[\w.*-]+|\[[0-9a-f:.]+\])(?::(?:\d+|\*))?", re.ASCII)
#: Ten years: beyond it, sums of dates leave the years we know.
_MOST_LINK_DAYS = 3650
#: A hundred years: beyond it, differences of dates leave the years we know.
_MOST_KEEP_DAYS = 36_500
#: Nobody is to wait longer.
_MOST_FORM_SECONDS = 60
#: Sixteen million tries: a minute or more for a phone.
_MOST_WORK = 24
#: Whoever takes longer over a form is away.
_MOST_HOLD_MINUTES = 60


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
PROVIDERS = ("embedded", "calcom", "jicoo")


def _check_provider(settings: Settings) -> None:
    provider = settings.provider
    if provider is None or (isinstance(provider, str) and provider not in PROVIDERS):
        raise ConfigurationError(
            f"'BOOKER_PROVIDER' is {provider!r}; it must be 'embedded', 'calcom', 'jicoo' or a provider "
            "object."
        )


def _check_event_types(settings: Settings) -> None:
    declared = settings.event_types
    if isinstance(declared, (str, PathLike)):
        return
    if callable(declared):
        _check_function_is_for_us(settings)
        return
    if not isinstance(declared, (list, tuple)):
        raise ConfigurationError(
            f"'BOOKER_EVENT_TYPES' is a {type(declared).__name__}; it must be a TOML file's path, a list of "
            "EventType, or a function that gives one."
        )
    for place, each in enumerate(declared):
        if not isinstance(each, EventType):
            shown = repr(each) if isinstance(each, str) else f"a {type(each).__name__}"
            raise ConfigurationError(
                f"'BOOKER_EVENT_TYPES' has {shown} at [{place}]; it must be an EventType."
            )


def _check_function_is_for_us(settings: Settings) -> None:
    """Refuse a function where a remote provider keeps what is offered, and would never call it."""
    if settings.provider in ("calcom", "jicoo"):
        raise ConfigurationError(
            f"'BOOKER_EVENT_TYPES' is a function, but 'BOOKER_PROVIDER' is {settings.provider!r}; only the "
            "embedded engine calls one. Give a list or a TOML file's path, or leave it out."
        )


def _count(name: str, unit: str, most: int) -> Callable[[Settings], None]:
    def check(settings: Settings) -> None:
        count = getattr(settings, name)
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= most:
            raise ConfigurationError(
                f"'{PREFIX}{name.upper()}' is {count!r}; it must be a whole number of {unit}, 0 to {most}."
            )

    return check


def _limit(name: str, *, required: bool) -> Callable[[Settings], None]:
    def check(settings: Settings) -> None:
        limit = getattr(settings, name)
        if not limit and not required:
            return
        try:
            count = len(parse_many(limit))
        except ValueError:
            count = 0
        if count != 1:
            raise ConfigurationError(
                f"'{PREFIX}{name.upper()}' is {limit!r}; it must be one limit such as '3/hour'."
            )

    return check


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
        if settings.verify_email:
            raise ConfigurationError(
                "'BOOKER_VERIFY_EMAIL' is set but 'BOOKER_MAIL_URL' is not; the codes are mailed."
            )
        return
    for name in ("mail_from", "public_url"):
        if not getattr(settings, name):
            raise ConfigurationError(
                f"'BOOKER_MAIL_URL' is set but '{PREFIX}{name.upper()}' is not; mails need both."
            )


CHECKS: tuple[Callable[[Settings], None], ...] = (
    _text(*(each.name for each in fields(Settings) if each.type == "str")),
    _one_of("links", "", "signed", "uid"),
    _one_of("calcom_auth", "", "none", "key", "platform", "oauth"),
    *QUEUE_CHECKS,
    _one_of("mails", "all", "links", "none"),
    _one_of("overlay", "file", "link", "none"),
    _count("hold_minutes", "minutes", _MOST_HOLD_MINUTES),
    _count("keep_days", "days", _MOST_KEEP_DAYS),
    _count("form_seconds", "seconds", _MOST_FORM_SECONDS),
    _count("proof_of_work", "bits", _MOST_WORK),
    _check_provider,
    _check_event_types,
    _count("link_days", "days", _MOST_LINK_DAYS),
    _limit("link_limit", required=True),
    _limit("booking_limit", required=False),
    _check_redirect_origins,
    *REDIRECT_CHECKS,
    _check_embed_origins,
    _check_csp,
    _address("public_url", required=False),
    _address("calcom_api_url", required=True),
    _address("calcom_app_url", required=True),
    _address("jicoo_api_url", required=True),
    _check_mail,
    *LANGUAGE_CHECKS,
    *CALCOM_CHECKS,
    *JICOO_CHECKS,
    *SALESFORCE_CHECKS,
    *WEBHOOK_CHECKS,
)
