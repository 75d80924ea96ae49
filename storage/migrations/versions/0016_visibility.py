"""Posts and replies carry the network's own name for who can read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    """All there is came from X, where what is not public is a message. A reply has it once it is sent."""
    op.add_column("posts", sa.Column("visibility", sa.Text(), nullable=False, server_default="public"))
    op.execute("UPDATE posts SET visibility = 'dm' WHERE surface = 'private'")
    op.add_column("replies", sa.Column("visibility", sa.Text(), nullable=False, server_default=""))
    op.execute(
        """UPDATE replies SET visibility = CASE mode WHEN 'private' THEN 'dm' ELSE 'public' END
        WHERE attempted_at IS NOT NULL OR sent_at IS NOT NULL"""
    )
