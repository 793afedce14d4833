"""Planning: which dates of a series are free, each as if those before it were booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ...errors import NotBookable, SlotTaken
from ...values import EventType, Planned, TimeWindow
from . import assigning, choosing, limits
from .assigning import Standing
from .desk import Desk
from .people import Elsewhere, Wish, crew, look, open_seats


def plan(
    desk: Desk, event_type: EventType, starts: Sequence[datetime], duration: timedelta
) -> tuple[Planned, ...]:
    """Tell of each of *starts*, which are in order, whether it could be booked with the free ones before it.

    What hosts and event type are limited to counts with all that is booked; what a guest is, with these dates
    alone, for it is not known whose they are.
    """
    window = TimeWindow(start=starts[0], end=choosing.moment(starts[-1]).end)
    elsewhere = look(desk, Wish(event_type=event_type, window=window, duration=duration))
    with desk.storage.reading() as connection:
        series = _Series(connection, desk, event_type, elsewhere)
        return tuple(
            Planned(start=each, end=each + duration, free=series.add(each, duration)) for each in starts
        )


class _Series:
    """The dates that were found to be free, as if they were booked."""

    def __init__(
        self, connection: Connection, desk: Desk, event_type: EventType, elsewhere: Elsewhere
    ) -> None:
        self._connection = connection
        self._desk = desk
        self._event_type = event_type
        self._elsewhere = elsewhere
        self._dates: list[datetime] = []
        #: Those that take the time of hosts, and not a seat that is left.
        self._new: list[datetime] = []
        self._of_host: defaultdict[str, list[datetime]] = defaultdict(list)
        self._standing = self._read_standing()

    def add(self, start: datetime, duration: timedelta) -> bool:
        """Add a date, if it is free beside those that were added before; tell whether it is."""
        if not limits.allow_guest(self._event_type, [*self._dates, start], duration):
            return False
        # A hold is advisory, and the first date may be held for whoever asks.
        wish = Wish(
            event_type=self._event_type,
            window=choosing.moment(start),
            duration=duration,
            minding_holds=False,
        )
        if not open_seats(self._connection, wish, self._desk.now()) and not self._take(wish):
            return False
        self._dates.append(start)
        return True

    def _take(self, wish: Wish) -> bool:
        """Take the time of hosts, if enough of them are left."""
        chosen = assigning.choose(wish.event_type, self._takers(wish), self._standing)
        for slug in chosen:
            self._of_host[slug].append(wish.window.start)
            had = self._standing.get(slug, Standing())
            self._standing[slug] = replace(had, count=had.count + 1, last=self._desk.now())
        self._new += [wish.window.start] if chosen else []
        return bool(chosen)

    def _takers(self, wish: Wish) -> dict[str, str]:
        """Give who can take a date, and for whom, with what the dates before it leave them."""
        start, span = wish.window.start, (wish.window, wish.duration)
        if limits.reached_by_event_type(self._connection, wish.event_type, *span, also=self._new):
            return {}
        try:
            able = choosing.takers(self._connection, self._desk, wish, start, self._elsewhere, zone=None)
        except (SlotTaken, NotBookable):
            return {}
        return {slug: who for slug, who in able.items() if not self._is_full(who, wish)}

    def _is_full(self, slug: str, wish: Wish) -> bool:
        host, number = self._desk.hosts()[slug], self._desk.numbers()[slug]
        span, also = (wish.window, wish.duration), self._of_host[slug]
        return bool(limits.reached_by_host(self._connection, host, number, *span, also=also))

    def _read_standing(self) -> dict[str, Standing]:
        """Give whose turn it is, where that tells whose limit is reached first."""
        hosts, numbers = crew(self._desk, self._event_type), self._desk.numbers()
        if not any(host.limits for host in hosts):
            return {}
        slugs = [host.slug for host in hosts]
        return assigning.read_standing(self._connection, self._event_type, numbers, slugs, self._desk.now())
