"""`FakeJicoo`: a Jicoo for tests, which really listens on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ... import times as times_of_day
from ..fakes import Fake
from .adding import Adding
from .elsewhere import Elsewhere
from .habits import Habits
from .records import Booking
from .server import Server
from .store import Store


class FakeJicoo(Fake, Adding, Elsewhere):
    """A Jicoo with nothing in it, for the tests of apps that use it::

        with FakeJicoo(clock=clock) as jicoo:
            intro = jicoo.add_event_type(name="Intro call", zone="Asia/Tokyo")
            app.config["BOOKER_JICOO_API_URL"] = jicoo.url
            app.config["BOOKER_JICOO_API_KEY"] = jicoo.api_key

    It is a real server on 127.0.0.1 that keeps everything in memory and behaves as API v1 does, traps
    included: windows of seven days, taken times that are missing, 422 for a time that is gone, guests who
    are told of apart from their booking, answers by the text of their question, ids that begin with "_" or
    "-". Its methods add what a test needs, act as people do elsewhere, let things go wrong, and tell what was
    asked of it. What nobody knows of Jicoo is switched in `habits`.
    """

    store: Store

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = times_of_day.utc_now,
        webhooks_at_once: bool = False,
        team: str = "acme",
        habits: Habits | None = None,
    ) -> None:
        """Believe that it is the time of *clock*; *team* is the id in public addresses.

        Webhooks wait in `outgoing` for `send_webhooks`, unless they are to go out *at once*, before the call
        that made them is answered.
        """
        self.store = Store(clock, habits=habits or Habits(), team=team)
        super().__init__(webhooks_at_once=webhooks_at_once)
        #: A key that may do everything, for `BOOKER_JICOO_API_KEY`.
        self.api_key = self.add_key()

    def serving(self, after: Callable[[], None]) -> Server:
        """Give Jicoo's server."""
        return Server(self.store, after)

    @property
    def habits(self) -> Habits:
        """What is not known of Jicoo: `jicoo.habits.keeps_uid = False`."""
        return self.store.habits

    @property
    def team(self) -> str:
        """The id of the team, for `BOOKER_JICOO_TEAM`."""
        return self.store.team

    @property
    def bookings(self) -> list[Booking]:
        """Every booking, in the order of their making."""
        with self.store.lock:
            return list(self.store.bookings.values())

    def guest_of(self, session: str) -> tuple[str, str]:
        """Give the name and the address that a `guestSessionId` stands for; `KeyError` if it is made up."""
        with self.store.lock:
            return self.store.guests[session]

    def throttle(
        self, *, retry_after: int | None = None, times: int = 1, method: str = "", path: str = ""
    ) -> None:
        """Refuse the next calls for their number: 429, as a rule without a word on how long it holds."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.next(
            status=429, words="Too many requests.", headers=headers, times=times, method=method, path=path
        )
