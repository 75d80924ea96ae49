"""Whether a case waits for an invited customer; settled cases of private messages alone are private."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"

#: Until now closing made a case public. One without a single public post was private before, and is again.
_ONLY_PRIVATE = """
UPDATE cases SET mode = 'private'
WHERE status IN ('closed', 'dismissed')
  AND EXISTS (SELECT 1 FROM posts WHERE posts.case_id = cases.id)
  AND NOT EXISTS (SELECT 1 FROM posts WHERE posts.case_id = cases.id AND posts.surface = 'public')
"""


def upgrade() -> None:
    """No case waits yet."""
    op.add_column("cases", sa.Column("invited", sa.Text(), nullable=False, server_default="no"))
    op.execute(_ONLY_PRIVATE)
