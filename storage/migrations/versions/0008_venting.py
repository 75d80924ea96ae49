"""The reason azijn is called venting; closings without an answer are counted; messages bear no mark."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Rename the reason wherever it is stored, what waits to be said included."""
    op.execute("UPDATE cases SET dismiss_reason = 'venting' WHERE dismiss_reason = 'azijn'")
    op.execute(
        "UPDATE events SET detail = REPLACE(detail, '\"azijn\"', '\"venting\"') WHERE kind = 'dismissed'"
    )
    op.execute(
        "UPDATE errands SET said = REPLACE(said, 'dismiss.reason.azijn', 'dismiss.reason.venting')"
        " WHERE said LIKE '%dismiss.reason.azijn%'"
    )
    op.drop_index("ix_events_outcome", table_name="events")
    counted = sa.text("kind IN ('reply_refused', 'reply_unconfirmed', 'closed_unanswered')")
    op.create_index("ix_events_outcome", "events", ["kind"], sqlite_where=counted, postgresql_where=counted)
    op.drop_column("messages", "edit_told")
