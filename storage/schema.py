"""The tables, and the indices by which the cost of a question follows what is due, not what was kept."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    or_,
)

from bot.cases.accounts import Condition
from bot.cases.figures import OUTCOMES
from bot.cases.history import EventKind
from bot.cases.model import Invited, MessageKind, ReplyKind, ReplyState, Status, WaitsFor
from bot.cases.outbox import EntryState, Rank
from bot.cases.posts import Absence, Standing, Surface
from bot.cases.priority import Priority
from storage.types import (
    Dollars,
    Excerpt,
    Json,
    Moment,
    Named,
    Pictures,
    RowId,
    SentenceText,
    Truth,
    Words,
    partial,
    word,
)

#: The newest migration. A database that carries it is taken as it is, without loading alembic.
HEAD = "0023"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


cases = Table(
    "cases",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("status", Named(Status), nullable=False),
    Column("mode", Named(Surface), nullable=False),
    Column("assignee", Text),
    Column("last_assignee", Text),
    Column("claimed_by_reaction", Truth, nullable=False),
    Column("first_replied_at", Moment),
    Column("closed_at", Moment),
    Column("dismiss_reason", Text, nullable=False),
    Column("invited", Named(Invited), nullable=False, server_default=Invited.NO),
    Column("priority", Named(Priority), nullable=False, server_default=Priority.NORMAL),
    Column("priority_reason", SentenceText),
    Column("waits_for", Named(WaitsFor)),
    Column("wait_reason", Words, nullable=False, server_default=""),
    Column("follows", BigInteger),
    Column("thread_channel", Text),
    Column("thread_ts", Text),
    Column("version", Integer, nullable=False),
    # The closing up to which what only the desk needed of it is forgotten.
    Column("forgotten_to", Moment),
)
is_open = cases.c.status.not_in([word(Status.CLOSED), word(Status.DISMISSED)])
Index("ix_cases_status", cases.c.status)
partial("ix_cases_open", cases.c.opened_at, cases.c.id, where=is_open)
partial("ix_cases_assignee", cases.c.assignee, cases.c.opened_at, cases.c.id, where=is_open)
_is_known_whole = or_(cases.c.forgotten_to.is_(None), cases.c.forgotten_to < cases.c.closed_at)
may_be_forgotten = and_(cases.c.closed_at.is_not(None), _is_known_whole)
partial("ix_cases_forgettable", cases.c.closed_at, cases.c.id, where=may_be_forgotten)
partial("ix_cases_closed", cases.c.closed_at, cases.c.id, where=cases.c.closed_at.is_not(None))

conversations = Table(
    "conversations",
    metadata,
    Column("account", Text, primary_key=True),
    Column("author_id", Text, primary_key=True),
    Column("root_id", Text, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("surface", Named(Surface), nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("number", RowId, primary_key=True),
    Column("account", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("case_id", BigInteger, ForeignKey("cases.id")),
    Column("author_id", Text, nullable=False),
    Column("visibility", Text, nullable=False, server_default="public"),
    Column("surface", Named(Surface), nullable=False),
    Column("text", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("root_id", Text, nullable=False),
    Column("parent_id", Text),
    Column("by_brand", Truth, nullable=False),
    Column("media", Pictures),
    Column("url", Words, nullable=False),
    Column("lang", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("quoted", Excerpt),
    Column("quotes_id", Text),
    Column("quotes", Excerpt),
    Column("absence", Named(Absence)),
    Column("stored_at", Moment, nullable=False),
)
Index("uq_posts_account_id", posts.c.account, posts.c.id, unique=True)
partial("ix_posts_case", posts.c.case_id, posts.c.number, where=posts.c.case_id.is_not(None))

unread = Table(
    "unread",
    metadata,
    Column("number", RowId, primary_key=True),
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("why", Words, nullable=False),
    Column("raw", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("at", Moment, nullable=False),
)
Index("uq_unread_account_key", unread.c.account, unread.c.key, unique=True)

authors = Table(
    "authors",
    metadata,
    Column("network", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("handle", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("avatar_url", Words, nullable=False),
    Column("followers", BigInteger),
    Column("url", Words, nullable=False),
    Column("looked_up_at", Moment, nullable=False),
    Column("standing", Named(Standing), nullable=False),
)
is_nameless = authors.c.standing == word(Standing.UNKNOWN)
partial("ix_authors_nameless", authors.c.network, authors.c.looked_up_at, where=is_nameless)

replies = Table(
    "replies",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("mode", Named(Surface), nullable=False),
    Column("key", Text, nullable=False),
    Column("body", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("send_after", Moment, nullable=False),
    Column("kind", Named(ReplyKind), nullable=False),
    Column("state", Named(ReplyState), nullable=False),
    Column("agent", Text),
    Column("message_channel", Text),
    Column("message_ts", Text),
    Column("line_channel", Text),
    Column("line_ts", Text),
    Column("in_reply_to", Text),
    Column("seen_number", BigInteger, nullable=False),
    Column("blocked", SentenceText),
    Column("failure", SentenceText),
    Column("manual_url", Words, nullable=False),
    Column("attempted_at", Moment),
    Column("lease_until", Moment),
    Column("looks", Integer, nullable=False),
    Column("post_id", Text),
    Column("url", Words, nullable=False),
    Column("sent_at", Moment),
    Column("visibility", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False),
    # When the sender must look at it next; empty while it is blocked and once it is over.
    Column("acts_at", Moment),
)
Index("ix_replies_case", replies.c.case_id, replies.c.id)
Index("ix_replies_state", replies.c.state, replies.c.kind)
partial("ix_replies_acts", replies.c.state, replies.c.acts_at, where=replies.c.acts_at.is_not(None))
has_message = replies.c.message_ts.is_not(None)
partial("uq_replies_message", replies.c.message_channel, replies.c.message_ts, where=has_message, unique=True)
partial("ix_replies_line", replies.c.line_channel, replies.c.line_ts, where=replies.c.line_ts.is_not(None))
partial("ix_replies_post", replies.c.account, replies.c.post_id, where=replies.c.post_id.is_not(None))

messages = Table(
    "messages",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("channel", "ts")),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("agent", Text, nullable=False),
    Column("kind", Named(MessageKind), nullable=False),
    Column("text", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("edited", Text, nullable=False),
    Column("blocked", SentenceText),
)

is_asked = messages.c.kind == word(MessageKind.ASKED)
Index("ix_messages_case", messages.c.case_id)

reactions = Table(
    "reactions",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("channel", "ts", "reaction", "agent")),
    # One that was taken away is kept, so that an older event changes nothing.
    Column("present", Truth, nullable=False),
    Column("stamp", Text, nullable=False),
)

tenures = Table(
    "tenures",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("since", Text, nullable=False),
    Column("assignee", Text),
    Column("mode", Named(Surface), nullable=False),
)
Index("ix_tenures_case", tenures.c.case_id, tenures.c.id)

thread_marks = Table(
    "thread_marks",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("channel", "ts")),
    Column("read_to", Text, nullable=False),
)

# Every thread that a case has or had. Which one it has now stands in its row.
threads = Table(
    "threads",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("channel", "ts")),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
)
Index("ix_threads_case", threads.c.case_id)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("initials", Words, nullable=False),
    Column("may_reply", Truth, nullable=False),
    Column("seen_at", Moment),
)

events = Table(
    "events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Named(EventKind), nullable=False),
    Column("who", Text, nullable=False),
    Column("detail", Json),
)
is_outcome = events.c.kind.in_([word(kind) for kind in OUTCOMES])
Index("ix_events_case", events.c.case_id, events.c.id)
partial("ix_events_outcome", events.c.kind, where=is_outcome)

# What is still to be shown at the desk; the columns from case_id to present are the parts of an effect.
outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("rank", Named(Rank), nullable=False),
    Column("urgent_at", Moment, nullable=False),
    Column("keep", Truth, nullable=False),
    Column("case_id", BigInteger, ForeignKey("cases.id")),
    Column("reply_id", BigInteger, ForeignKey("replies.id")),
    Column("post_number", BigInteger, ForeignKey("posts.number")),
    Column("alarm_id", BigInteger),
    Column("said", SentenceText),
    Column("agent", Text),
    Column("ref_channel", Text),
    Column("ref_ts", Text),
    Column("reaction", Text),
    Column("present", Truth),
    Column("state", Named(EntryState), nullable=False),
    Column("not_before", Moment),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Moment),
    Column("detail", Text, nullable=False),
)
is_waiting_entry, is_underway = (outbox.c.state == word(state) for state in EntryState)
is_waiting_card, is_waiting_line, is_waiting_alarm = (
    and_(outbox.c.kind == word(kind), is_waiting_entry) for kind in ("card", "line", "alarm")
)
Index("uq_outbox_key", outbox.c.key, unique=True)
_order = (outbox.c.lane, outbox.c.rank, outbox.c.urgent_at, outbox.c.id)
partial("ix_outbox_waiting", *_order, where=is_waiting_entry)
partial("ix_outbox_underway", outbox.c.case_id, outbox.c.id, where=is_underway)
partial("uq_outbox_card", outbox.c.case_id, where=is_waiting_card, unique=True)
partial("uq_outbox_line", outbox.c.reply_id, where=is_waiting_line, unique=True)
partial("uq_outbox_alarm", outbox.c.alarm_id, where=is_waiting_alarm, unique=True)

# Where it stands at the desk, after it left the outbox.
shown = Table(
    "shown",
    metadata,
    Column("key", Text, primary_key=True),
    Column("ref_channel", Text, nullable=False),
    Column("ref_ts", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("case_id", BigInteger, ForeignKey("cases.id")),
    Column("said", SentenceText),
)
partial("ix_shown_case", shown.c.case_id, where=shown.c.case_id.is_not(None))
partial("ix_shown_at", shown.c.at, where=shown.c.case_id.is_(None))

slots = Table(
    "slots", metadata, Column("channel", Text, primary_key=True), Column("until", Moment, nullable=False)
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("connected_at", Moment, nullable=False),
    Column("condition", Named(Condition), nullable=False),
    Column("version", Integer, nullable=False),
)

streams = Table(
    "streams",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("account", "name")),
    Column("main", Truth, nullable=False),
    Column("cursor", Json),
    Column("next_at", Moment, nullable=False),
    Column("looked_at", Moment),
    Column("faults", Integer, nullable=False),
    Column("lease_by", Text, nullable=False),
    Column("lease_until", Moment),
    Column("version", Integer, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("amount", Dollars, nullable=False),
)

restores = Table("restores", metadata, Column("at", Moment, primary_key=True))

deliveries = Table(
    "deliveries", metadata, Column("key", Text, primary_key=True), Column("at", Moment, nullable=False)
)
Index("ix_deliveries_at", deliveries.c.at)
