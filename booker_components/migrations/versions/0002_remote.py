"""Create the tables of what we remember about remote providers, and of what hosts know of their users.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from booker_components.storage import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _create_known_bookings()
    _create_request_keys()
    _create_tokens()
    _create_inbox()
    _create_prefills()


def _create_known_bookings() -> None:
    op.create_table(
        "booker_known_bookings",
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("starts", Instant, nullable=True),
        sa.Column("asked_at", Instant, nullable=True),
        sa.Column("changed_at", Instant, nullable=True),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("shared", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("booker_known_bookings_pk")),
    )
    op.create_index("booker_known_bookings_shared_ix", "booker_known_bookings", ["shared"])


def _create_request_keys() -> None:
    op.create_table(
        "booker_request_keys",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("begun_at", Instant, nullable=False),
        sa.Column("keep_until", Instant, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("booker_request_keys_pk")),
    )
    op.create_index("booker_request_keys_keep_until_ix", "booker_request_keys", ["keep_until"])


def _create_tokens() -> None:
    op.create_table(
        "booker_tokens",
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("former_digest", sa.Text, nullable=False),
        sa.Column("leased_until", Instant, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("provider", "account", name=op.f("booker_tokens_pk")),
    )
    op.create_index("booker_tokens_digest_ix", "booker_tokens", ["provider", "digest"])
    op.create_index("booker_tokens_former_digest_ix", "booker_tokens", ["provider", "former_digest"])


def _create_inbox() -> None:
    op.create_table(
        "booker_inbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", Instant, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_inbox_pk")),
        sa.UniqueConstraint("key", name=op.f("booker_inbox_key_uq")),
        sa.CheckConstraint("state IN ('new', 'done', 'kept', 'parked')", name=op.f("booker_inbox_state_ck")),
        sqlite_autoincrement=True,
    )
    op.create_index("booker_inbox_state_ix", "booker_inbox", ["state", "next_at"])


def _create_prefills() -> None:
    op.create_table(
        "booker_prefills",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("locked", sa.Text, nullable=False),
        sa.Column("open", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("keep_until", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("booker_prefills_pk")),
    )
    op.create_index("booker_prefills_digest_ix", "booker_prefills", ["digest"])
    op.create_index("booker_prefills_keep_until_ix", "booker_prefills", ["keep_until"])
