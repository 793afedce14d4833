"""HTTP to remote providers: pooled connections, time-outs, repeated reads and a circuit breaker."""

from __future__ import annotations

import logging
import os
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError, HTTPError, MaxRetryError, NewConnectionError, ProxyError, SSLError

from ..errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from ..quiet import unlogged
from ._breaker import Breaker

#: How often a repeatable call is tried.
ATTEMPTS = 3

#: Seconds before the second try; twice that before the third.
BACK_OFF = 0.2

#: The longest wait in seconds between two tries that a guest puts up with.
PATIENCE = 2.0

#: Seconds that a wait which a vendor asks for may last; the longer is also taken where it gives no figure
#: (contracts/calcom.md 4.4).
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 60.0

_READS = frozenset({"GET", "HEAD"})
_GATEWAY_FAILURES = frozenset({502, 503, 504})
_PASSING = _GATEWAY_FAILURES | {429, 500}
_CONNECTIONS = 16
_CHUNK = 65_536
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a host answered, whatever its status."""

    status: int
    #: By name, in any case.
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str:
        """The vendor's name for the call, fit for a log; "-" if it gave none or an odd one."""
        given = self.headers.get("X-Request-Id", "")
        return given if re.fullmatch(r"[\w.:-]{1,80}", given, re.ASCII) else "-"

    @property
    def retry_after(self) -> float | None:
        """Seconds that the host asks to wait, 1 to 60; None if it does not.

        'X-RateLimit-Reset-<name>' holds a duration (contracts/calcom.md 4.4); of several, the longest counts.
        """
        if self.status not in {429, 503}:
            return None
        asked = [value for name, value in self.headers.items() if self._asks_to_wait(name)]
        waits = [float(value) for value in asked if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", value, re.ASCII)]
        if waits:
            return min(max(*waits, SHORTEST_WAIT), LONGEST_WAIT)
        return LONGEST_WAIT if self.status == 429 else None

    def _asks_to_wait(self, header: str) -> bool:
        limit = self.status == 429 and header.lower().startswith("x-ratelimit-reset")
        return limit or header.lower() == "retry-after"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lost:
    """A try without a whole answer."""

    reason: str
    #: Whether the host may have got the call.
    sent: bool = True
    #: Whether the host, and not the call or the answer, is at fault.
    outage: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    params: Mapping[str, str] = field(repr=False)
    json: Mapping[str, object] | None = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.rpartition("@")[2]


class _Process:
    """What may not be shared with a forked process: sockets and locks."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.pid = os.getpid()
        self.session = _session()
        self._clock = clock
        self._breakers: dict[str, Breaker] = {}

    def breaker(self, host: str) -> Breaker:
        return self._breakers.setdefault(host, Breaker(self._clock))


class Http:
    """Calls remote hosts; one for an app, for all its threads, also after a fork."""

    def __init__(
        self,
        *,
        connect: float = 3.05,
        read: float = 10.0,
        total: float = 15.0,
        largest: int = 10_000_000,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Wait *connect* seconds for a connection and *read* for each piece of an answer.

        All tries of a call together take about *total* seconds at most. Answers of more than *largest* bytes
        are not read.
        """
        self._connect = connect
        self._read = read
        self._total = total
        self._largest = largest
        self._clock = clock
        self._sleep = sleep
        self._process = _Process(clock)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
        repeatable: bool | None = None,
    ) -> Reply:
        """Send a call and give the answer, of any status but 429, 502, 503, 504 and redirects.

        A *repeatable* call, by default GET and HEAD, is tried up to three times. Raises `ProviderUnavailable`
        when there is no answer; `OutcomeUnknown` instead when a call that is not repeatable may have reached
        the host; `ProviderRefused` for a redirect, which is never followed, since the headers may hold
        tokens; `ProviderError` for an answer that is too large or cannot be decoded.
        """
        again = method in _READS if repeatable is None else repeatable
        call = _Call(method=method, url=url, headers=headers or {}, params=params or {}, json=json)
        deadline = self._clock() + self._total
        answer = self._insist(call, deadline) if again else self._try(call, deadline)
        if isinstance(answer, _Lost):
            raise _failure(call, answer, again)
        _check(call, answer, again)
        return answer

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._here().session.close()

    def _here(self) -> _Process:
        if self._process.pid != os.getpid():
            self._process = _Process(self._clock)
        return self._process

    def _insist(self, call: _Call, deadline: float) -> Reply | _Lost:
        for attempt in range(ATTEMPTS - 1):
            answer = self._try(call, deadline)
            pause = _pause(answer, attempt)
            if pause is None or pause > PATIENCE or self._clock() + pause >= deadline:
                return answer
            # Apart, so that those who failed together do not come back together.
            self._sleep(pause * random.uniform(1.0, 1.2))  # noqa: S311
        return self._try(call, deadline)

    def _try(self, call: _Call, deadline: float) -> Reply | _Lost:
        process = self._here()
        breaker = process.breaker(call.host)
        if wait := breaker.wait():
            raise ProviderUnavailable(
                f"{call.host} has failed several times in a row and is left alone.",
                retry_after=wait,
            )
        with unlogged():
            answer = self._once(process.session, call, deadline)
        # 500 is an answer to this call: a guest who provokes it may not close the host for everybody.
        down = answer.outage if isinstance(answer, _Lost) else answer.status in _GATEWAY_FAILURES
        breaker.tell(alive=not down)
        _note(call, answer)
        return answer

    def _once(self, session: requests.Session, call: _Call, deadline: float) -> Reply | _Lost:
        left = max(deadline - self._clock(), 0.1)
        try:
            with session.request(
                call.method,
                call.url,
                headers=call.headers,
                params=call.params,
                json=call.json,
                timeout=(min(self._connect, left), min(self._read, left)),
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._whole(response, deadline)
        except (ValueError, requests.exceptions.InvalidJSONError):
            return _Lost(reason="the call could not be put together", sent=False, outage=False)
        except DecodeError:
            return _Lost(reason="the answer could not be decoded", outage=False)
        except (requests.RequestException, HTTPError, OSError) as error:
            return _Lost(reason=type(error).__name__, sent=not _never_connected(error))

    def _whole(self, response: requests.Response, deadline: float) -> Reply | _Lost:
        body = bytearray()
        # Unlike iter_content, this gives what is there, so a trickling answer cannot outlast the deadline.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._largest:
                return _Lost(reason=f"the answer has more than {self._largest} bytes", outage=False)
            if self._clock() > deadline:
                return _Lost(reason="the answer took too long")
        return Reply(status=response.status_code, headers=response.headers, body=bytes(body))


def _session() -> requests.Session:
    session = requests.Session()
    adapter = HTTPAdapter(pool_maxsize=_CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = "booker-components"
    # Several accounts share the session: what one is given must not be sent for another.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Without this, requests would take credentials from a .netrc file. Its other habits of the environment,
    # proxies and CA bundles, are wanted.
    session.auth = _as_it_is
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _never_connected(error: Exception) -> bool:
    """Tell whether the call cannot have reached the host."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else None
    if isinstance(reason, ProxyError):
        reason = reason.original_error
    if isinstance(reason, SSLError):
        return isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError)


def _pause(answer: Reply | _Lost, attempt: int) -> float | None:
    """Give the seconds to wait before the next try; None if there is nothing to try again."""
    again = answer.outage if isinstance(answer, _Lost) else answer.status in _PASSING
    if not again:
        return None
    asked = answer.retry_after if isinstance(answer, Reply) else None
    return BACK_OFF * 2.0**attempt if asked is None else asked


def _failure(call: _Call, lost: _Lost, repeatable: bool) -> ProviderError:
    message = f"{call.method} at {call.host} failed: {lost.reason}."
    if lost.sent and not repeatable:
        return OutcomeUnknown(message)
    return ProviderUnavailable(message) if lost.outage else ProviderError(message)


def _check(call: _Call, reply: Reply, repeatable: bool) -> None:
    message = f"{call.method} at {call.host} was answered {reply.status} (request {reply.request_id})."
    if 300 <= reply.status < 400:
        raise ProviderRefused(f"{message} Redirects are not followed: check the address of the API.")
    if reply.status in _GATEWAY_FAILURES and not repeatable:
        raise OutcomeUnknown(message, retry_after=reply.retry_after)
    if reply.status in _GATEWAY_FAILURES or reply.status == 429:
        raise ProviderUnavailable(message, retry_after=reply.retry_after)


def _note(call: _Call, answer: Reply | _Lost) -> None:
    # Neither path nor query: whoever knows a booking's uid may change the booking.
    if isinstance(answer, _Lost):
        _log.warning("%s failed: %s", call.method, answer.reason)
    elif answer.status in _PASSING:
        _log.warning("%s was answered %d (request %s)", call.method, answer.status, answer.request_id)
