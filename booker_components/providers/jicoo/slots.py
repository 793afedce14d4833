"""Free slots (contracts/jicoo.md 2.9): asked for by weeks, several at once, kept for some seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from ...errors import EventTypeNotFound
from ...values import EventType, Slot, TimeWindow
from .._caching import Cache
from .._together import together
from .client import JicooClient, JicooNotFound, quote
from .objects import Object, written

_KEPT = timedelta(seconds=30)
_DAY = timedelta(days=1)
# The longest time that Jicoo answers for.
_WEEK = timedelta(days=7)
# How far around a start is looked: with the days themselves, it is a week.
_FURTHEST = 3 * _DAY
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
# A month is six weeks at most.
_AT_ONCE = 6

_Chunk = tuple[datetime, datetime]
#: A start, and how many places are left; None where that is not told.
_Free = tuple[datetime, int | None]


class SlotBoard:
    """Knows which slots are free, as of half a minute ago at most."""

    def __init__(self, client: JicooClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._cache: Cache[tuple[str, _Chunk], tuple[_Free, ...]] = Cache(clock, keep=_KEPT)

    def slots(self, event_type: EventType, window: TimeWindow) -> tuple[Slot, ...]:
        """Give the free slots that start in *window*, in order."""
        makers = [partial(self._chunk, event_type, each) for each in _chunks(window, self._clock())]
        free = [each for found in together(makers, at_once=_AT_ONCE) for each in found]
        return _slots(event_type, [each for each in free if window.start <= each[0] < window.end])

    def around(self, event_type: EventType, start: datetime) -> tuple[Slot, ...]:
        """Give the free slots on the days around *start*, as they are this moment."""
        reach = min(event_type.duration, _FURTHEST)
        chunk = _midnight(start - reach), _midnight(start + reach) + _DAY
        return _slots(event_type, self._ask(event_type, chunk))

    def drop(self) -> None:
        """Forget all slots: a booking of one event type takes time from those with the same hosts."""
        self._cache.drop()

    def _chunk(self, event_type: EventType, chunk: _Chunk) -> tuple[_Free, ...]:
        return self._cache.get((event_type.id, chunk), partial(self._ask, event_type, chunk))

    def _ask(self, event_type: EventType, chunk: _Chunk) -> tuple[_Free, ...]:
        start, end = chunk
        query = {"periodStart": written(start), "periodEnd": written(end)}
        try:
            data = self._client.get(f"/event_types/{quote(event_type.id)}/available_schedules", params=query)
        except JicooNotFound:
            raise EventTypeNotFound(f"Jicoo has no slots for the event type {event_type.slug!r}.") from None
        return tuple(map(_free, Object.all(data, "slot")))


def _free(found: Object) -> _Free:
    told = found.fields.get("remainingCapacity") is not None
    return found.instant("startedAt"), found.count("remainingCapacity") if told else None


def _slots(event_type: EventType, free: Sequence[_Free]) -> tuple[Slot, ...]:
    """Make slots, each start once, in order; what is full is left out, and who is alone is told of no places.

    That guests share a time shows where there is room for several, or is declared.
    """
    left = dict(free)
    shared = event_type.seats is not None or any((places or 0) > 1 for places in left.values())
    return tuple(
        Slot(start=start, end=start + event_type.duration, seats_left=left[start] if shared else None)
        for start in sorted(left)
        if left[start] != 0
    )


# --- the pieces in which slots are asked for -----------------------------------------------------


def _chunks(window: TimeWindow, now: datetime) -> Iterator[_Chunk]:
    """Give the pieces that cover *window*: weeks of UTC, the present one from today on.

    So guests of every zone, and windows that begin at this very instant, share what was asked a moment ago.
    """
    start = max(window.start, _midnight(now))
    while start < window.end:
        week = start - (start - _MONDAY) % _WEEK
        yield max(week, _midnight(now)), week + _WEEK
        start = week + _WEEK


def _midnight(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
