"""Tests of calls to addresses that others chose: only to public hosts, bounded in time and size."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from booker_components.guarded import Forbidden, Guarded, Unreachable, checked, is_public, origin

from .providers.remote import serving, serving_raw, unused_url

SECRET = "/private-4f9c/basic.ics?key=verysecret"

#: Seconds that a server may take which answers: this machine may be busy with other things.
PATIENT = 20.0


@pytest.fixture
def inside() -> Guarded:
    """What may call this machine."""
    return Guarded(private=True, timeout=PATIENT, largest=100_000)


def redirect(to: str, status: int = 302) -> Response:
    """Make an answer that sends elsewhere."""
    return Response("", status=status, headers={"Location": to})


# --- which addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.9.9.9", id="loopback too"),
        pytest.param("10.1.2.3", id="private, large"),
        pytest.param("172.31.0.1", id="private, medium"),
        pytest.param("192.168.1.1", id="private, small"),
        pytest.param("169.254.169.254", id="metadata of clouds"),
        pytest.param("168.63.129.16", id="platform of Azure"),
        pytest.param("100.100.100.200", id="shared, and metadata of a cloud"),
        pytest.param("0.0.0.0", id="unspecified"),
        pytest.param("0.1.2.3", id="this network"),
        pytest.param("192.0.0.192", id="protocols"),
        pytest.param("192.0.2.7", id="examples"),
        pytest.param("192.88.99.1", id="relay of 6to4"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("224.0.0.251", id="multicast"),
        pytest.param("233.252.0.1", id="multicast, examples"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::1", id="loopback of IPv6"),
        pytest.param("::", id="unspecified of IPv6"),
        pytest.param("::ffff:8.8.8.8", id="mapped"),
        pytest.param("::ffff:127.0.0.1", id="mapped loopback"),
        pytest.param("::127.0.0.1", id="compatible"),
        pytest.param("::ffff:0:127.0.0.1", id="translated"),
        pytest.param("64:ff9b::7f00:1", id="loopback behind NAT64"),
        pytest.param("64:ff9b::a9fe:a9fe", id="metadata behind NAT64"),
        pytest.param("64:ff9b:1::808:808", id="NAT64 of one's own"),
        pytest.param("2002:7f00:1::", id="6to4"),
        pytest.param("2001::1", id="Teredo"),
        pytest.param("2001:db8::1", id="examples of IPv6"),
        pytest.param("3fff::1", id="more examples"),
        pytest.param("100::1", id="discarded"),
        pytest.param("fc00::1", id="local"),
        pytest.param("fd00:ec2::254", id="metadata over IPv6"),
        pytest.param("fe80::1", id="link"),
        pytest.param("fe80::1%eth0", id="link with its name"),
        pytest.param("fec0::1", id="site"),
        pytest.param("ff02::1", id="multicast of IPv6"),
        pytest.param("5f00::1", id="segment routing"),
    ],
)
def test_address_that_is_not_public_is_known(address: str) -> None:
    """What only this machine or its network reaches is no public address."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::200e", "64:ff9b::808:808"],
)
def test_public_address_is_known(address: str) -> None:
    """Hosts of the internet may be called, also over a translator from IPv6."""
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_private_address_of_version_4_is_public_in_disguise(address: object) -> None:
    """However an address of IPv4 is written in one of IPv6, it is not public unless it is itself."""
    number = int(address)  # type: ignore[call-overload]
    disguises = [f"::ffff:{address}", f"::{address}", f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}"]

    found = [is_public(each) for each in (*disguises, f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1")]

    assert found[0] is found[1] is found[3] is False
    assert found[2] is is_public(str(address))


# --- what is called --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "LOCALHOST.", "0x7f.1", "2130706433", "0177.0.0.1", "127.1", "0.0.0.0"],
)
def test_own_machine_is_not_called(host: str) -> None:
    """No way of writing this machine leads to it."""
    with serving() as remote:
        url = remote.url.replace("127.0.0.1", host) + SECRET

        with pytest.raises(Unreachable):
            Guarded(timeout=PATIENT).send("GET", url)

    assert remote.requests == []


def test_private_address_is_called_if_allowed(inside: Guarded) -> None:
    """'BOOKER_PRIVATE_NETWORK' lifts the rule."""
    with serving(Response("fine", headers={"X-Word": "yes"})) as remote:
        answer = inside.send("POST", f"{remote.url}/a?b=c", headers={"X-Own": "1"}, body=b"{}")

    assert (answer.status, answer.body, answer.headers["x-word"]) == (200, b"fine", "yes")
    assert (remote.last.method, remote.last.full_path, remote.last.data) == ("POST", "/a?b=c", b"{}")
    assert remote.last.headers["X-Own"] == "1"
    assert remote.last.host == remote.url.removeprefix("http://")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://example.com/", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("gopher://example.com/", id="gopher"),
        pytest.param("//example.com/", id="no scheme"),
        pytest.param("https://", id="no host"),
        pytest.param("https:///path", id="no host, but a path"),
        pytest.param("https://user:word@example.com/", id="user and password"),
        pytest.param("https://user@example.com/", id="user"),
        pytest.param("https://example.com:0/", id="port 0"),
        pytest.param("https://example.com:99999/", id="no such port"),
        pytest.param("https://exa mple.com/", id="a blank"),
        pytest.param("https://example.com\r\nX: y/", id="line ends"),
        pytest.param("", id="nothing"),
    ],
)
def test_address_that_cannot_be_called_is_refused(url: str) -> None:
    """Only http and https with a host and nothing else before it."""
    with pytest.raises(Forbidden):
        checked(url)
    with pytest.raises(Forbidden):
        Guarded(private=True).send("GET", url)


