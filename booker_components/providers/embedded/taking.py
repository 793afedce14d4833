"""Taking and giving back the time of hosts: appointments, and which host is taken when.

The database itself refuses two times of one host that overlap, whoever writes them: what it refuses comes as
`Collision`, after which the same may be tried anew in another transaction.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ...errors import Collision
from ...values import EventType
from .held import Taken, held_by
from .marking import Marking
from .tables import NO_OVERLAP, appointments, host_times

# 22 of 62 characters are 131 bits: nobody guesses one.
_ALPHABET = string.digits + string.ascii_letters
_UID_LENGTH = 22


_a = appointments.c
_NEW, _HELD = insert(appointments), insert(host_times)
_ONE = update(appointments).where(_a.id == bindparam("number"))
_LEFT = _ONE.values(taken=_a.taken - 1, revision=_a.revision + 1)
_MOVED = _ONE.values(starts=bindparam("starts"), ends=bindparam("ends"))
_TOUCHED = _ONE.values(revision=_a.revision + 1)
_TAKEN = select(_a.taken).where(_a.id == bindparam("number"))
_FREED = update(host_times).where(host_times.c.appointment_id == bindparam("number")).values(holding=False)


def new_uid() -> str:
    """Give a uid that nobody can guess."""
    number, digits = secrets.randbelow(len(_ALPHABET) ** _UID_LENGTH), []
    for _ in range(_UID_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(digits)


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """When an appointment is and what it blocks, buffers included; all in UTC."""

    starts: datetime
    ends: datetime
    blocked_from: datetime
    blocked_until: datetime

    @classmethod
    def of(cls, event_type: EventType, start: datetime, duration: timedelta) -> Times:
        """Give the times of an appointment of *event_type* at *start*."""
        start = start.astimezone(UTC)
        end = start + duration
        return cls(
            starts=start,
            ends=end,
            blocked_from=start - event_type.buffer_before,
            blocked_until=end + event_type.buffer_after,
        )

    @property
    def own(self) -> dict[str, datetime]:
        """The columns that say when it is."""
        return {"starts": self.starts, "ends": self.ends}

    @property
    def span(self) -> tuple[datetime, datetime]:
        """What it blocks."""
        return self.blocked_from, self.blocked_until

    @property
    def blocked(self) -> dict[str, datetime]:
        """The columns that say what it blocks."""
        return {"blocked_from": self.blocked_from, "blocked_until": self.blocked_until}


def take(
    connection: Connection, event_type: EventType, times: Times, hosts: Sequence[int], *, uid: str = ""
) -> int:
    """Take the time of *hosts*, by number, for a first guest, and give the number of the appointment.

    *uid* is that of the booking, where nobody shares it. Raises `Collision` if one of them is taken by now.
    """
    shared = event_type.seats is not None
    columns = {
        "uid": new_uid() if shared else uid,
        "event_type": event_type.slug,
        "capacity": event_type.seats.per_slot if event_type.seats else 1,
        "taken": 1,
        **times.own,
    }
    made = connection.execute(_NEW, columns).inserted_primary_key
    assert made is not None
    number: int = made.id
    after = [(host, times.span) for host in hosts]
    marking = _marking(connection, after)
    _block(connection, number, hosts, times)
    _mark(marking, (), after)
    return number


def join(connection: Connection, event_type: EventType, times: Times) -> int | None:
    """Take a seat of an appointment that has some left, and give its number; None if there is none."""
    a = appointments.c
    same = (a.event_type == event_type.slug) & (a.starts == times.starts) & (a.ends == times.ends)
    room = (a.capacity > 1) & (a.taken > 0) & (a.taken < a.capacity)
    for number in connection.scalars(select(a.id).where(same, room).order_by(a.id)).all():
        # Others may have taken the last one, given the first one back or moved it, since that was read.
        seat = update(appointments).where(a.id == number, same, room)
        if connection.execute(seat.values(taken=a.taken + 1, revision=a.revision + 1)).rowcount:
            return int(number)
    return None


def leave(connection: Connection, number: int) -> None:
    """Give back what one booking has of an appointment, whose hosts are free after the last one."""
    connection.execute(_LEFT, {"number": number})
    if connection.scalar(_TAKEN, {"number": number}) == 0:
        before = held_by(connection, number)
        marking = _marking(connection, before)
        connection.execute(_FREED, {"number": number})
        _mark(marking, before, ())


def move(connection: Connection, number: int, times: Times, hosts: Sequence[int]) -> None:
    """Move an appointment, with all who share it, to other *times* and, by number, to *hosts*.

    Raises `Collision` if one of them is taken by now.
    """
    touch(connection, number)
    connection.execute(_MOVED, {"number": number, **times.own})
    mine = host_times.c.appointment_id == number
    before, after = held_by(connection, number), [(host, times.span) for host in hosts]
    marking = _marking(connection, (*before, *after))
    if [host for host, _ in before] == list(hosts):
        # In their order, so that two transactions never wait for each other.
        for host in sorted(hosts):
            row = update(host_times).where(mine, host_times.c.host_id == host)
            _execute(connection, row.values(times.blocked))
    else:
        connection.execute(delete(host_times).where(mine))
        _block(connection, number, hosts, times)
    _mark(marking, before, after)


def touch(connection: Connection, number: int) -> None:
    """Count a change of a booking that leaves its part of an appointment as it is."""
    connection.execute(_TOUCHED, {"number": number})


def is_alone(connection: Connection, number: int) -> bool:
    """Tell whether an appointment is free again once one booking has given it back."""
    return connection.scalar(_TAKEN, {"number": number}) == 1


# --- what hosts are taken by ---------------------------------------------------------------------


def _marking(connection: Connection, taken: Iterable[Taken]) -> Marking:
    found = list(taken)
    return Marking.of(connection, {host for host, _ in found}, [span for _, span in found])


def _mark(marking: Marking, before: Iterable[Taken], after: Iterable[Taken]) -> None:
    for host, span in before:
        marking.free(host, span)
    for host, span in after:
        marking.take(host, span)
    marking.write()


def _block(connection: Connection, number: int, hosts: Sequence[int], times: Times) -> None:
    places: Mapping[int, int] = {host: place for place, host in enumerate(hosts)}
    for host in sorted(places):
        row = {"appointment_id": number, "host_id": host, "place": places[host], "holding": True}
        _execute(connection, _HELD, row | times.blocked)


def _execute(connection: Connection, statement: Any, row: Mapping[str, Any] | None = None) -> None:
    try:
        connection.execute(statement, row)
    except IntegrityError as error:
        if NO_OVERLAP not in str(error.orig):
            raise
        raise Collision("Another booking of the host holds a part of this time.") from error
