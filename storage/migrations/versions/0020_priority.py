"""A case has a priority, and a reason for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision: str | None = "0019"


def upgrade() -> None:
    """Every case that is there has an ordinary one."""
    op.add_column("cases", sa.Column("priority", sa.Text(), nullable=False, server_default="normal"))
    op.add_column("cases", sa.Column("priority_reason", sa.Text()))
