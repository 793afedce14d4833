"""The calls themselves: to the very address that was judged, within their time."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPException
from queue import Empty, SimpleQueue

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url

from ..quiet import unlogged
from .addresses import (
    Forbidden,
    Unreachable,
    authority,
    checked,
    following,
    host,
    is_public,
    origin,
    origin_of,
    port,
)

#: Gives the IP addresses that a host name stands for, the best first; `OSError` if there are none.
Resolver = Callable[[str, int], list[str]]

_MOVED = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a host answered, whatever its status."""

    status: int
    #: By name, in any case.
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Guarded:
    """Calls addresses that others chose; one may be shared by threads, and survives a fork."""

    def __init__(
        self,
        *,
        private: bool = False,
        timeout: float = 10.0,
        largest: int = 1_000_000,
        redirects: int = 0,
        resolve: Resolver | None = None,
        allows: Callable[[str], bool] | None = None,
    ) -> None:
        """Let a call take *timeout* seconds in all, and its answer have *largest* bytes once unpacked.

        *private* lifts the rule that only public addresses are called, and no other
        ('BOOKER_PRIVATE_NETWORK'). A GET follows *redirects* redirects at most, to addresses that may be
        called themselves, and never from https to http; its headers go along, so give it no credentials then.
        In tests *resolve* stands in for the system's resolver, and *allows* for the rule about addresses.
        """
        self._timeout = timeout
        self._largest = largest
        self._redirects = redirects
        self._resolve = resolve or _system_addresses
        self._allows = allows or (_any if private else is_public)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float | None = None,
        whole: bool = True,
    ) -> Answer:
        """Send one call and give the answer, of any status; *timeout* is the constructor's by default.

        Where its status is all that matters, it need not be *whole*: then of its body nothing is given, and
        it may have any length and break off anywhere.

        Raises `Forbidden` if the address may not be called, and `Unreachable` if there is no whole answer in
        time, or one that is too large or cannot be unpacked.
        """
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        given = {"User-Agent": "booker-components", "Accept-Encoding": "gzip, deflate", **(headers or {})}
        hops = self._redirects if method == "GET" else 0
        for _ in range(hops + 1):
            answer = self._once(method, checked(url), given, body, deadline, whole=whole)
            location = answer.headers.get("Location", "")
            if not hops or answer.status not in _MOVED or not location:
                return answer
            url = following(url, location)
        raise Unreachable(f"{origin(url)} is behind more than {hops} redirects.")

    def _once(
        self,
        method: str,
        url: Url,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: float,
        *,
        whole: bool,
    ) -> Answer:
        try:
            with unlogged(), closing(self._connected(url, deadline)) as connection:
                connection.timeout = _left(deadline)
                with _cut_off(connection, deadline):
                    named = {"Host": authority(url), **headers}
                    connection.request(method, url.request_uri, body, named, preload_content=False)
                    with closing(connection.getresponse()) as response:
                        return self._whole(response, url, deadline) if whole else _begun(response, deadline)
        except Unreachable:
            raise
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            reason = "it took too long" if time.monotonic() >= deadline else type(error).__name__
        # Not from the error: it may hold the whole address.
        raise Unreachable(f"The call to {origin_of(url)} failed: {reason}.") from None

    def _connected(self, url: Url, deadline: float) -> HTTPConnection:
        """Give a connection to an address that may be called; the first that takes it."""
        failure: Exception = Unreachable(f"{origin_of(url)} has no address.")
        for address in self._addresses(url, deadline):
            # Half of what is left, twice: for the connection and for the handshake.
            connection = _connection(url, address, _left(deadline) / 2)
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                failure = error
            else:
                return connection
        raise failure

    def _addresses(self, url: Url, deadline: float) -> list[str]:
        found = _in_time(lambda: self._resolve(host(url), port(url)), deadline)
        allowed = [each for each in found if self._allows(each)]
        if found and not allowed:
            raise Forbidden(
                f"{origin_of(url)} is not on the public internet. Set 'BOOKER_PRIVATE_NETWORK' to allow it."
            )
        return allowed

    def _whole(self, response: BaseHTTPResponse, url: Url, deadline: float) -> Answer:
        body = bytearray()
        while chunk := response.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._largest:
                raise Unreachable(f"The answer of {origin_of(url)} has more than {self._largest} bytes.")
        # A connection that was cut for its time may look like the end of an answer that tells no length.
        _left(deadline)
        return Answer(status=response.status, headers=response.headers, body=bytes(body))


def _begun(response: BaseHTTPResponse, deadline: float) -> Answer:
    # Headers that were cut for their time look like headers that have ended.
    _left(deadline)
    # One piece is read: whoever sends a short body can then end well.
    with suppress(HTTPError, HTTPException, OSError):
        response.read1(_CHUNK, decode_content=False)
    return Answer(status=response.status, headers=response.headers, body=b"")


def _any(address: str) -> bool:
    return True


# --- connections ---------------------------------------------------------------------------------


def _connection(url: Url, address: str, timeout: float) -> HTTPConnection:
    """Give a connection, not yet open, to one IP address of the host."""
    if url.scheme == "http":
        return HTTPConnection(address, port(url), timeout=timeout)
    name, context = host(url), _context(_bundle())
    return HTTPSConnection(address, port(url), timeout=timeout, server_hostname=name, ssl_context=context)


def _bundle() -> str:
    """Give the file of certificates that our other calls trust, too."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH


@lru_cache(maxsize=2)
def _context(bundle: str) -> ssl.SSLContext:
    if os.path.isdir(bundle):
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)


def _system_addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


# --- time ----------------------------------------------------------------------------------------


def _left(deadline: float) -> float:
    """Give the seconds that are left; `TimeoutError` if none are."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_time(resolve: Callable[[], list[str]], deadline: float) -> list[str]:
    """Give what *resolve* gives, unless that comes too late: nothing else bounds a name server's silence."""
    outcome: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def work() -> None:
        try:
            outcome.put(resolve())
        except (OSError, ValueError) as error:
            outcome.put(error)

    threading.Thread(target=work, name="booker-resolver", daemon=True).start()
    with suppress(Empty):
        found = outcome.get(timeout=_left(deadline))
        if isinstance(found, Exception):
            raise found
        return found
    raise TimeoutError


@contextmanager
def _cut_off(connection: HTTPConnection, deadline: float) -> Iterator[None]:
    """Cut the connection when its time is up: its own time limit begins anew with every byte that comes."""
    line: socket.socket = connection.sock
    watch = threading.Timer(_left(deadline), _cut, (line,))
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        # Not the method of encrypted sockets, which another thread must not call while this one reads.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
