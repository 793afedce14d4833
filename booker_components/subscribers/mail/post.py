"""Letters: a mail to one person, how it is put together and handed over."""

from __future__ import annotations

import hashlib
import smtplib
import time
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from ...errors import DeliveryFailed
from .addresses import recipient_address, sender_address
from .server import STEP_SECONDS, TOTAL_SECONDS, MailServer, mail_failure

# Seven bits: a server on the way that has to recode more would break the signature of the sender's server.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The calendar part of a letter."""

    content: bytes
    #: A method of RFC 5546. Only one that asks or takes back is for the mail program itself to act on.
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A mail to one person."""

    to: str
    subject: str
    text: str
    html: str
    at: datetime
    #: The same for each attempt to send it: mail programs fold what comes twice into one.
    id: str
    #: Where an answer goes, if not to the sender.
    reply_to: str = ""
    calendar: Calendar | None = None


class Post:
    """Sends letters, each to one person alone: nobody reads in it who else has one."""

    def __init__(
        self, url: str, sender: str, *, step: float = STEP_SECONDS, total: float = TOTAL_SECONDS
    ) -> None:
        """Send by the server at *url* (see `MailServer.parse`) from *sender*, "Name <address>" or an address.

        What is sent for one event may take *total* seconds, an answer of the server *step* seconds. Raises
        `ConfigurationError`.
        """
        self._server = MailServer.parse(url)
        self._step, self._total = step, total
        self.sender: Address = sender_address(sender)

    def deadline(self) -> float:
        """Give until when, by the monotonic clock, the letters of one event may be sent that starts now."""
        return time.monotonic() + self._total

    def send(self, letter: Letter, *, until: float) -> None:
        """Hand *letter* over before *until*, by the monotonic clock.

        Raises `Unreachable` where the fault is the recipient's, and else `DeliveryFailed`.
        """
        address = recipient_address(letter.to)
        if address is None:
            raise Unreachable("The address cannot be mailed.", permanent=True)
        left = until - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError("No time was left for a mail.")
            message = _message(letter, sender=self.sender, to=address)
            self._server.send(message, step=min(self._step, left), total=left)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            # The original error may hold the address, and what is raised here is stored and shown.
            raise _failed(error, self._server, letter.to) from None


class Unreachable(DeliveryFailed):
    """One recipient cannot be mailed; others may be."""


def letter_id(event_id: str, recipient: str = "") -> str:
    """Give the id of the letter about an event to one of several recipients; it does not tell to whom."""
    digest = hashlib.sha256(f"{event_id}/{recipient.lower()}".encode()).hexdigest()
    return f"{event_id}.{digest[:16]}" if recipient else event_id


class _Subject(str):
    """A subject that folds itself: Python 3.11 doubles a blank where it breaks one that is not all ASCII."""

    __slots__ = ()

    name = "Subject"

    def fold(self, *, policy: EmailPolicy) -> str:
        """Give the line, or lines, of the header (RFC 2047)."""
        header = Header(self, None if self.isascii() else "utf-8", header_name=self.name)
        return f"{self.name}: {header.encode(linesep=policy.linesep)}{policy.linesep}"


def _failed(error: Exception, server: MailServer, address: str) -> DeliveryFailed:
    said = f"{server.host}:{server.port} {mail_failure(error)}."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        permanent = all(code >= 500 for code, _ in error.recipients.values())
        return Unreachable(said, permanent=permanent)
    if isinstance(error, (smtplib.SMTPNotSupportedError, UnicodeError)) and not address.isascii():
        # The server does not take addresses in other scripts (RFC 6531).
        return Unreachable(said, permanent=True)
    return DeliveryFailed(said)


def _message(letter: Letter, *, sender: Address, to: Address) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _Subject(letter.subject)
    message["From"] = sender
    message["To"] = to
    if letter.reply_to and (reply_to := recipient_address(letter.reply_to)):
        message["Reply-To"] = reply_to
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.calendar:
        _add_calendar(message, letter.calendar)
    return message


def _add_calendar(message: EmailMessage, calendar: Calendar) -> None:
    """Add the calendar part as each mail program looks for it.

    Outlook acts on text/calendar only within the first part of a multipart/mixed, takes one event of it, and
    does not act on PUBLISH (MS-STANOICAL, on RFC 6047 sections 2.4 and 4.4). Others only offer attachments;
    their type is another one, lest a program that acts on both shows the invitation twice. Google's own
    invitations look the same.
    """
    parameters = {"method": calendar.method}
    if calendar.method == "PUBLISH":
        message.add_attachment(
            calendar.content.decode(),
            subtype="calendar",
            cte="base64",
            params=parameters,
            filename="invite.ics",
        )
        return
    message.add_alternative(calendar.content.decode(), subtype="calendar", cte="base64", params=parameters)
    message.add_attachment(calendar.content, maintype="application", subtype="ics", filename="invite.ics")
