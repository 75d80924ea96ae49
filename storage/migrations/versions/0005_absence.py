"""Whether a post is still shown, what it quotes, and what is known of its author."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"

#: An author who has an open case and was never named is asked for again. Until now X was all there was.
_NAMELESS = """
INSERT INTO authors (network, id, handle, name, avatar_url, url, looked_up_at, standing)
SELECT DISTINCT 'x', author_id, '', '', '', '', 0, 'unknown' FROM cases
WHERE status NOT IN ('closed', 'dismissed') AND author_id NOT IN (SELECT id FROM authors WHERE network = 'x')
"""


def upgrade() -> None:
    """Posts stand as they stood; authors that were looked up are known."""
    op.add_column("posts", sa.Column("quotes_id", sa.Text()))
    op.add_column("posts", sa.Column("quotes", sa.Text()))
    op.add_column("posts", sa.Column("absence", sa.Text()))
    op.add_column("authors", sa.Column("standing", sa.Text(), nullable=False, server_default="known"))
    with op.batch_alter_table("authors") as batch:
        batch.alter_column("standing", server_default=None)
    op.execute(_NAMELESS)
    op.create_index(
        "ix_authors_nameless",
        "authors",
        ["network", "looked_up_at"],
        sqlite_where=sa.text("standing = 'unknown'"),
        postgresql_where=sa.text("standing = 'unknown'"),
    )
