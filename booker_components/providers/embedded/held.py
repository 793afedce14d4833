"""What is held of the time of hosts, by the rows that guard it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from .tables import host_times, hosts, is_held

#: A host, by number, and from when to when.
Taken = tuple[int, tuple[datetime, datetime]]

# Later than anything that is held.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_h, _next = host_times.c, host_times.alias("next").c
_START: BindParameter[datetime] = bindparam("start")
_END: BindParameter[datetime] = bindparam("end")
_WHO: BindParameter[int] = bindparam("hosts", expanding=True)
_Query = Select[tuple[int, datetime, datetime]]


def held_by(connection: Connection, appointment: int) -> list[Taken]:
    """Give the hosts of an appointment, by its number, in their order, and when each of them is held."""
    return _taken(connection, _OF_ONE, {"appointment": appointment})


def held_between(
    connection: Connection, hosts: Collection[int], start: datetime, end: datetime, *, but: int | None = None
) -> list[Taken]:
    """Give what is held of *hosts* at any time from *start* up to *end*, without the appointment *but*."""
    query = _BOUNDED if connection.dialect.name == "sqlite" else _BETWEEN
    # There is no appointment 0.
    asked = {"hosts": list(hosts), "start": start, "end": end, "but": but or 0}
    return _taken(connection, query, asked if query is _BETWEEN else {**asked, "never": _NEVER})


def _taken(connection: Connection, query: _Query, asked: dict[str, object]) -> list[Taken]:
    rows = connection.execute(query, asked)
    return [(row.host_id, (row.blocked_from, row.blocked_until)) for row in rows]


_OF_ONE = (
    select(_h.host_id, _h.blocked_from, _h.blocked_until)
    .where(_h.appointment_id == bindparam("appointment"), is_held())
    .order_by(_h.place)
)
_BETWEEN = (
    select(_h.host_id, _h.blocked_from, _h.blocked_until)
    .where(_h.host_id.in_(_WHO), is_held(), _h.appointment_id != bindparam("but"))
    .where(_h.blocked_until > _START, _h.blocked_from < _END)
)
# SQLite would read all that ends later. As nothing of one host overlaps, what begins later ends later, too.
_LATER = (
    select(_next.blocked_until)
    .where(_next.host_id == hosts.c.id, is_held("next"))
    .where(_next.blocked_until > _START, _next.blocked_from >= _END)
    .order_by(_next.blocked_until)
    .limit(1)
    .scalar_subquery()
)
_BOUNDED = (
    select(_h.host_id, _h.blocked_from, _h.blocked_until)
    .join(hosts, hosts.c.id == _h.host_id)
    .where(hosts.c.id.in_(_WHO), is_held(), _h.appointment_id != bindparam("but"))
    .where(_h.blocked_until > _START, _h.blocked_from < _END)
    .where(_h.blocked_until <= func.coalesce(_LATER, bindparam("never", type_=_h.blocked_until.type)))
)
