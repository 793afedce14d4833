"""Where mail is handed over: the server that 'BOOKER_MAIL_URL' names."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from ...errors import ConfigurationError

#: Seconds that one step of the conversation with a mail server may take.
STEP_SECONDS = 5.0

#: Seconds for all of it: well below the outbox's lease, after which the mail would be sent once more.
TOTAL_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """Where mail is handed over, and how."""

    host: str
    port: int
    #: TLS from the first byte (smtps://).
    tls: bool = False
    #: TLS after the greeting (?starttls=1).
    starttls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Read `smtp://user:password@host:port?starttls=1` or `smtps://user:password@host:port`.

        Ports default to 25, to 587 with starttls and to 465 with smtps; user and password are
        percent-encoded. Raises `ConfigurationError`, never repeating the URL, which may hold a password.
        """
        parts, port = _split(url)
        starttls = _starttls(parts)
        tls = parts.scheme == "smtps"
        server = cls(
            host=parts.hostname or "",
            port=port or (465 if tls else 587 if starttls else 25),
            tls=tls,
            starttls=starttls,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
        server._check()
        return server

    def send(
        self, message: EmailMessage, *, step: float = STEP_SECONDS, total: float = TOTAL_SECONDS
    ) -> None:
        """Hand *message* over, in *total* seconds at most and *step* for each answer.

        Whatever smtplib raises goes through, `OSError` included.
        """
        smtp = (_TimedTLS if self.tls else _Timed)(self.host, self.port, step, total)
        try:
            if self.starttls:
                smtp.starttls(context=ssl.create_default_context())
            if self.user:
                smtp.login(self.user, self.password)
            smtp.send_message(message)
            # The mail is taken; failing now would only send it again.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()

    def _check(self) -> None:
        if self.tls and self.starttls:
            raise _wrong("smtps:// is encrypted from the start; leave '?starttls=1' out")
        if self.password and not (self.tls or self.starttls or _is_loopback(self.host)):
            raise _wrong("it would send the password unencrypted; add '?starttls=1' or use smtps://")


class _Timed(smtplib.SMTP):
    """A conversation that ends at a deadline; smtplib's own timeout is for each step only."""

    def __init__(self, host: str, port: int, step: float, total: float, **options: Any) -> None:
        self._step = step
        self._until = time.monotonic() + total
        super().__init__(host, port, timeout=step, **options)

    def send(self, s: Any) -> None:
        """Send a command, or the mail."""
        self._hurry()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Wait for the server's answer."""
        self._hurry()
        return super().getreply()

    def _hurry(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            self.close()
            raise TimeoutError("The mail server took too long.")
        if self.sock is not None:
            self.sock.settimeout(min(self._step, left))


class _TimedTLS(_Timed, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, host: str, port: int, step: float, total: float) -> None:
        super().__init__(host, port, step, total, context=ssl.create_default_context())


def mail_failure(error: Exception) -> str:
    """Say why a mail was not taken, without the address that the error may hold."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"answered {error.smtp_code} ({type(error).__name__})"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"refused the recipient with {', '.join(codes)}"
    return f"did not take the mail ({type(error).__name__})"


def _wrong(problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"'BOOKER_MAIL_URL' is wrong: {problem}. "
        "It looks like 'smtp://user:password@mail.example.com:587?starttls=1'."
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _wrong("its host or port cannot be read") from None
    if parts.scheme not in ("smtp", "smtps"):
        raise _wrong("it must begin with smtp:// or smtps://")
    if not parts.hostname:
        raise _wrong("it names no host")
    if parts.path.strip("/") or parts.fragment:
        raise _wrong("nothing may follow the host but '?starttls=1'")
    if bool(parts.username) != bool(parts.password):
        raise _wrong("user and password belong together")
    return parts, port


def _starttls(parts: SplitResult) -> bool:
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    value = query.pop("starttls", "0")
    if query or value not in ("0", "1"):
        raise _wrong("its only parameter is 'starttls', 0 or 1")
    return value == "1"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
