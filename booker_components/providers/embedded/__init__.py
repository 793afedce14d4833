"""The embedded engine: event types declared by the host app, bookings in our own tables.

No host is ever booked twice: a booking checks and writes in one transaction that no other writer enters, and
the database itself refuses bookings that overlap, whoever writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ...errors import BookingClosed, EventTypeNotFound, NotBookable, SlotTaken, Unsupported
from ...policy import Rule, may_book
from ...storage import Storage
from ...times import utc_now
from ...values import (
    Booking,
    BookingFilter,
    BookingRequest,
    BookingStatus,
    CancelScope,
    EventKind,
    EventType,
    Host,
    Slot,
    TimeWindow,
)
from . import availability, rows
from .catalogue import checked
from .rows import Times

# Rules about the host's time. Notice and dates bind guests; a host who moves a booking may pass over them.
_HOST_RULES = frozenset({Rule.PAST, Rule.HOURS, Rule.GRID, Rule.BUSY})


class EmbeddedProvider:
    """Bookings in the database of the app; a `Provider` that also lists bookings."""

    name = "embedded"

    def __init__(
        self,
        event_types: Sequence[EventType],
        *,
        storage: Storage,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Offer *event_types*, keep bookings in *storage*, whose schema must be up to date.

        Writes the hosts into the database. `ConfigurationError` if an event type is wrong.
        """
        self._event_types = {each.slug: each for each in checked(event_types)}
        self._storage = storage
        self._clock = clock
        self._host_ids = self._sync_hosts()

    def event_types(self) -> Sequence[EventType]:
        """Give every event type, as declared."""
        return tuple(self._event_types.values())

    def event_type(self, slug: str, *, owner: str | None = None) -> EventType:
        """Give one event type; *owner* may be its owner or, where it has none, its first host's slug."""
        event_type = self._event_types.get(slug)
        if event_type is None or owner not in (None, event_type.owner or event_type.host.slug):
            raise EventTypeNotFound(f"No event type {slug!r} is declared for the owner {owner!r}.")
        return event_type

    def slots(
        self,
        event_type: EventType,
        window: TimeWindow,
        *,
        duration: timedelta | None = None,
        moving: str | None = None,
        zone: str = "",
    ) -> Sequence[Slot]:
        """Give the free slots that start in *window*, in order; the time of *moving* counts as free.

        Starts are aligned in the host's zone, whatever the visitor's *zone* is.
        """
        duration = duration or event_type.duration
        with self._storage.reading() as connection:
            busy = self._busy(connection, event_type, window, duration, moving)
        return availability.free_slots(event_type, busy, now=self._clock(), window=window, duration=duration)

    def explain(
        self, event_type: EventType, start: datetime, duration: timedelta | None = None
    ) -> tuple[Rule, ...]:
        """Give every rule because of which *start* is not offered; none if it is."""
        duration = duration or event_type.duration
        with self._storage.reading() as connection:
            rules = self._refusals(connection, event_type, start, duration)
        return rules if duration in event_type.durations else (*rules, Rule.DURATION)

    def book(self, request: BookingRequest) -> Booking:
        """Book; a request whose key has made a booking gives that booking, as it now stands.

        Raises `NotBookable` with the rule that refuses, `SlotTaken`, or `EventTypeNotFound`.
        """
        event_type = self.event_type(request.event_type, owner=request.owner or None)
        duration = request.duration or event_type.duration
        with self._storage.transaction() as connection:
            known = rows.read_request(connection, request.key)
            if known is not None:
                return _same_request(request, *known)
            now = self._clock()
            verdict = may_book(event_type, request.start, now, duration=duration)
            if verdict.rule:
                raise _not_bookable(event_type, request.start, verdict.rule, verdict.until)
            self._require_free(connection, event_type, request.start, duration)
            return rows.insert_booking(
                connection,
                request,
                event_type,
                host=self._host_ids[event_type.host.slug],
                times=Times.of(event_type, request.start, duration),
                now=now,
            )

    def get(self, uid: str) -> Booking:
        """Give one booking, also of an event type that is no longer declared; or raise `BookingNotFound`."""
        with self._storage.reading() as connection:
            return rows.read_booking(connection, uid)

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give the bookings that match, in the order that is wanted."""
        with self._storage.reading() as connection:
            return rows.read_bookings(connection, wanted)

    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking to *start*, its length kept, its own time counting as free; the uid stays.

        Notice and booking window are not looked at: they bind guests, not a host who moves a booking. Raises
        `BookingClosed`, `SlotTaken`, `NotBookable` or `BookingNotFound`.
        """
        with self._storage.transaction() as connection:
            booking = rows.read_booking(connection, uid, lock=True)
            event_type = self._type_to_move(booking)
            if start == booking.start:
                raise NotBookable(
                    f"Booking {uid} is at {start.isoformat()} already.",
                    sentence="The booking is at this time already. Please choose another one.",
                )
            self._require_free(connection, event_type, start, booking.duration, moving=uid)
            changes = {
                "former_starts": booking.start,
                "reason": reason,
                "changed_by": by,
                "host_id": self._host_ids[event_type.host.slug],
                **Times.of(event_type, start, booking.duration).columns(),
            }
            return rows.update_booking(connection, booking, EventKind.RESCHEDULED, changes, now=self._clock())

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel a booking, which frees its time, and give it as it now stands.

        Raises `BookingClosed` if it is cancelled already, `BookingNotFound`, or `Unsupported` for any other
        *scope*: there are no series here.
        """
        if scope is not CancelScope.ONE:
            raise Unsupported("The embedded engine has no series of bookings to cancel.")
        with self._storage.transaction() as connection:
            booking = rows.read_booking(connection, uid, lock=True)
            _require_open(booking)
            changes = {"status": BookingStatus.CANCELLED.value, "reason": reason, "changed_by": by}
            return rows.update_booking(connection, booking, EventKind.CANCELLED, changes, now=self._clock())

    def _sync_hosts(self) -> dict[str, int]:
        # Without the schedule, which is no part of a row.
        declared = {
            Host(slug=host.slug, name=host.name, zone=host.zone, email=host.email)
            for event_type in self._event_types.values()
            for host in event_type.hosts
        }
        with self._storage.reading() as connection:
            known = rows.read_hosts(connection)
        if not declared <= known.keys():
            with self._storage.transaction() as connection:
                rows.write_hosts(connection, declared)
                known = rows.read_hosts(connection)
        return {host.slug: number for host, number in known.items()}

    def _busy(
        self,
        connection: Connection,
        event_type: EventType,
        window: TimeWindow,
        duration: timedelta,
        moving: str | None,
    ) -> list[tuple[datetime, datetime]]:
        return rows.read_busy(
            connection,
            self._host_ids[event_type.host.slug],
            window.start - event_type.buffer_before,
            window.end + duration + event_type.buffer_after,
            moving=moving,
        )

    def _refusals(
        self,
        connection: Connection,
        event_type: EventType,
        start: datetime,
        duration: timedelta,
        *,
        moving: str | None = None,
    ) -> tuple[Rule, ...]:
        window = TimeWindow(start=start, end=start + timedelta.resolution)
        busy = self._busy(connection, event_type, window, duration, moving)
        return availability.explain(event_type, busy, now=self._clock(), start=start, duration=duration)

    def _require_free(
        self,
        connection: Connection,
        event_type: EventType,
        start: datetime,
        duration: timedelta,
        *,
        moving: str | None = None,
    ) -> None:
        found = self._refusals(connection, event_type, start, duration, moving=moving)
        rules = [rule for rule in found if rule in _HOST_RULES]
        if Rule.BUSY in rules:
            raise SlotTaken(f"The host of {event_type.slug} is busy at {start.isoformat()}.")
        if rules:
            raise _not_bookable(event_type, start, rules[0])

    def _type_to_move(self, booking: Booking) -> EventType:
        _require_open(booking)
        event_type = self._event_types.get(booking.event_type)
        if event_type is None:
            raise BookingClosed(f"The event type of booking {booking.uid} is gone.", rule=Rule.GONE)
        return event_type


def _require_open(booking: Booking) -> None:
    if not booking.is_open:
        raise BookingClosed(f"Booking {booking.uid} is {booking.status}.", rule=Rule.CANCELLED)


def _same_request(request: BookingRequest, booking: Booking, start: datetime) -> Booking:
    """Give *booking*, if it was really *request* that made it, at the *start* it had then."""
    same = (
        request.event_type == booking.event_type
        and request.start == start
        and request.attendee.email.casefold() == booking.attendee.email.casefold()
    )
    if not same:
        raise NotBookable(
            f"The key of the request belongs to booking {booking.uid}, which was asked for otherwise.",
            rule=Rule.REPEATED,
            sentence="This form has made a booking already. Send it once more to make another one.",
        )
    return booking


def _not_bookable(
    event_type: EventType, start: datetime, rule: Rule, until: datetime | None = None
) -> NotBookable:
    message = f"{event_type.slug} at {start.isoformat()} is refused by the rule '{rule}'."
    return NotBookable(message, rule=rule, until=until)
