"""Tests of HTTP to remote providers, against servers that answer well and badly."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from werkzeug.wrappers import Response

from booker_components.errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from booker_components.providers._breaker import FAILURES, REST
from booker_components.providers._http import Http

from .remote import serving, serving_on, serving_raw, unused_url

ROOT = Path(__file__).resolve().parent.parent.parent
UID = "q1W2e3R4uid"
TOKEN = "cal_live_verysecret"


class Time:
    """A clock of seconds that moves when somebody sleeps, and keeps how long they slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Give the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Sleep without waiting."""
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time_() -> Time:
    """The clock of the calls."""
    return Time()


@pytest.fixture
def http(time_: Time) -> Iterator[Http]:
    """What makes the calls, impatiently."""
    made = Http(connect=5.0, read=5.0, largest=100_000, clock=time_, sleep=time_.sleep)
    yield made
    made.close()


@pytest.fixture
def hasty(time_: Time) -> Iterator[Http]:
    """What makes calls and waits a moment only for an answer."""
    made = Http(connect=5.0, read=0.2, clock=time_, sleep=time_.sleep)
    yield made
    made.close()


def failed(status: int, **headers: str) -> Response:
    """Make an answer of failure; underscores in the names of *headers* are dashes."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response("no", status=status, headers=given)


def test_call_is_sent_as_told(http: Http) -> None:
    """Method, path, query, headers and body reach the host."""
    with serving() as remote:
        http.send(
            "POST",
            f"{remote.url}/v2/bookings/a%2Fb",
            headers={"Authorization": f"Bearer {TOKEN}"},
            params={"zone": "Asia/Kathmandu"},
            json={"name": "Zoë"},
        )

    request = remote.last
    assert (request.method, request.environ["RAW_URI"]) == (
        "POST",
        "/v2/bookings/a%2Fb?zone=Asia%2FKathmandu",
    )
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert (request.mimetype, request.json) == ("application/json", {"name": "Zoë"})


def test_answer_is_given_whole(http: Http) -> None:
    """Status, headers in any case and the unpacked body come back."""
    packed = Response(
        gzip.compress(b"fine" * 1000), status=201, headers={"Content-Encoding": "gzip", "X-Request-Id": "r-1"}
    )
    with serving(packed) as remote:
        reply = http.send("GET", remote.url)

    assert (reply.status, reply.body, reply.request_id) == (201, b"fine" * 1000, "r-1")
    assert reply.headers["x-request-id"] == "r-1"


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 498, 501])
def test_refusal_is_an_answer(http: Http, status: int) -> None:
    """What a refusal means is for the caller to say; it is not tried again."""
    with serving(failed(status)) as remote:
        reply = http.send("GET", remote.url)

    assert (reply.status, len(remote.requests)) == (status, 1)


def test_crash_is_an_answer_in_the_end(http: Http) -> None:
    """500 is tried again for reads, and then given to the caller."""
    with serving(failed(500)) as remote:
        read = http.send("GET", remote.url)
        written = http.send("POST", remote.url)

    assert (read.status, written.status) == (500, 500)
    assert [request.method for request in remote.requests] == ["GET", "GET", "GET", "POST"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_read_is_tried_again(http: Http, time_: Time, status: int) -> None:
    """A read survives two failures, with longer waits between."""
    with serving(failed(status), failed(status), Response("fine")) as remote:
        reply = http.send("GET", remote.url)

    assert (reply.body, len(remote.requests)) == (b"fine", 3)
    assert 0.2 <= time_.slept[0] <= 0.24
    assert 0.4 <= time_.slept[1] <= 0.48


def test_read_is_given_up_after_three_tries(http: Http) -> None:
    """Guests do not wait for ever."""
    with serving(failed(503)) as remote, pytest.raises(ProviderUnavailable) as caught:
        http.send("GET", remote.url)

    assert len(remote.requests) == 3
    assert not isinstance(caught.value, OutcomeUnknown)


def test_no_try_begins_after_the_total_time(time_: Time) -> None:
    """Slow failures end the call before the number of tries does."""

    def slow_failure() -> Response:
        time_.now += 10.0
        return failed(503)

    http = Http(total=15.0, clock=time_, sleep=time_.sleep)
    with serving(slow_failure) as remote, pytest.raises(ProviderUnavailable):
        http.send("GET", remote.url)
    http.close()

    assert len(remote.requests) == 2


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [502, 503, 504])
def test_change_that_a_gateway_lost_is_not_repeated(http: Http, method: str, status: int) -> None:
    """Behind a gateway's failure the change may have been made."""
    with serving(failed(status)) as remote, pytest.raises(OutcomeUnknown):
        http.send(method, remote.url)

    assert len(remote.requests) == 1


