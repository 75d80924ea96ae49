"""What was promised to customers, and who is to be called back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"


def upgrade() -> None:
    """Replies that are out already are not read again."""
    op.create_table(
        "reminders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("reply_id", sa.BigInteger()),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told_for", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_reminders_case_id"),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_reminders_reply_id"),
    )
    op.create_index(
        "ix_reminders_open",
        "reminders",
        ["case_id", "due_at"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("uq_reminders_reply", "reminders", ["reply_id"], unique=True)
