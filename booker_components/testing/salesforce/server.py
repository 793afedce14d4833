"""The server of the fake: lets callers in, counts their calls and finds what they ask for."""

from __future__ import annotations

import re
from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from ..exchanges import Answer, Exchange
from ..serving import Paths
from ..serving import Server as BaseServer
from .answers import Flaw, Refusal, refusal_answer, refused
from .login import Door, oauth_error
from .paths import ROUTES, Call, checked_version, versions
from .store import Store

#: Bytes of an address; more are refused (REST API Developer Guide, "Status Codes and Error Responses").
_LONGEST = 16_384

#: The code of an error that a test asks for by its status alone.
_CODES = {
    401: "INVALID_SESSION_ID",
    403: "REQUEST_LIMIT_EXCEEDED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    503: "SERVER_UNAVAILABLE",
}

_DOWN = b"<html><head><title>Maintenance</title></head><body>We are down for maintenance.</body></html>"

_TOKEN = "/services/oauth2/token"  # noqa: S105 - a path
_DATA = "/services/data"


class Server(BaseServer):
    """Serves an org on 127.0.0.1 in threads of its own, from `start` to `close`."""

    prefix = ""

    def __init__(self, store: Store, door: Door, after: Callable[[], None]) -> None:
        """Call *after* when a request was dealt with, outside the store's lock and before the answer goes."""
        super().__init__(store, after)
        self.store = store
        self._door = door
        self._paths = Paths(ROUTES, prefix=f"{_DATA}/<version>")

    def page(self, request: Request) -> Response:
        """Give what is outside the API: nothing."""
        return Response(status=404)

    def handled(self, exchange: Exchange, request: Request) -> Answer:
        """Do what is asked, and give the answer, errors included."""
        if self.store.down:
            return Answer(status=503, body=_DOWN, headers={"Content-Type": "text/html;charset=UTF-8"})
        soap = re.fullmatch(r"/services/Soap/u/([^/]+)/?", request.path)
        if request.method == "POST" and soap:
            return self._door.soap(exchange, soap[1])
        if request.method == "POST" and request.path == _TOKEN:
            return self._door.token(exchange)
        try:
            return self._data(exchange, request)
        except Refusal as refusal:
            return refusal_answer(refusal)

    def error(self, exchange: Exchange, status: int, words: str) -> Answer:
        """Give an error as the API writes it, or the token endpoint."""
        if exchange.path == _TOKEN:
            return oauth_error("unknown_error", words, status=status)
        flaw = Flaw(code=_CODES.get(status, "UNKNOWN_EXCEPTION"), message=words)
        return refusal_answer(Refusal([flaw], status=status))

    def dressed(self, made: Answer, request: Request) -> Answer:
        """Tell how many calls of the day are used."""
        if request.path.startswith(_DATA):
            usage = f"api-usage={self.store.used}/{self.store.daily_limit}"
            made.headers = {"Sforce-Limit-Info": usage} | made.headers
        return made

    def _data(self, exchange: Exchange, request: Request) -> Answer:
        """Answer a call of the REST API."""
        if len(exchange.path) + len(request.query_string) > _LONGEST:
            raise refused("URI_TOO_LONG", "The URI is too long.")
        if request.path.rstrip("/") == _DATA:
            return versions()
        found = self._paths.find(request)
        self._authorize(exchange)
        if found is None:
            raise refused("NOT_FOUND")
        route, parts = found
        version, rest = checked_version(parts["version"]), {k: v for k, v in parts.items() if k != "version"}
        return route.handler(Call(store=self.store, exchange=exchange, version=version), **rest)

    def _authorize(self, exchange: Exchange) -> None:
        kind, _, token = exchange.headers.get("Authorization", "").partition(" ")
        if kind not in ("Bearer", "OAuth") or not self.store.in_session(token):
            raise refused("INVALID_SESSION_ID")
        if self.store.used >= self.store.daily_limit:
            raise refused("REQUEST_LIMIT_EXCEEDED")
        self.store.used += 1
