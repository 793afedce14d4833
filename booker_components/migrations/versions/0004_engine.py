"""Give times to several hosts and guests: appointments, the hosts' times, busy masks, holds and feeds.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from booker_components.storage import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite has no exclusion constraint. As no two times of a host overlap, only the first of those that end
# after a new one's start may overlap it: all others begin later. A migration that copies booker_host_times
# must make both triggers again.
# Ranges include their start and not their end, so neighbours may touch.
_TRIGGER = """
CREATE TRIGGER booker_host_times_no_overlap_{name}
BEFORE {change} ON booker_host_times
WHEN NEW.holding
BEGIN
  SELECT RAISE(ABORT, 'booker_no_overlap')
  WHERE (
    SELECT other.blocked_from FROM booker_host_times AS other
    WHERE other.host_id = NEW.host_id
      AND other.holding
      AND other.blocked_until > NEW.blocked_from
      {unless}
    ORDER BY other.blocked_until LIMIT 1
  ) < NEW.blocked_until;
END
"""
_INSERT = _TRIGGER.format(name="insert", change="INSERT", unless="")
_UPDATE = _TRIGGER.format(
    name="update",
    change="UPDATE OF id, host_id, holding, blocked_from, blocked_until",
    unless="AND other.id <> OLD.id",
)

# The range of one host id needs no extension, as "host_id WITH =" would (btree_gist).
_EXCLUSION = """
ALTER TABLE booker_host_times ADD CONSTRAINT booker_no_overlap EXCLUDE USING gist (
  int8range(host_id, host_id, '[]') WITH &&,
  tstzrange(blocked_from, blocked_until) WITH &&
) WHERE (holding)
"""

# Every booking so far has a time and a host of its own, so it lends them its number and its uid.
_KEEP = "CREATE TABLE booker_bookings_before AS SELECT * FROM booker_bookings"
_APPOINTMENTS = """
INSERT INTO booker_appointments (id, uid, event_type, starts, ends, capacity, revision, taken)
SELECT id, uid, event_type, starts, ends, 1, revision,
    CASE WHEN status IN ('confirmed', 'pending') THEN 1 ELSE 0 END