def test_change_is_repeated_where_the_caller_says_so(http: Http) -> None:
    """A change that does no harm twice is tried again, and fails like a read."""
    with serving(failed(503), Response("fine"), failed(503)) as remote:
        reply = http.send("DELETE", remote.url, repeatable=True)
        with pytest.raises(ProviderUnavailable) as caught:
            http.send("DELETE", remote.url, repeatable=True)

    assert reply.body == b"fine"
    assert not isinstance(caught.value, OutcomeUnknown)


def test_read_is_not_repeated_where_the_caller_says_so(http: Http) -> None:
    """`repeatable=False` holds for a GET too."""
    with serving(failed(503)) as remote, pytest.raises(OutcomeUnknown):
        http.send("GET", remote.url, repeatable=False)

    assert len(remote.requests) == 1


@pytest.mark.parametrize(
    ("headers", "shortest"),
    [
        ({"X_RateLimit_Reset_Default": "2"}, 2.0),
        ({"X_RateLimit_Reset_Guests": "1.5"}, 1.5),
        ({"x_ratelimit_reset_default": "0"}, 1.0),
        ({"Retry_After": "1"}, 1.0),
        ({"X_RateLimit_Reset_Default": "1", "X_RateLimit_Reset_Guests": "2"}, 2.0),
    ],
    ids=["default", "named", "nothing", "retry-after", "several"],
)
def test_short_limit_is_waited_for(http: Http, time_: Time, headers: dict[str, str], shortest: float) -> None:
    """A read waits as the limit says when a guest can, and is tried again."""
    with serving(failed(429, **headers), Response("fine")) as remote:
        reply = http.send("GET", remote.url)

    assert reply.body == b"fine"
    assert shortest <= time_.slept[0] <= shortest * 1.2


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X_RateLimit_Reset_Default": "30"}, 30.0),
        ({"X_RateLimit_Reset_Default": "2.1"}, 2.1),
        ({"X_RateLimit_Reset_Default": "1900000000"}, 60.0),
        ({"X_RateLimit_Reset_Default": "1", "Retry_After": "7"}, 7.0),
        ({"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 60.0),
        ({"X_RateLimit_Reset_Default": "-5"}, 60.0),
        ({"X_RateLimit_Reset_Default": "nan"}, 60.0),
        ({"X_RateLimit_Reset_Default": "9" * 400}, 60.0),
        ({}, 60.0),
    ],
    ids=["long", "just-too-long", "instant", "both", "date", "negative", "nan", "endless", "none"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_long_limit_is_given_up_at_once(
    http: Http, time_: Time, method: str, headers: dict[str, str], expected: float
) -> None:
    """Nobody waits that long; the error says how long, and that nothing was changed."""
    with serving(failed(429, **headers)) as remote, pytest.raises(ProviderUnavailable) as caught:
        http.send(method, remote.url)

    assert (len(remote.requests), time_.slept) == (1, [])
    assert caught.value.retry_after == expected
    assert not isinstance(caught.value, OutcomeUnknown)


def test_maintenance_that_names_its_end_is_not_asked_again(http: Http) -> None:
    """503 with Retry-After counts like a limit; limits' own headers do not count there."""
    away = failed(503, Retry_After="20", X_RateLimit_Reset_Default="50")
    with serving(away) as remote, pytest.raises(ProviderUnavailable) as caught:
        http.send("GET", remote.url)

    assert (len(remote.requests), caught.value.retry_after) == (1, 20.0)


def test_slow_answer_to_a_read_is_tried_again(hasty: Http) -> None:
    """A read whose answer does not come in time is asked for three times."""
    over = threading.Event()

    def never_mind(connection: socket.socket) -> None:
        over.wait(5)

    with serving_raw(never_mind) as (url, heard):
        with pytest.raises(ProviderUnavailable) as caught:
            hasty.send("GET", url)
        over.set()

    assert len(heard) == 3
    assert not isinstance(caught.value, OutcomeUnknown)


def test_slow_answer_to_a_change_leaves_its_outcome_open(hasty: Http) -> None:
    """A change whose answer does not come in time may have been made; it is not sent again."""
    over = threading.Event()

    def never_mind(connection: socket.socket) -> None:
        over.wait(5)

    with serving_raw(never_mind) as (url, heard):
        with pytest.raises(OutcomeUnknown):
            hasty.send("POST", url, json={})
        over.set()

    assert len(heard) == 1


def cut(connection: socket.socket) -> None:
    """Close the connection without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def stop_in_the_body(connection: socket.socket) -> None:
    """Promise a hundred bytes and send three."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")


def stop_between_chunks(connection: socket.socket) -> None:
    """Leave out the last chunk."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")


def stop_in_the_head(connection: socket.socket) -> None:
    """Close amid the headers."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def babble(connection: socket.socket) -> None:
    """Answer with something that is no HTTP."""
    connection.sendall(b"\x00\xff\x00\xff what?\r\n\r\n")


BROKEN = [cut, stop_in_the_body, stop_between_chunks, babble]


@pytest.mark.parametrize("behave", BROKEN, ids=lambda each: each.__name__)
def test_broken_answer_to_a_read_is_tried_again(http: Http, behave: Callable[[socket.socket], None]) -> None:
    """A read is asked for three times when its answers break off or make no sense."""
    with serving_raw(behave) as (url, heard), pytest.raises(ProviderUnavailable):
        http.send("GET", url)

    assert len(heard) == 3


@pytest.mark.parametrize("behave", BROKEN, ids=lambda each: each.__name__)
def test_broken_answer_to_a_change_leaves_its_outcome_open(
    http: Http, behave: Callable[[socket.socket], None]
) -> None:
    """The host heard the change, so it is not sent again."""
    with serving_raw(behave) as (url, heard), pytest.raises(OutcomeUnknown):
        http.send("POST", url, json={})

    assert len(heard) == 1


def test_answer_cut_in_its_head_is_not_taken_for_whole(http: Http) -> None:
    """Nothing comes of half a header: the body is empty and the caller cannot mistake it for data."""
    with serving_raw(stop_in_the_head) as (url, _):
        reply = http.send("GET", url)

    assert reply.body == b""


def test_trickling_answer_ends_with_the_total_time() -> None:
    """An answer of which a byte comes now and then does not hold the guest for ever."""

    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x")
                time.sleep(0.02)
        except OSError:
            return

    http = Http(total=0.3)
    with serving_raw(trickle) as (url, _), pytest.raises(ProviderUnavailable):
        http.send("GET", url)
    http.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_call_that_finds_nobody_was_never_made(http: Http, method: str) -> None:
    """Without a connection a change cannot have been made either."""
    with pytest.raises(ProviderUnavailable) as caught:
        http.send(method, unused_url())

    assert not isinstance(caught.value, OutcomeUnknown)


def test_call_to_an_unknown_name_was_never_made(http: Http) -> None:
    """A name that nobody resolves is like a host that nobody reaches."""
    with pytest.raises(ProviderUnavailable) as caught:
        http.send("POST", "http://nobody.invalid/v2")

    assert not isinstance(caught.value, OutcomeUnknown)


def test_stranger_with_a_bad_certificate_hears_nothing(http: Http) -> None:
    """A host that cannot prove its name gets no request, so a change cannot have been made."""
    pytest.importorskip("cryptography")

    with serving(tls=True) as remote, pytest.raises(ProviderUnavailable) as caught:
        http.send("POST", remote.url, json={})

    assert remote.requests == []
    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_redirects_are_not_followed(http: Http, method: str, status: int) -> None:
    """Credentials go to nobody whom the settings do not name."""
    with (
        serving() as other,
        serving(Response(status=status, headers={"Location": other.url})) as remote,
        pytest.raises(ProviderRefused, match="check the address"),
    ):
        http.send(method, remote.url, headers={"Authorization": f"Bearer {TOKEN}"})

    assert (len(remote.requests), other.requests) == (1, [])


@pytest.mark.parametrize(
    "huge",
    [
        Response(b"x" * 200_000),
        Response(gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["plain", "packed"],
)
@pytest.mark.parametrize(("method", "error"), [("GET", ProviderError), ("POST", OutcomeUnknown)])
def test_huge_answer_is_not_read(http: Http, method: str, error: type[ProviderError], huge: Response) -> None:
    """An answer beyond the limit costs neither memory nor another try."""
    with serving(huge) as remote, pytest.raises(ProviderError, match="more than 100000 bytes") as caught:
        http.send(method, remote.url)

    assert type(caught.value) is error
    assert len(remote.requests) == 1


@pytest.mark.parametrize(("method", "error"), [("GET", ProviderError), ("POST", OutcomeUnknown)])
def test_answer_that_cannot_be_unpacked_is_an_error(
    http: Http, method: str, error: type[ProviderError]
) -> None:
    """A body that is not what its header says is no outage."""
    garbled = Response(b"not gzip", headers={"Content-Encoding": "gzip"})
    with serving(garbled) as remote, pytest.raises(ProviderError) as caught:
        http.send(method, remote.url)

    assert type(caught.value) is error
    assert len(remote.requests) == 1


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("http://", TOKEN),
        ("no-scheme/v2", TOKEN),
        ("ftp://127.0.0.1/", TOKEN),
        ("http://127.0.0.1:1", f"{TOKEN}\r\nX-Evil: 1"),
        ("http://127.0.0.1:1", f"{TOKEN}…"),
    ],
    ids=["no-host", "no-scheme", "scheme", "line-feed", "ellipsis"],
)
def test_call_that_cannot_be_put_together_is_an_error(http: Http, url: str, token: str) -> None:
    """A wrong address or an unusable token is a failure of the backend that says nothing of the token."""
    with pytest.raises(ProviderError) as caught:
        http.send("POST", url, headers={"Authorization": f"Bearer {token}"})

    assert not isinstance(caught.value, OutcomeUnknown)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_connection_is_used_again(http: Http) -> None:
    """Calls after each other share a connection, also after refusals and failures."""
    with serving_on() as (url, seen):
        for path in ("slots", "404", "500", "slots"):
            http.send("GET", f"{url}/{path}")
        http.close()

    assert len(seen) == 6
    assert len({port for _, port in seen}) == 1


def test_connection_that_the_host_has_closed_is_not_used(http: Http) -> None:
    """Hosts close connections that stand idle; a change after that gets a new one."""
    closed = threading.Event()

    def answer_and_close(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with serving_raw(answer_and_close) as (url, heard):
        http.send("GET", url)
        closed.wait(5)
        reply = http.send("POST", url, json={})

    assert (reply.body, len(heard)) == (b"ok", 2)


def test_threads_share_a_session(http: Http) -> None:
    """Calls from many threads at once get their own answers."""

    def echo() -> Response:
        return Response(threading.current_thread().name)

    with serving(echo) as remote, ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: http.send("GET", f"{remote.url}/{n}"), range(80)))
        http.close()

    assert [reply.status for reply in replies] == [200] * 80
    assert sorted(int(request.path[1:]) for request in remote.requests) == list(range(80))


