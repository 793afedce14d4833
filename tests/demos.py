"""The demo over a vendor, served so that the vendor's webhooks reach it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from demo_app import close, create_app
from demo_app.crm import Crm
from demo_app.practice import Practice

from .test_demo import links, post

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

P = TypeVar("P", bound=Practice)

TIMES = r"[^\"]*slot=[^\"]*"


class _Quiet(WSGIRequestHandler):
    """Does not write a line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


class _Door:
    """Leads to an app that can only be made once the address is known at which it is served."""

    app: Flask

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.app(environ, start_response)


@dataclass(frozen=True, kw_only=True)
class World(Generic[P]):
    """The demo over a vendor, served; what it hears waits until it is asked."""

    address: str
    app: Flask
    practice: P

    @property
    def client(self) -> FlaskClient:
        """A browser without scripts."""
        return self.app.test_client()

    def heard(self) -> list[tuple[str, str]]:
        """Take in the webhooks, let the subscribers hear, and give kind and guest, the oldest first."""
        parts = self.app.extensions["booker"]
        parts.receiver.take_due()
        parts.outbox.deliver_due()
        page = self.client.get("/desk/events").text
        return re.findall(r'chip--(\w+)">.*?<strong>([^<]*)', page, re.DOTALL)[::-1]

    def mails(self, to: str, *, sender: str = "") -> list[dict[str, str]]:
        """Give the links of the mails to an address by label, the newest mail first."""
        page = self.client.get("/inbox").text
        mails = re.findall(r'<article class="mail".*?</article>', page, re.DOTALL)
        return [_links(mail) for mail in mails if f">To {to}<" in mail and f">From {sender}" in mail]

    def press(self, act: str) -> str:
        """Press a button of the inbox, and give the page that follows."""
        page = self.client.get("/inbox").text
        forms = re.findall(r"<form[^>]*action=\"/inbox/(\w+)\">(.*?)</form>", page, re.DOTALL)
        data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', dict(forms)[act]))
        return self.client.post(f"/inbox/{act}", data=data, follow_redirects=True).text

    def book(self, path: str, *, number: int = 0, **typed: Any) -> str:
        """Book the first free time, or the one of this *number*; give the path of the booking's page."""
        slot = links(self.client.get(path).text, TIMES)[number]
        return post(self.client, slot, **{"name": "Grace Guest", "email": "grace@example.com", **typed})


def _links(mail: str) -> dict[str, str]:
    """Give the links of a mail by label, which are written next to them as they are."""
    found = re.findall(r'__open"[^>]* href="([^"]*)">(\w+)</a>\s*<code[^>]*>([^<]*)</code>', mail)
    assert all(href == raw for href, _, raw in found)
    return {label: unescape(href) for href, label, _ in found}


@contextmanager
def open_world(
    open_practice: Callable[[str], AbstractContextManager[P]], folder: Path, *, crm: Crm | None = None
) -> Iterator[World[P]]:
    """Serve a demo without bookings that keeps its data in *folder*, and writes to *crm* if there is one."""
    door = _Door()
    server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    address = f"http://127.0.0.1:{server.server_port}"
    settings = {"INSTANCE_PATH": str(folder / "instance"), "BOOKER_DISPATCH": "none", "TESTING": True}
    with ExitStack() as stack:
        stack.callback(server.server_close)
        practice = stack.enter_context(open_practice(address))
        door.app = create_app(settings, practice=practice, crm=crm)
        stack.callback(close, door.app)
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        practice.tell()
        yield World(address=address, app=door.app, practice=practice)
