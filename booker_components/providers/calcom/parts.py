"""What an app that uses Cal.com is made of, built from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from ...records.boxes import Box
from ...records.keys import RequestKeys
from ...records.tokens import NotConnected, TokenPair, Tokens
from ...settings import Settings, calcom_auth
from ...storage import Storage
from .._http import Http
from .accounts import (
    MANAGED,
    OAUTH,
    PROVIDER,
    Accounts,
    CalcomAccount,
    Choice,
    ClientIdentity,
    FixedIdentity,
)
from .client import CalcomClient
from .oauth import OAuth
from .platform import Platform
from .provider import CalcomProvider
from .webhooks import account_mark


@dataclass(frozen=True, kw_only=True, slots=True)
class CalcomParts:
    """The parts beside the provider, for routes, commands and hosts; never shared between apps."""

    http: Http
    #: Calls for the account of the request at hand.
    client: CalcomClient
    accounts: Accounts
    clock: Callable[[], datetime]
    #: Seals what a browser keeps for us; None, like the next three, where no client has been set up.
    box: Box | None = None
    tokens: Tokens | None = None
    platform: Platform | None = None
    oauth: OAuth | None = None
    #: Names the account that the user of a request may connect; 'BOOKER_CALCOM_CONNECT'.
    connect: Callable[[Any], str | None] | None = None

    def close(self) -> None:
        """Close idle connections; they open again when they are needed."""
        self.http.close()


def build_calcom(
    settings: Settings,
    *,
    storage: Storage,
    keys: Sequence[bytes],
    clock: Callable[[], datetime],
    current: Callable[[], Choice] = lambda: None,
) -> tuple[CalcomProvider, CalcomParts]:
    """Build the provider and what belongs to it; nothing is opened or called yet.

    *keys* are those of the app, oldest first. *current* says which account the request at hand is about.
    Raises `ConfigurationError` if a package is missing that the settings call for.
    """
    http = Http()
    auth = calcom_auth(settings)
    box = Box(keys) if auth in {"platform", "oauth"} else None
    tokens = Tokens(storage, box, clock) if box else None
    platform = _platform(settings, http, tokens) if tokens and auth == "platform" else None
    oauth = _oauth(settings, http, clock) if auth == "oauth" else None
    accounts = Accounts(
        _default_account(settings, auth),
        current=current,
        tokens=tokens,
        renewers=_renewers(platform, oauth),
        clock=clock,
        client_id=settings.calcom_client_id if platform else "",
        origin=_origin(settings.public_url),
    )
    client = CalcomClient(http, settings.calcom_api_url, accounts)
    parts = CalcomParts(
        http=http,
        client=client,
        accounts=accounts,
        clock=clock,
        box=box,
        tokens=tokens,
        platform=platform,
        oauth=oauth,
        connect=settings.calcom_connect,
    )
    return _provider(settings, client, storage, clock, tokens), parts


def _provider(
    settings: Settings,
    client: CalcomClient,
    storage: Storage,
    clock: Callable[[], datetime],
    tokens: Tokens | None,
) -> CalcomProvider:
    return CalcomProvider(
        client,
        keys=RequestKeys(storage, clock),
        clock=clock,
        zone=settings.calcom_zone,
        webhook_secret=settings.calcom_webhook_secret,
        username_of=partial(_username_of, tokens, settings.calcom_webhook_secret),
        owners=settings.calcom_owners,
    )


def _username_of(tokens: Tokens | None, secret: str, mark: str) -> str:
    """Give the username of the connected account with *mark*; "" if there is none, or it cannot be read."""
    if tokens is None:
        return ""
    marked = (each for each in tokens.accounts(PROVIDER) if account_mark(secret, each) == mark)
    with suppress(NotConnected):
        pair = tokens.read(PROVIDER, next(marked, ""))
        return pair.username if pair else ""
    return ""


def _default_account(settings: Settings, auth: str) -> CalcomAccount:
    return CalcomAccount(
        username=settings.calcom_username,
        team=settings.calcom_team,
        organization=settings.calcom_organization,
        # Beside a client, a key is the administrator's: guests never act by it.
        api_key=settings.calcom_api_key if auth == "key" else "",
    )


def _platform(settings: Settings, http: Http, tokens: Tokens) -> Platform:
    owner = ClientIdentity(client_id=settings.calcom_client_id, secret=settings.calcom_client_secret)
    key = settings.calcom_api_key
    admin = FixedIdentity(of=CalcomAccount(api_key=key)) if key else None
    return Platform(
        CalcomClient(http, settings.calcom_api_url, owner),
        client_id=settings.calcom_client_id,
        tokens=tokens,
        admin=CalcomClient(http, settings.calcom_api_url, admin) if admin else None,
    )


def _oauth(settings: Settings, http: Http, clock: Callable[[], datetime]) -> OAuth:
    return OAuth(
        http,
        api_url=settings.calcom_api_url,
        app_url=settings.calcom_app_url,
        client_id=settings.calcom_client_id,
        client_secret=settings.calcom_client_secret,
        scopes=settings.calcom_scopes,
        clock=clock,
    )


def _renewers(
    platform: Platform | None, oauth: OAuth | None
) -> Mapping[str, Callable[[TokenPair], TokenPair]]:
    renewers: dict[str, Callable[[TokenPair], TokenPair]] = {}
    if platform:
        renewers[MANAGED] = platform.renew
    if oauth:
        renewers[OAUTH] = oauth.renew
    return renewers


def _origin(url: str) -> str:
    """Give the origin of *url*, as a browser on one of our pages would name it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if url else ""
