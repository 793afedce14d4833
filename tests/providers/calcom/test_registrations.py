"""Lists of registered webhooks, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from booker_components.providers._http import Http
from booker_components.providers.calcom.accounts import FixedIdentity
from booker_components.providers.calcom.client import CalcomClient
from booker_components.providers.calcom.registrations import Registrations

PAGE = [
    {"id": number, "subscriberUrl": "https://b.example", "active": True, "triggers": []}
    for number in range(1, 251)
]


@pytest.fixture
def deaf() -> Iterator[str]:
    """An API that gives the same full page, whatever it is asked to skip; give its address."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if len(asked) < 5 else 400)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "success", "data": PAGE}).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_list_without_an_end_ends(deaf: str) -> None:
    """What is told twice is listed once, and nobody asks for ever."""
    http = Http()

    found = Registrations(CalcomClient(http, deaf, FixedIdentity())).all()

    http.close()
    assert [each.id for each in found] == [str(number) for number in range(1, 251)]