FROM booker_bookings_before
"""
_HOST_TIMES = """
INSERT INTO booker_host_times (appointment_id, host_id, place, blocked_from, blocked_until, holding)
SELECT id, host_id, 0, blocked_from, blocked_until, status IN ('confirmed', 'pending')
FROM booker_bookings_before ORDER BY id
"""
_SAME = (
    "id, uid, request_key, event_type, title, starts, ends, first_starts, former_starts, status, revision, "
    "attendee_name, attendee_email, attendee_zone, attendee_locale, attendee_phone, guests, answers, "
    "location, notes, reason, changed_by, created_at, updated_at"
)
_BOOKINGS = f"""
INSERT INTO booker_bookings ({_SAME}, appointment_id, series, guest, metadata)
SELECT {_SAME}, id, '', lower(attendee_email), '{{}}' FROM booker_bookings_before ORDER BY id
"""  # noqa: S608 - our own names

_BUSY_MASK = (
    "INSERT INTO booker_busy_masks (host_id, block, unit, mask) VALUES (:host_id, :block, :unit, :mask)"
)


def upgrade() -> None:
    """Create the tables and move what is there."""
    op.execute(_KEEP)
    op.drop_table("booker_bookings")
    _create_appointments()
    _create_host_times()
    _create_bookings()
    for move in (_APPOINTMENTS, _HOST_TIMES, _BOOKINGS):
        op.execute(move)
    _fold_addresses()
    op.drop_table("booker_bookings_before")
    _go_on_counting()
    _forbid_overlaps()
    _create_busy_masks()
    _create_holds()
    _create_feeds()
    op.create_index("booker_turns_until_ix", "booker_turns", ["until"])
    op.create_index("booker_events_booking_ix", "booker_events", ["booking_uid", "id"])
    op.add_column("booker_prefills", sa.Column("uses", sa.Integer, nullable=True))


def _create_appointments() -> None:
    op.create_table(
        "booker_appointments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("starts", Instant, nullable=False),
        sa.Column("ends", Instant, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_appointments_pk")),
        sa.UniqueConstraint("uid", name=op.f("booker_appointments_uid_uq")),
        sa.CheckConstraint("ends > starts", name=op.f("booker_appointments_lasts_ck")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("booker_appointments_seats_ck")),
    )
    op.create_index("booker_appointments_starts_ix", "booker_appointments", ["event_type", "starts"])


def _create_host_times() -> None:
    op.create_table(
        "booker_host_times",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("appointment_id", sa.Integer, nullable=False),
        sa.Column("host_id", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("blocked_from", Instant, nullable=False),
        sa.Column("blocked_until", Instant, nullable=False),
        sa.Column("holding", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_host_times_pk")),
        sa.UniqueConstraint(
            "appointment_id", "host_id", name=op.f("booker_host_times_appointment_id_host_id_uq")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["booker_appointments.id"], name=op.f("booker_host_times_appointment_id_fk")
        ),
        sa.ForeignKeyConstraint(["host_id"], ["booker_hosts.id"], name=op.f("booker_host_times_host_id_fk")),
        sa.CheckConstraint("blocked_until > blocked_from", name=op.f("booker_host_times_lasts_ck")),
    )
    op.create_index(
        "booker_host_times_busy_ix",
        "booker_host_times",
        ["host_id", "blocked_until", "blocked_from"],
        sqlite_where=sa.text("holding"),
        postgresql_where=sa.text("holding"),
    )


def _create_bookings() -> None:
    op.create_table(
        "booker_bookings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("request_key", sa.Text, nullable=True),
        sa.Column("appointment_id", sa.Integer, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("starts", Instant, nullable=False),
        sa.Column("ends", Instant, nullable=False),
        sa.Column("first_starts", Instant, nullable=False),
        sa.Column("former_starts", Instant, nullable=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("decide_by", Instant, nullable=True),
        sa.Column("guest", sa.Text, nullable=False),
        sa.Column("attendee_name", sa.Text, nullable=False),
        sa.Column("attendee_email", sa.Text, nullable=False),
        sa.Column("attendee_zone", sa.Text, nullable=False),
        sa.Column("attendee_locale", sa.Text, nullable=False),
        sa.Column("attendee_phone", sa.Text, nullable=False),
        sa.Column("guests", sa.JSON, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("location", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_bookings_pk")),
        sa.UniqueConstraint("uid", name=op.f("booker_bookings_uid_uq")),
        sa.UniqueConstraint("request_key", name=op.f("booker_bookings_request_key_uq")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["booker_appointments.id"], name=op.f("booker_bookings_appointment_id_fk")
        ),
        sa.CheckConstraint("ends > starts", name=op.f("booker_bookings_lasts_ck")),
        sa.CheckConstraint(
            "status IN ('confirmed', 'pending', 'cancelled', 'rejected')",
            name=op.f("booker_bookings_status_ck"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("booker_bookings_revision_ck")),
    )
    for name, columns in (
        ("starts", ["starts"]),
        ("appointment", ["appointment_id"]),
        ("series", ["series"]),
        ("decide_by", ["decide_by"]),
        ("guest", ["guest", "starts"]),
    ):
        op.create_index(f"booker_bookings_{name}_ix", "booker_bookings", columns)


def _fold_addresses() -> None:
    """Write the addresses of guests as we compare them: databases fold case each in its own way."""
    bookings = sa.table("booker_bookings", sa.column("attendee_email", sa.Text), sa.column("guest", sa.Text))
    connection = op.get_bind()
    for address, guest in connection.execute(sa.select(*bookings.c).distinct()).all():
        if address.casefold() != guest:
            theirs = bookings.c.attendee_email == address
            connection.execute(sa.update(bookings).where(theirs).values(guest=address.casefold()))


def _go_on_counting() -> None:
    """Let PostgreSQL number new rows after those that came with numbers."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("booker_appointments", "booker_bookings"):
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"  # noqa: S608, E501 - our own names
        )


