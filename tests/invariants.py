"""What must hold in every database of bookings, whatever has happened to it, as queries for what does not.

They are plain SQL that SQLite and PostgreSQL read alike, and share nothing with the engine but its tables.
Busy masks are looked at bit by bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from booker_components.storage import Storage

#: Of each broken rule, so many rows are told.
TOLD = 5

_OPEN = "('confirmed', 'pending')"
_CHANGES = (
    "('booking.created', 'booking.rescheduled', 'booking.cancelled', 'booking.confirmed', 'booking.rejected')"
)
#: Events of changes, with the revision that each of them tells of.
_TOLD = f"""(
  SELECT id, booking_uid, kind,
    CAST(booking ->> 'revision' AS INTEGER) AS revision, booking ->> 'status' AS status
  FROM booker_events WHERE kind IN {_CHANGES}
)"""

#: What no row may ever be, and the query that finds such rows.
_BROKEN = {
    "a host has two times that overlap": """
        SELECT one.host_id, one.appointment_id, other.appointment_id AS other
        FROM booker_host_times AS one JOIN booker_host_times AS other
        ON one.host_id = other.host_id AND one.id < other.id
        AND one.blocked_from < other.blocked_until AND other.blocked_from < one.blocked_until
        WHERE one.holding AND other.holding
    """,
    "as many seats are taken as there are open bookings": f"""
        SELECT a.id, a.taken, count(b.id) AS open
        FROM booker_appointments AS a LEFT JOIN booker_bookings AS b
        ON b.appointment_id = a.id AND b.status IN {_OPEN}
        GROUP BY a.id, a.taken HAVING a.taken <> count(b.id)
    """,
    "no more seats are taken than there are": """
        SELECT id, taken, capacity FROM booker_appointments WHERE taken > capacity OR taken < 0
    """,
    "a time with one seat has one open booking": f"""
        SELECT a.id, count(b.id) AS open
        FROM booker_appointments AS a JOIN booker_bookings AS b
        ON b.appointment_id = a.id AND b.status IN {_OPEN}
        WHERE a.capacity = 1 GROUP BY a.id HAVING count(b.id) > 1
    """,
    "hosts are held as long as a seat is taken": """
        SELECT h.appointment_id, h.host_id, h.holding, a.taken
        FROM booker_host_times AS h JOIN booker_appointments AS a ON a.id = h.appointment_id
        WHERE h.holding <> (a.taken > 0)
    """,
    "hosts are held for all of the time": """
        SELECT h.appointment_id, h.host_id
        FROM booker_host_times AS h JOIN booker_appointments AS a ON a.id = h.appointment_id
        WHERE h.holding AND (h.blocked_from > a.starts OR h.blocked_until < a.ends)
    """,
    "open bookings are when their appointments are": f"""
        SELECT b.uid, b.appointment_id
        FROM booker_bookings AS b JOIN booker_appointments AS a ON a.id = b.appointment_id
        WHERE b.status IN {_OPEN}
        AND (b.starts <> a.starts OR b.ends <> a.ends OR b.event_type <> a.event_type)
    """,
    "what waits is decided about until some instant": """
        SELECT uid, status FROM booker_bookings WHERE (status = 'pending') <> (decide_by IS NOT NULL)
    """,
    "a series has the uid of one of its bookings": """
        SELECT uid, series FROM booker_bookings AS b WHERE series <> '' AND NOT EXISTS (
          SELECT 1 FROM booker_bookings AS first WHERE first.uid = b.series AND first.series = b.series
        )
    """,
    "a series is several bookings of one guest and kind": """
        SELECT series, count(*) AS bookings FROM booker_bookings WHERE series <> ''
        GROUP BY series HAVING count(*) < 2 OR count(DISTINCT guest) > 1 OR count(DISTINCT event_type) > 1
    """,
    "no request has made two bookings": """
        SELECT request_key, count(*) AS bookings FROM booker_bookings
        WHERE request_key IS NOT NULL GROUP BY request_key HAVING count(*) > 1
    """,
    "each revision of a booking was told once": f"""
        SELECT b.uid, b.revision, count(e.id) AS events
        FROM booker_bookings AS b LEFT JOIN {_TOLD} AS e ON e.booking_uid = b.uid
        GROUP BY b.uid, b.revision
        HAVING count(e.id) <> b.revision OR count(DISTINCT e.revision) <> b.revision
        OR min(e.revision) <> 1 OR max(e.revision) <> b.revision
    """,
    "each revision of a booking has its line in the audit": """
        SELECT b.uid, b.revision, count(l.id) AS lines
        FROM booker_bookings AS b LEFT JOIN booker_audit AS l ON l.booking_uid = b.uid
        GROUP BY b.uid, b.revision
        HAVING count(l.id) <> b.revision OR count(DISTINCT l.revision) <> b.revision
        OR min(l.revision) <> 1 OR max(l.revision) <> b.revision
    """,
    "the first that is told of a booking is that it was made": f"""
        SELECT booking_uid, kind, revision FROM {_TOLD} AS e
        WHERE (revision = 1) <> (kind = 'booking.created')
    """,
    "what was told is what the audit says": f"""
        SELECT e.booking_uid, e.revision, e.kind, l.action
        FROM {_TOLD} AS e LEFT JOIN booker_audit AS l
        ON l.booking_uid = e.booking_uid AND l.revision = e.revision
        WHERE l.action IS NULL OR l.action <> e.kind
    """,
    "a booking stands as was told last": f"""
        SELECT b.uid, b.status, e.status AS told
        FROM booker_bookings AS b JOIN {_TOLD} AS e ON e.booking_uid = b.uid AND e.revision = b.revision
        WHERE e.status <> b.status
    """,
    "events are numbered in the order of the revisions": f"""
        SELECT one.booking_uid, one.id, other.id AS other
        FROM {_TOLD} AS one JOIN {_TOLD} AS other
        ON other.booking_uid = one.booking_uid AND other.id > one.id
        WHERE other.revision <= one.revision
    """,
    "events are of bookings that there are": """
        SELECT id, booking_uid FROM booker_events AS e
        WHERE NOT EXISTS (SELECT 1 FROM booker_bookings AS b WHERE b.uid = e.booking_uid)
    """,
    "no event is there twice": """
        SELECT dedupe_key, count(*) AS events FROM booker_events GROUP BY dedupe_key HAVING count(*) > 1
    """,
    "each event goes once to each subscriber": """
        SELECT e.id, count(d.id) AS deliveries
        FROM booker_events AS e LEFT JOIN booker_deliveries AS d ON d.event = e.id
        GROUP BY e.id HAVING count(d.id) <> count(DISTINCT d.subscriber)
        OR count(d.id) <> (SELECT count(DISTINCT subscriber) FROM booker_deliveries)
    """,
}

#: What SQLite itself says of a file in which a page is torn, or a reference leads nowhere.
_TORN = {
    "the file is whole": "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "references lead somewhere": "SELECT * FROM pragma_foreign_key_check",
}

#: Appointments that are taken, with how many hosts give their time to each.
_STAFFED = """
    SELECT a.id, a.event_type, count(h.id) AS hosts
    FROM booker_appointments AS a LEFT JOIN booker_host_times AS h ON h.appointment_id = a.id AND h.holding
    WHERE a.taken > 0 GROUP BY a.id, a.event_type
