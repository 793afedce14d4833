"""Create the tables of what subscribers remember: moves, turns and reports.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from booker_components.storage import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _create_moves()
    _create_turns()
    _create_reports()


def _create_moves() -> None:
    op.create_table(
        "booker_moves",
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("replaces", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("booker_moves_pk")),
    )
    op.create_index("booker_moves_replaces_ix", "booker_moves", ["replaces"])


def _create_turns() -> None:
    op.create_table(
        "booker_turns",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("booker_turns_pk")),
    )


def _create_reports() -> None:
    op.create_table(
        "booker_reports",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("booking_uid", sa.Text, nullable=False),
        sa.Column("told_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("kind", "recipient", "booking_uid", name=op.f("booker_reports_pk")),
    )
    op.create_index("booker_reports_booking_uid_ix", "booker_reports", ["booking_uid"])
