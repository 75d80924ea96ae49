"""Every thread that a case has or had is a row of its own, also the one that it has now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    """Threads that were deleted lead to their cases as before, and those that stand do in the same way."""
    op.create_table(
        "threads",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "ts", name="pk_threads"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_threads_case_id"),
    )
    op.execute("INSERT INTO threads (channel, ts, case_id) SELECT channel, ts, case_id FROM old_threads")
    op.execute(
        """INSERT INTO threads (channel, ts, case_id)
        SELECT thread_channel, thread_ts, id FROM cases WHERE thread_ts IS NOT NULL
        ON CONFLICT (channel, ts) DO UPDATE SET case_id = excluded.case_id"""
    )
    op.create_index("ix_threads_case", "threads", ["case_id"])
    op.drop_table("old_threads")
    op.drop_index("uq_cases_thread", "cases")
