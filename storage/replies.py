"""The replies in the record, from the queue to the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select

from bot.cases.errors import Stale
from bot.cases.model import IN_DOUBT, CaseId, MessageRef, Reply, ReplyId, ReplyState
from bot.cases.posts import AccountId, PostId
from storage.rows import Rows, Saves, columns_of
from storage.schema import replies
from storage.shape import Shape
from storage.statements import Statement
from storage.types import word

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


def _acts_at(reply: Reply) -> datetime | None:
    match reply.state:
        case ReplyState.QUEUED | ReplyState.UNCONFIRMED:
            return reply.send_after if reply.blocked is None else None
        case ReplyState.SENDING:
            return reply.lease_until
        case _:
            return None


_REPLIES = Shape(Reply, replies, acts_at=_acts_at)


class ReplyRows(Rows):
    """Implements `bot.cases.record.Replies`."""

    def get(self, reply_id: ReplyId) -> Reply | None:
        return self._sql.found(_REPLIES, _BY_ID, reply_id=reply_id)

    def of_message(self, ref: MessageRef) -> Reply | None:
        return self._sql.found(_REPLIES, _BY_MESSAGE, channel=ref.channel, ts=ref.ts)

    def of_line(self, ref: MessageRef) -> Reply | None:
        return self._sql.found(_REPLIES, _BY_LINE, channel=ref.channel, ts=ref.ts)

    def of_post(self, account: AccountId, post_id: PostId) -> Reply | None:
        return self._sql.found(_REPLIES, _BY_POST, account=account, post_id=post_id)

    def of_case(self, case_id: CaseId) -> Sequence[Reply]:
        return self._sql.each(_REPLIES, _OF_CASE, case_id=case_id)

    def add(self, reply: Reply) -> Reply | None:
        reply_id = self._sql.add(_ADD, _REPLIES.row(reply))
        return None if reply_id is None else _REPLIES.evolved(reply, "id", reply_id)

    def save(self, reply: Reply) -> Reply:
        saved = _REPLIES.evolved(reply, "version", reply.version + 1)
        if not self._sql.change(_SAVE, **_REPLIES.row(saved), row_id=reply.id, believed=reply.version):
            raise Stale(f"reply {reply.id} is no longer at version {reply.version}")
        return saved

    def due(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._sql.each(_REPLIES, _DUE, state=ReplyState.QUEUED, now=now, most=limit)

    def lost(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._sql.each(_REPLIES, _ACTING, state=ReplyState.SENDING, now=now, most=limit)

    def unconfirmed(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._sql.each(_REPLIES, _ACTING, state=ReplyState.UNCONFIRMED, now=now, most=limit)

    def later(self, now: datetime) -> Sequence[Reply]:
        return self._sql.each(_REPLIES, _LATER, now=now)

    def next_due(self) -> datetime | None:
        instants = (
            self._sql.value(_NEXT_QUEUED, state=ReplyState.QUEUED),
            self._sql.value(_NEXT, state=ReplyState.SENDING),
            self._sql.value(_NEXT, state=ReplyState.UNCONFIRMED),
        )
        return min((instant for instant in instants if instant is not None), default=None)
