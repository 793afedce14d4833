"""Tells host and administrator, by mail, what could not be written to Salesforce (contracts/jicoo.md 8.7)."""

from __future__ import annotations

import hashlib
import logging
import smtplib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from babel import Locale

from ... import times
from ...errors import DeliveryFailed
from ...records.reports import Reports
from ...values import Booking
from ..mail import MailServer, mail_failure, one_line, sender_address

_log = logging.getLogger(__name__)

#: Seconds that the mails about one failure may take; the calls to Salesforce before have had their own
#: (client.BUDGET).
MAIL_SECONDS = 10.0

_LOCALE = Locale("en", "GB")

_FAILED = "This booking could not be written to Salesforce. It waits until somebody has mended what is wrong."
_LEFT_OUT = "This booking was written to Salesforce, but some fields were left out."
_LATE_KIND = "late"
_LATE = "Salesforce has not taken this booking for some hours. It is tried on until a day has passed."

_TEXT = """\
Hello,

{intro}

{title}
{when}
{guest}
Booking: {uid}

{problems}

What to check:
{checks}

'flask booker salesforce check' compares rules and fields; with --booking it shows what would be sent.
'flask booker salesforce retry' writes all bookings that wait.{others}

Failures of this kind are mailed once a day. 'flask booker outbox --state parked' lists all that wait.
"""

_REMINDER = """\
Hello,

more bookings have met a failure that you were told of, or that could not be told at once:

{problem}

Bookings:
{uids}

'flask booker outbox --state parked' lists all that wait, 'flask booker salesforce retry' writes them.
"""

#: What to check, whatever was refused (contracts/jicoo.md 8.7).
_CHECKS = (
    "Was the Lead or the Contact made by another form, or kept in another object?",
    "Is the e-mail address at Salesforce the one that the guest gave?",
    "Do the types of the fields fit the questions, and do picklists have every choice as a value?",
)

#: What to check first, by Salesforce's word for the failure.
_HINTS: Mapping[str, str] = {
    "invalid_grant": "Has the connection ended: is the user active, and the app still allowed for the user? "
    "Is the clock of the app's server right?",
    "INSUFFICIENT_ACCESS_OR_READONLY": "May the integration's user edit and delete what others own?",
    "DUPLICATES_DETECTED": "Does a duplicate rule forbid the record? Merge the two, or change the rule.",
    "REQUIRED_FIELD_MISSING": "Does the org want fields that no question fills? Map one, or give a default.",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "Does a validation rule of the org refuse the record?",
    "several_records": "Do several records have the guest's address? Merge them.",
    "no_answer": "Is Salesforce reachable from the app's server, and does it work (status.salesforce.com)?",
    "REQUEST_LIMIT_EXCEEDED": "Are the org's API calls of the day used up?",
}


