"""Who is told of changes by webhooks: what 'BOOKER_WEBHOOKS' must be, and what it says."""

from __future__ import annotations

import base64
import binascii
import difflib
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from ..values import EventKind
from .fields import Settings

_KEY = "'BOOKER_WEBHOOKS'"
_NAMES = ("url", "secret", "events", "name")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_PREFIX = "whsec_"
_HOW = (
    "make one with: python -c 'import base64, secrets; "
    'print("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())\''
)
#: How many bytes a secret has (Standard Webhooks 1.0, "Signature scheme").
SHORTEST_SECRET, LONGEST_SECRET = 24, 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """Who is told, where, and of what."""

    #: Under which the outbox records its deliveries.
    name: str
    #: The address; it may hold a secret.
    url: str = field(repr=False)
    #: The keys that sign: the newest first, older ones beside it while the receiver changes over.
    keys: tuple[bytes, ...] = field(repr=False)
    #: What it is told of; empty for everything.
    events: frozenset[EventKind] = frozenset()

    def wants(self, kind: EventKind) -> bool:
        """Tell whether it is told of *kind*."""
        return not self.events or kind in self.events


def read_endpoints(settings: Settings) -> tuple[Endpoint, ...]:
    """Give everybody whom 'BOOKER_WEBHOOKS' names.

    Raises `ConfigurationError`, which says what is wrong with which, and shows neither address nor secret.
    """
    given = settings.webhooks
    if not isinstance(given, (list, tuple)):
        raise ConfigurationError(
            f"{_KEY} is a {type(given).__name__}; it must be a list of mappings with 'url' and 'secret'."
        )
    endpoints: dict[str, Endpoint] = {}
    for place, each in enumerate(given):
        try:
            endpoint = _endpoint(each, private_network=settings.private_network)
        except ValueError as problem:
            raise ConfigurationError(f"{_KEY} at [{place}] {problem}.") from None
        if endpoint.name in endpoints:
            raise ConfigurationError(
                f"{_KEY} has '{endpoint.name}' twice; give each endpoint a 'name' of its own."
            )
        endpoints[endpoint.name] = endpoint
    return tuple(endpoints.values())


def read_secrets(given: object) -> tuple[bytes, ...]:
    """Give the keys of one secret, or of several in a list; `ValueError` says what is wrong with one."""
    secrets = given if isinstance(given, (list, tuple)) else (given,)
    if not secrets:
        raise ValueError(f"has no secret; {_HOW}")
    return tuple(map(_key, secrets))


def _endpoint(given: object, *, private_network: bool) -> Endpoint:
    if not isinstance(given, Mapping):
        raise ValueError(f"is a {type(given).__name__}; it must be a mapping with 'url' and 'secret'")
    for name in given:
        if name not in _NAMES:
            raise ValueError(f"has {name!r}{_likeliest(str(name), _NAMES)}")
    for name in ("url", "secret"):
        if not given.get(name):
            raise ValueError(f"has no '{name}'; add it")
    url = _url(given["url"], private_network=private_network)
    return Endpoint(
        name=_name(given.get("name", ""), url),
        url=url,
        keys=read_secrets(given["secret"]),
        events=_events(given.get("events", ())),
    )


def _url(given: object, *, private_network: bool) -> str:
    """Give the address, if a webhook can be sent there; it is never shown, as it may hold a secret."""
    schemes = ("https", "http") if private_network else ("https",)
    parts = _split(given)
    if not isinstance(given, str) or parts is None or not (given.isascii() and given.isprintable()):
        raise ValueError("has a 'url' that is no address; write one such as 'https://example.com/hooks'")
    if parts[0] not in schemes:
        raise ValueError(
            "has a 'url' that does not begin with https://; what it is sent is personal. For a receiver in "
            "your own network, 'BOOKER_PRIVATE_NETWORK' allows http://"
        )
    if " " in given or "@" in parts[1] or "#" in given:
        raise ValueError("has a 'url' with a blank, a user or a fragment; leave that out")
    return given


def _split(given: object) -> tuple[str, str] | None:
    """Give scheme and place of an address; None if it has no host, or a port that is none."""
    try:
        parts = urlsplit(given if isinstance(given, str) else "")
        return (parts.scheme, parts.netloc) if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _name(given: object, url: str) -> str:
    if not given:
        # Not the address itself: names are shown and logged.
        return hashlib.sha256(url.encode()).hexdigest()[:12]
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise ValueError(f"has the 'name' {given!r}; use lower-case letters, digits, '-' and '_', 40 at most")
    return given


def _key(secret: object) -> bytes:
    if not isinstance(secret, str):
        raise ValueError("has a secret that is no text")
    try:
        encoded = secret.removeprefix(_PREFIX)
        # Some who make secrets leave the padding out.
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise ValueError(f"has a secret that is no base64 after '{_PREFIX}'; copy it again") from None
    if not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
        raise ValueError(
            f"has a secret of {len(key)} bytes, not {SHORTEST_SECRET} to {LONGEST_SECRET}; {_HOW}"
        )
    return key


def _events(given: object) -> frozenset[EventKind]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ValueError(f"has 'events' = {given!r}; it must be a list such as ['booking.created']")
    kinds = [each.value for each in EventKind]
    for each in given:
        if each not in kinds:
            raise ValueError(f"has the event {each!r}{_likeliest(str(each), kinds)}")
    return frozenset(map(EventKind, given))


def _likeliest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; it takes {', '.join(known)}"


def _check_private_network(settings: Settings) -> None:
    if not isinstance(settings.private_network, bool):
        raise ConfigurationError(
            f"'BOOKER_PRIVATE_NETWORK' is {settings.private_network!r}; it must be True or False."
        )


def _check_endpoints(settings: Settings) -> None:
    read_endpoints(settings)


WEBHOOK_CHECKS: tuple[Callable[[Settings], None], ...] = (_check_private_network, _check_endpoints)
