"""Servers on this machine that answer what a test tells them to, well or badly."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

Answer = Response | Callable[[], Response]


class Remote:
    """A server that gives one answer after the other, the last for ever, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers) or [Response("fine")]
        self._lock = threading.Lock()
        #: Every request, oldest first.
        self.requests: list[Request] = []
        #: Where the server is: http://127.0.0.1:<port>.
        self.url = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Keep the request and answer it."""
        request = Request(environ)
        request.get_data()
        with self._lock:
            self.requests.append(request)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        response = answer if isinstance(answer, Response) else answer()
        return response(environ, start_response)

    @property
    def last(self) -> Request:
        """The newest request."""
        return self.requests[-1]


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing."""


@contextmanager
def serving(*answers: Answer, tls: bool = False) -> Iterator[Remote]:
    """Serve *answers* on 127.0.0.1, over TLS with a certificate that nobody trusts if asked for."""
    remote = Remote(*answers)
    server = make_server(
        "127.0.0.1",
        0,
        remote,
        threaded=True,
        request_handler=_Silent,
        ssl_context="adhoc" if tls else None,
    )
    remote.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    with server, _running(server):
        yield remote


@contextmanager
def serving_raw(behave: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """Let *behave* serve each connection after its first bytes; give the address and all first bytes."""
    heard: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(65_536))
            behave(self.request)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with server, _running(server):
        yield f"http://127.0.0.1:{server.server_address[1]}", heard


@contextmanager
def serving_on() -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve many requests over one connection; give the address, and the path and client's port of each.

    A path that ends with a number is answered with that status.
    """
    seen: list[tuple[str, int]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append((self.path, self.client_address[1]))
            word = self.path.rpartition("/")[2]
            self.send_response(int(word) if word.isdigit() else 200)
            self.send_header("Content-Length", "20000")
            self.end_headers()
            self.wfile.write(b"x" * 20_000)

        def log_message(self, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with server, _running(server):
        yield f"http://127.0.0.1:{server.server_port}", seen


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def unused_url() -> str:
    """Give an address at which nobody listens: a free port might be taken by another test meanwhile."""
    return "http://127.0.0.1:1"


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Make an answer of JSON."""
    return Response(
        json.dumps(value), status=status, headers=dict(headers or {}), mimetype="application/json"
    )


def success(data: object, status: int = 200, **more: object) -> Response:
    """Make an answer in Cal.com's envelope (contracts/calcom.md 4.1)."""
    return as_json({"status": "success", "data": data, **more}, status)
