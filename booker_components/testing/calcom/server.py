"""The server of the fake: finds the route of a request, who calls, and which version answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from ..exchanges import Exchange as Exchange
from ..serving import Paths
from ..serving import Server as BaseServer
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
from .pages import page
from .store import Store

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

#: Calls a minute, by how the caller proves who he is (contracts/calcom.md 4.2).
_LIMIT, _LIMIT_TOKEN = 120, 500


class Server(BaseServer):
    """Serves a store on 127.0.0.1 in threads of its own, from `start` to `close`."""

    prefix = PREFIX

    def __init__(self, store: Store, after: Callable[[], None]) -> None:
        """Call *after* when a request was dealt with, outside the store's lock and before the answer goes."""
        super().__init__(store, after)
        self.store = store
        self._paths = Paths(ROUTES, prefix=PREFIX)

    def page(self, request: Request) -> Response:
        """Give a page of the web application."""
        return page(self.store, request)

    def handled(self, exchange: Exchange, request: Request) -> Answer:
        """Do what is asked, and give the answer, errors included."""
        try:
            return self._routed(exchange, request)
        except Refusal as refusal:
            return refusal_answer(refusal, path=exchange.path, now=self.store.clock())

    def error(self, exchange: Exchange, status: int, words: str) -> Answer:
        """Give an error as the newer code of Cal.com writes it."""
        return refusal_answer(Refusal(status, words), path=exchange.path, now=self.store.clock())

    def dressed(self, made: Answer, request: Request) -> Answer:
        """Give the answer with the headers that every answer has."""
        limit = _LIMIT_TOKEN if "Authorization" in request.headers else _LIMIT
        defaults = {
            "X-Request-Id": str(uuid.uuid4()),
            "Access-Control-Allow-Origin": "*",
            "X-RateLimit-Limit-Default": str(limit),
            "X-RateLimit-Remaining-Default": str(limit - 1),
            "X-RateLimit-Reset-Default": "60",
        }
        made.headers = defaults | made.headers
        return made

    def _routed(self, exchange: Exchange, request: Request) -> Answer:
        found = self._paths.find(request)
        if found is None:
            raise _unknown(request)
        route, parts = found
        version = exchange.headers.get("cal-api-version", "")
        handler: Callable[..., Answer] = route.handler
        if route.versions and version not in route.versions:
            if route.old is None:
                raise _unknown(request)
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


def _unknown(request: Request) -> Refusal:
    return Refusal(404, f"Cannot {request.method} {request.path}")
