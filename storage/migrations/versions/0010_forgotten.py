"""Up to which closing a case is forgotten at the desk; indices that find what is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"

_FORGETTABLE = "closed_at IS NOT NULL AND (forgotten_to IS NULL OR forgotten_to < closed_at)"
_OVER = "state IN ('done', 'refused')"
_PASSING = f"{_OVER} AND kind != 'say' AND NOT (kind = 'post' AND channel != 'redraw')"
_SAID = f"{_OVER} AND kind = 'say'"


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """No case is forgotten yet."""
    op.add_column("cases", sa.Column("forgotten_to", sa.BigInteger()))
    _partial("ix_cases_forgettable", "cases", ["closed_at", "id"], _FORGETTABLE)
    op.drop_index("ix_messages_asked", "messages")
    op.create_index("ix_messages_case", "messages", ["case_id"])
    _partial("ix_errands_passing", "errands", ["created_at"], _PASSING)
    _partial("ix_errands_said", "errands", ["case_id", "created_at"], _SAID)
