"""Moving, cancelling and deciding: what becomes of a booking that stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select

from ...errors import BookingClosed, NotBookable, Refused
from ...languages import N_
from ...policy import Rule
from ...values import Booking, BookingStatus, CancelScope, EventKind, EventType
from . import choosing, limits, making, rows, taking, writing
from .audit import SYSTEM
from .desk import Desk
from .people import Elsewhere, Wish, look
from .tables import appointments, bookings
from .taking import Times
from .writing import change_booking, closing

_GUEST = "guest"


def reschedule(desk: Desk, uid: str, start: datetime, *, reason: str, by: str) -> Booking:
    """Move a booking to *start*, its length kept, its own time counting as free; the uid stays.

    What guests share moves as a whole by its own uid, and each seat by its. Notice, booking window and what a
    guest may have at most bind guests, not a host who moves a booking. Raises `BookingClosed`, `SlotTaken`,
    `NotBookable` or `BookingNotFound`.
    """
    _require_texts(reason, by)
    with desk.storage.reading() as connection:
        booking = rows.read_booking(connection, uid)
    event_type = choosing.bound(desk, _type_to_move(desk, booking), booking)
    wish = _wish(event_type, booking, start)
    elsewhere = look(desk, wish)
    if by == _GUEST and choosing.is_beyond(desk, moving(desk, wish, uid), booking.attendee.zone):
        raise choosing.not_bookable(event_type, start, Rule.HORIZON)
    return desk.storage.attempt(partial(_move, desk, uid, start, elsewhere, reason=reason, by=by))


def cancel(desk: Desk, uid: str, *, reason: str, by: str, scope: CancelScope) -> Booking:
    """Cancel a booking, which frees its time, and give it as it now stands.

    Of a series *scope* tells how much. What guests share is cancelled as a whole by its own uid. Raises
    `BookingClosed` if it is cancelled already, or `BookingNotFound`.
    """
    _require_texts(reason, by)
    return desk.storage.attempt(partial(_cancel, desk, uid, reason=reason, by=by, scope=scope))


def confirm(desk: Desk, uid: str) -> Booking:
    """Agree to a booking that waits, or to all that wait of a series or a shared time, and give it."""

    def agree(connection: Connection, booking: Booking) -> Booking:
        # Why the guest has moved it are no words of the host.
        changes = {"status": BookingStatus.CONFIRMED.value, "reason": "", "changed_by": "host"}
        taking.touch(connection, _appointment(connection, booking.uid))
        return change_booking(connection, desk, booking, EventKind.CONFIRMED, **changes, decide_by=None)

    return _decide(desk, uid, agree)


def decline(desk: Desk, uid: str, *, reason: str) -> Booking:
    """Decline a booking that waits, or all that wait of a series or a shared time, and give it."""
    _require_texts(reason)

    def refuse(connection: Connection, booking: Booking) -> Booking:
        return _close(connection, desk, booking, EventKind.REJECTED, reason=reason, by="host")

    return _decide(desk, uid, refuse)


def decline_undecided(desk: Desk) -> None:
    """Decline what nobody has agreed to in time."""

    def refuse() -> None:
        with desk.storage.transaction() as connection:
            for booking in rows.read_undecided(connection, desk.now()):
                _close(connection, desk, booking, EventKind.REJECTED, reason="", by=SYSTEM)

    desk.storage.attempt(refuse)


# --- moving --------------------------------------------------------------------------------------


def moving(desk: Desk, wish: Wish, uid: str) -> Wish:
    """Give *wish* as the booking *uid* moves: within its own hosts where it keeps them, its time given up."""
    with desk.storage.reading() as connection:
        booking = rows.read_booking(connection, uid)
        number = _appointment(connection, uid)
        alone = taking.is_alone(connection, number)
    if _is_whole(booking) or alone:
        wish = replace(wish, leaving=number)
    return replace(wish, event_type=choosing.bound(desk, wish.event_type, booking))


def _wish(event_type: EventType, booking: Booking, start: datetime, leaving: int | None = None) -> Wish:
    return Wish(
        event_type=event_type,
        window=choosing.moment(start),
        duration=booking.duration,
        leaving=leaving,
        minding_holds=False,
    )


def _move(desk: Desk, uid: str, start: datetime, elsewhere: Elsewhere, *, reason: str, by: str) -> Booking:
    with desk.storage.transaction() as connection:
        booking = rows.read_booking(connection, uid, lock=True)
        event_type = _type_to_move(desk, booking)
        if start == booking.start:
            raise NotBookable(
                f"Booking {uid} is at {start.isoformat()} already.",
                sentence=N_("The booking is at this time already. Please choose another one."),
            )
        if by == _GUEST:
            _require_room(connection, desk, event_type, booking, start)
        number = _appointment(connection, uid)
        kept = _is_whole(booking) or not (booking.shared or event_type.seats)
        move = _move_all if kept else _change_seat
        moved = move(connection, desk, booking, event_type, number, start, elsewhere)
        times, changed = Times.of(event_type, start, booking.duration).own, []
        for each, appointment in moved:
            waits = _wait_again(desk, event_type, each, start, by)
            changes = {"former_starts": each.start, "reason": reason, "changed_by": by, **waits, **times}
            kind = EventKind.RESCHEDULED
            changed.append(
                change_booking(connection, desk, each, kind, appointment_id=appointment, **changes)
            )
        return _as_it_stands(connection, uid, changed)


def _require_room(
    connection: Connection, desk: Desk, event_type: EventType, booking: Booking, start: datetime
) -> None:
    limits.require_room_for_guest(
        connection,
        event_type,
        booking.attendee.email,
        (start,),
        booking.duration,
        now=desk.now(),
        moving=booking.uid,
    )


_Moved = list[tuple[Booking, int]]


def _move_all(
    connection: Connection,
    desk: Desk,
    booking: Booking,
    event_type: EventType,
    number: int,
    start: datetime,
    elsewhere: Elsewhere,
) -> _Moved:
    """Move the appointment itself, with everybody in it."""
    wish = _wish(choosing.bound(desk, event_type, booking), booking, start, number)
    hosts = making.assign(connection, desk, wish, elsewhere, zone=booking.attendee.zone)
    taking.move(connection, number, Times.of(event_type, start, booking.duration), hosts)
    everybody = rows.read_shared(connection, booking.uid) if _is_whole(booking) else (booking,)
    return [(each, number) for each in everybody if each.is_open]


def _change_seat(
    connection: Connection,
    desk: Desk,
    booking: Booking,
    event_type: EventType,
    number: int,
    start: datetime,
    elsewhere: Elsewhere,
) -> _Moved:
    """Give up the seat for one at another time."""
    making.queue(connection, desk, event_type)
    taking.leave(connection, number)
    wish, zone = _wish(event_type, booking, start), booking.attendee.zone
    return [(booking, making.take(connection, desk, wish, elsewhere, uid=taking.new_uid(), zone=zone))]


def _wait_again(
    desk: Desk, event_type: EventType, booking: Booking, start: datetime, by: str
) -> dict[str, object]:
    """Give the changes by which what a guest moves waits for the host once more, where it would if booked.

    What a host moves goes on waiting if it waits, as long as it would if booked, and else until its start.
    """
    until, waits = writing.decide_by(event_type, start, desk.now()), booking.status is BookingStatus.PENDING
    if by != _GUEST:
        return {"decide_by": until or start} if waits else {}
    if until is None and waits:
        return {"status": BookingStatus.CONFIRMED.value, "decide_by": None}
    return {"status": BookingStatus.PENDING.value, "decide_by": until} if until else {}


def _type_to_move(desk: Desk, booking: Booking) -> EventType:
    _require_open(booking)
    event_type = desk.event_types().get(booking.event_type)
    if event_type is None:
        raise BookingClosed(f"The event type of booking {booking.uid} is gone.", rule=Rule.GONE)
    return event_type


# --- closing and deciding ------------------------------------------------------------------------


def _cancel(desk: Desk, uid: str, *, reason: str, by: str, scope: CancelScope) -> Booking:
    with desk.storage.transaction() as connection:
        booking = rows.read_booking(connection, uid, lock=True)
        _require_open(booking)
        closed = [
            _close(connection, desk, each, EventKind.CANCELLED, reason=reason, by=by)
            for each in _in_scope(connection, booking, scope)
            # Of a series that is under way, what is left is cancelled, and not what has taken place.
            if _is_whole(booking) or each.uid == uid or each.start > desk.now()
        ]
        return _as_it_stands(connection, uid, closed)


def _decide(desk: Desk, uid: str, act: Callable[[Connection, Booking], Booking]) -> Booking:
    def decide() -> Booking:
        with desk.storage.transaction() as connection:
            booking = rows.read_booking(connection, uid, lock=True)
            found = _in_scope(connection, booking, CancelScope.ALL)
            waiting = [each for each in found if each.status is BookingStatus.PENDING]
            # Of a shared time some seats may have been decided about before.
            if not waiting or (booking.is_held and booking.status is not BookingStatus.PENDING):
                raise BookingClosed(
                    f"Booking {uid} is {booking.status}, and waits for nobody.", rule=Rule.DECIDED
                )
            return _as_it_stands(connection, uid, [act(connection, each) for each in waiting])

    return desk.storage.attempt(decide)


def _close(
    connection: Connection, desk: Desk, booking: Booking, kind: EventKind, *, reason: str, by: str
) -> Booking:
    status = BookingStatus.CANCELLED if kind is EventKind.CANCELLED else BookingStatus.REJECTED
    taking.leave(connection, _appointment(connection, booking.uid))
    return change_booking(connection, desk, booking, kind, **closing(status, reason=reason, by=by))


def _as_it_stands(connection: Connection, uid: str, changed: Sequence[Booking]) -> Booking:
    """Give the booking *uid*: read again, unless it alone has *changed*."""
    alone = [each.uid for each in changed] == [uid]
    return changed[0] if alone else rows.read_booking(connection, uid)


def _in_scope(connection: Connection, booking: Booking, scope: CancelScope) -> list[Booking]:
    """Give the open bookings that *scope* means: of a series, or of a time that guests share."""
    if _is_whole(booking):
        found = rows.read_shared(connection, booking.uid)
    elif booking.series and scope is not CancelScope.ONE:
        following = scope is CancelScope.FOLLOWING
        series = rows.read_series(connection, booking.series)
        found = tuple(each for each in series if not following or each.start >= booking.start)
    else:
        found = (booking,)
    return [each for each in found if each.is_open]


def _is_whole(booking: Booking) -> bool:
    return not booking.is_held


def _appointment(connection: Connection, uid: str) -> int:
    """Give the number of the appointment of a booking, or of the one that is shared under *uid*."""
    own = select(bookings.c.appointment_id).where(bookings.c.uid == uid)
    number = connection.scalar(own)
    if number is None:
        number = connection.scalar(select(appointments.c.id).where(appointments.c.uid == uid))
    assert number is not None, "whoever asks has read the booking"
    return int(number)


def _require_texts(*texts: str) -> None:
    """Refuse what PostgreSQL cannot keep, on SQLite, too."""
    if any("\0" in text for text in texts):
        raise Refused(
            "A text holds the character NUL, which not every database keeps.",
            sentence=N_("This has characters that cannot be used. Please type it again."),
        )


def _require_open(booking: Booking) -> None:
    if not booking.is_open:
        raise BookingClosed(f"Booking {booking.uid} is {booking.status}.", rule=Rule.CANCELLED)
