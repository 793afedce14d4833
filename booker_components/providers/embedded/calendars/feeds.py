"""Calendar feeds: iCalendar files at addresses, read again every few minutes, the last good copy kept.

Whoever knows the address of a feed can read the calendar, so it is told to nobody: the database has its
digest, messages and logs have its host. Of the calendar no more is kept than when its owner is busy.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from babel import Locale

from ....errors import ProviderError, ProviderUnavailable
from ....guarded import Answer, Guarded, Unreachable, origin
from ....storage import Storage
from ....times import duration_name, utc_now
from ....values import TimeWindow
from ..._caching import Cache
from ..._together import together
from .condensing import HEAD, NotACalendar, condensed
from .copies import Copies, Copy
from .ical import Span
from .reading import Reading

#: How old a copy may be that slots are offered by; the upkeep reads a feed again a little earlier.
RECENT, EARLIER = timedelta(minutes=5), timedelta(minutes=4)
#: How old a copy may be that a booking goes by. A feed that was never read is tried again as soon.
FRESH = timedelta(seconds=30)

#: Seconds that a page waits for feeds, and that the upkeep does.
QUICK, THOROUGH = 3.0, 20.0

#: The largest calendar that is read, in bytes.
LARGEST = 5_000_000

_REDIRECTS = 3
_AT_ONCE = 8
_PAUSE = 0.05
_LOCALE = Locale("en", "GB")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """How a feed is, for people."""

    #: Scheme and host of its address, which is all that may be told of it.
    origin: str
    #: When the copy that is used was known to be good; None if there is none.
    good_at: datetime | None
    #: What went wrong the last time; "" if nothing did.
    error: str
    #: How many events are in it that are not over, and how many more could not be read.
    events: int = 0
    skipped: int = 0

    def is_well(self, now: datetime) -> bool:
        """Tell whether the copy is about as new as it should be, and nothing of it is left out."""
        return self.good_at is not None and now - self.good_at < 2 * RECENT and not self.skipped

    def sentence(self, now: datetime) -> str:
        """Tell how old the copy is, what is in it, and what went wrong."""
        if self.good_at is None:
            parts = [f"The calendar at {self.origin} was never read, so its host is not offered."]
        else:
            age = duration_name(max(now - self.good_at, timedelta(0)), _LOCALE)
            parts = [f"The calendar at {self.origin} was read {age} ago. Events in it: {self.events}."]
        if self.skipped:
            parts.append(f"Further ones that could not be read, and keep no time: {self.skipped}.")
        return " ".join([*parts, self.error]).strip()


class CalendarFeed:
    """One host's calendar at an address: a `BusySource` for all threads, which survives a fork."""

    def __init__(
        self,
        url: str,
        *,
        storage: Storage,
        zone: str,
        clock: Callable[[], datetime] = utc_now,
        private: bool = False,
        patience: float = QUICK,
    ) -> None:
        """Go by the calendar at *url*: https, http, or webcal, which is read as https.

        *zone* is the host's, an IANA name, for times that tell none. *private* allows addresses that are not
        public ('BOOKER_PRIVATE_NETWORK'). A page waits *patience* seconds for the server at most. Nothing is
        read yet.
        """
        self._url = _address(url)
        #: Scheme and host of the address, for messages.
        self.origin = origin(self._url)
        self._copies = Copies(storage, self._url)
        self._zone = zone
        self._clock = clock
        self._patience = patience
        self._calls = Guarded(private=private, largest=LARGEST, redirects=_REDIRECTS)
        # By when a copy was good, and by the digest of the copy, which is often the same later.
        self._readings: Cache[object, Reading] = Cache(clock, keep=timedelta(days=1), size=4)

    @property
    def may_wait(self) -> bool:
        """Whether no transaction of this thread is under way, which must not wait for a server."""
        return not self._copies.is_busy

    def busy(self, window: TimeWindow) -> list[Span]:
        """Give when the calendar is busy in *window*, in UTC, in order and without overlaps.

        A copy that is older than five minutes is renewed first, for which little time is taken; if that
        fails, or somebody else is at it, the old one counts. Raises `ProviderUnavailable` while there is
        none, and `ProviderError` if it cannot be read in reasonable time.
        """
        self._renew(RECENT, self._patience, wait=False)
        return self._reading().busy(window)

    def fresh(self, limit: timedelta = FRESH) -> None:
        """Renew a copy that is older than *limit*, if that is soon done, or wait for whoever is at it.

        For the moment of booking; the next `busy` goes by it. Failures are logged, and the old copy stays.
        """
        self._renew(limit, self._patience, wait=True)

    def refresh(self) -> None:
        """Renew a copy that is due; for the upkeep, which has time. Failures are logged."""
        self._renew(EARLIER, THOROUGH, wait=False)

    def state(self) -> FeedState:
        """Tell how the copy is that is used now; nothing is renewed."""
        copy = self._copies.read()
        state = partial(FeedState, origin=self.origin, good_at=copy.good_at)
        if not copy.has_body:
            return state(error=copy.error)
        now = self._clock()
        try:
            reading = self._reading()
            # What is broken may show up only when it is looked for.
            reading.busy(TimeWindow(start=now, end=now + timedelta(days=60)))
        except ProviderError as error:
            return state(error=error.message)
        return state(error=copy.error, events=reading.events, skipped=reading.skipped)

    # --- reading the copy ------------------------------------------------------------------------

    def _reading(self) -> Reading:
        copy = self._copies.read()
        if not copy.has_body:
            raise ProviderUnavailable(f"The calendar at {self.origin} was never read. {copy.error}".strip())
        return self._readings.get(copy.good_at, self._read)

    def _read(self) -> Reading:
        body = self._copies.body()
        make = partial(Reading, body, own_zone=self._zone, clock=self._clock)
        return self._readings.get(sha256(body).hexdigest(), make)

    # --- renewing it -----------------------------------------------------------------------------

    def _renew(self, limit: timedelta, seconds: float, *, wait: bool) -> None:
        if not self.may_wait:
            return
        now, copy = self._clock(), self._copies.read()
        pause = limit if copy.has_body else min(limit, FRESH)
        if not copy.is_older(limit, now):
            return
        if copy.may_be_tried(pause, now) and self._copies.claim(pause, now):
            self._fetch(copy, now, seconds)
        elif wait or not copy.has_body:
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        """Wait for whoever reads the feed just now."""
        end = time.monotonic() + seconds
        while self._copies.read().is_under_way and time.monotonic() < end:
            time.sleep(_PAUSE)

    def _fetch(self, copy: Copy, now: datetime, seconds: float) -> None:
        conditions = {"If-None-Match": copy.etag, "If-Modified-Since": copy.last_modified}
        # A copy that was condensed otherwise is not good enough.
        current = copy.has_body and self._copies.body().startswith(HEAD)
        headers = {name: value for name, value in conditions.items() if value and current}
        try:
            answer = self._calls.send("GET", self._url, headers=headers, timeout=seconds)
            changes = self._changes(answer, now, current)
        except Unreachable as error:
            changes = {"error": str(error)}
        except NotACalendar:
            changes = {"error": f"What {self.origin} gives is no calendar, or not a whole one."}
        if problem := changes.get("error"):
            _log.warning("A calendar could not be read: %s", problem)
        self._copies.keep(now, changes)

    def _changes(self, answer: Answer, now: datetime, current: bool) -> dict[str, Any]:
        """Give what an answer changes of the copy; `NotACalendar` if it is none."""
        if answer.status == 304 and current:
            return {"good_at": now}
        if answer.status != 200:
            return {"error": f"{self.origin} answered {answer.status}."}
        return {
            "body": condensed(answer.body, since=_last_month(now), ours=self._copies.ours),
            "etag": _line(answer.headers.get("ETag", "")),
            "last_modified": _line(answer.headers.get("Last-Modified", "")),
            "good_at": now,
        }


