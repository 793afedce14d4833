"""`FakeCalcom`: a Cal.com for tests, which really listens on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any

import requests

from ... import times as times_of_day
from .adding import Adding
from .calls import Answer
from .elsewhere import Elsewhere
from .faults import Fault, Faults
from .notices import Notices
from .payloads import delivery, ping_payload
from .records import Booking, Delivery, Mail, User, Webhook
from .server import PREFIX, Exchange, Server
from .store import Store

#: Seconds that the receiver of a webhook may take.
_PATIENCE = 10


class FakeCalcom(Adding, Elsewhere, Notices):
    """A Cal.com with nothing in it, for the tests of apps that use it::

        with FakeCalcom(clock=clock) as calcom:
            ada = calcom.add_user("ada", zone="Europe/Berlin")
            intro = calcom.add_event_type(ada, "intro")
            app.config["BOOKER_CALCOM_API_URL"] = calcom.url

    It is a real server on 127.0.0.1 that keeps everything in memory and behaves as API v2 does, traps
    included: versions by header, a new uid for a booking that moved, 400 for a time that is taken, 498 for
    an expired token, arrays for series. Its methods add what a test needs, act as people do elsewhere, let
    things go wrong, and tell what was asked of it.
    """

    def __init__(
        self, *, clock: Callable[[], datetime] = times_of_day.utc_now, webhooks_at_once: bool = False
    ) -> None:
        """Believe that it is the time of *clock*.

        Webhooks wait in `outgoing` for `send_webhooks`, unless they are to go out *at once*, before the call
        that made them is answered.
        """
        self.store = Store(clock)
        self._faults = Faults()
        self._at_once = webhooks_at_once
        self._server = Server(self.store, self._faults, self._dealt_with)

    def __enter__(self) -> FakeCalcom:
        """Listen."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def start(self, port: int = 0) -> None:
        """Listen on *port*, any free one by default."""
        self._server.start(port)

    def close(self) -> None:
        """Stop listening; what it knows can still be read."""
        self._server.close()

    @property
    def url(self) -> str:
        """The address of the API, for `BOOKER_CALCOM_API_URL`."""
        return f"{self.store.app_url}{PREFIX}"

    @property
    def app_url(self) -> str:
        """The address of the web application, where users consent to OAuth 2.0 at /auth/oauth2/authorize."""
        return self.store.app_url

    # --- what happened ---------------------------------------------------------------------------

    @property
    def requests(self) -> list[Exchange]:
        """Every request to the API, each with its answer, oldest first; clear it to look at what follows."""
        return self._server.log

    @property
    def answers(self) -> list[Answer]:
        """What was answered, in the order of the requests; a connection that was cut has no answer."""
        return [each.answer for each in self.requests if each.answer is not None]

    @property
    def mails(self) -> list[Mail]:
        """The mails that Cal.com would have sent, with their links, oldest first."""
        return self.store.mails

    @property
    def bookings(self) -> list[Booking]:
        """Every booking, in the order of their making."""
        with self.store.lock:
            return list(self.store.bookings.values())

    # --- webhooks --------------------------------------------------------------------------------

    @property
    def outgoing(self) -> list[Delivery]:
        """The webhooks that wait: reorder, repeat and remove them as the network does."""
        return self.store.outgoing

    def send_webhooks(self) -> list[int]:
        """Post what waits, in order, once, and give the answers' statuses; 0 where nobody answered."""
        with self.store.lock:
            waiting, self.store.outgoing[:] = list(self.store.outgoing), []
        return [_posted(each) for each in waiting]

    def ping(self, webhook: Webhook, trigger: str = "BOOKING_CREATED") -> int:
        """Press the button "Ping test" of a webhook, and give the answer's status."""
        now = self.store.clock()
        return _posted(delivery(webhook, trigger, ping_payload(now), now))

    def _dealt_with(self) -> None:
        if self._at_once:
            self.send_webhooks()

    def acting(self) -> AbstractContextManager[None]:
        """Hold the store while something is done, and send the webhooks of it afterwards."""
        return self._acting()

    @contextmanager
    def _acting(self) -> Iterator[None]:
        with self.store.lock:
            yield
        self._dealt_with()

    # --- what goes wrong -------------------------------------------------------------------------

    def next(
        self,
        *,
        status: int = 0,
        body: Any = None,
        words: str = "Something went wrong.",
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        cut: bool = False,
        garbage: bool = False,
        perform: bool = False,
        times: int = 1,
        method: str = "",
        path: str = "",
    ) -> None:
        """Let the next call go wrong, or the next *times* calls.

        *status*: answer with an error that says *words*, or with *body*: JSON, or a text as it stands.
        *delay*: wait so many seconds first. *cut*: close the connection in place of an answer. *garbage*:
        answer with a page. With *perform* the call is done all the same: `next(cut=True, perform=True,
        method="POST")` makes a create whose outcome the caller cannot know. *method* and *path*, which is
        without "/v2" and may hold `*`, say which calls are meant; others are answered as ever.
        """
        fault = Fault(
            status=status,
            body=body,
            words=words,
            headers=dict(headers or {}),
            delay=delay,
            cut=cut,
            garbage=garbage,
            perform=perform,
            times=times,
            method=method,
            path=path,
        )
        self._faults.add(fault)

    def throttle(self, *, reset: int = 60, times: int = 1, method: str = "", path: str = "") -> None:
        """Refuse the next calls for their number: 429, with the headers of contracts/calcom.md 4.4.

        *reset* is what is left of the window, in seconds.
        """
        self.next(
            status=429,
            words="CustomThrottlerGuard - Too many requests. Please try again later.",
            headers={"X-RateLimit-Remaining-Default": "0", "X-RateLimit-Reset-Default": str(reset)},
            times=times,
            method=method,
            path=path,
        )

    def heal(self) -> None:
        """Let nothing more go wrong."""
        self._faults.clear()

    # --- the user at the consent page ------------------------------------------------------------

    def log_in(self, user: User, *, allow_at_once: bool = False) -> None:
        """Let *user* be the one who is asked for consent; with *allow_at_once* he says yes without a page."""
        with self.store.lock:
            self.store.logged_in, self.store.allow_at_once = user, allow_at_once


def _posted(made: Delivery) -> int:
    try:
        answer = requests.post(
            made.url, data=made.body, headers=made.headers, timeout=_PATIENCE, allow_redirects=False
        )
    except requests.RequestException:
        return 0
    return answer.status_code