class Teller:
    """Mails failures to the hosts of a booking and to the administrator, each kind once a day."""

    def __init__(
        self,
        reports: Reports,
        clock: Callable[[], datetime],
        *,
        url: str = "",
        sender: str = "",
        admin: str = "",
        seconds: float = MAIL_SECONDS,
    ) -> None:
        """Send by the server at *url* from *sender*; without a server nobody is told.

        Raises `ConfigurationError`.
        """
        self._reports = reports
        self._clock = clock
        self._server = MailServer.parse(url) if url else None
        self._sender = sender_address(sender) if url else None
        self._admin = admin
        self._seconds = seconds

    def failed(self, booking: Booking, code: str, message: str) -> None:
        """Tell that a booking waits; `DeliveryFailed`, to be tried again, where a mail is not taken."""
        self._tell(booking, f"failed/{code}/{message}", _FAILED, message, (code,))

    def late(self, booking: Booking, code: str, message: str) -> None:
        """Tell that Salesforce has not taken a booking for hours; raises as `failed` does."""
        self._tell(booking, _LATE_KIND, _LATE, message, (code,))

    def left_out(self, booking: Booking, fields: Mapping[str, str]) -> None:
        """Tell which fields of a booking were left out, and why; what no server takes comes with the next."""
        lines = "\n".join(f"{name}: {why}" for name, why in sorted(fields.items()))
        kind = f"left out/{lines}"
        self._reports.settle(booking.uid, but=kind)
        try:
            self._tell(booking, kind, _LEFT_OUT, lines, tuple(fields.values()))
        except DeliveryFailed as error:
            # The booking is written: that nobody can be told is no reason to write it again.
            _log.warning("%s", error.message)

    def settle(self, booking: Booking) -> None:
        """Note that a booking was written in full."""
        self._reports.settle(booking.uid)

    def remind(self, booking: Booking) -> None:
        """Tell those whom *booking* concerns of older failures that were not mailed for the quiet of a day.

        What no server takes comes with a later booking.
        """
        if self._server is None:
            return
        until = time.monotonic() + self._seconds
        for recipient in self._recipients(booking):
            for kind, uids in self._reports.overdue(recipient).items():
                message = self._message(recipient, f"{kind}/{uids}", "Salesforce: more bookings")
                message.set_content(_REMINDER.format(problem=_problem(kind), uids="\n".join(uids)))
                try:
                    self._send(message, until)
                except DeliveryFailed as error:
                    _log.warning("%s", error.message)
                    if not error.permanent:
                        break
                self._reports.told(kind, recipient, uids)

    def _tell(self, booking: Booking, kind: str, intro: str, problems: str, codes: Sequence[str]) -> None:
        """Mail everybody once; raise unless each was told, or cannot be and another was."""
        if self._server is None:
            return
        reached, until = False, time.monotonic() + self._seconds
        failures: list[tuple[DeliveryFailed, str, Collection[str]]] = []
        for recipient in self._recipients(booking):
            uids = self._reports.note(kind, recipient, booking.uid)
            others = tuple(each for each in uids if each != booking.uid)
            text = _text(booking, intro, problems, codes, others)
            try:
                if uids:
                    self._send(self._mail(booking, recipient, kind, text), until)
                    self._reports.told(kind, recipient, uids)
            except DeliveryFailed as error:
                failures.append((error, recipient, uids))
                continue
            reached = True
        for failure, unreached, missed in failures:
            if not (reached and failure.permanent):
                raise failure
            _log.warning("%s", failure.message)
            self._reports.told(kind, unreached, missed)

    def _recipients(self, booking: Booking) -> Sequence[str]:
        known = (*(host.email for host in booking.hosts), self._admin)
        return tuple({each.lower(): each for each in known if _address(each)}.values())

    def _mail(self, booking: Booking, recipient: str, kind: str, text: str) -> EmailMessage:
        subject = one_line(f"Salesforce: {booking.title}, {_day(booking)}")
        message = self._message(recipient, f"{booking.uid}/{kind}", subject)
        message.set_content(text)
        return message

    def _message(self, recipient: str, about: str, subject: str) -> EmailMessage:
        assert self._sender is not None, "there is a server, so there is a sender"
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = self._sender
        message["To"] = recipient
        message["Date"] = format_datetime(self._clock())
        # The same failure has the same id, by which mail programs fold duplicates into one: after a crash
        # between sending and noting it is sent once more.
        name = hashlib.sha256(f"{about}/{recipient}".encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{name}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        return message

    def _send(self, message: EmailMessage, until: float) -> None:
        """Send a mail, at *until* by the monotonic clock at the latest."""
        assert self._server is not None, "asked before"
        left = until - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError("No time was left for a mail.")
            self._server.send(message, step=min(self._seconds / 2, left), total=left)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise DeliveryFailed(
                f"Nobody could be told of a failure: {self._server.host}:{self._server.port} "
                f"{mail_failure(error)}.",
                permanent=_no_mailbox(error),
            ) from None


def _text(booking: Booking, intro: str, problems: str, codes: Sequence[str], others: Sequence[str]) -> str:
    hints = dict.fromkeys(_HINTS[code] for code in codes if code in _HINTS)
    return _TEXT.format(
        intro=intro,
        title=one_line(booking.title),
        when=_when(booking),
        guest=one_line(f"{booking.attendee.name} <{booking.attendee.email}>"),
        uid=booking.uid,
        problems=problems,
        checks="\n".join(f"- {each}" for each in (*hints, *_CHECKS)),
        others=f"\n\nThe same has happened to these bookings: {', '.join(others)}" if others else "",
    )


def _problem(kind: str) -> str:
    """Give what a kind of failure is about."""
    if kind == _LATE_KIND:
        return _LATE
    what, _, about = kind.partition("/")
    return about.partition("/")[2] if what == "failed" else f"{_LEFT_OUT}\n{about}"


def _no_mailbox(error: Exception) -> bool:
    """Tell whether a recipient can never be mailed, for there is none, or the server does not speak so."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, (smtplib.SMTPNotSupportedError, UnicodeError))


def _zone(booking: Booking) -> str:
    return booking.hosts[0].zone if booking.hosts else "UTC"


def _day(booking: Booking) -> str:
    return times.full_date(times.local_date(booking.start, _zone(booking)), _LOCALE)


def _when(booking: Booking) -> str:
    zone = _zone(booking)
    span = times.time_span(booking.start, booking.end, zone, _LOCALE, True)
    return f"{_day(booking)}, {span}, {times.zone_label(zone, booking.start, _LOCALE)}"


def _address(text: str) -> Address | None:
    """Give an address that can be mailed; None where a host has none, or a broken one."""
    try:
        return Address(addr_spec=text) if text else None
    except (MessageError, ValueError, IndexError):
        return None