def test_other_ports_are_called(inside: Guarded) -> None:
    """A host may be anywhere; the server of this test has no usual port either."""
    with serving() as remote:
        assert inside.send("GET", remote.url).status == 200


def test_line_ends_in_a_path_make_no_headers(inside: Guarded) -> None:
    """What follows a line end stays a part of the path."""
    with serving() as remote:
        inside.send("GET", f"{remote.url}/a\r\nX-Forged:1")

    assert "X-Forged" not in remote.last.headers


def test_proxies_of_the_environment_are_not_used(inside: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve the name itself, so that nothing of it was checked."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, unused_url())

    with serving() as remote:
        assert inside.send("GET", remote.url).status == 200


def test_credentials_of_the_environment_are_not_sent(
    inside: Guarded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .netrc file is nobody's business here."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(netrc))

    with serving() as remote:
        inside.send("GET", remote.url)

    assert "Authorization" not in remote.last.headers


# --- names ---------------------------------------------------------------------------------------


class Names:
    """A name server that gives one answer after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        #: What was asked.
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        """Give the next answer; the last for ever."""
        self.asked.append((host, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def test_name_is_resolved_once_for_check_and_connection() -> None:
    """A name server that answers otherwise a moment later gets nobody to this machine."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    with serving() as remote:
        port = int(remote.url.rpartition(":")[2])
        Guarded(private=True, timeout=PATIENT, resolve=names).send("GET", f"http://feed.example:{port}/")

    assert names.asked == [("feed.example", port)]
    assert remote.last.host == f"feed.example:{port}"


def test_name_that_leads_to_this_machine_is_not_called() -> None:
    """It is the address that counts, whatever the name."""
    with serving() as remote:
        port = int(remote.url.rpartition(":")[2])
        guarded = Guarded(timeout=PATIENT, resolve=Names(["127.0.0.1"]))

        with pytest.raises(Forbidden, match="BOOKER_PRIVATE_NETWORK"):
            guarded.send("GET", f"http://feed.example:{port}/")

    assert remote.requests == []


def test_private_address_beside_a_public_one_is_not_called() -> None:
    """Of several addresses of a name, only public ones are tried."""
    names = Names(["127.0.0.1", "127.0.0.2"])
    with serving() as remote:
        port = int(remote.url.rpartition(":")[2])
        # The server is at the first one alone.
        guarded = Guarded(timeout=PATIENT, resolve=names, allows=lambda address: address == "127.0.0.2")

        with pytest.raises(Unreachable):
            guarded.send("GET", f"http://feed.example:{port}/")

    assert remote.requests == []


def test_next_address_is_tried_when_the_first_does_not_answer() -> None:
    """A host is reached over whichever of its addresses works."""
    with serving() as remote:
        port = int(remote.url.rpartition(":")[2])
        # Nobody listens on the loopback of IPv6 at this port.
        guarded = Guarded(private=True, timeout=PATIENT, resolve=Names(["::1", "127.0.0.1"]))

        answer = guarded.send("GET", f"http://feed.example:{port}/")

    assert answer.status == 200


def test_name_server_that_is_silent_is_not_waited_for() -> None:
    """The time limit holds for the name, too."""
    silence = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        silence.wait(PATIENT)
        return ["127.0.0.1"]

    began = time.monotonic()
    with pytest.raises(Unreachable, match="too long"):
        Guarded(private=True, timeout=0.2, resolve=resolve).send("GET", "http://feed.example/")
    silence.set()

    assert time.monotonic() - began < PATIENT


def test_unknown_name_is_unreachable() -> None:
    """A name without an address is no crash."""
    with pytest.raises(Unreachable, match=r"http://nobody\.invalid"):
        Guarded(timeout=PATIENT).send("GET", "http://nobody.invalid/")


def test_name_without_addresses_is_unreachable() -> None:
    """A name server may say that there is none."""
    with pytest.raises(Unreachable, match="no address"):
        Guarded(resolve=Names([])).send("GET", "http://feed.example/")


# --- redirects ------------------------------------------------------------------------------------


def test_redirects_are_not_followed_by_default(inside: Guarded) -> None:
    """A webhook goes where it was sent, or nowhere."""
    with serving() as goal, serving(redirect(goal.url)) as remote:
        answer = inside.send("GET", remote.url)

    assert answer.status == 302
    assert goal.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_of_a_feed_are_followed(status: int) -> None:
    """A GET may be sent on, by an address that is relative, too; its headers go along."""
    guarded = Guarded(private=True, timeout=PATIENT, redirects=3)
    with serving(redirect("/new", status), Response("fine")) as remote:
        answer = guarded.send("GET", f"{remote.url}/old", headers={"If-None-Match": '"1"'})

    assert answer.body == b"fine"
    assert [each.path for each in remote.requests] == ["/old", "/new"]
    assert remote.last.headers["If-None-Match"] == '"1"'


def test_too_many_redirects_end() -> None:
    """A circle is left after as many rounds as allowed."""
    guarded = Guarded(private=True, timeout=PATIENT, redirects=3)
    with serving(redirect("/again")) as remote, pytest.raises(Unreachable, match="3 redirects"):
        guarded.send("GET", remote.url)

    assert len(remote.requests) == 4


def test_post_is_not_sent_on() -> None:
    """What a webhook tells is for one address alone."""
    guarded = Guarded(private=True, timeout=PATIENT, redirects=3)
    with serving(redirect("/new")) as remote:
        assert guarded.send("POST", remote.url, body=b"x").status == 302


def test_redirect_to_a_private_address_is_not_followed() -> None:
    """Each address on the way is judged anew."""
    guarded = Guarded(timeout=PATIENT, redirects=3, allows=lambda address: address == "127.0.0.1")
    with serving() as goal:
        url = goal.url.replace("127.0.0.1", "127.0.0.2")
        with serving(redirect(url + SECRET)) as remote, pytest.raises(Forbidden, match=url):
            guarded.send("GET", remote.url)

    assert len(remote.requests) == 1


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://a:b@127.0.0.1/", "http://[", "webcal://a/"]
)
def test_redirect_to_what_cannot_be_called_is_not_followed(location: str) -> None:
    """What may not be asked for may not be redirected to."""
    guarded = Guarded(private=True, timeout=PATIENT, redirects=3)
    said = head(0, "302 Found", f"Location: {location}\r\n")
    with serving_raw(lambda line: line.sendall(said)) as (url, _), pytest.raises(Forbidden):
        guarded.send("GET", url)


# --- time and size ----------------------------------------------------------------------------------


def head(length: int | None, status: str = "200 OK", more: str = "") -> bytes:
    """Give the first lines of an answer."""
    told = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 {status}\r\n{told}{more}\r\n".encode()


def trickle(data: bytes) -> Callable[[socket.socket], None]:
    """Send *data*, then one byte after the other for as long as anybody listens, each well in time."""

    def behave(line: socket.socket) -> None:
        line.settimeout(PATIENT)
        try:
            line.sendall(data)
            for _ in range(10_000):
                line.sendall(b"x")
                time.sleep(0.01)
        except OSError:
            return

    return behave


def silent(until: threading.Event) -> Callable[[socket.socket], None]:
    """Say nothing until an event."""

    def behave(line: socket.socket) -> None:
        until.wait(PATIENT)

    return behave


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Long: ", id="headers"),
        pytest.param(head(100_000), id="body"),
        pytest.param(head(None), id="body of no length"),
    ],
)
def test_trickling_answer_ends_with_the_time(said: bytes) -> None:
    """Each byte comes in time, but all of them together do not."""
    with serving_raw(trickle(said)) as (url, _), pytest.raises(Unreachable, match="too long"):
        Guarded(private=True, timeout=0.3).send("GET", url + SECRET)


