"""What keeps a reply or a message from going out is called `blocked`."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision: str | None = "0016"


def upgrade() -> None:
    """The columns are renamed; what is in them stays."""
    op.alter_column("replies", "held", new_column_name="blocked")
    op.alter_column("messages", "problem", new_column_name="blocked")