"""


def problems(database: Storage | str, *, needs: Mapping[str, int] | None = None) -> list[str]:
    """Give what does not hold in *database*, a storage or an URL: for each rule some rows; [] if all holds.

    *needs* tells how many hosts each kind of appointment has; one at least, where it is not said.
    """
    with _reading(database) as connection:
        rules = _BROKEN | (_TORN if connection.dialect.name == "sqlite" else {})
        found = [
            f"Not so: {rule}: {dict(row._mapping)}"
            for rule, query in rules.items()
            for row in connection.execute(text(query)).fetchmany(TOLD)
        ]
        return [*found, *_understaffed(connection, needs or {}), *wrong_masks(connection)]


def _understaffed(connection: Connection, needs: Mapping[str, int]) -> Iterator[str]:
    for row in connection.execute(text(_STAFFED)):
        needed = needs.get(row.event_type)
        if row.hosts != needed if needed else not row.hosts:
            yield f"Not so: {row.event_type} has {needed or 'some'} hosts: {dict(row._mapping)}"


# --- busy masks -----------------------------------------------------------------------------------

#: The minutes of a block, the first of which began with 1970 in UTC.
_BLOCK = 32 * 24 * 60
_HELD = "SELECT host_id, blocked_from, blocked_until FROM booker_host_times WHERE holding"
_MASKS = "SELECT host_id, block, unit, mask FROM booker_busy_masks"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wrong_masks(connection: Connection) -> list[str]:
    """Give each block in which the mask of a host and the times at which one is held differ."""
    held, marked = _held(connection), _marked(connection)
    return [
        f"Not so: busy masks are when hosts are held: {{'host': {host}, 'block': {block}, "
        f"'not marked': {_some(held[host, block] - marked[host, block])}, "
        f"'not held': {_some(marked[host, block] - held[host, block])}}}"
        for host, block in sorted(held.keys() | marked.keys())
        if held[host, block] != marked[host, block]
    ]


def _held(connection: Connection) -> defaultdict[tuple[int, int], set[int]]:
    """Give the minutes of each host and block at which the host is held, if only for a part of them."""
    found: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for host, start, end in connection.execute(text(_HELD)):
        first, last = _seconds(start) // 60, -(-_seconds(end) // 60)
        for minute in range(int(first), int(last)):
            found[host, minute // _BLOCK].add(minute % _BLOCK)
    return found


def _marked(connection: Connection) -> defaultdict[tuple[int, int], set[int]]:
    """Give the minutes of each host and block whose bits are set."""
    found: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for host, block, unit, mask in connection.execute(text(_MASKS)):
        for place, byte in enumerate(mask):
            bits = (place * 8 + bit for bit in range(8 if byte else 0) if byte >> bit & 1)
            found[host, block].update(bit * unit + minute for bit in bits for minute in range(unit))
    return found


def _seconds(value: int | datetime) -> float:
    """Give the seconds since 1970 of an instant as either database tells it."""
    return (value - _EPOCH) / timedelta(seconds=1) if isinstance(value, datetime) else value / 1_000_000


def _some(minutes: set[int]) -> list[int]:
    return sorted(minutes)[:TOLD]


@contextmanager
def _reading(database: Storage | str) -> Iterator[Connection]:
    if isinstance(database, Storage):
        with database.reading() as connection:
            yield connection
        return
    storage = Storage(database)
    try:
        with storage.reading() as connection:
            yield connection
    finally:
        storage.close()
