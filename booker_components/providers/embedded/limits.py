"""Limits: how much of a host, of an event type and of one guest is booked in a period at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from ...errors import NotBookable
from ...policy import Rule
from ...times import period_window
from ...values import EventType, Host, Limit, TimeWindow
from .rows import queue
from .tables import HOLDING, appointments, bookings, host_times, is_held


@dataclass(frozen=True, kw_only=True, slots=True)
class _Booked:
    """Something that counts: when it starts and how long it lasts."""

    start: datetime
    length: timedelta


def reached_by_host(
    connection: Connection,
    host: Host,
    number: int,
    window: TimeWindow,
    duration: timedelta,
    *,
    leaving: int | None = None,
    also: Sequence[datetime] = (),
) -> list[tuple[datetime, datetime]]:
    """Give the periods within *window* that are full for *host*, so that nothing of *duration* fits in.

    *leaving* is the number of an appointment that does not count; what is of *duration* and starts at one of
    *also* counts as if it were booked.
    """
    if not host.limits:
        return []
    mine = (host_times.c.host_id == number) & is_held()
    query = appointments.join(host_times, host_times.c.appointment_id == appointments.c.id)
    return _full(
        connection,
        query,
        # What starts in a period holds its host then: so the index tells.
        lambda period: (
            mine & (host_times.c.blocked_until > period.start) & (host_times.c.blocked_from < period.end)
        ),
        host.limits,
        host.zone,
        window,
        duration,
        leaving,
        also,
    )


def reached_by_event_type(
    connection: Connection,
    event_type: EventType,
    window: TimeWindow,
    duration: timedelta,
    *,
    leaving: int | None = None,
    also: Sequence[datetime] = (),
) -> list[tuple[datetime, datetime]]:
    """Give the periods within *window* that are full for *event_type*; the parameters as above."""
    if not event_type.limits:
        return []
    ours = (appointments.c.event_type == event_type.slug) & (appointments.c.taken > 0)
    limits, zone = event_type.limits, event_type.zone
    return _full(connection, appointments, lambda _: ours, limits, zone, window, duration, leaving, also)


def require_room_for_guest(
    connection: Connection,
    event_type: EventType,
    email: str,
    starts: Sequence[datetime],
    duration: timedelta,
    *,
    now: datetime,
    moving: str = "",
) -> None:
    """Raise `NotBookable` if a guest would have more than one may have, with bookings at all of *starts*.

    *moving* is the uid of a booking that does not count.
    """
    if not (event_type.guest_limits or event_type.max_active):
        return
    # One booking of the guest after the other has to look at the counts.
    queue(connection, f"guest {event_type.slug} {email.casefold()}")
    mine = (
        (bookings.c.guest == email.casefold())
        & (bookings.c.event_type == event_type.slug)
        & bookings.c.status.in_(HOLDING)
        & (bookings.c.uid != moving)
    )
    _require_inactive(connection, mine, event_type, len(starts), now, moving)
    new = [_Booked(start=start, length=duration) for start in starts]
    for limit in event_type.guest_limits:
        for period in _periods(limit, starts, event_type.zone):
            query = select(bookings.c.starts, bookings.c.ends).where(mine, _within(bookings.c.starts, period))
            known = [
                _Booked(start=row.starts, length=row.ends - row.starts) for row in connection.execute(query)
            ]
            if _exceeds(limit, [*known, *(each for each in new if _is_in(each, period))]):
                raise NotBookable(
                    f"The guest has as many bookings of {event_type.slug} per {limit.per} as one may have.",
                    rule=Rule.GUEST_LIMIT,
                    until=period.end,
                )


def allow_guest(event_type: EventType, starts: Sequence[datetime], duration: timedelta) -> bool:
    """Tell whether a guest who has no other bookings may have one of *duration* at each of *starts*."""
    new = [_Booked(start=start, length=duration) for start in starts]
    few = event_type.max_active is None or len(new) <= event_type.max_active
    return few and not any(
        _exceeds(limit, [each for each in new if _is_in(each, period)])
        for limit in event_type.guest_limits
        for period in _periods(limit, starts, event_type.zone)
    )


def _require_inactive(
    connection: Connection,
    mine: ColumnElement[bool],
    event_type: EventType,
    more: int,
    now: datetime,
    moving: str,
) -> None:
    most = event_type.max_active
    if most is None or moving:
        return
    open_now = connection.scalar(select(func.count()).where(mine, bookings.c.starts > now)) or 0
    if open_now + more > most:
        raise NotBookable(
            f"The guest has {open_now} bookings of {event_type.slug} to come, and may have {most}.",
            rule=Rule.ACTIVE,
        )


# --- counting ------------------------------------------------------------------------------------


def _full(
    connection: Connection,
    table: object,
    ours: Callable[[TimeWindow], ColumnElement[bool]],
    limits: Sequence[Limit],
    zone: str,
    window: TimeWindow,
    duration: timedelta,
    leaving: int | None,
    also: Sequence[datetime],
) -> list[tuple[datetime, datetime]]:
    if window.start >= window.end:
        return []
    widest = [period_window(limit.per, edge, zone) for limit in limits for edge in (window.start, window.end)]
    whole = TimeWindow(start=min(each.start for each in widest), end=max(each.end for each in widest))
    query = select(appointments.c.starts, appointments.c.ends).select_from(table)  # type: ignore[arg-type]
    query = query.where(ours(whole), _within(appointments.c.starts, whole))
    if leaving is not None:
        query = query.where(appointments.c.id != leaving)
    known = [_Booked(start=row.starts, length=row.ends - row.starts) for row in connection.execute(query)]
    known += [_Booked(start=start, length=duration) for start in also]
    return list(_full_periods(limits, known, zone, window, duration))


def _full_periods(
    limits: Sequence[Limit], known: Sequence[_Booked], zone: str, window: TimeWindow, duration: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    for limit in limits:
        start = window.start
        while start < window.end:
            period = period_window(limit.per, start, zone)
            one_more = _Booked(start=start, length=duration)
            if _exceeds(limit, [*(each for each in known if _is_in(each, period)), one_more]):
                yield period.start, period.end
            start = period.end


def _exceeds(limit: Limit, booked: Sequence[_Booked]) -> bool:
    total = sum((each.length for each in booked), timedelta())
    too_many = limit.count is not None and len(booked) > limit.count
    return too_many or (limit.total is not None and total > limit.total)


def _periods(limit: Limit, starts: Iterable[datetime], zone: str) -> list[TimeWindow]:
    found = {period.start: period for start in starts if (period := period_window(limit.per, start, zone))}
    return list(found.values())


def _within(column: ColumnElement[datetime], period: TimeWindow) -> ColumnElement[bool]:
    return (column >= period.start) & (column < period.end)


def _is_in(booked: _Booked, period: TimeWindow) -> bool:
    return period.start <= booked.start < period.end
