"""Serving an app on a port of this machine, as a browser needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    """Does not write a line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Server:
    """An app that answers, and what it was asked."""

    app: Flask
    #: "http://127.0.0.1:" and the port.
    url: str
    _server: BaseWSGIServer
    _thread: threading.Thread
    #: Method, path and status of every answer but files, oldest first: "GET /book/intro-call 200".
    answered: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, app: Flask) -> Server:
        """Serve *app* on a free port."""
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        serving = cls(app, f"http://127.0.0.1:{server.server_port}", server, thread)
        app.after_request(serving._note)
        thread.start()
        return serving

    def stop(self) -> None:
        """Answer no more; does nothing the second time."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _note(self, response: Response) -> Response:
        # A page may ask for the next month before anybody turns to it.
        if "/static/" not in request.path and request.headers.get("Purpose") != "prefetch":
            self.answered.append(f"{request.method} {request.path} {response.status_code}")
        return response


@contextmanager
def serving(app: Flask) -> Iterator[Server]:
    """Serve *app* while the block runs."""
    server = Server.start(app)
    try:
        yield server
    finally:
        server.stop()
