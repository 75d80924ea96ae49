"""The clock of a case is a timer, in a table where all that turns is found by one index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"

_OF_CASES = ("waiting_since", "due_at", "warn_at", "flag", "turns_at", "escalate_at")


def upgrade() -> None:
    """Every case in which a customer waits gets the timer that its columns described."""
    op.create_table(
        "timers",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("warn_at", sa.BigInteger()),
        sa.Column("turns_at", sa.BigInteger()),
        sa.Column("flag", sa.Text()),
        sa.PrimaryKeyConstraint("case_id", "kind", name="pk_timers"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_timers_case_id"),
    )
    # A case that is missed has nothing more to turn at than its escalation, and no other case has one.
    op.execute(
        "INSERT INTO timers (case_id, kind, since, due_at, warn_at, turns_at, flag)"
        " SELECT id, 'answer', waiting_since, due_at, warn_at,"
        " CASE WHEN flag = 'missed' THEN escalate_at ELSE turns_at END, flag"
        " FROM cases WHERE waiting_since IS NOT NULL"
    )
    op.create_index("ix_timers_due", "timers", ["kind", "due_at", "case_id"])
    turns = sa.text("turns_at IS NOT NULL")
    op.create_index(
        "ix_timers_turns",
        "timers",
        ["turns_at", "case_id"],
        sqlite_where=turns,
        postgresql_where=turns,
    )
    for index in ("ix_cases_queue", "ix_cases_turns", "ix_cases_late", "ix_cases_escalates"):
        op.drop_index(index, "cases")
    for column in _OF_CASES:
        op.drop_column("cases", column)
