"""Calendars that were read, to look up when somebody is busy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ....errors import ProviderError
from ....values import TimeWindow
from ..._caching import Cache
from .ical import EventReader, Span
from .recurring import MOST_IN_ALL, work

#: How many seconds it may take to read a calendar, or to look up some months in it.
PATIENCE = 10.0

_TOO_LONG = "A calendar takes too long to read. Publish one with fewer events."

#: Busy times are looked up for so long at once, and kept.
_BLOCK = timedelta(days=128)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: More than the days of any zone are away from those of UTC.
_MARGIN = timedelta(days=1)


class Reading:
    """A calendar that was read; one for all threads of a process."""

    def __init__(
        self,
        condensed: bytes,
        *,
        own_zone: str,
        clock: Callable[[], datetime],
        patience: float = PATIENCE,
    ) -> None:
        """Read a *condensed* calendar; times without a zone are meant in *own_zone*, the host's.

        Events that cannot be read are left out, and counted. Raises `ConfigurationError` if a library is
        missing, and `ProviderError` if it takes more than *patience* seconds. What would be too much work is
        not begun: then `busy` raises `ProviderError`.
        """
        self._patience = patience
        self._reader = EventReader(condensed, own_zone)
        self._queries: list[Any] = []
        #: How many events could not be read; one that repeats is one.
        self.skipped = 0
        self._blocks: Cache[int, Sequence[Span]] = Cache(clock, keep=timedelta(days=7), size=16)
        watch, today = _Watch(patience), clock().date()
        events = self._reader.events(today)
        self._is_too_much = sum(work(lines, today) for each in events for lines in each) > MOST_IN_ALL
        for lines in () if self._is_too_much else events:
            watch.check()
            try:
                self._queries.append(self._reader.query(lines, today))
            except Exception:
                # The libraries raise almost anything, and one broken event must not hide all others.
                self.skipped += 1

    @property
    def events(self) -> int:
        """How many events could be read."""
        return len(self._queries)

    def busy(self, window: TimeWindow) -> list[Span]:
        """Give what is taken of *window*, and what reaches into it, in order and without overlaps.

        Raises `ProviderError` if that is too much work.
        """
        if self._is_too_much:
            raise ProviderError(_TOO_LONG)
        blocks = range((window.start - _EPOCH) // _BLOCK, (window.end - _EPOCH) // _BLOCK + 1)
        found = [span for block in blocks for span in self._block(block)]
        return merged(span for span in found if span[0] < window.end and window.start < span[1])

    def _block(self, block: int) -> Sequence[Span]:
        return self._blocks.get(block, lambda: self._look_up(_EPOCH + block * _BLOCK))

    def _look_up(self, start: datetime) -> Sequence[Span]:
        watch, found = _Watch(self._patience), []
        for query in tuple(self._queries):
            watch.check()
            try:
                found += self._reader.spans(query, start - _MARGIN, start + _BLOCK + _MARGIN)
            except Exception:
                self._leave_out(query)
        return merged(found)

    def _leave_out(self, query: Any) -> None:
        # Another thread may have come to the same end.
        if query in self._queries:
            self._queries.remove(query)
            self.skipped += 1


def merged(spans: Iterable[Span]) -> list[Span]:
    """Give *spans* in order, those that overlap or touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


class _Watch:
    """Says when something takes too long."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self._end:
            raise ProviderError(_TOO_LONG)
