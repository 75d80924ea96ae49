"""The watch's messages are rows: which flags each says, whom it called, and when a missed case escalates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def upgrade() -> None:
    """Flags that are there were said in messages that nobody redraws: they belong to no alarm."""
    op.create_table(
        "alarms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("is_agent", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("in_thread", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("grown_at", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Boolean(), nullable=False),
        sa.Column("ref_channel", sa.Text()),
        sa.Column("ref_ts", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_alarms_case_id"),
    )
    op.create_index("ix_alarms_newest", "alarms", ["channel", "who", "id"])
    for name, kind in (
        ("assignee", sa.Text()),
        ("post_number", sa.BigInteger()),
        ("alarm_id", sa.BigInteger()),
        ("called_by", sa.BigInteger()),
        ("over_at", sa.BigInteger()),
    ):
        op.add_column("flags", sa.Column(name, kind))
    said = "alarm_id IS NOT NULL"
    _partial("ix_flags_alarm", "flags", ["alarm_id"], said)
    _partial("ix_flags_called", "flags", ["called_by"], "called_by IS NOT NULL")
    _partial("ix_flags_uncalled", "flags", ["alarm_id"], f"{said} AND called_by IS NULL AND over_at IS NULL")
    op.add_column("errands", sa.Column("alarm_id", sa.BigInteger()))
    _partial("uq_errands_alarm", "errands", ["alarm_id"], "kind = 'alarm' AND state = 'waiting'", unique=True)
    op.add_column("cases", sa.Column("escalate_at", sa.BigInteger()))
    _partial("ix_cases_escalates", "cases", ["escalate_at", "id"], "escalate_at IS NOT NULL")
