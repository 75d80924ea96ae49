"""Threads whose first message is gone from the desk, with the cases that go on in others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Make the table; no case has had two threads so far."""
    op.create_table(
        "old_threads",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "ts", name="pk_old_threads"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_old_threads_case_id"),
    )
    op.create_index("ix_old_threads_case", "old_threads", ["case_id"])
