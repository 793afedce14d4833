"""The letterbox: a mail server for the demo alone, which keeps every mail and sends none on."""

from __future__ import annotations

import re
import socketserver
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

#: How many mails are kept.
MOST = 60

#: A link, and what stands above or before it.
_LINK = re.compile(r"^(?:(.+?):\s*)?(https?://\S+)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A mail as the page shows it."""

    sender: str
    to: str
    subject: str
    #: Label and address of every link in its text.
    links: tuple[tuple[str, str], ...]
    #: Whether a calendar file comes with it.
    calendar: bool


class Letterbox(socketserver.ThreadingTCPServer):
    """Takes mails on a free port of this machine (RFC 5321)."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen; nothing is taken before it serves."""
        super().__init__(("127.0.0.1", 0), _Conversation)
        self._mails: deque[EmailMessage] = deque(maxlen=MOST)

    def settings(self, address: str) -> dict[str, Any]:
        """Give the settings of an app at *address* that mails into this box."""
        return {
            "BOOKER_MAIL_URL": f"smtp://127.0.0.1:{self.server_address[1]}",
            "BOOKER_MAIL_FROM": "Alder & Finch <bookings@alder-and-finch.example>",
            "BOOKER_PUBLIC_URL": address,
        }

    def put(self, data: bytes) -> None:
        """Keep a mail as it came."""
        self._mails.append(message_from_bytes(data, policy=policy.default))

    def latest(self) -> list[Kept]:
        """Give the mails, the newest first."""
        return [_kept(each) for each in reversed(tuple(self._mails))]


class _Conversation(socketserver.StreamRequestHandler):
    """One client's mails."""

    def handle(self) -> None:
        """Say yes to everything, and keep what comes as data."""
        self._say("220 letterbox")
        while line := self.rfile.readline(1000):
            command = line[:4].upper()
            if command == b"DATA":
                self._say("354 go on")
                cast(Letterbox, self.server).put(self._data())
            self._say("221 bye" if command == b"QUIT" else "250 ok")
            if command == b"QUIT":
                return

    def _data(self) -> bytes:
        lines = iter(lambda: self.rfile.readline(100_000), b".\r\n")
        # A line that begins with a dot has come with another one before it.
        return b"".join(line[1:] if line.startswith(b".") else line for line in lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def open_letterbox() -> Iterator[Letterbox]:
    """Take mails while the block runs."""
    with Letterbox() as box:
        thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield box
        box.shutdown()
        thread.join()


def create_blueprint(box: Letterbox) -> Blueprint:
    """Make the blueprint of /inbox, which shows what is in *box*."""
    bp = Blueprint("inbox", __name__)
    bp.add_url_rule("/inbox", "show", lambda: show(box))
    return bp


def show(box: Letterbox) -> ResponseReturnValue:
    """Show the mails with their links."""
    return render_template("demo/letterbox.html", letters=box.latest(), most=MOST)


def _kept(mail: EmailMessage) -> Kept:
    body = mail.get_body(("plain",))
    lines = (body.get_content() if body else "").splitlines()
    return Kept(
        sender=str(mail["From"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        links=tuple(_links(lines)),
        calendar=any(each.get_content_type() == "text/calendar" for each in mail.walk()),
    )


def _links(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Give the links of a text, each with the words before it on its line, or on the line above."""
    for above, line in zip(["", *lines], lines, strict=False):
        if match := _LINK.match(line.strip()):
            yield match[1] or above.strip().rstrip(":") or "Link", match[2]
