"""How each case stood at the desk and since when, and the desk's stamp of each reaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """A case gets its first rows when it next changes. Reactions that are known count as the oldest."""
    integer = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "tenures",
        sa.Column("id", integer, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tenures_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tenures"),
    )
    op.create_index("ix_tenures_case", "tenures", ["case_id", "id"])
    op.create_index(
        "ix_messages_asked",
        "messages",
        ["case_id"],
        sqlite_where=sa.text("kind = 'asked'"),
        postgresql_where=sa.text("kind = 'asked'"),
    )
    op.add_column("reactions", sa.Column("present", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("reactions", sa.Column("stamp", sa.Text(), nullable=False, server_default="0"))
