"""The outbox holds what is still to come alone; where things stand is kept beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def upgrade() -> None:
    """What waits or is under way goes on; of what was done, places are kept that are looked for again."""
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "key", "lane")),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("urgent_at", sa.BigInteger(), nullable=False),
        sa.Column("keep", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in ("case_id", "reply_id", "post_number", "alarm_id")),
        *(sa.Column(name, sa.Text()) for name in ("said", "agent", "ref_channel", "ref_ts", "reaction")),
        sa.Column("present", sa.Boolean()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_outbox_case_id"),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_outbox_reply_id"),
        sa.ForeignKeyConstraint(["post_number"], ["posts.number"], name="fk_outbox_post_number"),
    )
    op.create_table(
        "shown",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key", "ref_channel", "ref_ts")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger()),
        sa.Column("said", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_shown"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_shown_case_id"),
    )
    _move()
    op.drop_table("errands")
    waits = "state = 'waiting'"
    op.create_index("uq_outbox_key", "outbox", ["key"], unique=True)
    _partial("ix_outbox_waiting", "outbox", ["lane", "rank", "urgent_at", "id"], waits)
    _partial("ix_outbox_underway", "outbox", ["case_id", "id"], "state = 'underway'")
    for kind, about in (("card", "case_id"), ("line", "reply_id"), ("alarm", "alarm_id")):
        _partial(f"uq_outbox_{kind}", "outbox", [about], f"kind = '{kind}' AND {waits}", unique=True)
    _partial("ix_shown_case", "shown", ["case_id"], "case_id IS NOT NULL")
    _partial("ix_shown_at", "shown", ["at"], "case_id IS NULL")


def _move() -> None:
    op.execute(
        """INSERT INTO outbox (id, kind, key, lane, asked_at, rank, urgent_at, keep, case_id, reply_id,
            post_number, alarm_id, said, agent, ref_channel, ref_ts, reaction, present, state, not_before,
            attempts, lease_until, detail)
        SELECT id, kind, key, channel, created_at, rank, urgent_at,
            (kind = 'say' AND key NOT LIKE 'say-%' AND key NOT LIKE 'instead-%')
                OR (kind = 'post' AND channel <> 'redraw'),
            case_id, reply_id, post_number, alarm_id, said, agent, ref_channel, ref_ts,
            CASE WHEN kind = 'mark' THEN reaction END, CASE WHEN kind = 'mark' THEN present END,
            state, not_before, attempts, lease_until, detail
        FROM errands WHERE state IN ('waiting', 'underway')"""
    )
    op.execute(
        """INSERT INTO shown (key, ref_channel, ref_ts, at, case_id, said)
        SELECT key, ref_channel, ref_ts, created_at, case_id, said FROM errands
        WHERE state = 'done' AND ref_ts IS NOT NULL
            AND ((kind = 'say' AND key NOT LIKE 'say-%' AND key NOT LIKE 'instead-%')
                OR (kind = 'post' AND channel <> 'redraw'))"""
    )
    # What tells that replies wait for long, and by now that none does any more, is not looked for again.
    op.execute(
        """DELETE FROM shown WHERE key LIKE 'unread-%-over' OR EXISTS (
            SELECT 1 FROM errands AS later WHERE later.key = shown.key || '-over')"""
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('outbox', 'id'),"
            " (SELECT COALESCE(MAX(id), 0) + 1 FROM errands))"
        )
