"""Mail servers on this machine: one that keeps what it takes or refuses it, and some that fail."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Collection, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ..ports import held_port


class Mailbox:
    """Takes every mail, or refuses with *reply*; those to the *refused* with 550."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.reply = "250 OK"
        self.refused: Collection[str] = ()
        #: How many mails are taken before the server falls silent; None: all.
        self.life: int | None = None

    @property
    def recipients(self) -> list[str]:
        """To whom the mails went, in order."""
        return [address for envelope in self.envelopes for address in envelope.rcpt_tos]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Note the recipient, or refuse it."""
        if self.life is not None and len(self.mails) >= self.life:
            # Not a word: the connection breaks, as it does where a machine goes down.
            server.transport.abort()  # type: ignore[union-attr]  # there is one while commands come in
            return "421 gone"
        if address in self.refused:
            return f"550 no {address} here"
        if self.reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail, parsed."""
        assert isinstance(envelope.content, bytes)
        self.envelopes.append(envelope)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextlib.contextmanager
def smtp_server(mailbox: Mailbox, **options: Any) -> Iterator[str]:
    """Run an SMTP server, and give its host and port."""
    with held_port() as port:
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            controller.stop()


def content(mail: EmailMessage, kind: str) -> str:
    """Give the text of one alternative of a mail, its lines ended as Python does."""
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


def all_of(mail: EmailMessage) -> str:
    """Give everything that a mail says, decoded: headers, bodies and calendar."""
    headers = [f"{name}: {value}" for name, value in mail.items()]
    leaves = [part for part in mail.walk() if not part.is_multipart()]
    bodies = [part.get_payload(decode=True) for part in leaves]
    unfolded = [body.decode().replace("\r\n ", "") for body in bodies if isinstance(body, bytes)]
    return "\n".join([*headers, *unfolded])


class SlowServer:
    """An SMTP server that answers each step after *pause* seconds, *quit* after a longer one."""

    def __init__(self, pause: float, *, quit: float = 0.0) -> None:
        self.pause, self.quit = pause, quit
        self.taken = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> SlowServer:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._thread.join(10)
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as lines, contextlib.suppress(OSError):
            self._say(lines, "220 hello")
            while line := lines.readline():
                self._answer(lines, line.upper())

    def _answer(self, lines: socket.SocketIO, line: bytes) -> None:
        if line.startswith(b"QUIT"):
            time.sleep(self.quit)
        if line.startswith(b"DATA"):
            self._say(lines, "354 go on")
            while lines.readline().strip() != b".":
                pass
            self.taken += 1
        self._say(lines, "250 OK")

    def _say(self, lines: socket.SocketIO, text: str) -> None:
        time.sleep(self.pause)
        lines.write(text.encode() + b"\r\n")