def test_silent_server_is_left() -> None:
    """A server that takes the call and says nothing is no host to wait for."""
    silence = threading.Event()
    with serving_raw(silent(silence)) as (url, _):
        with pytest.raises(Unreachable, match="too long"):
            Guarded(private=True, timeout=0.2).send("GET", url)
        silence.set()


def test_time_of_one_call_may_differ(inside: Guarded) -> None:
    """A page waits less than the upkeep for the same host."""
    silence = threading.Event()
    with serving_raw(silent(silence)) as (url, _):
        with pytest.raises(Unreachable, match="too long"):
            inside.send("GET", url, timeout=0.2)
        silence.set()


def test_large_answer_is_left(inside: Guarded) -> None:
    """More bytes than allowed are not kept."""
    with serving(Response(b"x" * 100_001)) as remote, pytest.raises(Unreachable, match="100000 bytes"):
        inside.send("GET", remote.url)


def test_packed_answer_is_unpacked(inside: Guarded) -> None:
    """A calendar often comes packed."""
    packed = Response(gzip.compress(b"x" * 100_000), headers={"Content-Encoding": "gzip"})
    with serving(packed) as remote:
        answer = inside.send("GET", remote.url)

    assert answer.body == b"x" * 100_000
    assert "gzip" in remote.last.headers["Accept-Encoding"]


