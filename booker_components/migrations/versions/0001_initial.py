"""Create the tables of the embedded engine and of the outbox.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from booker_components.storage import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite has no exclusion constraint. A batch migration that copies booker_bookings drops both triggers:
# it must make them again. Ranges include their start and not their end, so neighbours may touch.
_TRIGGER = """
CREATE TRIGGER booker_bookings_no_overlap_{name}
BEFORE {change} ON booker_bookings
WHEN NEW.status IN ('confirmed', 'pending')
BEGIN
  SELECT RAISE(ABORT, 'booker_no_overlap')
  WHERE EXISTS (
    SELECT 1 FROM booker_bookings AS other
    WHERE other.host_id = NEW.host_id
      AND other.status IN ('confirmed', 'pending')
      AND other.blocked_from < NEW.blocked_until
      AND other.blocked_until > NEW.blocked_from
      {unless}
  );
END
"""
_INSERT = _TRIGGER.format(name="insert", change="INSERT", unless="")
_UPDATE = _TRIGGER.format(
    name="update",
    change="UPDATE OF id, host_id, status, blocked_from, blocked_until",
    unless="AND other.id <> OLD.id",
)

# The range of one host id needs no extension, as "host_id WITH =" would (btree_gist).
_EXCLUSION = """
ALTER TABLE booker_bookings ADD CONSTRAINT booker_no_overlap EXCLUDE USING gist (
  int8range(host_id, host_id, '[]') WITH &&,
  tstzrange(blocked_from, blocked_until) WITH &&
) WHERE (status IN ('confirmed', 'pending'))
"""


def upgrade() -> None:
    """Create everything."""
    _create_hosts()
    _create_bookings()
    _forbid_overlaps()
    _create_audit()
    _create_events()
    _create_deliveries()


def _create_hosts() -> None:
    op.create_table(
        "booker_hosts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_hosts_pk")),
        sa.UniqueConstraint("slug", name=op.f("booker_hosts_slug_uq")),
    )


def _create_bookings() -> None:
    op.create_table(
        "booker_bookings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("request_key", sa.Text, nullable=True),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("host_id", sa.Integer, nullable=False),
        sa.Column("starts", Instant, nullable=False),
        sa.Column("ends", Instant, nullable=False),
        sa.Column("blocked_from", Instant, nullable=False),
        sa.Column("blocked_until", Instant, nullable=False),
        sa.Column("first_starts", Instant, nullable=False),
        sa.Column("former_starts", Instant, nullable=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("attendee_name", sa.Text, nullable=False),
        sa.Column("attendee_email", sa.Text, nullable=False),
        sa.Column("attendee_zone", sa.Text, nullable=False),
        sa.Column("attendee_locale", sa.Text, nullable=False),
        sa.Column("attendee_phone", sa.Text, nullable=False),
        sa.Column("guests", sa.JSON, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("location", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_bookings_pk")),
        sa.UniqueConstraint("uid", name=op.f("booker_bookings_uid_uq")),
        sa.UniqueConstraint("request_key", name=op.f("booker_bookings_request_key_uq")),
        sa.ForeignKeyConstraint(["host_id"], ["booker_hosts.id"], name=op.f("booker_bookings_host_id_fk")),
        sa.CheckConstraint("ends > starts", name=op.f("booker_bookings_lasts_ck")),
        sa.CheckConstraint(
            "blocked_from <= starts AND blocked_until >= ends", name=op.f("booker_bookings_blocks_ck")
        ),
        sa.CheckConstraint(
            "status IN ('confirmed', 'pending', 'cancelled', 'rejected')",
            name=op.f("booker_bookings_status_ck"),
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("booker_bookings_revision_ck")),
    )
    op.create_index(
        "booker_bookings_busy_ix", "booker_bookings", ["host_id", "blocked_until", "blocked_from"]
    )
    op.create_index("booker_bookings_starts_ix", "booker_bookings", ["starts"])


def _forbid_overlaps() -> None:
    rules = (_EXCLUSION,) if op.get_bind().dialect.name == "postgresql" else (_INSERT, _UPDATE)
    for rule in rules:
        op.execute(rule)


def _create_audit() -> None:
    op.create_table(
        "booker_audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("booking_uid", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_audit_pk")),
        sa.UniqueConstraint("booking_uid", "revision", name=op.f("booker_audit_booking_uid_revision_uq")),
    )


def _create_events() -> None:
    op.create_table(
        "booker_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("dedupe_key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("booking_uid", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("booking", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_events_pk")),
        sa.UniqueConstraint("event_id", name=op.f("booker_events_event_id_uq")),
        sa.UniqueConstraint("dedupe_key", name=op.f("booker_events_dedupe_key_uq")),
        sqlite_autoincrement=True,
    )


def _create_deliveries() -> None:
    op.create_table(
        "booker_deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("event", sa.Integer, nullable=False),
        sa.Column("booking_uid", sa.Text, nullable=False),
        sa.Column("subscriber", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", Instant, nullable=False),
        sa.Column("first_tried_at", Instant, nullable=True),
        sa.Column("done_at", Instant, nullable=True),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_deliveries_pk")),
        sa.UniqueConstraint("event", "subscriber", name=op.f("booker_deliveries_event_subscriber_uq")),
        sa.ForeignKeyConstraint(["event"], ["booker_events.id"], name=op.f("booker_deliveries_event_fk")),
        sa.CheckConstraint("state IN ('pending', 'done', 'parked')", name=op.f("booker_deliveries_state_ck")),
    )
    op.create_index("booker_deliveries_due_ix", "booker_deliveries", ["state", "next_at"])
    op.create_index(
        "booker_deliveries_order_ix", "booker_deliveries", ["subscriber", "booking_uid", "state", "event"]
    )
