"""The server of a fake: reads a request, bends its answer if a test says so, and keeps both."""

from __future__ import annotations

import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

from requests.structures import CaseInsensitiveDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .exchanges import Answer, Exchange
from .faults import Fault, Faults
from .memory import Memory

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Way(Protocol):
    """A method and a path, as werkzeug writes it, without the prefix of the API."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...


_W = TypeVar("_W", bound=_Way)


class Paths(Generic[_W]):
    """Every path of an API."""

    def __init__(self, routes: Iterable[_W], *, prefix: str) -> None:
        """Know *routes*, whose paths follow *prefix*."""
        rules = [Rule(f"{prefix}{each.path}", methods=[each.method], endpoint=each) for each in routes]
        self._map = Map(rules, merge_slashes=False)

    def find(self, request: Request) -> tuple[_W, Mapping[str, Any]] | None:
        """Give the route and the parts of the path; None if there is none. A slash at the end is ignored."""
        try:
            return self._map.bind("127.0.0.1").match(request.path.rstrip("/"), request.method)
        except HTTPException:
            return None


class _Quiet(WSGIRequestHandler):
    """Writes no line for a request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class Server(ABC):
    """Serves a memory on 127.0.0.1 in threads of its own, from `start` to `close`."""

    #: Where the API begins; what is outside is a page.
    prefix: str

    def __init__(self, store: Memory, after: Callable[[], None]) -> None:
        """Call *after* when a request was dealt with, outside the store's lock and before the answer goes."""
        self._memory = store
        self._after = after
        self.faults = Faults()
        self.log: list[Exchange] = []

    def start(self, port: int = 0) -> None:
        """Listen on *port*, any free one by default, and answer until `close`."""
        self._server = make_server("127.0.0.1", port, self, threaded=True, request_handler=_Quiet)
        self._memory.app_url = f"http://127.0.0.1:{self._server.port}"
        # The interval decides how long `close` waits.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # --- what a vendor's own server says ---------------------------------------------------------

    @abstractmethod
    def handled(self, exchange: Exchange, request: Request) -> Answer:
        """Do what is asked, and give the answer, errors included; the store is locked meanwhile."""

    @abstractmethod
    def error(self, exchange: Exchange, status: int, words: str) -> Answer:
        """Give an error as the vendor writes it."""

    @abstractmethod
    def page(self, request: Request) -> Response:
        """Give what is at a path outside the API; the store is locked meanwhile."""

    def dressed(self, made: Answer, request: Request) -> Answer:
        """Give the answer with the headers that every answer of the vendor has."""
        return made

    # --- a request -------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        if not request.path.startswith(f"{self.prefix}/"):
            with self._memory.lock:
                shown = self.page(request)
            return shown(environ, start_response)
        exchange = Exchange(
            method=request.method,
            path=environ["REQUEST_URI"].partition("?")[0],
            query={name: request.args.getlist(name) for name in request.args},
            headers=CaseInsensitiveDict(request.headers.items()),
            body=request.get_data(),
        )
        self.log.append(exchange)
        made = self._bent(exchange, request)
        if made is None:
            return _cut(environ)
        exchange.answer = made = self.dressed(made, request)
        return Response(made.body, status=made.status, headers=made.headers)(environ, start_response)

    def _bent(self, exchange: Exchange, request: Request) -> Answer | None:
        """Give the answer, bent by the fault that waits for it; None to cut the connection."""
        fault = self.faults.take(exchange.method, exchange.path.removeprefix(self.prefix)) or Fault()
        if fault.delay:
            time.sleep(fault.delay)
        exchange.bent = fault.bends
        true = self._true(exchange, request) if fault.perform or not fault.bends else None
        if fault.cut:
            return None
        return fault.answer(lambda status, words: self.error(exchange, status, words)) or true

    def _true(self, exchange: Exchange, request: Request) -> Answer:
        with self._memory.lock:
            made = self.handled(exchange, request)
        self._after()
        return made


def _cut(environ: WSGIEnvironment) -> NoReturn:
    """Close the connection without a word."""
    connection: socket.socket = environ["werkzeug.socket"]
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
