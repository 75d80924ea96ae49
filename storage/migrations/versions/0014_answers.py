"""What each answer came to is a row: against which due time, by how much it was met or missed, by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVENTS = sa.text(
    "SELECT id, case_id, detail FROM events WHERE kind = 'answered' AND id > :after ORDER BY id LIMIT 500"
)
_REPLIES = sa.text(
    "SELECT replies.id, replies.agent, replies.seen_number, cases.first_replied_at FROM replies"
    " JOIN cases ON cases.id = replies.case_id WHERE replies.id IN :replies"
).bindparams(sa.bindparam("replies", expanding=True))
_POSTS = sa.text(
    "SELECT case_id, created_at, min(number) AS number FROM posts WHERE case_id IN :cases AND NOT by_brand"
    " GROUP BY case_id, created_at"
).bindparams(sa.bindparam("cases", expanding=True))
_ADD = sa.text(
    "INSERT INTO answers"
    " (reply_id, timer, case_id, since, due_at, answered_at, met, late_by, is_first, agent) VALUES"
    " (:reply_id, 'answer', :case_id, :since, :due_at, :answered_at, :met, :late_by, :is_first, :agent)"
    " ON CONFLICT DO NOTHING"
)


def upgrade() -> None:
    """The answers until now are read out of the history, this last time."""
    op.create_table(
        "answers",
        sa.Column("reply_id", sa.BigInteger(), nullable=False),
        sa.Column("timer", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("late_by", sa.BigInteger(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.PrimaryKeyConstraint("reply_id", "timer", name="pk_answers"),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_answers_reply_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_answers_case_id"),
    )
    op.create_index("ix_answers_case", "answers", ["case_id", "answered_at"])
    connection, after = op.get_bind(), 0
    while events := connection.execute(_EVENTS, {"after": after}).all():
        if answers := list(_came_to(connection, events)):
            connection.execute(_ADD, answers)
        after = events[-1].id


def _came_to(connection: sa.Connection, events: Sequence[Any]) -> Iterator[dict[str, object]]:
    """What these answers came to; not of those that nobody waited for, and of those whose writer had not seen
    what waited the longest."""
    told = [json.loads(event.detail) for event in events]
    replies = connection.execute(_REPLIES, {"replies": [detail["reply"] for detail in told]})
    by_id = {reply.id: reply for reply in replies}
    posts = connection.execute(_POSTS, {"cases": [event.case_id for event in events]})
    oldest = {(post.case_id, post.created_at): post.number for post in posts}
    for event, detail in zip(events, told, strict=True):
        since, due_at, answered_at = (
            _instant(detail.get(name)) for name in ("waiting_since", "due_at", "published_at")
        )
        reply, waited = by_id.get(detail["reply"]), oldest.get((event.case_id, since))
        if due_at is None or answered_at is None or reply is None or waited is None:
            continue
        if waited <= reply.seen_number:
            yield {
                "reply_id": reply.id,
                "case_id": event.case_id,
                "since": since,
                "due_at": due_at,
                "answered_at": answered_at,
                "met": answered_at <= due_at,
                "late_by": answered_at - due_at,
                "is_first": answered_at == reply.first_replied_at,
                "agent": reply.agent,
            }


def _instant(written: str | None) -> int | None:
    """An instant of the history as the columns have it."""
    return (datetime.fromisoformat(written) - _EPOCH) // timedelta(microseconds=1) if written else None
