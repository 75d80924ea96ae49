"""A case may go on in several conversations: each is a row of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision: str | None = "0017"


def upgrade() -> None:
    """The conversations of a case are those of its customer's posts, and the one in which it began."""
    op.create_table(
        "conversations",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "author_id", "root_id")),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "author_id", "root_id", "case_id", name="pk_conversations"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_conversations_case_id"),
    )
    op.execute(
        """INSERT INTO conversations (account, author_id, root_id, case_id, surface)
        SELECT account, author_id, root_id, case_id, min(surface) FROM posts
        WHERE case_id IS NOT NULL AND NOT by_brand GROUP BY account, author_id, root_id, case_id"""
    )
    op.execute(
        """INSERT INTO conversations (account, author_id, root_id, case_id, surface)
        SELECT account, author_id, root_id, id, mode FROM cases WHERE NOT EXISTS
        (SELECT 1 FROM conversations WHERE case_id = cases.id AND root_id = cases.root_id)"""
    )
    op.drop_index("ix_cases_conversation", "cases")
    op.drop_column("cases", "root_id")
