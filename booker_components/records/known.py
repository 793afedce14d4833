"""Remote bookings as we last knew them: tells what has changed since, each change once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from ..values import Booking, BookingStatus, EventKind
from .tables import known_bookings

_OPEN = frozenset({BookingStatus.CONFIRMED.value, BookingStatus.PENDING.value})


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What has happened to a booking since it was last noted."""

    kind: EventKind
    #: The how-manieth change of this booking that was told, from 1.
    number: int


class KnownBookings:
    """Notes how bookings stand; whoever notes a change first is told of it, everybody else is not.

    So our own call, the provider's webhook and a later look at the provider make one event between them.

    A row is kept for ever. A sync, a notice or an old return link may name a booking years after its end.
    Were its row gone, it would pass for new: how it ended would be told again, and a later move, counted
    anew, could be taken for one that was told. Rows are small and hold no personal data; the events that are
    kept of each booking take many times their room.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def note(self, booking: Booking, *, asked_at: datetime) -> Change | None:
        """Note *booking* as it stands, in the transaction under way; give what is new, None if nothing is.

        *asked_at* is when it was asked for; for what a call of our own has changed, when that was answered.
        """
        with self._storage.transaction() as connection:
            known = _locked(connection, booking.uid)
            kind = what_happened(known.status, known.starts, booking)
            if booking.is_open and (_is_closed(known) or _is_older(asked_at, known, booking)):
                # What is closed stays closed, and what was asked for or changed earlier is no news.
                return None
            number = known.changes + (kind is not None)
            values = {
                "status": booking.status.value,
                "starts": booking.start,
                "asked_at": max(asked_at, known.asked_at or asked_at),
                "changed_at": max(booking.updated_at, known.changed_at or booking.updated_at),
                "changes": number,
                "shared": booking.shared,
            }
            mine = known_bookings.c.uid == booking.uid
            connection.execute(update(known_bookings).where(mine).values(values))
            if kind is EventKind.RESCHEDULED and booking.replaces:
                _close(connection, booking.replaces)
        return Change(kind=kind, number=number) if kind else None

    def open_seats(self, shared: str) -> tuple[str, ...]:
        """Give the uids of the seats of the booking *shared* that were open when last noted."""
        theirs = (known_bookings.c.shared == shared) & known_bookings.c.status.in_(_OPEN)
        query = select(known_bookings.c.uid).where(theirs).order_by(known_bookings.c.uid)
        with self._storage.reading() as connection:
            return tuple(connection.execute(query).scalars())


def what_happened(status: str, start: datetime | None, booking: Booking) -> EventKind | None:
    """Tell what made *booking* of one that had *status* and *start*; an empty *status*: it was not known.

    A booking that another replaces is no cancellation: its successor tells of the move.
    """
    if not booking.is_open:
        return _ending(booking) if not status or status in _OPEN else None
    if not status:
        return EventKind.RESCHEDULED if booking.replaces else EventKind.CREATED
    if status not in _OPEN:
        return None
    if start != booking.start:
        return EventKind.RESCHEDULED
    agreed = status == BookingStatus.PENDING.value and booking.status is BookingStatus.CONFIRMED
    return EventKind.CONFIRMED if agreed else None


def _is_closed(known: Row[Any]) -> bool:
    return bool(known.status) and known.status not in _OPEN


def _is_older(asked_at: datetime, known: Row[Any], booking: Booking) -> bool:
    """Tell whether *booking* differs from what was asked for, or changed, after it.

    What was agreed to waits no more.
    """
    if (known.status, known.starts) == (booking.status.value, booking.start):
        return False
    agreed = known.status == BookingStatus.CONFIRMED.value and known.starts == booking.start
    if agreed and booking.status is BookingStatus.PENDING:
        return True
    if known.changed_at is not None and booking.updated_at < known.changed_at:
        return True
    return known.asked_at is not None and asked_at < known.asked_at


def _ending(booking: Booking) -> EventKind | None:
    if booking.replaced_by:
        return None
    return EventKind.REJECTED if booking.status is BookingStatus.REJECTED else EventKind.CANCELLED


def _close(connection: Connection, uid: str) -> None:
    """Note that *uid* was moved away from: not every provider tells so, and its end is no cancellation."""
    open_one = (known_bookings.c.uid == uid) & known_bookings.c.status.in_(_OPEN)
    connection.execute(update(known_bookings).where(open_one).values(status=BookingStatus.CANCELLED.value))


def _locked(connection: Connection, uid: str) -> Row[Any]:
    """Give the row of *uid*, made if it is missing, so that no other transaction can change it."""
    query = select(known_bookings).where(known_bookings.c.uid == uid).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(known_bookings).values(uid=uid, status="", changes=0, shared=""))
        except IntegrityError:
            # Somebody else noted it at this moment; the row is theirs and ours.
            pass
        row = connection.execute(query).one()
    return row
