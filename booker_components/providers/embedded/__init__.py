"""The embedded engine: event types declared by the host app, bookings in our own tables.

No host is ever booked twice: a booking checks and writes in one transaction, and the database itself refuses
times of one host that overlap, whoever writes them. The path of a booking: `making` reads what is asked for,
`choosing` finds who can take it, `assigning` who does, `taking` takes their time, `writing` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from ...policy import Rule
from ...storage import Storage
from ...times import utc_now
from ...values import (
    AuditEntry,
    Booking,
    BookingFilter,
    BookingRequest,
    CancelScope,
    EventKind,
    EventType,
    Hold,
    Host,
    Planned,
    Reason,
    Slots,
    TimeWindow,
)
from . import audit, changing, choosing, holding, making, marking, planning, rows
from .calendars import BusySource, FeedState, Outside
from .catalogue import Catalogue
from .desk import Desk
from .marking import Counts
from .people import Wish, crew

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

#: How long a slot is kept for whoever fills in the form.
HOLD = timedelta(minutes=10)


def _still(method: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Let *method* of the provider see one offer from beginning to end."""

    @wraps(method)
    def work(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with cast(EmbeddedProvider, args[0])._desk.still():
            return method(*args, **kwargs)

    return work


class EmbeddedProvider:
    """Bookings in the database of the app: a `Provider` with every ability but webhooks."""

    name = "embedded"

    def __init__(
        self,
        offer: Catalogue,
        *,
        storage: Storage,
        clock: Callable[[], datetime] = utc_now,
        busy_sources: Mapping[str, Sequence[BusySource]] | None = None,
        private_network: bool = False,
        hold: timedelta = HOLD,
    ) -> None:
        """Offer what *offer* holds; keep bookings in *storage*, whose schema must be up to date.

        Writes the hosts into the database. *busy_sources* tell when hosts, by slug, are busy elsewhere,
        beside their calendars, which may be on private addresses if *private_network*. A chosen time is kept
        for *hold*.
        """
        self._desk = Desk(
            offer,
            storage=storage,
            clock=clock,
            outside=Outside(busy_sources or {}, storage=storage, clock=clock, private=private_network),
            hold=hold,
        )

    # --- reading ---

    def event_types(self) -> Sequence[EventType]:
        """Give every event type, as declared; private ones too."""
        return tuple(self._desk.event_types().values())

    def event_type(self, slug: str, *, owner: str | None = None) -> EventType:
        """Give one event type; *owner* may be its owner or, where it has none, its first host's slug."""
        return self._desk.event_type(slug, owner)

    @_still
    def slots(
        self,
        event_type: EventType,
        window: TimeWindow,
        *,
        duration: timedelta | None = None,
        moving: str | None = None,
        zone: str = "",
    ) -> Slots:
        """Give the free slots that start in *window*, in order; the time of *moving* counts as free.

        The guest's *zone* decides where starts are aligned in it, and where a day has one slot only.
        """
        wish = Wish(event_type=event_type, window=window, duration=duration or event_type.duration)
        if moving is not None:
            wish = changing.moving(self._desk, wish, moving)
        return choosing.slots(self._desk, wish, zone)

    @_still
    def explain(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> tuple[Reason, ...]:
        """Give every reason why *start* is not offered; none if it is."""
        length = duration or event_type.duration
        wish = Wish(event_type=event_type, window=choosing.moment(start), duration=length)
        found = choosing.reasons(self._desk, wish, start, zone)
        return found if length in event_type.durations else (*found, Reason(rule=Rule.DURATION))

    @_still
    def plan(
        self,
        event_type: EventType,
        start: datetime,
        *,
        occurrences: int | None = None,
        duration: timedelta | None = None,
        zone: str = "",
    ) -> tuple[Planned, ...]:
        """Tell which dates of a series from *start* on are free, at the same wall time in *zone*."""
        starts = making.dates_of(event_type, start, zone or event_type.zone, occurrences)
        return planning.plan(self._desk, event_type, starts, duration or event_type.duration)

    def get(self, uid: str) -> Booking:
        """Give one booking, also of an event type that is no longer declared; or raise `BookingNotFound`."""
        with self._desk.storage.reading() as connection:
            # Nobody may change it between the rules of a change and the change.
            booking = rows.read_booking(connection, uid, lock=self._desk.storage.is_open)
            event_type = self._desk.event_types().get(booking.event_type)
            if not (booking.shared and event_type and event_type.seats and event_type.seats.show_guests):
                return booking
            return replace(booking, companions=rows.read_companions(connection, booking))

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give the bookings that match, in the order that is wanted."""
        with self._desk.storage.reading() as connection:
            return rows.read_bookings(connection, wanted)

    def history(self, uid: str) -> tuple[AuditEntry, ...]:
        """Give every change of a booking, the first one first; empty where there is no such booking."""
        with self._desk.storage.reading() as connection:
            return audit.history(connection, uid)

    def calendars(self) -> Iterator[tuple[Host, FeedState]]:
        """Give every calendar of every host, and how it is, for people."""
        found = self._desk.outside.feeds(self._desk.hosts().values())
        return ((host, feed.state()) for host, feed in found)

    # --- writing ---

    @_still
    def book(self, request: BookingRequest) -> Booking:
        """Book; a request whose key has made a booking gives that booking, as it now stands.

        Raises `NotBookable` with the rule that refuses, `SlotTaken`, or `EventTypeNotFound`.
        """
        return making.book(self._desk, request)

    @_still
    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking to *start*, its length kept, its own time counting as free; the uid stays.

        Notice and booking window are not looked at: they bind guests, not a host who moves a booking. Raises
        `BookingClosed`, `SlotTaken`, `NotBookable` or `BookingNotFound`.
        """
        return changing.reschedule(self._desk, uid, start, reason=reason, by=by)

    @_still
    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel a booking, or as much of its series as *scope* says, and give it as it now stands.

        Raises `BookingClosed` if it is cancelled already, or `BookingNotFound`.
        """
        return changing.cancel(self._desk, uid, reason=reason, by=by, scope=scope)

    @_still
    def confirm(self, uid: str) -> Booking:
        """Agree to a booking that waits, with its whole series; `BookingClosed` if it does not wait."""
        return changing.confirm(self._desk, uid)

    @_still
    def decline(self, uid: str, *, reason: str = "") -> Booking:
        """Decline a booking that waits, with its whole series; `BookingClosed` if it does not wait."""
        return changing.decline(self._desk, uid, reason=reason)

    # --- holds and upkeep ---

    @_still
    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Keep a slot for some minutes; `SlotTaken` or `NotBookable` if it is not to be had.

        *zone* is the guest's, as in `slots`. `TooManyRequests` where as much is held of the hosts as may be,
        which no booking minds.
        """
        return holding.hold(self._desk, event_type, start, duration or event_type.duration, zone)

    def held(self, uid: str) -> Hold | None:
        """Give a hold that has not lapsed; None if there is none."""
        return holding.held(self._desk, uid)

    def release(self, uid: str) -> None:
        """Give up a hold; one that is gone is nothing to mind."""
        holding.release(self._desk, uid)

    @_still
    def look_outside(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> None:
        """Read the calendars of the hosts anew for the time that is to be booked, and its whole series.

        The dates are at the same wall time in the guest's *zone*.
        """
        starts = making.dates_of(event_type, start, zone or event_type.zone, None)
        window = TimeWindow(start=starts[0], end=choosing.moment(starts[-1]).end)
        wish = Wish(event_type=event_type, window=window, duration=duration or event_type.duration)
        self._desk.outside.look(crew(self._desk, event_type), wish.blocked)

    def on_change(self, tell: Callable[[EventKind, Booking], object]) -> None:
        """Call *tell* with every change, in its transaction."""
        self._desk.listen(tell)

    @_still
    def tidy(self) -> None:
        """Decline what nobody agreed to in time, forget holds that have lapsed, read calendars again."""
        changing.decline_undecided(self._desk)
        holding.forget_lapsed(self._desk)
        self._desk.outside.refresh(self._desk.hosts().values())

    def masks(self) -> Counts:
        """Compare the busy masks, from which lists are made, with what is booked; nothing is changed."""
        with self._desk.storage.reading() as connection:
            return marking.count(connection)

    def rebuild_masks(self) -> int:
        """Write every busy mask anew from what is booked, and give how many were wrong.

        Whoever books meanwhile waits.
        """
        with self._desk.storage.transaction() as connection:
            return marking.rebuild(connection)
