"""Mails a guest a new link to a booking, when asked for."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from markupsafe import Markup

from .. import times
from ..errors import ConfigurationError, DeliveryFailed
from ..values import Booking, BookingEvent, EventKind

#: Seconds that one step of the conversation with a mail server may take.
STEP_SECONDS = 5.0

#: Seconds for all of it: well below the outbox's lease, after which the mail would be sent once more.
TOTAL_SECONDS = 30.0

# Nothing that a guest typed stands in the mail: somebody else may have booked with this address, and the mail
# would carry his words to it.
_TEXT = """\
Hello,

here is the link to your booking that was asked for:

{title}
{date}
{time}, {zone}

{link}

Whoever has this link can change the booking, so please keep it to yourself. If you did not ask for it,
you need not do anything.
"""

# Mail programs drop style sheets, so the styles stand at the elements.
_HTML = Markup("""\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0;padding:24px;background:#f4f5f7;font:16px/1.5 system-ui,sans-serif;color:#1c2430">
<div style="max-width:32rem;margin:0 auto;padding:32px;background:#ffffff;border-radius:12px">
<p style="margin:0 0 16px">Hello,</p>
<p style="margin:0 0 16px">here is the link to your booking that was asked for:</p>
<p style="margin:0 0 24px"><strong>{title}</strong><br>{date}<br>{time}, {zone}</p>
<p style="margin:0 0 24px"><a href="{link}" style="display:inline-block;padding:12px 20px;border-radius:8px;\
background:#1f4fd8;color:#ffffff;text-decoration:none">Open your booking</a></p>
<p style="margin:0 0 16px;font-size:14px;color:#4a5568">If the button does not work, copy this address:<br>\
<span style="word-break:break-all">{link}</span></p>
<p style="margin:0;font-size:14px;color:#4a5568">Whoever has this link can change the booking, so please keep
it to yourself. If you did not ask for it, you need not do anything.</p>
</div>
</body>
</html>
""")


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


class LinkMailer:
    """A subscriber that mails a link to the booking page to the guest's address on file.

    It hears `EventKind.LINK_REQUESTED` and ignores every other kind.
    """

    name = "booker.link-mailer"
    #: The booking page offers to mail a link where a subscriber says this of itself.
    sends_links = True

    def __init__(
        self,
        url: str,
        sender: str,
        link: Callable[[Booking], str],
        *,
        step: float = STEP_SECONDS,
        total: float = TOTAL_SECONDS,
    ) -> None:
        """Send by the server at *url* (see `MailServer.parse`) from *sender*, "Name <address>" or an address.

        *link* gives the absolute address of a booking's page, signed. A mail may take *total* seconds, an
        answer of the server *step* seconds. Raises `ConfigurationError`.
        """
        self._step, self._total = step, total
        self._server = MailServer.parse(url)
        self._sender = sender_address(sender)
        self._link = link

    def __call__(self, event: BookingEvent) -> None:
        """Send the mail that *event* asks for; `DeliveryFailed` if the server does not take it."""
        if event.kind is not EventKind.LINK_REQUESTED:
            return
        message = self._message(event)
        try:
            self._server.send(message, step=self._step, total=self._total)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            # The original error may hold the guest's address, and what is raised here is stored and shown.
            raise DeliveryFailed(f"{self._server.host}:{self._server.port} {mail_failure(error)}.") from None

    def _message(self, event: BookingEvent) -> EmailMessage:
        booking = event.booking
        words = _words(booking, self._link(booking))
        message = EmailMessage()
        message["Subject"] = words["subject"]
        message["From"] = self._sender
        message["To"] = _recipient(booking)
        message["Date"] = format_datetime(event.at)
        # Repeating a delivery repeats the id, by which mail programs fold duplicates into one.
        message["Message-ID"] = f"<{event.id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_TEXT.format(**words))
        message.add_alternative(str(_HTML.format(**words)), subtype="html")
        return message


def _words(booking: Booking, link: str) -> dict[str, str]:
    """Give what the templates print, each on one line, with the times as the guest reads them."""
    guest = booking.attendee
    locale = times.best_locale(guest.locale)
    span = times.time_span(booking.start, booking.end, guest.zone, locale, times.uses_24_hours(locale))
    words = {
        "subject": f"Your link: {booking.title}",
        "title": booking.title,
        "date": times.full_date(times.local_date(booking.start, guest.zone), locale),
        "time": span,
        "zone": times.zone_label(guest.zone, booking.start, locale),
        "link": link,
    }
    return {word: one_line(text) for word, text in words.items()}


def _recipient(booking: Booking) -> Address:
    try:
        return Address(addr_spec=booking.attendee.email)
    except (MessageError, ValueError, IndexError):
        raise DeliveryFailed(f"The address on file of booking {booking.uid!r} cannot be mailed.") from None


def sender_address(text: str) -> Address:
    """Read 'BOOKER_MAIL_FROM', "Name <address>" or an address; `ConfigurationError` if it is none."""
    name, address = parseaddr(text)
    try:
        sender = Address(display_name=name, addr_spec=address)
    except (MessageError, ValueError, IndexError):
        sender = Address()
    if not (sender.username and sender.domain and text.isprintable()):
        raise ConfigurationError(
            f"'BOOKER_MAIL_FROM' is {text!r}; it must be an address, for example "
            "'Bookings <bookings@example.com>'."
        )
    return sender


def one_line(text: str) -> str:
    """Give *text* on one line and printable, so that it can stand in a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


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
