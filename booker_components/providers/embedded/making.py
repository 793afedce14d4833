"""Booking: one time, or the dates of a series, each with its hosts or with a seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from ... import times as calendar
from ...errors import NotBookable, SlotTaken
from ...languages import N_
from ...policy import Rule, may_book
from ...values import Booking, BookingRequest, BookingStatus, EventKind, EventType, TimeWindow
from . import assigning, choosing, limits, rows, taking, writing
from .desk import Desk
from .people import Elsewhere, Wish, crew, look
from .tables import holds
from .taking import Times


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What one request asks for."""

    request: BookingRequest
    event_type: EventType
    duration: timedelta
    #: Every date that is booked, the first one first.
    starts: tuple[datetime, ...]

    @classmethod
    def of(cls, desk: Desk, request: BookingRequest) -> Order:
        """Read *request*; `EventTypeNotFound`, or `NotBookable` if no date is left of a series."""
        event_type = desk.event_type(request.event_type, request.owner or None)
        dates = dates_of(event_type, request.start, request.attendee.zone, request.occurrences)
        starts = tuple(each for each in dates if each not in request.without)
        if not starts:
            raise NotBookable("No date of the series is left to book.")
        duration = request.duration or event_type.duration
        return cls(request=request, event_type=event_type, duration=duration, starts=starts)

    def wish(self, start: datetime) -> Wish:
        """Give what is looked for at *start*; others' holds are advisory."""
        moment = choosing.moment(start)
        return Wish(event_type=self.event_type, window=moment, duration=self.duration, minding_holds=False)

    def span(self) -> Wish:
        """Give what is looked for from the first date to the last."""
        window = TimeWindow(start=self.starts[0], end=choosing.moment(self.starts[-1]).end)
        return Wish(event_type=self.event_type, window=window, duration=self.duration)


def dates_of(
    event_type: EventType, start: datetime, zone: str, occurrences: int | None
) -> tuple[datetime, ...]:
    """Give the starts that a booking from *start* on has, at the same wall time in *zone*."""
    series = event_type.series
    if series is None:
        return (start,)
    count = occurrences or series.occurrences
    return calendar.occurrences(start, zone, series.frequency, series.interval, count)


def book(desk: Desk, request: BookingRequest) -> Booking:
    """Book; a request whose key has made a booking gives that booking, as it now stands.

    Raises `NotBookable` with the rule that refuses, `SlotTaken`, or `EventTypeNotFound`.
    """
    order = Order.of(desk, request)
    elsewhere = look(desk, order.span())
    beyond = choosing.is_beyond(desk, order.wish(order.starts[0]), request.attendee.zone)
    return desk.storage.attempt(lambda: _book(desk, order, elsewhere, beyond=beyond))


def require_same(request: BookingRequest, booking: Booking, start: datetime) -> Booking:
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
            sentence=N_("This form has made a booking already. Send it once more to make another one."),
        )
    return booking


def take(
    connection: Connection,
    desk: Desk,
    wish: Wish,
    elsewhere: Elsewhere,
    *,
    uid: str,
    zone: str | None,
) -> int:
    """Take a seat that is left at the wished time, or the hosts' time, for the booking *uid*.

    Gives the number of the appointment. Raises `SlotTaken`, `NotBookable`, or `Collision` when others were
    quicker at this very moment. *zone* is the guest's, None where starts off the grid will do.
    """
    event_type, start = wish.event_type, wish.window.start
    times = Times.of(event_type, start, wish.duration)
    if event_type.seats and (number := taking.join(connection, event_type, times)):
        return number
    hosts = assign(connection, desk, wish, elsewhere, zone=zone)
    return taking.take(connection, event_type, times, hosts, uid=uid)


def assign(
    connection: Connection, desk: Desk, wish: Wish, elsewhere: Elsewhere, *, zone: str | None
) -> list[int]:
    """Give the numbers of the hosts who are to take the wished time; the errors are those of `take`."""
    event_type, start = wish.event_type, wish.window.start
    queue(connection, desk, event_type)
    able = choosing.takers(connection, desk, wish, start, elsewhere, zone=zone)
    numbers = desk.numbers()
    standing = assigning.read_standing(connection, event_type, numbers, able.values(), desk.now())
    chosen = assigning.choose(event_type, able, standing)
    if not chosen:
        raise SlotTaken(f"Those who host {event_type.slug} are busy at {start.isoformat()}.")
    return [numbers[slug] for slug in chosen]


def queue(connection: Connection, desk: Desk, event_type: EventType) -> None:
    """Let one booking after the other look at what is counted for the limits of *event_type* and its hosts.

    To be done before the time of a host is taken or freed: `Marking` keeps that from those who have queued.
    """
    rows.queue(connection, *_limited(desk, event_type))


def _book(desk: Desk, order: Order, elsewhere: Elsewhere, *, beyond: bool) -> Booking:
    request = order.request
    with desk.storage.transaction() as connection:
        known = rows.read_request(connection, request.key)
        if known is not None:
            return require_same(request, *known)
        _require_allowed(desk, order, beyond=beyond)
        limits.require_room_for_guest(
            connection, order.event_type, request.attendee.email, order.starts, order.duration, now=desk.now()
        )
        uids = [taking.new_uid() for _ in order.starts]
        made = [
            _insert(connection, desk, order, start, elsewhere, uid=uid, first=uids[0])
            for uid, start in zip(uids, order.starts, strict=True)
        ]
        if len(made) > 1:
            # Each knows of all the others.
            made = [rows.read_booking(connection, uid) for uid in uids]
        for booking in made:
            desk.tell(EventKind.CREATED, booking)
        if request.hold.isascii() and request.hold.isalnum():
            connection.execute(delete(holds).where(holds.c.uid == request.hold))
        return made[0]


def _require_allowed(desk: Desk, order: Order, *, beyond: bool) -> None:
    event_type, start = order.event_type, order.starts[0]
    if event_type.private and not order.request.invited:
        raise choosing.not_bookable(event_type, start, Rule.PRIVATE)
    verdict = may_book(event_type, start, desk.now(), duration=order.duration)
    if verdict.rule:
        raise choosing.not_bookable(event_type, start, verdict.rule, verdict.until)
    if beyond:
        raise choosing.not_bookable(event_type, start, Rule.HORIZON)


def _insert(
    connection: Connection,
    desk: Desk,
    order: Order,
    start: datetime,
    elsewhere: Elsewhere,
    *,
    uid: str,
    first: str,
) -> Booking:
    event_type, request = order.event_type, order.request
    zone = request.attendee.zone if start == order.starts[0] else None
    number = take(connection, desk, order.wish(start), elsewhere, uid=uid, zone=zone)
    until = writing.decide_by(event_type, start, desk.now())
    return writing.insert_booking(
        connection,
        desk,
        request,
        event_type,
        uid=uid,
        times=Times.of(event_type, start, order.duration),
        appointment_id=number,
        request_key=(request.key or None) if uid == first else None,
        series=first if len(order.starts) > 1 else "",
        status=(BookingStatus.PENDING if until else BookingStatus.CONFIRMED).value,
        decide_by=until,
    )


def _limited(desk: Desk, event_type: EventType) -> list[str]:
    """Name what is counted for limits."""
    names = [f"host {host.slug}" for host in crew(desk, event_type) if host.limits]
    return [*names, f"event type {event_type.slug}"] if event_type.limits else names
