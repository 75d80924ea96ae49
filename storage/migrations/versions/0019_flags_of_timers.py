"""A flag tells which timer of its case turned, and how often the same was said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"

_KEY = ("case_id", "due_at", "kind", "timer", "step")
_OTHERS = ("at", "assignee", "post_number", "alarm_id", "called_by", "over_at")
_SAID = "alarm_id IS NOT NULL"


def _partial(name: str, column: str, where: str) -> None:
    op.create_index(name, "flags", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """What was flagged so far was flagged once, of the timer of the answer. SQLite cannot change a primary
    key: the rows are copied."""
    op.execute("ALTER TABLE flags RENAME TO flags_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE flags_before DROP CONSTRAINT pk_flags, DROP CONSTRAINT fk_flags_case_id")
    for index in ("ix_flags_alarm", "ix_flags_called", "ix_flags_uncalled"):
        op.drop_index(index, "flags_before")
    op.create_table(
        "flags",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("timer", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("assignee", sa.Text()),
        *(sa.Column(name, sa.BigInteger()) for name in _OTHERS[2:]),
        sa.PrimaryKeyConstraint(*_KEY, name="pk_flags"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_flags_case_id"),
    )
    others = ", ".join(f'"{name}"' for name in _OTHERS)
    op.execute(
        f"INSERT INTO flags (case_id, due_at, kind, timer, step, {others})"  # noqa: S608  # names of columns
        f" SELECT case_id, due_at, kind, 'answer', 0, {others} FROM flags_before"
    )
    op.drop_table("flags_before")
    _partial("ix_flags_alarm", "alarm_id", _SAID)
    _partial("ix_flags_called", "called_by", "called_by IS NOT NULL")
    _partial("ix_flags_uncalled", "alarm_id", f"{_SAID} AND called_by IS NULL AND over_at IS NULL")
