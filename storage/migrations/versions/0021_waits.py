"""A case may wait on purpose, and go on from an earlier one; a timer may rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    """No case that is there does."""
    op.add_column("cases", sa.Column("waits_for", sa.Text()))
    op.add_column("cases", sa.Column("wait_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("follows", sa.BigInteger()))
    op.add_column("timers", sa.Column("rest", sa.BigInteger()))
