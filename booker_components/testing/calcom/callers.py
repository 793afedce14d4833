"""Who calls: keys, tokens and clients, read from the headers (contracts/calcom.md 4.2)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from .calls import Caller, Refusal
from .records import PlatformClient, Token
from .store import Store


def caller(store: Store, headers: Mapping[str, str]) -> Caller:
    """Give who calls; 401 for a proof that proves nothing, 498 for a managed user's token that has expired.

    `x-cal-client-id` alone proves nothing: whoever embeds a booker sends it.
    """
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return _bearer(store, value, headers.get("Origin", ""))
    client = store.clients.get(headers.get("X-Cal-Client-Id", ""))
    secret = headers.get("X-Cal-Secret-Key", "")
    if not secret or not headers.get("X-Cal-Client-Id"):
        return Caller()
    if client is None or not same(client.secret, secret):
        raise Refusal(401, "Invalid client credentials.")
    return Caller(user=client.owner, client=client)


def _bearer(store: Store, value: str, origin: str) -> Caller:
    if (user := store.api_keys.get(value)) is not None:
        return Caller(user=user)
    token = store.tokens.get(value)
    if token is None or token.refresh or token.revoked:
        raise Refusal(401, "Your api key or access token is not valid.")
    expired = token.expires <= store.clock()
    if token.oauth:
        if expired:
            raise Refusal(401, "The access token has expired.")
        return Caller(user=token.user, oauth=store.oauth_clients.get(token.client), scopes=token.scopes)
    if expired:
        raise Refusal(498, "ACCESS_TOKEN_IS_EXPIRED")
    _check_origin(store, token, origin)
    return Caller(user=token.user)


def _check_origin(store: Store, token: Token, origin: str) -> None:
    """Refuse a browser on a page of somebody else; calls from servers have no origin."""
    client = store.clients.get(token.client)
    if not origin or client is None:
        return
    if not any(_origin(each) == origin for each in client.redirect_uris):
        raise Refusal(401, "Invalid request origin: it is not one of the client's redirect URIs.")


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def client_of_path(store: Store, client_id: str, headers: Mapping[str, str]) -> PlatformClient:
    """Give the Platform client in the path, proved by its secret; 401 without, 404 for an unknown one."""
    client = store.clients.get(client_id)
    if client is None:
        raise Refusal(404, f"OAuth client with ID {client_id} not found")
    if not same(client.secret, headers.get("X-Cal-Secret-Key", "")):
        raise Refusal(401, "Invalid client credentials.")
    return client


def same(one: str, other: str) -> bool:
    """Tell whether two secrets are equal, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
