"""What the hosts' other calendars say, remembered for a moment, so that no transaction waits for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ....errors import ProviderError
from ....storage import Storage
from ....values import Host, TimeWindow
from .busy import BusySource as BusySource
from .busy import gather
from .feeds import FRESH, CalendarFeed, refresh, renew

_log = logging.getLogger(__name__)

_Span = tuple[datetime, datetime]

# How long an answer is good: a booking goes by what was asked for it right before.
_GOOD_FOR = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    window: TimeWindow
    spans: Sequence[_Span]
    until: datetime

    def covers(self, window: TimeWindow, now: datetime) -> bool:
        inside = self.window.start <= window.start and window.end <= self.window.end
        return inside and now < self.until


class Outside:
    """The calendars of all hosts, and the sources that the host app gives."""

    def __init__(
        self,
        sources: Mapping[str, Sequence[BusySource]],
        *,
        storage: Storage,
        clock: Callable[[], datetime],
        private: bool,
    ) -> None:
        """Go by *sources*, by the slug of the host, and by the calendars that hosts declare."""
        self._given = sources
        self._storage = storage
        self._clock = clock
        self._private = private
        self._feeds: dict[tuple[str, str], CalendarFeed] = {}
        self._answers: dict[str, _Answer] = {}

    def knows(self, host: Host) -> bool:
        """Tell whether *host* may be busy elsewhere."""
        return bool(host.calendars) or host.slug in self._given

    def spans(self, host: Host, window: TimeWindow) -> Sequence[_Span]:
        """Give when *host* is busy elsewhere, as it was said a moment ago, or as it is said now."""
        if not self.knows(host):
            return ()
        known = self._answers.get(host.slug)
        return known.spans if known and known.covers(window, self._clock()) else self._ask(host, window)

    def prepare(self, hosts: Iterable[Host]) -> None:
        """Read the feeds of *hosts* that are due for a list, side by side."""
        renew([feed for _, feed in self.feeds(hosts)])

    def look(self, hosts: Iterable[Host], window: TimeWindow) -> None:
        """Ask anew about the time of *hosts* that is to be booked."""
        found = list(filter(self.knows, hosts))
        renew([feed for _, feed in self.feeds(found)], FRESH)
        for host in found:
            self._ask(host, window)

    def refresh(self, hosts: Iterable[Host]) -> None:
        """Read the feeds of *hosts* again, with more patience than a page has."""
        refresh([feed for _, feed in self.feeds(hosts)])

    def feeds(self, hosts: Iterable[Host]) -> Iterator[tuple[Host, CalendarFeed]]:
        """Give every feed with its host."""
        return ((host, feed) for host in hosts for feed in self._feeds_of(host))

    def _ask(self, host: Host, window: TimeWindow) -> Sequence[_Span]:
        spans = self._spans(host, window)
        self._answers[host.slug] = _Answer(window=window, spans=spans, until=self._clock() + _GOOD_FOR)
        return spans

    def _spans(self, host: Host, window: TimeWindow) -> Sequence[_Span]:
        try:
            return gather((*self._feeds_of(host), *self._given.get(host.slug, ())), window)
        except ProviderError as error:
            # Not to be known is to be busy: nobody is booked twice knowingly.
            _log.warning("Nothing of host %s is offered: a calendar does not answer (%s).", host.slug, error)
            return ((window.start, window.end),)

    def _feeds_of(self, host: Host) -> list[CalendarFeed]:
        return [self._feed(host, url) for url in host.calendars]

    def _feed(self, host: Host, url: str) -> CalendarFeed:
        key = (host.slug, url)
        if key not in self._feeds:
            self._feeds[key] = self._made(host, url)
        return self._feeds[key]

    def _made(self, host: Host, url: str) -> CalendarFeed:
        return CalendarFeed(
            url, zone=host.zone, storage=self._storage, clock=self._clock, private=self._private
        )
