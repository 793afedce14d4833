"""The server of the fake: reads a request, finds its route, and keeps what was asked and answered."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from requests.structures import CaseInsensitiveDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import (
    booking_paths,
    event_types,
    host_paths,
    listing,
    oauth,
    people,
    platform,
    slot_paths,
    webhook_paths,
)
from .callers import caller
from .calls import Answer, Auth, Call, Caller, Refusal, Route, refusal_answer
from .faults import Fault, Faults
from .pages import page
from .store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Where the API begins.
PREFIX = "/v2"

#: Every path of the API that the fake has.
ROUTES: tuple[Route, ...] = (
    *event_types.ROUTES,
    *slot_paths.ROUTES,
    *booking_paths.ROUTES,
    *listing.ROUTES,
    *host_paths.ROUTES,
    *people.ROUTES,
    *webhook_paths.ROUTES,
    *platform.ROUTES,
    *oauth.ROUTES,
)

_MAP = Map(
    [Rule(f"{PREFIX}{each.path}", methods=[each.method], endpoint=each) for each in ROUTES],
    merge_slashes=False,
)

#: Calls a minute, by how the caller proves who he is (contracts/calcom.md 4.2).
_LIMIT, _LIMIT_TOKEN = 120, 500


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request that the fake has got, and what it answered."""

    method: str
    #: With "/v2", without the query, percent-encoded as it was sent.
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    #: None while it is being answered, and for a connection that was cut.
    answer: Answer | None = None
    #: Whether a test has bent the answer.
    bent: bool = False

    @property
    def json(self) -> Any:
        """The body read as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class _Quiet(WSGIRequestHandler):
    """Writes no line for a request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class Server:
    """Serves a store on 127.0.0.1 in threads of its own, from `start` to `close`."""

    def __init__(self, store: Store, faults: Faults, after: Callable[[], None]) -> None:
        """Call *after* when a request was dealt with, outside the store's lock and before the answer goes."""
        self.store = store
        self.faults = faults
        self.log: list[Exchange] = []
        self._after = after

    def start(self, port: int = 0) -> None:
        """Listen on *port*, any free one by default, and answer until `close`."""
        self._server = make_server("127.0.0.1", port, self, threaded=True, request_handler=_Quiet)
        self.store.app_url = f"http://127.0.0.1:{self._server.port}"
        # The interval decides how long `close` waits.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        if not request.path.startswith(f"{PREFIX}/"):
            with self.store.lock:
                shown = page(self.store, request)
            return shown(environ, start_response)
        exchange = Exchange(
            method=request.method,
            path=environ["REQUEST_URI"].partition("?")[0],
            query={name: request.args.getlist(name) for name in request.args},
            headers=CaseInsensitiveDict(request.headers.items()),
            body=request.get_data(),
        )
        self.log.append(exchange)
        exchange.answer = self._bent(exchange, request)
        if exchange.answer is None:
            return _cut(environ)
        made = exchange.answer
        return Response(made.body, status=made.status, headers=made.headers)(environ, start_response)

    # --- faults ----------------------------------------------------------------------------------

    def _bent(self, exchange: Exchange, request: Request) -> Answer | None:
        """Give the answer, bent by the fault that waits for it; None to cut the connection."""
        fault = self.faults.take(exchange.method, exchange.path.removeprefix(PREFIX)) or Fault()
        if fault.delay:
            time.sleep(fault.delay)
        exchange.bent = fault.bends
        true = self._answer(exchange, request) if fault.perform or not fault.bends else None
        if fault.cut:
            return None
        made = fault.answer(exchange.path, self.store.clock())
        return self._stamped(made) if made else true

    # --- answers ---------------------------------------------------------------------------------

    def _answer(self, exchange: Exchange, request: Request) -> Answer:
        try:
            with self.store.lock:
                made = self._handled(exchange, request)
            self._after()
        except Refusal as refusal:
            made = refusal_answer(refusal, path=exchange.path, now=self.store.clock())
        return self._stamped(made, request)

    def _handled(self, exchange: Exchange, request: Request) -> Answer:
        route, parts = self._route(request)
        version = exchange.headers.get("cal-api-version", "")
        handler: Callable[..., Answer] = route.handler
        if route.versions and version not in route.versions:
            if route.old is None:
                raise Refusal(404, f"Cannot {request.method} {request.path}")
            handler = route.old
        call = Call(
            store=self.store,
            method=request.method,
            path=request.path,
            query=exchange.query,
            headers=exchange.headers,
            body=exchange.json if exchange.body else {},
            raw=exchange.body,
            caller=self._caller(route, exchange),
        )
        return handler(call, **parts)

    def _route(self, request: Request) -> tuple[Route, Mapping[str, Any]]:
        """Give the route and the parts of the path; a slash at the end counts for nothing."""
        try:
            adapter = _MAP.bind("127.0.0.1")
            return adapter.match(request.path.rstrip("/"), request.method)
        except HTTPException:
            raise Refusal(404, f"Cannot {request.method} {request.path}") from None

    def _caller(self, route: Route, exchange: Exchange) -> Caller:
        if route.auth is Auth.OWN:
            return Caller()
        who = caller(self.store, exchange.headers)
        if route.auth is Auth.USER and who.user is None:
            raise Refusal(401, "ApiAuthStrategy - no authentication provided.")
        if not who.may(route.scope):
            raise Refusal(
                403, f"insufficient_scope: token does not have the required scopes. Required: {route.scope}"
            )
        return who

    def _stamped(self, made: Answer, request: Request | None = None) -> Answer:
        """Give the answer with the headers that every answer has."""
        token = request is not None and "Authorization" in request.headers
        limit = _LIMIT_TOKEN if token else _LIMIT
        defaults = {
            "X-Request-Id": str(uuid.uuid4()),
            "Access-Control-Allow-Origin": "*",
            "X-RateLimit-Limit-Default": str(limit),
            "X-RateLimit-Remaining-Default": str(limit - 1),
            "X-RateLimit-Reset-Default": "60",
        }
        made.headers = defaults | made.headers
        return made


def _cut(environ: WSGIEnvironment) -> NoReturn:
    """Close the connection without a word."""
    connection: socket.socket = environ["werkzeug.socket"]
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