def test_small_answer_that_unpacks_to_a_large_one_is_left(inside: Guarded) -> None:
    """What counts is how much there is once it is unpacked."""
    packed = Response(gzip.compress(b"x" * 50_000_000), headers={"Content-Encoding": "gzip"})
    with serving(packed) as remote, pytest.raises(Unreachable, match="100000 bytes"):
        inside.send("GET", remote.url)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(head(100) + b"short", id="cut body"),
        pytest.param(head(None, more="Transfer-Encoding: chunked\r\n") + b"5\r\nab", id="cut chunk"),
        pytest.param(head(4, more="Content-Encoding: gzip\r\n") + b"oops", id="not packed"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", id="no HTTP"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 999999 What\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n", id="many headers"),
    ],
)
def test_answer_that_is_not_whole_is_none(said: bytes, inside: Guarded) -> None:
    """Nothing that might have been cut off is taken for an answer."""
    with serving_raw(lambda line: line.sendall(said)) as (url, _), pytest.raises(Unreachable):
        inside.send("GET", url)


def test_answer_whose_status_is_enough_may_break_off(inside: Guarded) -> None:
    """Whoever only wants to know whether a message was taken needs no body."""
    with serving_raw(lambda line: line.sendall(head(100) + b"short")) as (url, _):
        answer = inside.send("POST", url, body=b"{}", whole=False)

    assert (answer.status, answer.body) == (200, b"")


def test_nobody_listening_is_unreachable(inside: Guarded) -> None:
    """A connection that is refused is no crash."""
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:1 failed"):
        inside.send("GET", unused_url())


# --- encryption -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@Request.application
def _encrypted(request: Request) -> Response:
    return redirect("http://127.0.0.1:1/") if request.path == "/leave" else Response("fine")


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[int]:
    """The port of a server that encrypts with that certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = make_server("127.0.0.1", 0, _encrypted, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_trusted_certificate_of_the_name_is_taken(
    encrypted: int, certificate: Path, inside: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is checked although the connection goes to its address."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    answer = inside.send("GET", f"https://localhost:{encrypted}/")

    assert answer.body == b"fine"


def test_certificate_of_another_name_is_refused(
    encrypted: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted certificate is good for its own name only."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    guarded = Guarded(private=True, timeout=PATIENT, resolve=Names(["127.0.0.1"]))

    with pytest.raises(Unreachable):
        guarded.send("GET", f"https://feed.example:{encrypted}/")


def test_certificate_of_nobody_is_refused(encrypted: int, inside: Guarded) -> None:
    """A certificate that nobody vouches for is none."""
    with pytest.raises(Unreachable):
        inside.send("GET", f"https://localhost:{encrypted}/")


def test_redirect_does_not_leave_encryption(
    encrypted: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was encrypted is not asked for again in the clear."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    guarded = Guarded(private=True, timeout=PATIENT, redirects=3)

    with pytest.raises(Forbidden, match="from https to http"):
        guarded.send("GET", f"https://localhost:{encrypted}/leave")


# --- what is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(head(100) + b"short", id="cut"),
        pytest.param(head(0, "302 Found", f"Location: /x{SECRET}\r\n"), id="redirected"),
        pytest.param(head(100, more="Broken line\r\n") + b"short", id="broken headers"),
    ],
)
def test_neither_errors_nor_logs_tell_the_address(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever knows the address of a feed reads the calendar: only its host is named anywhere."""
    caplog.set_level(logging.DEBUG)
    guarded = Guarded(private=True, timeout=PATIENT, redirects=1)

    with serving_raw(lambda line: line.sendall(answer)) as (url, _), pytest.raises(Unreachable) as caught:
        guarded.send("GET", url + SECRET)

    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert url in str(caught.value)
    assert "4f9c" not in told.replace(__file__, "")
    assert "verysecret" not in told


def test_origin_is_all_that_is_told() -> None:
    """Of an address scheme and host may be told, of what is none nothing."""
    found = [
        origin(each) for each in (f"HTTPS://Example.com:443{SECRET}", f"http://[::1]:8080{SECRET}", SECRET)
    ]

    assert found == ["https://example.com", "http://[::1]:8080", "an address that cannot be called"]
