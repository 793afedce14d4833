"""OAuth 2.0: codes and tokens (contracts/calcom.md 4.11). The page where the user says yes is in `pages`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl

from .callers import same
from .calls import Answer, Auth, Call, Json, Refusal, Route, Shape, answer, success
from .records import Code, OAuthClient, Token, User
from .store import Store

#: How long a code, an access token and a refresh token live.
_CODE, _ACCESS, _REFRESH = timedelta(minutes=10), timedelta(minutes=30), timedelta(days=30)

_EXCHANGE = {"client_id", "grant_type", "code", "redirect_uri"}
_RENEW = {"client_id", "grant_type", "refresh_token"}

#: Which properties a body has, by its grant type. Others are refused, also a verifier beside a secret.
_SHAPES: dict[str, tuple[set[str], ...]] = {
    "authorization_code": (_EXCHANGE | {"client_secret"}, _EXCHANGE | {"code_verifier"}),
    "refresh_token": (_RENEW, _RENEW | {"client_secret"}),
}


def refuse(status: int, code: str, text: str) -> Refusal:
    """Give an error in the shape of OAuth 2.0."""
    return Refusal(status, text, shape=Shape.OAUTH, code=code)


def add_code(store: Store, asked: Mapping[str, str], user: User) -> str:
    """Give a code for what was asked; `Refusal` in OAuth's shape for what may not be asked."""
    client = store.oauth_clients[asked["client_id"]]
    if asked.get("response_type") != "code":
        raise refuse(400, "unsupported_response_type", "response_type must be code.")
    challenge = asked.get("code_challenge", "")
    if challenge and asked.get("code_challenge_method") != "S256":
        raise refuse(400, "invalid_request", "code_challenge_method must be S256.")
    if not client.secret and not challenge:
        raise refuse(400, "invalid_request", "code_challenge is required for public clients.")
    value = store.name(40)
    store.codes[value] = Code(
        client=client.id,
        user=user,
        redirect_uri=asked["redirect_uri"],
        scopes=_scopes(client, asked.get("scope", "")),
        challenge=challenge,
        expires=store.clock() + _CODE,
    )
    return value


def _scopes(client: OAuthClient, asked: str) -> frozenset[str] | None:
    """Give the scopes asked for, all of the client's by default; None for a client that no scope binds."""
    if client.scopes is None:
        return None
    scopes = frozenset(asked.replace(",", " ").split()) or client.scopes
    if not scopes <= client.scopes:
        raise refuse(400, "invalid_scope", "Requested scope is not one of the client's scopes.")
    return scopes


def tokens(store: Store, user: User, client: str, scopes: frozenset[str] | None) -> Json:
    """Give a user's new pair of tokens, as the token endpoint answers."""
    pair = store.token_pair(user, client, access=_ACCESS, refresh=_REFRESH, oauth=True, scopes=scopes)
    return {
        "access_token": pair[0].value,
        "token_type": "bearer",
        "refresh_token": pair[1].value,
        "expires_in": int(_ACCESS.total_seconds()),
        "scope": " ".join(sorted(scopes or ())),
    }


def _token(call: Call) -> Answer:
    body = _read(call)
    shapes = _SHAPES.get(body.get("grant_type", ""))
    if shapes is None:
        raise refuse(
            400, "unsupported_grant_type", "grant_type must be 'authorization_code' or 'refresh_token'."
        )
    if set(body) not in shapes:
        raise refuse(400, "invalid_request", f"The body must have exactly: {', '.join(sorted(shapes[0]))}.")
    client = _client_of(call.store, body)
    if body["grant_type"] == "refresh_token":
        return _renewed(call, client, body["refresh_token"])
    return _exchanged(call, client, body)


def _read(call: Call) -> dict[str, str]:
    """Read the body: JSON or a form."""
    if call.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(call.raw.decode("utf-8", "replace"), keep_blank_values=True))
    if not isinstance(call.body, dict) or not all(isinstance(each, str) for each in call.body.values()):
        raise refuse(400, "invalid_request", "The body must be a JSON object of texts, or a form.")
    return call.body


def _client_of(store: Store, body: Mapping[str, str]) -> OAuthClient:
    client = store.oauth_clients.get(body["client_id"])
    if client is None or (client.secret and not same(client.secret, body.get("client_secret", ""))):
        raise refuse(401, "invalid_client", "The client is unknown or has not proved itself.")
    return client


def _exchanged(call: Call, client: OAuthClient, body: Mapping[str, str]) -> Answer:
    code = call.store.codes.get(body["code"])
    if code is None or code.used or code.client != client.id or code.expires <= call.now:
        raise refuse(400, "invalid_grant", "The code is invalid, used or expired.")
    code.used = True
    if code.redirect_uri != body["redirect_uri"]:
        raise refuse(400, "invalid_grant", "The redirect_uri is not the one of the authorization.")
    if not client.secret and code.challenge != _challenge(body.get("code_verifier", "")):
        raise refuse(400, "invalid_grant", "The code_verifier is not the one of the challenge.")
    return answer(tokens(call.store, code.user, client.id, code.scopes))


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _renewed(call: Call, client: OAuthClient, value: str) -> Answer:
    """Exchange a refresh token, which is then of no more use."""
    token = call.store.tokens.get(value)
    if token is None or not _usable(token, client) or token.expires <= call.now:
        raise refuse(400, "invalid_grant", "The refresh token is invalid, used or expired.")
    token.revoked = True
    return answer(tokens(call.store, token.user, client.id, token.scopes))


def _usable(token: Token, client: OAuthClient) -> bool:
    return token.refresh and token.oauth and not token.revoked and token.client == client.id


def _client(call: Call, client: str) -> Answer:
    found = call.store.oauth_clients.get(client)
    if found is None:
        raise Refusal(404, f"OAuth client {client} not found")
    data = {
        "client_id": found.id,
        "redirect_uri": found.redirect_uris[0],
        "name": found.name,
        "logo": None,
        "is_trusted": False,
        "client_type": "CONFIDENTIAL" if found.secret else "PUBLIC",
    }
    return success(data)


ROUTES = (
    Route(method="POST", path="/auth/oauth2/token", handler=_token, auth=Auth.OWN),
    Route(method="GET", path="/auth/oauth2/clients/<client>", handler=_client),
)
