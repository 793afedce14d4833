"""Handing a mail over: the URL of the server, encryption, logging in, failures and deadlines."""

from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from booker_components.errors import ConfigurationError, DeliveryFailed
from booker_components.outbox import LEASE
from booker_components.subscribers.mail import STEP_SECONDS, TOTAL_SECONDS, Letter, MailServer, Post

from ..ports import held_port
from .boxes import Mailbox, SlowServer, content, smtp_server
from .desk import NOW, SENDER

LETTER = Letter(
    to="grace@guest.example", subject="Hello", text="Text\n", html="<p>Text</p>", at=NOW, id="e-1"
)


def send(
    url: str, letter: Letter = LETTER, *, step: float = STEP_SECONDS, total: float = TOTAL_SECONDS
) -> None:
    """Send one letter by the server at *url*."""
    post = Post(url, SENDER, step=step, total=total)
    post.send(letter, until=post.deadline())


def test_a_mail_goes_to_one_person_only(server: str, mailbox: Mailbox) -> None:
    """The envelope and the headers name the recipient, the sender and nobody else."""
    send(server)

    (mail,) = mailbox.mails
    assert mailbox.recipients == ["grace@guest.example"]
    assert (mail["From"], mail["To"], mail["Cc"], mail["Bcc"]) == (SENDER, "grace@guest.example", None, None)
    assert mail["Auto-Submitted"] == "auto-generated"


def test_mail_is_plain_ascii_on_the_way(server: str, mailbox: Mailbox) -> None:
    """Whatever is in it: any server may pass it on as it is, with short lines."""
    text = ("Grüße " * 300).strip()
    letter = Letter(to="grace@guest.example", subject=text, text=text, html=text, at=NOW, id="e-1")

    send(server, letter)

    raw = mailbox.envelopes[0].content
    assert isinstance(raw, bytes)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert mailbox.mails[0]["Subject"] == text
    assert content(mailbox.mails[0], "plain").strip() == text


def test_refused_recipient_fails_without_naming_him(server: str, mailbox: Mailbox) -> None:
    """A refusal becomes `DeliveryFailed` with the server's code and no personal data."""
    mailbox.reply = "550 no grace@guest.example here"

    with pytest.raises(DeliveryFailed, match="refused the recipient with 550") as caught:
        send(server)

    assert "grace" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_refused_sender_fails_with_the_code(mailbox: Mailbox) -> None:
    """A server that wants a login first makes the delivery fail, to be tried again."""
    with (
        smtp_server(mailbox, auth_required=True) as place,
        pytest.raises(DeliveryFailed, match=r"answered 530 \(SMTPSenderRefused\)") as caught,
    ):
        send(f"smtp://{place}")

    assert not caught.value.permanent


def test_server_that_is_away_fails() -> None:
    """Nothing listening is a failed delivery that names server and kind of failure."""
    with (
        held_port() as port,
        pytest.raises(DeliveryFailed, match=f"127.0.0.1:{port} did not take the mail"),
    ):
        send(f"smtp://127.0.0.1:{port}")


def test_slow_server_fails_at_the_deadline() -> None:
    """A server that answers each step in time, but is slow in all, fails long before the lease ends."""
    with SlowServer(pause=0.2) as server:
        started = time.monotonic()
        with pytest.raises(DeliveryFailed, match="did not take the mail"):
            send(server.url, step=5.0, total=0.5)
        took = time.monotonic() - started

    # All steps would take 1.2 s.
    assert 0.4 < took < 10.0
    assert server.taken == 0


def test_server_that_is_slow_to_part_has_taken_the_mail() -> None:
    """Failing after the mail is taken would only send it again."""
    with SlowServer(pause=0.0, quit=1.5) as server:
        send(server.url, step=0.8)

    assert server.taken == 1


def test_deadline_is_well_below_the_lease() -> None:
    """Else the outbox would deliver the event again while the mail is on its way."""
    assert timedelta(seconds=TOTAL_SECONDS + STEP_SECONDS) < LEASE


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "x@y.example\r\nBcc: evil@example.com"])
def test_unusable_address_fails_without_naming_it(address: str, server: str, mailbox: Mailbox) -> None:
    """An address that cannot stand in a header is a failure for good, not an injection."""
    letter = Letter(to=address, subject="", text="", html="", at=NOW, id="e-1")

    with pytest.raises(DeliveryFailed, match="The address cannot be mailed") as caught:
        send(server, letter)

    assert caught.value.permanent
    assert mailbox.mails == []


