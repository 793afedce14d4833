"""The HTTP session below simple-salesforce, which sets no time-outs and knows no other address."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from ...quiet import unlogged

#: Seconds to wait for a connection, and for each piece of an answer.
CONNECT_SECONDS, READ_SECONDS = 3.05, 10.0

_CONNECTIONS = 8


class Session(requests.Session):
    """Pooled, timed, silent, without redirects, cookies and credentials of the environment."""

    def __init__(
        self,
        instead: str = "",
        *,
        connect: float = CONNECT_SECONDS,
        read: float = READ_SECONDS,
    ) -> None:
        """Call the address *instead* in place of every host, if it is given: a stand-in on this machine."""
        super().__init__()
        self.deadline = Deadline()
        adapter = _Adapter(instead, self.deadline, connect, read)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.headers["User-Agent"] = "booker-components"
        # Without it the org's assignment rules would hand on every Lead that we make or change (REST API
        # Developer Guide, "Assignment Rule Header"); who owns what is said by a rule of ours.
        self.headers["Sforce-Auto-Assign"] = "FALSE"
        # Without it rules that only alert people would refuse us, too (REST API Developer Guide, "Duplicate
        # Rule Header"): somebody of the same name must not keep a booking out. Rules that block still do.
        self.headers["Sforce-Duplicate-Rule-Header"] = "allowSave=true"
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Without this, requests would take credentials from a .netrc file.
        self.auth = _as_it_is

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Follow none: what we send holds tokens and guests' data."""
        return None


class Deadline:
    """Until when the calls of a thread have to be answered."""

    def __init__(self) -> None:
        self._local = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Let the calls of this thread take so many *seconds* all together."""
        self._local.until = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._local.until

    @property
    def left(self) -> float:
        """The seconds that are left; without end where nobody has said any."""
        until: float | None = getattr(self._local, "until", None)
        return float("inf") if until is None else until - time.monotonic()


class _Adapter(HTTPAdapter):
    def __init__(self, instead: str, deadline: Deadline, connect: float, read: float) -> None:
        super().__init__(pool_maxsize=_CONNECTIONS)
        self._instead = instead
        self._deadline = deadline
        self._connect = connect
        self._read = read

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a call, to the stand-in if there is one, for as long as is left."""
        if not self._instead and urlsplit(request.url or "").scheme != "https":
            raise requests.exceptions.InvalidSchema("Salesforce is called by https only.")
        if self._instead:
            request.url = f"{self._instead}{request.path_url}"
        left = self._deadline.left
        if left <= 0:
            raise requests.ConnectTimeout("No time was left for a call.")
        limits = (min(self._connect, left), min(self._read, left))
        with unlogged():
            return super().send(request, stream, limits, verify, cert, None if self._instead else proxies)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


#: Makes the session of a process.
MakeSession = Callable[[], Session]
