"""When rows go: every table has its line in `ENDS`, and one piece of work at a time walks through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Date,
    Table,
    and_,
    bindparam,
    delete,
    func,
    select,
    true,
    tuple_,
    update,
)

from bot.cases import ends
from bot.cases.model import SETTLED, ReplyState
from storage.rows import Rows, columns_of
from storage.schema import (
    accounts,
    agents,
    authors,
    cases,
    conversations,
    deliveries,
    events,
    is_asked,
    may_be_forgotten,
    messages,
    outbox,
    posts,
    reactions,
    replies,
    restores,
    shown,
    slots,
    spending,
    streams,
    tenures,
    thread_marks,
    threads,
    unread,
)
from storage.schema_watch import absences, alarms, answers, flags, reminders, shifts, timers
from storage.statements import Statement
from storage.types import word

_EVERY = true()


@dataclass(frozen=True, slots=True)
class Aged:
    """Rows go once this column is so old."""

    column: Column[Any]
    kept: timedelta
    #: Only these rows.
    over: ColumnElement[bool] = _EVERY

    def before(self, now: datetime) -> datetime | date:
        """What is older goes."""
        instant = now - self.kept
        return instant.date() if isinstance(self.column.type, Date) else instant


@dataclass(frozen=True, slots=True)
class WithCase:
    """Rows go with their case, when what only the desk needed of it is forgotten."""

    over: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Stays:
    """Rows stay, for this reason."""

    why: str


_HISTORY = Stays("the history")
_theirs: BindParameter[int] = bindparam("the_case")


def _in_threads(table: Table, over: ColumnElement[bool] = _EVERY) -> WithCase:
    """What belongs to the threads that a case has or had."""
    of_case = select(threads.c.channel, threads.c.ts).where(threads.c.case_id == _theirs)
    return WithCase(and_(tuple_(table.c.channel, table.c.ts).in_(of_case), over))


ENDS: Mapping[Table, tuple[Aged | WithCase | Stays, ...]] = {
    cases: (_HISTORY,),
    conversations: (_HISTORY,),
    timers: (Stays("one row while something of a case is due"),),
    posts: (_HISTORY,),
    replies: (_HISTORY,),
    events: (_HISTORY,),
    answers: (_HISTORY,),
    authors: (_HISTORY,),
    flags: (Stays("each warning is given once, and the figure of lateness counts them"),),
    alarms: (Stays("a post that is deleted years later goes from the warnings that show it too"),),
    shifts: (Aged(shifts.c.ends, ends.SHIFTS),),
    absences: (Stays("one row a colleague who is away"),),
    reminders: (_HISTORY,),
    outbox: (Stays("until it stands at the desk, or is given up"),),
    shown: (
        Aged(shown.c.at, ends.SENTENCES, shown.c.case_id.is_(None)),
        WithCase(and_(shown.c.case_id == _theirs, shown.c.key.not_like("post-%"))),
        Stays("where a post was shown tells where it is to be redrawn"),
    ),
    messages: (WithCase(and_(messages.c.case_id == _theirs, messages.c.at <= bindparam("closed_at"))),),
    tenures: (WithCase(tenures.c.case_id == _theirs),),
    threads: (Stays("who writes in one that is no more is told where its case goes on"),),
    thread_marks: (_in_threads(thread_marks),),
    reactions: (
        _in_threads(reactions, ~reactions.c.present),
        Stays("a ✅ that still stands on a card must not close the case when it is opened again"),
    ),
    agents: (Stays("one row a colleague"),),
    slots: (Stays("one row a channel or method of the desk"),),
    accounts: (Stays("one row an account"),),
    streams: (Stays("one row a list of an account"),),
    restores: (Stays("one row each time a backup is put back"),),
    spending: (Aged(spending.c.day, ends.SPENDING),),
    deliveries: (Aged(deliveries.c.at, ends.DELIVERIES),),
    unread: (Stays("the newest 500, see `keep_unread`"),),
}


def _aged(table: Table, end: Aged) -> Statement:
    """Delete the oldest; what another process is deleting is left to it."""
    keys = list(table.primary_key)
    oldest = (
        select(*keys)
        .where(end.column < bindparam("before"), end.over)
        .order_by(end.column)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    these = tuple_(*keys) if len(keys) > 1 else keys[0]
    return Statement(delete(table).where(these.in_(oldest)))


_AGED = [(end, _aged(table, end)) for table, these in ENDS.items() for end in these if isinstance(end, Aged)]
_WITH_CASE = [
    Statement(delete(table).where(end.over))
    for table, these in ENDS.items()
    for end in these
    if isinstance(end, WithCase)
]
#: A case about which somebody is still asked, or a reply of which is not decided, is not over.
_PENDING = [word(state) for state in (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED)]
_QUIET = Statement(
    select(cases.c.id, cases.c.status, cases.c.closed_at)
    .where(
        may_be_forgotten,
        cases.c.closed_at < bindparam("before"),
        ~select(messages.c.ts).where(is_asked, messages.c.case_id == cases.c.id).exists(),
        ~select(replies.c.id).where(replies.c.case_id == cases.c.id, replies.c.state.in_(_PENDING)).exists(),
    )
    .order_by(cases.c.closed_at, cases.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=cases)
)
_FORGOTTEN = Statement(
    update(cases).where(cases.c.id == bindparam("the_case")).values(forgotten_to=cases.c.closed_at)
)


_NEWEST_RESTORE = Statement(select(func.max(restores.c.at, type_=restores.c.at.type)))
_ADD_RESTORE = Statement(lambda into: into(restores).on_conflict_do_nothing(), columns_of(restores))
_ADD_DELIVERY = Statement(lambda into: into(deliveries).on_conflict_do_nothing(), columns_of(deliveries))


class UpkeepRows(Rows):
    """Implements `bot.cases.record.Upkeep`."""

    def forget(self, now: datetime, most: int) -> bool:
        went = [self._sql.change(statement, before=end.before(now), most=most) for end, statement in _AGED]
        found = self._sql.all(_QUIET, before=now - ends.CASES, most=most)
        quiet = [case for case in found if case.status in SETTLED]
        for case in quiet:
            for statement in (*_WITH_CASE, _FORGOTTEN):
                self._sql.leave(statement, the_case=case.id, closed_at=case.closed_at)
        return max(*went, len(quiet)) >= most

    def restored_at(self) -> datetime | None:
        instant: datetime | None = self._sql.value(_NEWEST_RESTORE)
        return instant

    def note_restore(self, at: datetime) -> None:
        self._sql.change(_ADD_RESTORE, at=at)

    def first_time(self, key: str, now: datetime) -> bool:
        return self._sql.change(_ADD_DELIVERY, key=key, at=now) > 0
