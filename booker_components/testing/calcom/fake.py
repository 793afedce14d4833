"""`FakeCalcom`: a Cal.com for tests, which really listens on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ... import times as times_of_day
from ..fakes import Fake
from ..memory import posted
from .adding import Adding
from .elsewhere import Elsewhere
from .notices import Notices
from .payloads import delivery, ping_payload
from .records import Booking, Mail, User, Webhook
from .server import Server
from .store import Store


class FakeCalcom(Fake, Adding, Elsewhere, Notices):
    """A Cal.com with nothing in it, for the tests of apps that use it::

        with FakeCalcom(clock=clock) as calcom:
            ada = calcom.add_user("ada", zone="Europe/Berlin")
            intro = calcom.add_event_type(ada, "intro")
            app.config["BOOKER_CALCOM_API_URL"] = calcom.url

    It is a real server on 127.0.0.1 that keeps everything in memory and behaves as API v2 does, traps
    included: versions by header, a new uid for a booking that moved, 400 for a time that is taken, 498 for
    an expired token, arrays for series. Its methods add what a test needs, act as people do elsewhere, let
    things go wrong, and tell what was asked of it. At `app_url` users consent to OAuth 2.0, under
    /auth/oauth2/authorize.
    """

    store: Store

    def __init__(
        self, *, clock: Callable[[], datetime] = times_of_day.utc_now, webhooks_at_once: bool = False
    ) -> None:
        """Believe that it is the time of *clock*.

        Webhooks wait in `outgoing` for `send_webhooks`, unless they are to go out *at once*, before the call
        that made them is answered.
        """
        self.store = Store(clock)
        super().__init__(webhooks_at_once=webhooks_at_once)

    def serving(self, after: Callable[[], None]) -> Server:
        """Give Cal.com's server."""
        return Server(self.store, after)

    # --- what happened ---------------------------------------------------------------------------

    @property
    def mails(self) -> list[Mail]:
        """The mails that Cal.com would have sent, with their links, oldest first."""
        return self.store.mails

    @property
    def bookings(self) -> list[Booking]:
        """Every booking, in the order of their making."""
        with self.store.lock:
            return list(self.store.bookings.values())

    def ping(self, webhook: Webhook, trigger: str = "BOOKING_CREATED") -> int:
        """Press the button "Ping test" of a webhook, and give the answer's status."""
        now = self.store.clock()
        return posted(delivery(webhook, trigger, ping_payload(now), now))

    # --- what goes wrong -------------------------------------------------------------------------

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

    # --- the user at the consent page ------------------------------------------------------------

    def log_in(self, user: User, *, allow_at_once: bool = False) -> None:
        """Let *user* be the one who is asked for consent; with *allow_at_once* he says yes without a page."""
        with self.store.lock:
            self.store.logged_in, self.store.allow_at_once = user, allow_at_once
