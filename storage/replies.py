"""The replies in the record, from the queue to the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from bot.cases.errors import Stale
from bot.cases.model import IN_DOUBT, CaseId, MessageRef, Reply, ReplyId, ReplyState
from bot.cases.posts import AccountId, PostId
from bot.cases.renewal import renewal
from bot.cases.said import from_json, to_json
from storage.partial import word
from storage.rows import Rows, Saves, columns_of, ref_of
from storage.schema import replies
from storage.statements import Statement

_earlier = replies.alias("earlier")
_earlier_of_case = (_earlier.c.case_id == replies.c.case_id, _earlier.c.id < replies.c.id)
_earlier_in_doubt = _earlier.c.state.in_([word(state) for state in sorted(IN_DOUBT)])
_earlier_is_due = and_(_earlier.c.state == word(ReplyState.QUEUED), _earlier.c.acts_at <= bindparam("now"))

_BY_ID = Statement(select(replies).where(replies.c.id == bindparam("reply_id")))
_BY_MESSAGE = Statement(
    select(replies).where(
        replies.c.message_channel == bindparam("channel"),
        replies.c.message_ts == bindparam("ts"),
    )
)
_BY_LINE = Statement(
    select(replies).where(
        replies.c.line_channel == bindparam("channel"),
        replies.c.line_ts == bindparam("ts"),
    )
)
_BY_POST = Statement(
    select(replies).where(
        replies.c.account == bindparam("account"),
        replies.c.post_id == bindparam("post_id"),
    )
)
_OF_CASE = Statement(select(replies).where(replies.c.case_id == bindparam("case_id")).order_by(replies.c.id))
_ADD = Statement(
    lambda into: into(replies).on_conflict_do_nothing(), columns_of(replies, "id"), number=replies.c.id
)
_SAVE = Saves(replies).of(*columns_of(replies, "id", "case_id"))
#: Rows that another process is about to save are left to it.
_acting = (
    select(replies)
    .where(replies.c.state == bindparam("state"), replies.c.acts_at <= bindparam("now"))
    .order_by(replies.c.acts_at, replies.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=replies)
)
_ACTING = Statement(_acting)
_DUE = Statement(
    _acting.where(
        ~select(_earlier.c.id).where(*_earlier_of_case, or_(_earlier_in_doubt, _earlier_is_due)).exists()
    )
)
_LATER = Statement(
    select(replies).where(replies.c.acts_at.is_not(None), replies.c.acts_at > bindparam("now"))
)
_next = select(func.min(replies.c.acts_at)).where(
    replies.c.state == bindparam("state"),
    replies.c.acts_at.is_not(None),
)
_NEXT = Statement(_next)
_NEXT_QUEUED = Statement(
    _next.where(~select(_earlier.c.id).where(*_earlier_of_case, _earlier_in_doubt).exists())
)

_with_id = renewal(Reply, "id")
_with_version = renewal(Reply, "version")


def _acts_at(reply: Reply) -> datetime | None:
    match reply.state:
        case ReplyState.QUEUED | ReplyState.UNCONFIRMED:
            return reply.send_after if reply.held is None else None
        case ReplyState.SENDING:
            return reply.lease_until
        case _:
            return None


def _to_row(reply: Reply) -> dict[str, object]:
    return {
        "case_id": reply.case_id,
        "account": reply.account,
        "mode": reply.mode,
        "key": reply.key,
        "body": reply.body,
        "text": reply.text,
        "queued_at": reply.queued_at,
        "send_after": reply.send_after,
        "kind": reply.kind,
        "state": reply.state,
        "agent": reply.agent,
        "message_channel": reply.message.channel if reply.message else None,
        "message_ts": reply.message.ts if reply.message else None,
        "line_channel": reply.line.channel if reply.line else None,
        "line_ts": reply.line.ts if reply.line else None,
        "in_reply_to": reply.in_reply_to,
        "seen_number": reply.seen_number,
        "held": None if reply.held is None else to_json(reply.held),
        "failure": None if reply.failure is None else to_json(reply.failure),
        "manual_url": reply.manual_url,
        "attempted_at": reply.attempted_at,
        "lease_until": reply.lease_until,
        "looks": reply.looks,
        "post_id": reply.post_id,
        "url": reply.url,
        "sent_at": reply.sent_at,
        "version": reply.version,
        "acts_at": _acts_at(reply),
    }


def _to_reply(row: Any) -> Reply:
    return Reply(
        id=row.id,
        case_id=row.case_id,
        account=row.account,
        mode=row.mode,
        key=row.key,
        body=row.body,
        text=row.text,
        queued_at=row.queued_at,
        send_after=row.send_after,
        kind=row.kind,
        state=row.state,
        agent=row.agent,
        message=ref_of(row.message_channel, row.message_ts),
        line=ref_of(row.line_channel, row.line_ts),
        in_reply_to=row.in_reply_to,
        seen_number=row.seen_number,
        held=None if row.held is None else from_json(row.held),
        failure=None if row.failure is None else from_json(row.failure),
        manual_url=row.manual_url,
        attempted_at=row.attempted_at,
        lease_until=row.lease_until,
        looks=row.looks,
        post_id=row.post_id,
        url=row.url,
        sent_at=row.sent_at,
        version=row.version,
    )


class ReplyRows(Rows):
    """Replies; the contract is that of `bot.cases.record.Record`."""

    def reply(self, reply_id: ReplyId) -> Reply | None:
        return self._reply(_BY_ID, reply_id=reply_id)

    def reply_of_message(self, ref: MessageRef) -> Reply | None:
        return self._reply(_BY_MESSAGE, channel=ref.channel, ts=ref.ts)

    def reply_of_line(self, ref: MessageRef) -> Reply | None:
        return self._reply(_BY_LINE, channel=ref.channel, ts=ref.ts)

    def reply_of_post(self, account: AccountId, post_id: PostId) -> Reply | None:
        return self._reply(_BY_POST, account=account, post_id=post_id)

    def replies_of(self, case_id: CaseId) -> Sequence[Reply]:
        return self._replies(_OF_CASE, case_id=case_id)

    def add_reply(self, reply: Reply) -> Reply | None:
        reply_id = self._add(_ADD, _to_row(reply))
        return None if reply_id is None else _with_id(reply, reply_id)

    def save_reply(self, reply: Reply) -> Reply:
        saved = _with_version(reply, reply.version + 1)
        if not self._change(_SAVE, **_to_row(saved), row_id=reply.id, believed=reply.version):
            raise Stale(f"reply {reply.id} is no longer at version {reply.version}")
        return saved

    def due_replies(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._replies(_DUE, state=ReplyState.QUEUED, now=now, most=limit)

    def lost_replies(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._replies(_ACTING, state=ReplyState.SENDING, now=now, most=limit)

    def unconfirmed_replies(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._replies(_ACTING, state=ReplyState.UNCONFIRMED, now=now, most=limit)

    def later_replies(self, now: datetime) -> Sequence[Reply]:
        return self._replies(_LATER, now=now)

    def next_send(self) -> datetime | None:
        instants = (
            self._value(_NEXT_QUEUED, state=ReplyState.QUEUED),
            self._value(_NEXT, state=ReplyState.SENDING),
            self._value(_NEXT, state=ReplyState.UNCONFIRMED),
        )
        return min((instant for instant in instants if instant is not None), default=None)

    def _reply(self, statement: Statement, **values: object) -> Reply | None:
        row = self._one(statement, **values)
        return None if row is None else _to_reply(row)

    def _replies(self, statement: Statement, **values: object) -> list[Reply]:
        return [_to_reply(row) for row in self._all(statement, **values)]
