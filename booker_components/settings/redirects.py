"""What the settings of redirects must be, and those of declared event types with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from ..errors import ConfigurationError
from ..redirects import clashes, is_allowed
from ..values import EventType, Redirect, Redirects
from .fields import Settings

_KEY = "'BOOKER_REDIRECTS'"


def read_redirects(given: object) -> Redirects | None:
    """Give 'BOOKER_REDIRECTS', which may be a mapping with the keys of a TOML file.

    Raises `ConfigurationError`, which says what is wrong.
    """
    if given is None or isinstance(given, Redirects):
        return given
    found = _known(_mapping(given, _KEY), Redirects, _KEY)
    return Redirects(**{name: _redirect(name, each) for name, each in found.items()})


def check_event_types(event_types: Iterable[EventType], settings: Settings) -> None:
    """Refuse declared event types that send guests where they are not sent, or codes that nobody mails.

    Raises `ConfigurationError`.
    """
    for each in event_types:
        if each.verify_email and not settings.mail_url:
            raise ConfigurationError(
                f"The event type {each.slug!r} has verify_email, but 'BOOKER_MAIL_URL' is not set; the codes "
                "are mailed."
            )
        where = f"The event type {each.slug!r} has redirects"
        if not isinstance(each.redirects, Redirects | None):
            raise ConfigurationError(f"{where} = {type(each.redirects).__name__}; it must be a Redirects.")
        slugs = {question.slug for question in each.questions}
        for occasion, redirect in each.redirects.each() if each.redirects else ():
            for problem in (*_problems(redirect, settings), *_unknown(redirect, slugs)):
                raise ConfigurationError(f"{where}.{occasion}, which {problem}")


def _check_redirects(settings: Settings) -> None:
    for occasion, redirect in settings.redirects.each() if settings.redirects else ():
        for problem in _problems(redirect, settings):
            raise ConfigurationError(f"{_KEY} has '{occasion}', which {problem}")


def _problems(redirect: Redirect, settings: Settings) -> Iterator[str]:
    """Find what is wrong with a redirect; its query may hold a secret of the host's, and is not shown."""
    if redirect.url and not is_allowed(redirect.url, settings.redirect_origins):
        yield (
            f"leads to {redirect.url.partition('?')[0]!r}, which is at no allowed origin. Write an address "
            "that begins with https://, and add its origin to 'BOOKER_REDIRECT_ORIGINS'."
        )
    if redirect.signed and not settings.redirect_secret:
        yield "is to be signed, but 'BOOKER_REDIRECT_SECRET' is not set. Set it, or leave out 'signed'."
    for slug in clashes(redirect):
        yield f"has the answer {slug!r}, which another parameter is called. Name the question otherwise."


def _unknown(redirect: Redirect, slugs: Iterable[str]) -> Iterator[str]:
    for slug in redirect.answers:
        if slug not in slugs:
            yield f"has the answer {slug!r}, but no question of the event type has this slug. Correct it."


# --- mappings ------------------------------------------------------------------------------------


def _redirect(name: str, given: object) -> Redirect | None:
    if given is None or isinstance(given, Redirect):
        return given
    where = f"{_KEY} at {name!r}"
    found = _known(_mapping(given, where), Redirect, where)
    if "url" not in found:
        raise ConfigurationError(f"{where} has no 'url'. Add it.")
    if isinstance(found.get("answers"), list):
        found["answers"] = tuple(found["answers"])
    try:
        return Redirect(**found)
    except ValueError as error:
        raise ConfigurationError(f"{where} is wrong: {error}") from None


def _mapping(given: object, where: str) -> Mapping[object, object]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{where} is a {type(given).__name__}; it must be a Redirects or a mapping.")
    return given


def _known(given: Mapping[object, object], kind: type, where: str) -> dict[str, Any]:
    names = [each.name for each in fields(kind)]
    for name in given:
        if name not in names:
            raise ConfigurationError(f"{where} has {name!r}; it takes {', '.join(names)}.")
    return {str(name): value for name, value in given.items()}


REDIRECT_CHECKS: tuple[Callable[[Settings], None], ...] = (_check_redirects,)
