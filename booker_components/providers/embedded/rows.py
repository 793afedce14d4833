"""Reading what is booked; each function works on the connection it is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType, SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, text, update

from ...errors import BookingNotFound
from ...payloads import answers_from_dict, location_from_dict
from ...values import Attendee, Booking, BookingFilter, BookingStatus, Host, Occurrence
from .listing import listed
from .tables import appointments, bookings, host_times, hosts

# To build a statement takes longer than to run it: those of every booking are built once, here.
_BOOKINGS = select(bookings, appointments.c.uid.label("shared_uid"), appointments.c.capacity).join(
    appointments, bookings.c.appointment_id == appointments.c.id
)
_BY_UID = _BOOKINGS.where(bookings.c.uid == bindparam("uid"))
_SHARED = _BOOKINGS.where(appointments.c.uid == bindparam("uid"), appointments.c.capacity > 1).order_by(
    bookings.c.id
)
_SERIES = _BOOKINGS.where(bookings.c.series == bindparam("series")).order_by(bookings.c.starts, bookings.c.id)

_HOSTS = (
    select(host_times.c.appointment_id, hosts)
    .join(hosts, host_times.c.host_id == hosts.c.id)
    .order_by(host_times.c.appointment_id, host_times.c.place)
)
# One is the rule, and a list is written into the statement anew each time.
_HOSTS_OF_ONE = _HOSTS.where(host_times.c.appointment_id == bindparam("number"))
_HOSTS_OF_SEVERAL = _HOSTS.where(host_times.c.appointment_id.in_(bindparam("numbers", expanding=True)))

_REQUEST = select(bookings.c.uid, bookings.c.first_starts).where(bookings.c.request_key == bindparam("key"))
_QUEUE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


# --- hosts ---------------------------------------------------------------------------------------


def read_hosts(connection: Connection) -> dict[Host, int]:
    """Give every host that was ever declared, with its number."""
    return {_host(row): row.id for row in connection.execute(select(hosts))}


def write_hosts(connection: Connection, declared: Iterable[Host]) -> None:
    """Keep the hosts as they are *declared* now, under the numbers that they have."""
    queue(connection, "hosts")
    known = set(connection.scalars(select(hosts.c.slug)))
    for host in declared:
        columns = {"slug": host.slug, "name": host.name, "zone": host.zone, "email": host.email}
        if host.slug in known:
            connection.execute(update(hosts).where(hosts.c.slug == host.slug).values(columns))
        else:
            connection.execute(insert(hosts).values(columns))


def queue(connection: Connection, *names: str) -> None:
    """Let one transaction after the other do what is called by any of *names*."""
    # On SQLite a transaction that writes is alone anyway. In order, so that two never wait for each other.
    if connection.dialect.name == "postgresql":
        for name in sorted(set(names)):
            connection.execute(_QUEUE, {"name": f"booker {name}"})


# --- bookings ------------------------------------------------------------------------------------


def read_booking(connection: Connection, uid: str, *, lock: bool = False) -> Booking:
    """Give one booking, with the dates of its series, or `BookingNotFound`.

    The uid may be that of a time that guests share: then it is the whole, which is nobody's. With *lock* it,
    its series and all its seats are kept from others until the transaction ends.
    """
    # No database is asked for a uid that we never make: some refuse the characters themselves.
    if uid.isascii() and uid.isalnum():
        if lock:
            _lock(connection, uid)
        found = _read(connection, _BY_UID, uid=uid)
        if found:
            return _with_series(connection, found[0])
        if shared := read_shared(connection, uid):
            revision = connection.scalar(select(appointments.c.revision).where(appointments.c.uid == uid))
            return _whole(uid, shared, revision or 1)
    raise BookingNotFound(f"There is no booking {uid!r}.")


def read_shared(connection: Connection, uid: str) -> tuple[Booking, ...]:
    """Give the seats of the time that guests share under *uid*, in the order in which they were booked."""
    return _read(connection, _SHARED, uid=uid)


def read_companions(connection: Connection, booking: Booking) -> tuple[str, ...]:
    """Give the names of the others who have a seat at the time of *booking*, whoever booked first first."""
    shared = read_shared(connection, booking.shared)
    return tuple(each.attendee.name for each in shared if each.is_open and each.uid != booking.uid)


def read_series(connection: Connection, series: str) -> tuple[Booking, ...]:
    """Give every booking of a series by start."""
    return _read(connection, _SERIES, series=series)


def read_bookings(connection: Connection, wanted: BookingFilter) -> tuple[Booking, ...]:
    """Give the bookings that match, in the order that is wanted."""
    return _read(connection, listed(_BOOKINGS, wanted))


def read_undecided(connection: Connection, now: datetime, limit: int = 100) -> tuple[Booking, ...]:
    """Give bookings that wait for a host whose time to decide is over, and keep them from others.

    Those that others change at this moment are left to them.
    """
    waiting = (bookings.c.status == BookingStatus.PENDING.value) & (bookings.c.decide_by <= now)
    over = select(bookings.c.id).where(waiting).order_by(bookings.c.decide_by).limit(limit)
    numbers = connection.scalars(over.with_for_update(skip_locked=True)).all()
    return _read(connection, _BOOKINGS.where(bookings.c.id.in_(numbers)).order_by(bookings.c.decide_by))


def read_request(connection: Connection, key: str) -> tuple[Booking, datetime] | None:
    """Give the booking that a request with *key* made and the start it asked for, if there was one.

    Others who ask with the same key wait until the transaction ends.
    """
    if not key:
        return None
    queue(connection, f"request {key}")
    row = connection.execute(_REQUEST, {"key": key}).first()
    return None if row is None else (read_booking(connection, row.uid), row.first_starts)


def _lock(connection: Connection, uid: str) -> None:
    # On SQLite a transaction that writes is alone anyway.
    if connection.dialect.name != "postgresql":
        return
    whole = select(appointments.c.id).where(appointments.c.uid == uid, appointments.c.capacity > 1)
    series = select(bookings.c.series).where(bookings.c.uid == uid)
    # Asked first: where PostgreSQL does not know the values, it reads every booking that there is.
    found = connection.execute(select(series.scalar_subquery(), whole.scalar_subquery())).one()
    which = bookings.c.uid == uid
    if found[0]:
        which |= bookings.c.series == found[0]
    if found[1] is not None:
        which |= bookings.c.appointment_id == found[1]
    # In order, so that two never wait for each other. Not joined to anything: while it is waited for, a
    # booking may get another appointment, and PostgreSQL would leave it out then.
    rows = select(bookings.c.id).where(which).order_by(bookings.c.id).with_for_update()
    connection.execute(rows)
    if found[1] is not None:
        connection.execute(whole.with_for_update())
        # Nobody can take a seat any more; somebody may just have done so.
        connection.execute(rows)


def _read(connection: Connection, query: Select[Any], **values: str) -> tuple[Booking, ...]:
    rows = connection.execute(query, values).all()
    if not rows:
        return ()
    people = _hosts_of(connection, {row.appointment_id for row in rows})
    return tuple(_booking(row, people[row.appointment_id]) for row in rows)


def _hosts_of(connection: Connection, numbers: Collection[int]) -> dict[int, list[Host]]:
    if len(numbers) == 1:
        rows = connection.execute(_HOSTS_OF_ONE, {"number": next(iter(numbers))})
    else:
        rows = connection.execute(_HOSTS_OF_SEVERAL, {"numbers": list(numbers)})
    found: dict[int, list[Host]] = defaultdict(list)
    for row in rows:
        found[row.appointment_id].append(_host(row))
    return found


def _with_series(connection: Connection, booking: Booking) -> Booking:
    if not booking.series:
        return booking
    dates = tuple(
        Occurrence(uid=each.uid, start=each.start, end=each.end, status=each.status, revision=each.revision)
        for each in read_series(connection, booking.series)
    )
    return replace(booking, occurrences=dates)


def _whole(uid: str, seats: Sequence[Booking], revision: int) -> Booking:
    """Give the time that guests share, which is open as long as one of its *seats* is."""
    held = [each for each in seats if each.is_open] or list(seats)
    status = next((each.status for each in held if each.status is BookingStatus.CONFIRMED), held[0].status)
    return replace(
        held[0],
        uid=uid,
        shared="",
        series="",
        status=status,
        decide_by=min((each.decide_by for each in held if each.decide_by), default=None),
        attendee=Attendee(name="", email="", zone=held[0].host.zone),
        guests=(),
        notes="",
        answers=MappingProxyType({}),
        metadata=MappingProxyType({}),
        created_at=min(each.created_at for each in seats),
        updated_at=max(each.updated_at for each in seats),
        revision=revision,
    )


# --- rows and values -----------------------------------------------------------------------------


def written(connection: Connection, row: Mapping[str, Any]) -> Booking:
    """Give the booking that reading the *row* just written would, where nobody shares its appointment.

    Its hosts are read: only the database knows by which names others have declared them meanwhile. The dates
    of a series are left out.
    """
    number = row["appointment_id"]
    return _booking(SimpleNamespace(**row, capacity=1), _hosts_of(connection, {number})[number])


def _host(row: Row[Any]) -> Host:
    return Host(slug=row.slug, name=row.name, zone=row.zone, email=row.email)


def _booking(row: Row[Any] | SimpleNamespace, people: Sequence[Host]) -> Booking:
    return Booking(
        uid=row.uid,
        event_type=row.event_type,
        title=row.title,
        start=row.starts,
        end=row.ends,
        status=BookingStatus(row.status),
        hosts=tuple(people),
        attendee=_attendee(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        revision=row.revision,
        decide_by=row.decide_by,
        guests=tuple(row.guests),
        notes=row.notes,
        answers=answers_from_dict(row.answers),
        location=location_from_dict(row.location),
        former_start=row.former_starts,
        reason=row.reason,
        changed_by=row.changed_by,
        shared=row.shared_uid if row.capacity > 1 else "",
        series=row.series,
        metadata=MappingProxyType(dict(row.metadata)),
    )


def _attendee(row: Row[Any] | SimpleNamespace) -> Attendee:
    return Attendee(
        name=row.attendee_name,
        email=row.attendee_email,
        zone=row.attendee_zone,
        locale=row.attendee_locale,
        phone=row.attendee_phone,
    )