def test_address_in_another_script_is_taken_by_a_server_that_can(mailbox: Mailbox) -> None:
    """Where the server speaks SMTPUTF8 such a mail goes out; where it does not, it fails for good."""
    letter = Letter(to="grüße@guest.example", subject="Ü", text="ü", html="ü", at=NOW, id="e-1")

    with smtp_server(mailbox, enable_SMTPUTF8=True) as place:
        send(f"smtp://{place}", letter)
    with smtp_server(mailbox, enable_SMTPUTF8=False) as place, pytest.raises(DeliveryFailed) as caught:
        send(f"smtp://{place}", letter)

    assert mailbox.recipients == ["grüße@guest.example"]
    assert caught.value.permanent


def test_user_and_password_are_sent(mailbox: Mailbox) -> None:
    """User and password of the URL, percent-decoded, log in."""
    seen: list[tuple[bytes, bytes]] = []

    def authenticator(
        server: object, session: Session, envelope: Envelope, kind: str, data: object
    ) -> AuthResult:
        seen.append((data.login, data.password))  # type: ignore[attr-defined]  # aiosmtpd's LoginPassword
        return AuthResult(success=True)

    with smtp_server(mailbox, authenticator=authenticator, auth_require_tls=False) as place:
        send(f"smtp://user%40x:p%2Fw@{place}")

    assert seen == [(b"user@x", b"p/w")]
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("address", "mailed"),
    [
        pytest.param("bo@büro.example", "bo@xn--bro-hoa.example", id="domain"),
        pytest.param('"bo k"@guest.example', '"bo k"@guest.example', id="quoted"),
        pytest.param("bo+x@guest.example", "bo+x@guest.example", id="tag"),
    ],
)
def test_address_is_mailed_as_servers_take_it(
    address: str, mailed: str, server: str, mailbox: Mailbox
) -> None:
    """A domain in another script goes out in the form that every server knows."""
    send(server, Letter(to=address, subject="", text="", html="", at=NOW, id="e-1"))

    assert mailbox.recipients == [mailed]


# --- encryption ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """What the server needs to encrypt."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def test_starttls_sends_encrypted(
    mailbox: Mailbox, tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a certificate that the machine trusts, a server that wants encryption gets the mail."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with smtp_server(mailbox, tls_context=tls, require_starttls=True) as place:
        send(f"smtp://{place}?starttls=1")

    assert len(mailbox.mails) == 1


def test_stranger_that_offers_starttls_gets_nothing(mailbox: Mailbox, tls: ssl.SSLContext) -> None:
    """A certificate that nobody trusts ends the conversation before the mail."""
    with (
        smtp_server(mailbox, tls_context=tls) as place,
        pytest.raises(DeliveryFailed, match="SSLCertVerificationError"),
    ):
        send(f"smtp://{place}?starttls=1")

    assert mailbox.mails == []


def test_server_without_starttls_gets_nothing(server: str, mailbox: Mailbox) -> None:
    """Asked to encrypt, the mailer never falls back to plain text; it is no fault of the recipient's."""
    with pytest.raises(DeliveryFailed) as caught:
        send(f"{server}?starttls=1")

    assert not caught.value.permanent
    assert mailbox.mails == []


# --- settings ------------------------------------------------------------------------------------


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
        Post(url, SENDER)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("sender", ["", "Bookings", "bookings@", "a@b.example\r\nBcc: c@d.example"])
def test_wrong_sender_is_refused(sender: str) -> None:
    """A sender that is no address is refused when the app starts."""
    with pytest.raises(ConfigurationError, match="'BOOKER_MAIL_FROM' is"):
        Post("smtp://mail.example", sender)


def test_password_is_not_shown() -> None:
    """The representation of a server does not give its password away."""
    assert "secret" not in repr(MailServer.parse("smtps://u:secret@mail.example"))
