"""The cases in the record with their timers, and what the watch asks of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, or_, select

from bot.cases.errors import Stale
from bot.cases.model import SETTLED, AgentId, Case, CaseId, Conversation, MessageRef
from bot.cases.posts import AccountId, AuthorId
from bot.cases.priority import Priority
from bot.cases.timers import Timer, TimerKind
from storage.rows import Rows, Saves, Session, columns_of
from storage.schema import cases, conversations, is_open, threads
from storage.schema_watch import is_of_answer, timers, will_turn
from storage.shape import Shape
from storage.statements import Statement, or_overwrite, those_with
from storage.types import word

_TIMERS = Shape(Timer, timers)
_parts = [timers.c[field.name] for field in fields(Timer)]
#: Cases, each beside the timer of its answer, if it has one.
_beside = cases.outerjoin(timers, and_(timers.c.case_id == cases.c.id, is_of_answer))
_cases = select(*cases.c, *_parts).select_from(_beside)
_BY_ID = Statement(_cases.where(cases.c.id == bindparam("case_id")))
_BY_THREAD = Statement(
    _cases.where(
        cases.c.id
        == select(threads.c.case_id)
        .where(threads.c.channel == bindparam("channel"), threads.c.ts == bindparam("ts"))
        .scalar_subquery()
    )
)
_KEEP_THREAD = Statement(lambda into: or_overwrite(into(threads)), columns_of(threads))
_theirs = (
    conversations.c.account == bindparam("account"),
    conversations.c.author_id == bindparam("author_id"),
)
_OF_AUTHOR = Statement(
    _cases.where(cases.c.id.in_(select(conversations.c.case_id).where(*_theirs)))
    .order_by(cases.c.id.desc())
    .limit(bindparam("most"))
)
_OF_CONVERSATION = Statement(
    _cases.where(
        cases.c.id
        == select(func.max(conversations.c.case_id))
        .where(*_theirs, conversations.c.root_id == bindparam("root_id"))
        .scalar_subquery()
    )
)
_AUTHORS_OF_CASES = Statement(
    those_with(conversations, conversations.c.author_id, conversations.c.account == bindparam("account"))
)
_TALKS_IN = Statement(lambda into: into(conversations).on_conflict_do_nothing(), columns_of(conversations))
_open = _cases.where(is_open).order_by(cases.c.opened_at, cases.c.id)
_OPEN = Statement(_open)
_OPEN_IN = Statement(_open.where(cases.c.thread_channel == bindparam("channel")))
_CLAIMED = Statement(_open.where(cases.c.assignee == bindparam("agent")))
_RECENT = Statement(
    _cases.where(cases.c.closed_at.is_not(None), cases.c.closed_at >= bindparam("since")).order_by(
        cases.c.closed_at, cases.c.id
    )
)
_waiting = select(*cases.c, *_parts).where(timers.c.case_id == cases.c.id, is_of_answer)
_haste = case({word(level): level.rank for level in Priority}, value=cases.c.priority)
_QUEUE = Statement(_waiting.order_by(_haste, timers.c.due_at, timers.c.case_id).limit(bindparam("most")))
_TIMERS_OF = Statement(
    select(*_parts).where(timers.c.case_id == bindparam("case_id")).order_by(timers.c.kind)
)
_FLAGGED_BEFORE = Statement(
    select(timers.c.case_id, *_parts).where(
        timers.c.flag.is_not(None),
        or_(timers.c.due_at > bindparam("now"), timers.c.turns_at > bindparam("now")),
    )
)
#: Locked with its case: what an agent is changing at this moment is left to the next look.
_DUE = Statement(
    select(timers.c.case_id, *_parts)
    .join(cases, cases.c.id == timers.c.case_id)
    .where(will_turn, timers.c.turns_at <= bindparam("now"))
    .order_by(timers.c.turns_at, timers.c.case_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = Statement(select(func.min(timers.c.turns_at)).where(will_turn))
_SET_TIMER = Statement(lambda into: or_overwrite(into(timers)), columns_of(timers))
_END_TIMER = Statement(
    delete(timers).where(timers.c.case_id == bindparam("case_id"), timers.c.kind == bindparam("kind"))
)
_ADD = Statement(lambda into: into(cases), columns_of(cases, "id", "forgotten_to"), number=cases.c.id)
_SAVES = Saves(cases)
#: What a save may change: who and what a case is about stays.
_CHANGING = columns_of(cases, "id", "account", "author_id", "opened_at", "forgotten_to")


def _answer_due(row: Any) -> Timer | None:
    return None if row.kind is None else _TIMERS.value(row)


_CONVERSATIONS = Shape(Conversation, conversations)
_CASES = Shape(Case, cases, beside={"answer_due": _answer_due})


class CaseRows(Rows):
    """Implements `bot.cases.record.Cases` and `bot.cases.record.Timers`."""

    def __init__(self, sql: Session) -> None:
        super().__init__(sql)
        #: Cases as they lie in their rows, so that a save writes what changed and nothing else.
        self._seen: dict[CaseId, Case] = {}

    def get(self, case_id: CaseId) -> Case | None:
        return self._case(_BY_ID, case_id=case_id)

    def of_thread(self, thread: MessageRef, *, ever: bool = False) -> Case | None:
        case = self._case(_BY_THREAD, channel=thread.channel, ts=thread.ts)
        return case if ever or (case is not None and case.thread == thread) else None

    def of_conversation(self, account: AccountId, author_id: AuthorId, root_id: str) -> Case | None:
        return self._case(_OF_CONVERSATION, account=account, author_id=author_id, root_id=root_id)

    def of_author(self, account: AccountId, author_id: AuthorId, limit: int) -> Sequence[Case]:
        return self._cases(_OF_AUTHOR, account=account, author_id=author_id, most=limit)

    def known_authors(self, account: AccountId, ids: Collection[AuthorId]) -> Set[AuthorId]:
        return {row.value for row in self._sql.all(_AUTHORS_OF_CASES, account=account, texts=[*ids])}

    def add(self, case: Case) -> Case:
        added = _CASES.evolved(case, "id", self._sql.add(_ADD, _CASES.row(case)))
        if added.answer_due is not None:
            self._set_timer(added.id, added.answer_due)
        self._keep_thread(added)
        return added

    def talks_in(self, case_id: CaseId, conversation: Conversation) -> None:
        self._sql.leave(_TALKS_IN, case_id=case_id, **_CONVERSATIONS.row(conversation))

    def save(self, case: Case) -> Case:
        saved = _CASES.evolved(case, "version", case.version + 1)
        new, names = _CASES.row(saved), _CHANGING
        before = self._seen.get(case.id)
        if before is not None and before.version != case.version:
            before = None
        if before is not None:
            old = _CASES.row(before)
            names = [name for name in _CHANGING if new[name] != old[name]]
        if not self._sql.change(_SAVES.of(*names), **new, row_id=case.id, believed=case.version):
            raise Stale(f"case {case.id} is no longer at version {case.version}")
        if before is None or before.answer_due != saved.answer_due:
            if saved.answer_due is None:
                self._sql.leave(_END_TIMER, case_id=case.id, kind=TimerKind.ANSWER)
            else:
                self._set_timer(case.id, saved.answer_due)
        if before is None or before.thread != saved.thread:
            self._keep_thread(saved)
        self._seen[case.id] = saved
        return saved

    def _keep_thread(self, case: Case) -> None:
        if case.thread is not None:
            self._sql.leave(_KEEP_THREAD, channel=case.thread.channel, ts=case.thread.ts, case_id=case.id)

    def open(self, channel: str | None = None) -> Sequence[Case]:
        if channel is None:
            return self._cases(_OPEN)
        return self._cases(_OPEN_IN, channel=channel)

    def queue(self, limit: int) -> Sequence[Case]:
        return self._cases(_QUEUE, most=limit)

    def claimed_by(self, agent: AgentId) -> Sequence[Case]:
        return self._cases(_CLAIMED, agent=agent)

    def settled_since(self, since: datetime) -> Sequence[Case]:
        return [case for case in self._cases(_RECENT, since=since) if case.status in SETTLED]

    def due(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, Timer]]:
        if not self._sql.hold_watching():
            return ()
        return [(row.case_id, _TIMERS.value(row)) for row in self._sql.all(_DUE, now=now, most=limit)]

    def next_due(self) -> datetime | None:
        instant: datetime | None = self._sql.value(_NEXT_DUE)
        return instant

    def flagged_before(self, now: datetime) -> Sequence[tuple[CaseId, Timer]]:
        return [(row.case_id, _TIMERS.value(row)) for row in self._sql.all(_FLAGGED_BEFORE, now=now)]

    def of_case(self, case_id: CaseId) -> Mapping[TimerKind, Timer]:
        timers = self._sql.each(_TIMERS, _TIMERS_OF, case_id=case_id)
        return {timer.kind: timer for timer in timers}

    def set(self, case_id: CaseId, timer: Timer) -> None:
        assert timer.kind is not TimerKind.ANSWER, "it is saved with its case"
        self._set_timer(case_id, timer)

    def end(self, case_id: CaseId, kind: TimerKind) -> None:
        assert kind is not TimerKind.ANSWER, "it is saved with its case"
        self._sql.leave(_END_TIMER, case_id=case_id, kind=kind)

    def _set_timer(self, case_id: CaseId, timer: Timer) -> None:
        self._sql.leave(_SET_TIMER, case_id=case_id, **_TIMERS.row(timer))

    def _case(self, statement: Statement, **values: object) -> Case | None:
        row = self._sql.one(statement, **values)
        return None if row is None else self._see(_CASES.value(row))

    def _cases(self, statement: Statement, **values: object) -> list[Case]:
        return [self._see(_CASES.value(row)) for row in self._sql.all(statement, **values)]

    def _see(self, case: Case) -> Case:
        self._seen[case.id] = case
        return case