FORKING = """
import os, sys
from booker_components.providers._http import Http

http = Http()
http.send("GET", sys.argv[1] + "/parent")
child = os.fork()
http.send("GET", sys.argv[1] + ("/parent" if child else "/child"))
http.close()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_forked_process_opens_its_own_connection() -> None:
    """Parent and child never talk over the same socket."""
    with serving_on() as (url, seen):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", FORKING, url],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path for path, _ in seen) == ["/child", "/parent", "/parent"]
    assert sorted(path for path, _ in set(seen)) == ["/child", "/parent"]
    assert len({port for _, port in seen}) == 2


def test_call_after_closing_opens_a_new_connection(http: Http) -> None:
    """Closing is not the end."""
    with serving() as remote:
        http.send("GET", remote.url)
        http.close()
        reply = http.send("GET", remote.url)
        http.close()

    assert reply.body == b"fine"


def test_cookies_are_not_kept(http: Http) -> None:
    """What one account is given is not sent for another."""
    with serving(Response("fine", headers={"Set-Cookie": "session=ada; Path=/"})) as remote:
        http.send("GET", remote.url)
        http.send("GET", remote.url)

    assert "Cookie" not in remote.last.headers


def test_credentials_of_a_netrc_file_are_not_sent(
    http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in somebody's home changes no account."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    with serving() as remote:
        http.send("GET", remote.url)

    assert "Authorization" not in remote.last.headers


def test_proxy_of_the_environment_is_used(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts that reach the outside by a proxy only need no setting of ours."""
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)

    with serving() as remote:
        monkeypatch.setenv("http_proxy", remote.url)
        http.send("GET", "http://api.example.invalid/v2/slots")

    assert remote.last.environ["RAW_URI"] == "http://api.example.invalid/v2/slots"


