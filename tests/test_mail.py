"""Tests of the mails with new links, sent to a real SMTP server on this machine."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from booker_components.errors import ConfigurationError, DeliveryFailed
from booker_components.outbox import LEASE
from booker_components.subscribers.mail import STEP_SECONDS, TOTAL_SECONDS, LinkMailer, MailServer
from booker_components.values import Attendee, Booking, BookingEvent, BookingStatus, EventKind, Host

from .ports import held_port

SENDER = "Bookings <bookings@app.example>"

BOOKING = Booking(
    uid="b-123",
    event_type="intro-call",
    title="Intro call",
    start=datetime(2026, 3, 12, 9, 0, tzinfo=UTC),
    end=datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
    status=BookingStatus.CONFIRMED,
    hosts=(Host(slug="ada", name="Ada Example", zone="Europe/Paris"),),
    attendee=Attendee(name="Grace Guest", email="grace@guest.example", zone="Asia/Kathmandu", locale="de"),
    created_at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
    updated_at=datetime(2026, 3, 1, 8, 0, tzinfo=UTC),
)


class Mailbox:
    """Takes every mail, or refuses with *reply*."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.reply = "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Note the recipient, or refuse it."""
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


@pytest.fixture
def mailbox() -> Mailbox:
    """Give what the mail server takes."""
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[str]:
    """Give the URL of a running SMTP server."""
    with smtp_server(mailbox) as place:
        yield f"smtp://{place}"


def link(booking: Booking) -> str:
    """Give a signed link as the web layer would."""
    return f"https://app.example/bookings/{booking.uid}?token=a&b=1"


def event(booking: Booking = BOOKING, kind: EventKind = EventKind.LINK_REQUESTED) -> BookingEvent:
    """Give what the outbox would deliver."""
    return BookingEvent(id="e-1", kind=kind, at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC), booking=booking)


def content(mail: EmailMessage, kind: str) -> str:
    """Give the text of one alternative of a mail."""
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    text: str = part.get_content()
    return text


def test_link_goes_to_the_address_on_file(server: str, mailbox: Mailbox) -> None:
    """The guest gets one mail with title, time in the guest's zone and link, as text and as HTML."""
    LinkMailer(server, SENDER, link)(event())

    (mail,) = mailbox.mails
    assert mailbox.envelopes[0].rcpt_tos == ["grace@guest.example"]
    assert mail["To"] == "grace@guest.example"
    assert mail["From"] == SENDER
    assert mail["Subject"] == "Your link: Intro call"
    assert "14:45" in content(mail, "plain")
    assert link(BOOKING) in content(mail, "plain")
    assert 'href="https://app.example/bookings/b-123?token=a&amp;b=1"' in content(mail, "html")


def test_repeated_delivery_has_the_same_message_id(server: str, mailbox: Mailbox) -> None:
    """Delivering an event again sends the same mail, so that mail programs show it once."""
    mailer = LinkMailer(server, SENDER, link)

    mailer(event())
    mailer(event())

    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"] == "<e-1@app.example>"
    assert first["Date"] == second["Date"] == "Mon, 02 Mar 2026 08:00:00 +0000"


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.LINK_REQUESTED])
def test_other_events_send_nothing(kind: EventKind, server: str, mailbox: Mailbox) -> None:
    """Only a request for a link is answered by mail."""
    LinkMailer(server, SENDER, link)(event(kind=kind))

    assert mailbox.mails == []


def test_line_ends_cannot_add_headers(server: str, mailbox: Mailbox) -> None:
    """A title with line ends stays on its line, in the subject and in both bodies."""
    booking = replace(BOOKING, title="Call\r\nBcc: evil@example.com\u2028\x00")

    LinkMailer(server, SENDER, link)(event(booking))

    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Your link: Call Bcc: evil@example.com"
    assert mailbox.envelopes[0].rcpt_tos == ["grace@guest.example"]


def test_nothing_typed_by_the_guest_is_mailed(server: str, mailbox: Mailbox) -> None:
    """Whoever books with somebody else's address cannot use the mail to send words of his own."""
    guest = replace(BOOKING.attendee, name="Win at https://evil.example")
    booking = replace(BOOKING, attendee=guest, notes="https://evil.example", reason="https://evil.example")

    LinkMailer(server, SENDER, link)(event(booking))

    (mail,) = mailbox.mails
    assert "evil" not in content(mail, "plain") + content(mail, "html") + str(mail["To"])


