"""How far each thread was read whole; the order of the messages of a case is kept no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Make the table of marks; no thread has one yet, so each is read once more."""
    op.create_table(
        "thread_marks",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("read_to", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "ts", name="pk_thread_marks"),
    )
    op.drop_index("ix_messages_case", table_name="messages")
