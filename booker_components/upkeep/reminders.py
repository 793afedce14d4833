"""Reminders: so long before the start of a booking, its subscribers hear that it begins soon."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from ..errors import BookingNotFound
from ..outbox import Outbox
from ..providers import ListsBookings, ReceivesWebhooks
from ..records.chores import Chores
from ..service import BookingService
from ..storage import Storage
from ..times import format_instant
from ..values import Booking, BookingFilter, BookingStatus, EventKind

#: How much longer back than to the last look is looked: a booking may have been on its way into the database.
MARGIN = timedelta(minutes=10)

#: So many bookings are read at once.
PAGE = 200

_CHORE = "reminders"
_Reminders = Mapping[str, tuple[timedelta, ...]]


class Reminders:
    """Adds the reminders that are due of bookings that are ours; remote providers remind by themselves."""

    def __init__(
        self,
        service: BookingService,
        *,
        storage: Storage,
        outbox: Outbox,
        clock: Callable[[], datetime],
    ) -> None:
        self._service = service
        self._storage = storage
        self._outbox = outbox
        self._clock = clock
        self._chores = Chores(storage, clock)

    def add_due(self) -> int:
        """Add each reminder whose moment has come, once; give how many.

        Of several that were missed, while nothing ran, only the nearest to the start is added, and none once
        the booking has begun. Who booked, moved or agreed after the moment has just heard of the booking.
        """
        provider = self._service.provider
        if isinstance(provider, ReceivesWebhooks) or not isinstance(provider, ListsBookings):
            return 0
        now = self._clock()
        wanted = {each.slug: each.reminders for each in self._service.event_types() if each.reminders}
        count = sum(self._add(booking.uid, wanted, now) for booking in self._coming(wanted, now))
        # Only now: what a failure has left out is looked at again.
        self._chores.begin(_CHORE, every=timedelta(0))
        return count

    def _coming(self, wanted: _Reminders, now: datetime) -> Iterator[Booking]:
        """Give the bookings of which a reminder has become due since the last look, and perhaps others."""
        since = self._chores.begun(_CHORE)
        for before in sorted({each for reminders in wanted.values() for each in reminders}):
            slugs = frozenset(slug for slug, reminders in wanted.items() if before in reminders)
            first = max(now, since - MARGIN + before) if since else now
            for booking in self._listed(slugs, first, now + before):
                if self._is_new(booking, wanted, now):
                    yield booking

    def _listed(self, slugs: frozenset[str], first: datetime, last: datetime) -> Iterator[Booking]:
        """Give the confirmed bookings that start from *first* to *last*, and some that end after *first*."""
        offset = 0
        while True:
            page = self._service.bookings(
                BookingFilter(
                    status=frozenset({BookingStatus.CONFIRMED}),
                    event_types=slugs,
                    after=first,
                    before=last + timedelta.resolution,
                    limit=PAGE,
                    offset=offset,
                )
            )
            yield from page
            if len(page) < PAGE:
                return
            offset += PAGE

    def _is_new(self, booking: Booking, wanted: _Reminders, now: datetime) -> bool:
        before = due_reminder(booking, wanted, now)
        return before is not None and not self._outbox.has(
            EventKind.REMINDER, booking, mark=_mark(booking, before)
        )

    def _add(self, uid: str, wanted: _Reminders, now: datetime) -> bool:
        """Add the reminder of a booking, unless it has changed in the meantime."""
        with self._storage.transaction():
            try:
                booking = self._service.get(uid)
            except BookingNotFound:
                return False
            before = due_reminder(booking, wanted, now)
            if before is None:
                return False
            self._outbox.add(EventKind.REMINDER, booking, mark=_mark(booking, before))
        return True


def due_reminder(booking: Booking, wanted: _Reminders, now: datetime) -> timedelta | None:
    """Give how long before the start of *booking* the reminder is that is due *now*; None if none is.

    *wanted* has the reminders of each event type, by slug.
    """
    if booking.status is not BookingStatus.CONFIRMED or booking.start <= now:
        return None
    passed = [each for each in wanted.get(booking.event_type, ()) if booking.start - each <= now]
    nearest = min(passed, default=None)
    # Whatever has changed it has told everybody of it.
    if nearest is None or booking.updated_at > booking.start - nearest:
        return None
    return nearest


def _mark(booking: Booking, before: timedelta) -> str:
    return f"{int(before.total_seconds()) // 60}/{format_instant(booking.start)}"
