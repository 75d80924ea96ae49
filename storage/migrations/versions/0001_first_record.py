"""The first record: cases, posts, replies, errands, and what is kept of accounts and the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

#: SQLite takes only INTEGER PRIMARY KEY for its own row number.
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, the ones that others refer to first."""
    _cases()
    _posts()
    _authors()
    _replies()
    _messages()
    _reactions()
    _agents()
    _events()
    _flags()
    _errands()
    _slots()
    _accounts()
    _spending()
    _restores()
    _deliveries()


def _partial(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("last_assignee", sa.Text(), nullable=True),
        sa.Column("claimed_by_reaction", sa.Boolean(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("warn_at", sa.BigInteger(), nullable=True),
        sa.Column("flag", sa.Text(), nullable=True),
        sa.Column("first_replied_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("dismiss_reason", sa.Text(), nullable=False),
        sa.Column("thread_channel", sa.Text(), nullable=True),
        sa.Column("thread_ts", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("turns_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    _partial(
        "ix_cases_assignee",
        "cases",
        ["assignee", "opened_at", "id"],
        "(status NOT IN ('closed', 'dismissed'))",
    )
    _partial("ix_cases_closed", "cases", ["closed_at", "id"], "closed_at IS NOT NULL")
    op.create_index("ix_cases_conversation", "cases", ["account", "author_id", "root_id", "id"], unique=False)
    _partial("ix_cases_late", "cases", ["due_at", "id"], "turns_at IS NOT NULL")
    _partial("ix_cases_open", "cases", ["opened_at", "id"], "(status NOT IN ('closed', 'dismissed'))")
    _partial("ix_cases_queue", "cases", ["team", "due_at", "id"], "waiting_since IS NOT NULL")
    op.create_index("ix_cases_status", "cases", ["status"], unique=False)
    _partial("ix_cases_turns", "cases", ["turns_at", "id"], "turns_at IS NOT NULL")
    _partial(
        "uq_cases_thread", "cases", ["thread_channel", "thread_ts"], "thread_ts IS NOT NULL", unique=True
    )


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("number", _ROW_ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("by_brand", sa.Boolean(), nullable=False),
        sa.Column("media", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=True),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_posts_case_id"),
        sa.PrimaryKeyConstraint("number", name="pk_posts"),
    )
    _partial("ix_posts_case", "posts", ["case_id", "number"], "case_id IS NOT NULL")
    op.create_index("uq_posts_account_id", "posts", ["account", "id"], unique=True)


def _authors() -> None:
    op.create_table(
        "authors",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=False),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("looked_up_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network", "id", name="pk_authors"),
    )


def _replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("send_after", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("message_channel", sa.Text(), nullable=True),
        sa.Column("message_ts", sa.Text(), nullable=True),
        sa.Column("line_channel", sa.Text(), nullable=True),
        sa.Column("line_ts", sa.Text(), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("seen_number", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("manual_url", sa.Text(), nullable=False),
        sa.Column("attempted_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("acts_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_replies_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
    )
    _partial("ix_replies_acts", "replies", ["state", "acts_at"], "acts_at IS NOT NULL")
    op.create_index("ix_replies_case", "replies", ["case_id", "id"], unique=False)
    _partial("ix_replies_line", "replies", ["line_channel", "line_ts"], "line_ts IS NOT NULL")
    op.create_index("ix_replies_state", "replies", ["state", "kind"], unique=False)
    _partial("ix_replies_post", "replies", ["account", "post_id"], "post_id IS NOT NULL")
    _partial(
        "uq_replies_message",
        "replies",
        ["message_channel", "message_ts"],
        "message_ts IS NOT NULL",
        unique=True,
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("edited", sa.Text(), nullable=False),
        sa.Column("edit_told", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_messages_case_id"),
        sa.PrimaryKeyConstraint("channel", "ts", name="pk_messages"),
    )
    op.create_index("ix_messages_case", "messages", ["case_id", "at"], unique=False)


def _reactions() -> None:
    op.create_table(
        "reactions",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("reaction", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "ts", "reaction", "agent", name="pk_reactions"),
    )


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("may_reply", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_events_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_case", "events", ["case_id", "id"], unique=False)
    _partial("ix_events_outcome", "events", ["kind"], "kind IN ('reply_refused', 'reply_unconfirmed')")


def _flags() -> None:
    op.create_table(
        "flags",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_flags_case_id"),
        sa.PrimaryKeyConstraint("case_id", "due_at", "kind", name="pk_flags"),
    )


def _errands() -> None:
    op.create_table(
        "errands",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("urgent_at", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("post_number", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("ref_channel", sa.Text(), nullable=True),
        sa.Column("ref_ts", sa.Text(), nullable=True),
        sa.Column("reaction", sa.Text(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_errands_case_id"),
        sa.ForeignKeyConstraint(["post_number"], ["posts.number"], name="fk_errands_post_number"),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_errands_reply_id"),
        sa.PrimaryKeyConstraint("id", name="pk_errands"),
    )
    _partial("ix_errands_underway", "errands", ["case_id", "id"], "state = 'underway'")
    _partial("ix_errands_waiting", "errands", ["channel", "rank", "urgent_at", "id"], "state = 'waiting'")
    _partial("uq_errands_card", "errands", ["case_id"], "kind = 'card' AND state = 'waiting'", unique=True)
    op.create_index("uq_errands_key", "errands", ["key"], unique=True)
    _partial("uq_errands_line", "errands", ["reply_id"], "kind = 'line' AND state = 'waiting'", unique=True)


def _slots() -> None:
    op.create_table(
        "slots",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_slots"),
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("connected_at", sa.BigInteger(), nullable=False),
        sa.Column("cursors", sa.Text(), nullable=False),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("lease_by", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_accounts"),
    )


def _spending() -> None:
    op.create_table(
        "spending",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day", "kind", name="pk_spending"),
    )


def _restores() -> None:
    op.create_table(
        "restores",
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at", name="pk_restores"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"], unique=False)