def _forbid_overlaps() -> None:
    rules = (_EXCLUSION,) if op.get_bind().dialect.name == "postgresql" else (_INSERT, _UPDATE)
    for rule in rules:
        op.execute(rule)


def _create_busy_masks() -> None:
    op.create_table(
        "booker_busy_masks",
        sa.Column("host_id", sa.Integer, nullable=False),
        sa.Column("block", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("unit", sa.Integer, nullable=False),
        sa.Column("mask", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("host_id", "block", name=op.f("booker_busy_masks_pk")),
        sa.ForeignKeyConstraint(["host_id"], ["booker_hosts.id"], name=op.f("booker_busy_masks_host_id_fk")),
        sa.CheckConstraint("unit IN (1, 5)", name=op.f("booker_busy_masks_unit_ck")),
        sa.CheckConstraint("length(mask) = 5760 / unit", name=op.f("booker_busy_masks_whole_ck")),
    )
    for key, mask in sorted(_busy().items()):
        row = {"host_id": key[0], "block": key[1], **_in_longest_units(mask)}
        op.get_bind().execute(sa.text(_BUSY_MASK), row)


def _in_longest_units(mask: bytearray) -> dict[str, object]:
    """Give unit and mask of a block: each bit five minutes, or one where times begin or end in between."""
    bits = f"{int.from_bytes(mask, 'little'):0{len(mask) * 8}b}"
    fives = [bits[place : place + 5] for place in range(0, len(bits), 5)]
    if not set(fives) <= {"00000", "11111"}:
        return {"unit": 1, "mask": bytes(mask)}
    number = int("".join(each[0] for each in fives), 2)
    return {"unit": 5, "mask": number.to_bytes(len(mask) // 5, "little")}


def _busy() -> dict[tuple[int, int], bytearray]:
    """Give a bit for each minute that a host is taken, by host and block of 32 days since 1970."""
    times = sa.table(
        "booker_host_times",
        sa.column("host_id", sa.Integer),
        sa.column("blocked_from", Instant),
        sa.column("blocked_until", Instant),
        sa.column("holding", sa.Boolean),
    )
    masks: dict[tuple[int, int], bytearray] = {}
    for row in op.get_bind().execute(sa.select(times).where(times.c.holding)):
        first = int(row.blocked_from.timestamp() // 60)
        last = -int(-row.blocked_until.timestamp() // 60)
        for minute in range(first, last):
            block, place = divmod(minute, 32 * 1440)
            mask = masks.setdefault((row.host_id, block), bytearray(32 * 1440 // 8))
            mask[place >> 3] |= 1 << (place & 7)
    return masks


def _create_holds() -> None:
    op.create_table(
        "booker_holds",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("host_id", sa.Integer, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("starts", Instant, nullable=False),
        sa.Column("ends", Instant, nullable=False),
        sa.Column("blocked_from", Instant, nullable=False),
        sa.Column("blocked_until", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_holds_pk")),
        sa.UniqueConstraint("uid", "host_id", name=op.f("booker_holds_uid_host_id_uq")),
        sa.ForeignKeyConstraint(["host_id"], ["booker_hosts.id"], name=op.f("booker_holds_host_id_fk")),
    )
    op.create_index("booker_holds_busy_ix", "booker_holds", ["host_id", "until"])
    op.create_index("booker_holds_until_ix", "booker_holds", ["until"])


def _create_feeds() -> None:
    op.create_table(
        "booker_feeds",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.Column("good_at", Instant, nullable=True),
        sa.Column("tried_at", Instant, nullable=True),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("booker_feeds_pk")),
    )