def test_change_that_finds_no_proxy_was_never_made(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that nobody reaches passes nothing on."""
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", unused_url())

    with pytest.raises(ProviderUnavailable) as caught:
        http.send("POST", "http://api.example.invalid/v2/bookings")

    assert not isinstance(caught.value, OutcomeUnknown)


def test_host_that_is_down_is_left_alone(http: Http, time_: Time) -> None:
    """After failures in a row calls fail at once, and say how long the rest lasts."""
    with serving(failed(503)) as remote:
        for _ in range(FAILURES):
            with pytest.raises(OutcomeUnknown):
                http.send("POST", remote.url)
        time_.now += 4.0
        with pytest.raises(ProviderUnavailable) as caught:
            http.send("POST", remote.url)

    assert len(remote.requests) == FAILURES
    assert not isinstance(caught.value, OutcomeUnknown)
    assert caught.value.retry_after == REST - 4.0


def test_host_that_is_back_is_asked_again(http: Http, time_: Time) -> None:
    """After the rest a call that succeeds ends the rest for all."""
    with serving(*[failed(503)] * FAILURES, Response("fine")) as remote:
        for _ in range(FAILURES):
            with pytest.raises(OutcomeUnknown):
                http.send("POST", remote.url)
        time_.now += REST
        replies = [http.send("GET", remote.url) for _ in range(2)]

    assert [reply.body for reply in replies] == [b"fine", b"fine"]


def test_other_hosts_are_asked_while_one_is_down(http: Http) -> None:
    """Each host has its own count."""
    with serving(failed(503)) as down, serving() as up:
        for _ in range(FAILURES):
            with pytest.raises(OutcomeUnknown):
                http.send("POST", down.url)
        reply = http.send("GET", up.url)

    assert reply.body == b"fine"


@pytest.mark.parametrize("status", [404, 429, 500])
def test_answers_do_not_close_a_host(http: Http, status: int) -> None:
    """What a guest may provoke by what they send does not keep everybody else away."""
    with serving(*[failed(status)] * FAILURES, Response("fine")) as remote:
        for _ in range(FAILURES):
            try:
                http.send("POST", remote.url)
            except ProviderUnavailable:
                continue
        reply = http.send("GET", remote.url)

    assert reply.body == b"fine"


def test_logs_hold_neither_path_nor_query_nor_headers(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    """A log says what failed, by the vendor's id of the call; a booking's uid is as good as a key."""
    caplog.set_level(logging.DEBUG)
    with serving(failed(503, X_Request_Id="req-7"), Response("fine")) as remote:
        http.send(
            "GET",
            f"{remote.url}/v2/bookings/{UID}",
            headers={"Authorization": TOKEN},
            params={"email": "bo@example.com"},
        )
    with pytest.raises(ProviderUnavailable):
        http.send("GET", f"{unused_url()}/v2/bookings/{UID}")

    assert "GET was answered 503 (request req-7)" in caplog.text
    assert [secret for secret in (UID, TOKEN, "bo@example.com", "email") if secret in caplog.text] == []


def test_urllib3_logs_the_calls_of_others(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    """A host that listens to urllib3 still hears of its own calls, after one of ours too."""
    caplog.set_level(logging.DEBUG)
    with serving() as remote:
        http.send("GET", remote.url)
        logging.getLogger("urllib3.connectionpool").debug("a call of the host")

    assert "a call of the host" in caplog.text


def test_errors_hold_neither_path_nor_query(http: Http) -> None:
    """Nothing of the address gets into a traceback, not by the exceptions underneath either."""
    with pytest.raises(ProviderUnavailable) as caught:
        http.send("GET", f"{unused_url()}/v2/bookings/{UID}", params={"email": "bo@example.com"})

    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    assert UID not in str(error)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("req-7", "req-7"), ("", "-"), ("a b", "-"), ("x" * 100, "-")],
    ids=["plain", "none", "space", "long"],
)
def test_request_id_is_fit_for_a_log(http: Http, given: str, expected: str) -> None:
    """What a host calls a request is taken only if it looks like an id."""
    with serving(Response("fine", headers={"X-Request-Id": given})) as remote:
        reply = http.send("GET", remote.url)

    assert reply.request_id == expected


def test_reply_shows_nothing_of_its_body(http: Http) -> None:
    """A reply that is printed by mistake tells its status only."""
    with serving(Response(json.dumps({"uid": UID}))) as remote:
        reply = http.send("GET", remote.url)

    assert repr(reply) == "Reply(status=200)"