def test_markup_and_braces_are_only_text(server: str, mailbox: Mailbox) -> None:
    """A title with markup or format fields is shown as it is."""
    booking = replace(BOOKING, title='<script>alert(1)</script> {name} {0} "Ü"')

    LinkMailer(server, SENDER, link)(event(booking))

    (mail,) = mailbox.mails
    assert "<script>" not in content(mail, "html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {name} {0}" in content(mail, "html")
    assert '<script>alert(1)</script> {name} {0} "Ü"' in content(mail, "plain")


def test_refused_recipient_fails_without_naming_him(server: str, mailbox: Mailbox) -> None:
    """A refusal becomes `DeliveryFailed` with the server's code and no personal data."""
    mailbox.reply = "550 no grace@guest.example here"

    with pytest.raises(DeliveryFailed) as caught:
        LinkMailer(server, SENDER, link)(event())

    assert "refused the recipient with 550" in str(caught.value)
    assert "grace" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_refused_sender_fails_with_the_code(mailbox: Mailbox) -> None:
    """A server that wants a login first makes the delivery fail, to be tried again."""
    with (
        smtp_server(mailbox, auth_required=True) as place,
        pytest.raises(DeliveryFailed, match=r"answered 530 \(SMTPSenderRefused\)"),
    ):
        LinkMailer(f"smtp://{place}", SENDER, link)(event())


def test_server_that_is_away_fails() -> None:
    """Nothing listening is a failed delivery that names server and kind of failure."""
    with (
        held_port() as port,
        pytest.raises(DeliveryFailed, match=f"127.0.0.1:{port} did not take the mail"),
    ):
        LinkMailer(f"smtp://127.0.0.1:{port}", SENDER, link)(event())


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


def test_slow_server_fails_at_the_deadline() -> None:
    """A server that answers each step in time, but is slow in all, fails long before the lease ends."""
    with SlowServer(pause=0.2) as server:
        started = time.monotonic()
        with pytest.raises(DeliveryFailed, match="did not take the mail"):
            LinkMailer(server.url, SENDER, link, step=5.0, total=0.5)(event())
        took = time.monotonic() - started

    # All steps would take 1.2 s.
    assert 0.4 < took < 10.0
    assert server.taken == 0


def test_server_that_is_slow_to_part_has_taken_the_mail() -> None:
    """Failing after the mail is taken would only send it again."""
    with SlowServer(pause=0.0, quit=1.5) as server:
        LinkMailer(server.url, SENDER, link, step=0.8)(event())

    assert server.taken == 1


def test_deadline_is_well_below_the_lease() -> None:
    """Else the outbox would deliver the event again while the mail is on its way."""
    assert timedelta(seconds=TOTAL_SECONDS + STEP_SECONDS) < LEASE


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "x@y.example\r\nBcc: evil@example.com"])
def test_unusable_address_fails_without_naming_it(address: str, server: str, mailbox: Mailbox) -> None:
    """An address that cannot stand in a header is a failed delivery, not an injection."""
    booking = replace(BOOKING, attendee=replace(BOOKING.attendee, email=address))

    with pytest.raises(DeliveryFailed, match="address on file of booking 'b-123'"):
        LinkMailer(server, SENDER, link)(event(booking))

    assert mailbox.mails == []


def test_user_and_password_are_sent(mailbox: Mailbox) -> None:
    """User and password of the URL, percent-decoded, log in."""
    seen: list[tuple[bytes, bytes]] = []

    def authenticator(
        server: SMTP, session: Session, envelope: Envelope, kind: str, data: object
    ) -> AuthResult:
        seen.append((data.login, data.password))  # type: ignore[attr-defined]  # aiosmtpd's LoginPassword
        return AuthResult(success=True)

    with smtp_server(mailbox, authenticator=authenticator, auth_require_tls=False) as place:
        LinkMailer(f"smtp://user%40x:p%2Fw@{place}", SENDER, link)(event())

    assert seen == [(b"user@x", b"p/w")]
    assert len(mailbox.mails) == 1


def test_server_without_starttls_gets_nothing(server: str, mailbox: Mailbox) -> None:
    """Asked to encrypt, the mailer never falls back to plain text."""
    with pytest.raises(DeliveryFailed):
        LinkMailer(f"{server}?starttls=1", SENDER, link)(event())

    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        pytest.param("smtp://mail.example", MailServer(host="mail.example", port=25), id="plain"),
        pytest.param("smtp://[::1]:2525/", MailServer(host="::1", port=2525), id="IPv6"),
        pytest.param(
            "smtp://mail.example?starttls=1",
            MailServer(host="mail.example", port=587, starttls=True),
            id="starttls",
        ),
        pytest.param(
            "smtps://u:p@mail.example",
            MailServer(host="mail.example", port=465, tls=True, user="u", password="p"),
            id="tls",
        ),
    ],
)
def test_url_is_read(url: str, server: MailServer) -> None:
    """Each shape of the URL has its default port."""
    assert MailServer.parse(url) == server


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        pytest.param("", "begin with smtp://", id="empty"),
        pytest.param("https://mail.example", "begin with smtp://", id="scheme"),
        pytest.param("smtp://", "names no host", id="no host"),
        pytest.param("smtp://mail.example:0x1", "port cannot be read", id="port"),
        pytest.param("smtp://mail.example:99999", "port cannot be read", id="high port"),
        pytest.param("smtp://[mail", "port cannot be read", id="bracket"),
        pytest.param("smtp://mail.example/inbox", "nothing may follow", id="path"),
        pytest.param("smtp://mail.example?tls=1", "only parameter", id="parameter"),
        pytest.param("smtp://mail.example?starttls=yes", "only parameter", id="value"),
        pytest.param("smtps://mail.example?starttls=1", "from the start", id="both"),
        pytest.param("smtps://user@mail.example", "belong together", id="no password"),
        pytest.param("smtp://user:hunter2@mail.example", "unencrypted", id="in the clear"),
    ],
)
def test_wrong_url_is_refused_with_the_remedy(url: str, problem: str) -> None:
    """The message names the setting and the problem, and never repeats a password."""
    with pytest.raises(ConfigurationError, match=f"'BOOKER_MAIL_URL' is wrong: .*{problem}") as caught:
        LinkMailer(url, SENDER, link)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "Bookings", "bookings@", "a@b.example\r\nBcc: c@d.example"])
def test_wrong_sender_is_refused(sender: str) -> None:
    """A sender that is no address is refused when the app starts."""
    with pytest.raises(ConfigurationError, match="'BOOKER_MAIL_FROM' is"):
        LinkMailer("smtp://mail.example", sender, link)


def test_password_is_not_shown() -> None:
    """The representation of a server does not give its password away."""
    assert "secret" not in repr(MailServer.parse("smtps://u:secret@mail.example"))
