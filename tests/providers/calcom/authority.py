"""A little Cal.com that knows accounts and tokens only, as strict as calcom.md 4.10 and 4.11 say."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from ..remote import as_json, success

CLIENT_ID, SECRET, ADMIN_KEY = "client-1", "s3cret-of-client", "cal_admin"

_COMMON = {"client_id", "grant_type"}
#: The properties that the token endpoint takes, by grant; more are refused.
_EXCHANGE = _COMMON | {"code", "redirect_uri"}
_REFRESH = _COMMON | {"refresh_token"}


class Authority:
    """Gives tokens, each refresh token good for one renewal, and refuses what it did not give."""

    def __init__(self, *, public: bool = False, now: float = 1_800_000_000.0) -> None:
        """Know one client, *public* or with a secret; *now* in seconds since 1970."""
        self.url = ""
        self.now = now
        #: Every request that came, as "METHOD /path", oldest first, and its headers and body.
        self.calls: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.bodies: list[Any] = []
        #: Answers to give in place of the right ones, next first.
        self.instead: list[Response] = []
        self.users: dict[int, dict[str, Any]] = {}
        self.client: dict[str, Any] = {
            "id": CLIENT_ID,
            "name": "Partner",
            "redirectUris": ["https://a.example"],
        }
        #: Whether the scopes let us read the profile.
        self.shows_profile = True
        self._public = public
        self._codes: dict[str, tuple[str, str]] = {}
        self._access: dict[str, int] = {}
        self._refresh: dict[str, int] = {}
        self._count = 0
        self._lock = threading.Lock()

    # --- for tests -------------------------------------------------------------------------------

    def consent(self, address: str) -> str:
        """Do what a person does who allows what the page at *address* asks; give where they are sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert not self._public or asked["code_challenge_method"] == "S256"
        code = self.code(asked["redirect_uri"], asked.get("code_challenge", ""))
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def code(self, redirect_uri: str, challenge: str = "") -> str:
        """Give a code, good for one exchange."""
        code = self._new("code")
        self._codes[code] = (redirect_uri, challenge)
        return code

    def pair(self, user: int = 7) -> tuple[str, str]:
        """Give an access token and a refresh token of *user*."""
        access, refresh = self._new("access"), self._new("refresh")
        self._access[access], self._refresh[refresh] = user, user
        return access, refresh

    def expire(self) -> None:
        """Let every access token expire."""
        self._access.clear()

    def revoke(self) -> None:
        """Take no refresh token any longer."""
        self._refresh.clear()

    def called(self, call: str) -> int:
        """Tell how often *call*, such as "GET /me", came."""
        return self.calls.count(call)

    # --- the server ------------------------------------------------------------------------------

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Keep the request and answer it."""
        request = Request(environ)
        body = json.loads(request.get_data()) if request.get_data() else None
        with self._lock:
            path = request.path.removeprefix("/v2")
            self.calls.append(f"{request.method} {path}")
            self.headers.append(dict(request.headers))
            self.bodies.append(body)
            response = self.instead.pop(0) if self.instead else self._answer(request, path, body)
        return response(environ, start_response)

    def _answer(self, request: Request, path: str, body: Any) -> Response:
        if path == "/auth/oauth2/token":
            return self._token(body)
        if path == "/me":
            return self._me(request)
        if path == f"/oauth-clients/{CLIENT_ID}":
            return self._client(request, body)
        secret = request.headers.get("x-cal-secret-key")
        if secret != SECRET:
            return _error(401, "UnauthorizedException")
        if path == f"/oauth/{CLIENT_ID}/refresh":
            return self._rotate(body["refreshToken"])
        return self._of_users(request, path.removeprefix(f"/oauth-clients/{CLIENT_ID}/users"), body)

    def _token(self, body: dict[str, str]) -> Response:
        exchange = body["grant_type"] == "authorization_code"
        proof = {"code_verifier"} if exchange else set()
        proof = proof if self._public else {"client_secret"}
        if set(body) != (_EXCHANGE if exchange else _REFRESH) | proof:
            return as_json({"error": "invalid_request", "error_description": "Properties."}, 400)
        if body["client_id"] != CLIENT_ID or not (self._public or body["client_secret"] == SECRET):
            return as_json({"error": "invalid_client", "error_description": "Client."}, 401)
        good = (
            self._exchanged(body) if exchange else self._refresh.pop(body["refresh_token"], None) is not None
        )
        if not good:
            return as_json({"error": "invalid_grant", "error_description": "Bo's grant."}, 400)
        access, refresh = self.pair()
        return as_json(
            {"access_token": access, "token_type": "bearer", "refresh_token": refresh, "expires_in": 1800}
        )

    def _exchanged(self, body: dict[str, str]) -> bool:
        redirect_uri, challenge = self._codes.pop(body["code"], ("", ""))
        verifier = body.get("code_verifier", "")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        return redirect_uri == body["redirect_uri"] and challenge == (digest if self._public else "")

    def _me(self, request: Request) -> Response:
        user = self._access.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if user is None:
            return _error(498, "TokenExpiredException")
        if not self.shows_profile:
            return _error(403, "ForbiddenException")
        return success({"id": user, "username": f"user-{user}", "email": "ann@ex.test"})

    def _client(self, request: Request, body: Any) -> Response:
        if request.headers.get("Authorization") != f"Bearer {ADMIN_KEY}":
            return _error(401, "UnauthorizedException")
        self.client |= body or {}
        return success(self.client | {"secret": SECRET})

    def _rotate(self, refresh: str) -> Response:
        user = self._refresh.pop(refresh, None)
        return _error(401, "UnauthorizedException") if user is None else success(self._keys(user))

    def _of_users(self, request: Request, rest: str, body: Any) -> Response:
        parts = rest.strip("/").split("/")
        if parts == [""]:
            return self._create(body) if request.method == "POST" else self._list(request)
        user = self.users.get(int(parts[0]))
        if user is None:
            return _error(404, "NotFoundException")
        if parts[1:] == ["force-refresh"]:
            return success(self._keys(user["id"]))
        if request.method == "PATCH":
            user |= body
        return success(self.users.pop(user["id"]) if request.method == "DELETE" else user)

    def _create(self, body: dict[str, Any]) -> Response:
        number = 100 + len(self.users)
        local, _, domain = body["email"].partition("@")
        stored = {"id": number, "username": f"{local}-{CLIENT_ID}", "email": f"{local}+{CLIENT_ID}@{domain}"}
        self.users[number] = body | stored
        return success({"user": self.users[number], **self._keys(number)}, 201)

    def _list(self, request: Request) -> Response:
        offset, emails = int(request.args["offset"]), request.args.get("emails", "").split(",")
        found = [each for each in self.users.values() if emails == [""] or each["email"] in emails]
        # Fewer at a time than anybody asks for.
        return success(found[offset : offset + 2])

    def _keys(self, user: int) -> dict[str, Any]:
        access, refresh = self.pair(user)
        # Each ends at another moment.
        return {
            "accessToken": access,
            "refreshToken": refresh,
            "accessTokenExpiresAt": (self.now + 3600) * 1000,
            "refreshTokenExpiresAt": (self.now + 31_536_000) * 1000,
        }

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"


def _error(status: int, code: str) -> Response:
    error = {"code": code, "message": "Not so.", "details": {}}
    return as_json({"status": "error", "path": "/v2", "error": error}, status)


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing."""


@contextmanager
def serving_authority(*, public: bool = False, now: float = 1_800_000_000.0) -> Iterator[Authority]:
    """Serve an authority on 127.0.0.1; `url` is where, without /v2."""
    authority = Authority(public=public, now=now)
    server = make_server("127.0.0.1", 0, authority, threaded=True, request_handler=_Silent)
    authority.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