def renew(feeds: Iterable[CalendarFeed], limit: timedelta = RECENT) -> None:
    """Do as `CalendarFeed.fresh` with several feeds at the same time, so that they take no longer than one.

    For a page that needs many calendars, and for the moment of booking, with `FRESH` as *limit*.
    """
    # Asked here, for the threads know nothing of a transaction of this one.
    together([partial(feed.fresh, limit) for feed in feeds if feed.may_wait], at_once=_AT_ONCE)


def refresh(feeds: Iterable[CalendarFeed]) -> None:
    """Do as `CalendarFeed.refresh` with several feeds at the same time; for the upkeep."""
    together([feed.refresh for feed in feeds if feed.may_wait], at_once=_AT_ONCE)


def _address(url: str) -> str:
    scheme, colon, rest = url.strip().partition(":")
    return f"https:{rest}" if scheme.lower() in {"webcal", "webcals"} else f"{scheme}{colon}{rest}"


def _last_month(now: datetime) -> date:
    """Give the first day of the month before; the same for a whole month, so that copies stay the same."""
    return (now.date().replace(day=1) - timedelta(days=1)).replace(day=1)


def _line(value: str) -> str:
    """Give a header as it can be sent again, "" if it cannot."""
    return value if len(value) <= 1000 and value.isascii() and value.isprintable() else ""
