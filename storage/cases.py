"""The cases in the record, and what the watch asks of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from datetime import datetime
from heapq import merge

from sqlalchemy import and_, bindparam, func, or_, select

from bot.cases.errors import Stale
from bot.cases.model import SETTLED, AgentId, Case, CaseId, FlagKind, MessageRef
from bot.cases.posts import AccountId, AuthorId
from storage.partial import word
from storage.rows import Rows, Saves, Session, columns_of
from storage.schema import cases, is_open, is_waiting, will_escalate, will_turn
from storage.shape import Shape
from storage.statements import Statement, those_with

_BY_ID = Statement(select(cases).where(cases.c.id == bindparam("case_id")))
_BY_THREAD = Statement(
    select(cases).where(
        cases.c.thread_channel == bindparam("channel"),
        cases.c.thread_ts == bindparam("ts"),
        cases.c.thread_ts.is_not(None),
    )
)
_newest = (
    select(cases)
    .where(cases.c.account == bindparam("account"), cases.c.author_id == bindparam("author_id"))
    .order_by(cases.c.id.desc())
    .limit(bindparam("most"))
)
_OF_AUTHOR = Statement(_newest)
_OF_CONVERSATION = Statement(_newest.where(cases.c.root_id == bindparam("root_id")))
_AUTHORS_OF_CASES = Statement(those_with(cases, cases.c.author_id, cases.c.account == bindparam("account")))
_open = select(cases).where(is_open).order_by(cases.c.opened_at, cases.c.id)
_OPEN = Statement(_open)
_OPEN_IN = Statement(_open.where(cases.c.thread_channel == bindparam("channel")))
_CLAIMED = Statement(_open.where(cases.c.assignee == bindparam("agent")))
_RECENT = Statement(
    select(cases)
    .where(cases.c.closed_at.is_not(None), cases.c.closed_at >= bindparam("since"))
    .order_by(cases.c.closed_at, cases.c.id)
)
_soonest = select(cases).order_by(cases.c.due_at, cases.c.id).limit(bindparam("most"))
_NEXT_TEAM = Statement(select(func.min(cases.c.team)).where(is_waiting, cases.c.team > bindparam("last")))
_QUEUE = Statement(_soonest.where(cases.c.team == bindparam("team"), is_waiting))
#: What another process is flagging at this moment, or an agent is changing, is left to the next look.
_LATE = Statement(
    _soonest.where(will_turn, cases.c.due_at <= bindparam("now")).with_for_update(skip_locked=True)
)
_AT_RISK = Statement(
    select(cases)
    .where(will_turn, cases.c.turns_at <= bindparam("now"), cases.c.due_at > bindparam("now"))
    .order_by(cases.c.turns_at, cases.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT_TURN = Statement(select(func.min(cases.c.turns_at)).where(will_turn))
_escalating = select(cases).where(will_escalate).order_by(cases.c.escalate_at, cases.c.id)
_ESCALATES = Statement(
    _escalating.where(cases.c.escalate_at <= bindparam("now"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_ESCALATES_LATER = Statement(_escalating.where(cases.c.escalate_at > bindparam("now")))
_NEXT_ESCALATION = Statement(select(func.min(cases.c.escalate_at)).where(will_escalate))
_FLAGGED_EARLY = Statement(
    select(cases).where(
        is_waiting,
        or_(
            and_(cases.c.flag == word(FlagKind.MISSED), cases.c.due_at > bindparam("now")),
            and_(cases.c.flag == word(FlagKind.AT_RISK), cases.c.warn_at > bindparam("now")),
        ),
    )
)
_ADD = Statement(lambda into: into(cases), columns_of(cases, "id", "forgotten_to"), number=cases.c.id)
_SAVES = Saves(cases)
#: What a save may change: who and what a case is about stays.
_CHANGING = columns_of(cases, "id", "account", "author_id", "root_id", "opened_at", "forgotten_to")


def _turns_at(case: Case) -> datetime | None:
    if case.waiting_since is None or case.flag is FlagKind.MISSED:
        return None
    if case.flag is FlagKind.AT_RISK or case.warn_at is None or case.due_at is None:
        return case.due_at
    return min(case.warn_at, case.due_at)


_CASES = Shape(Case, cases, turns_at=_turns_at)


class CaseRows(Rows):
    """Implements `bot.cases.record.Cases` and `bot.cases.record.Timers`."""

    def __init__(self, sql: Session) -> None:
        super().__init__(sql)
        #: Cases as they lie in their rows, so that a save writes what changed and nothing else.
        self._seen: dict[CaseId, Case] = {}

    def get(self, case_id: CaseId) -> Case | None:
        return self._case(_BY_ID, case_id=case_id)

    def of_thread(self, ref: MessageRef) -> Case | None:
        return self._case(_BY_THREAD, channel=ref.channel, ts=ref.ts)

    def of_conversation(self, account: AccountId, author_id: AuthorId, root_id: str) -> Case | None:
        return self._case(_OF_CONVERSATION, account=account, author_id=author_id, root_id=root_id, most=1)

    def of_author(self, account: AccountId, author_id: AuthorId, limit: int) -> Sequence[Case]:
        return self._cases(_OF_AUTHOR, account=account, author_id=author_id, most=limit)

    def known_authors(self, account: AccountId, ids: Collection[AuthorId]) -> Set[AuthorId]:
        return {row.value for row in self._sql.all(_AUTHORS_OF_CASES, account=account, texts=[*ids])}

    def add(self, case: Case) -> Case:
        return _CASES.renewed(case, "id", self._sql.add(_ADD, _CASES.row(case)))

    def save(self, case: Case) -> Case:
        saved = _CASES.renewed(case, "version", case.version + 1)
        new, names = _CASES.row(saved), _CHANGING
        before = self._seen.get(case.id)
        if before is not None and before.version == case.version:
            old = _CASES.row(before)
            names = [name for name in _CHANGING if new[name] != old[name]]
        if not self._sql.change(_SAVES.of(*names), **new, row_id=case.id, believed=case.version):
            raise Stale(f"case {case.id} is no longer at version {case.version}")
        self._seen[case.id] = saved
        return saved

    def open(self, channel: str | None = None) -> Sequence[Case]:
        if channel is None:
            return self._cases(_OPEN)
        return self._cases(_OPEN_IN, channel=channel)

    def queue(self, limit: int) -> Sequence[Case]:
        # One question a team, so that each is answered from the index however many wait elsewhere.
        queues = [self._cases(_QUEUE, team=team, most=limit) for team in self._waiting_teams()]
        return list(merge(*queues, key=_urgency))[:limit]

    def _waiting_teams(self) -> Iterator[str]:
        """The teams in whose cases a customer waits, those included that app.yaml no longer has."""
        team = ""
        while (found := self._sql.value(_NEXT_TEAM, last=team)) is not None:
            team = found
            yield team

    def claimed_by(self, agent: AgentId) -> Sequence[Case]:
        return self._cases(_CLAIMED, agent=agent)

    def settled_since(self, since: datetime) -> Sequence[Case]:
        return [case for case in self._cases(_RECENT, since=since) if case.status in SETTLED]

    def due(self, now: datetime, limit: int) -> Sequence[tuple[Case, FlagKind]]:
        if not self._sql.hold_watching():
            return ()
        late = self._cases(_LATE, now=now, most=limit)
        turning = [(case, FlagKind.MISSED) for case in late]
        if len(late) < limit:
            at_risk = self._cases(_AT_RISK, now=now, most=limit - len(late))
            turning += [(case, FlagKind.AT_RISK) for case in sorted(at_risk, key=_urgency)]
        if len(turning) < limit:
            escalates = self._cases(_ESCALATES, now=now, most=limit - len(turning))
            turning += [(case, FlagKind.ESCALATED) for case in escalates]
        return turning

    def next_due(self) -> datetime | None:
        instants = (self._sql.value(_NEXT_TURN), self._sql.value(_NEXT_ESCALATION))
        return min((at for at in instants if at is not None), default=None)

    def flagged_early(self, now: datetime) -> Sequence[Case]:
        return self._cases(_FLAGGED_EARLY, now=now)

    def escalating(self, now: datetime) -> Sequence[Case]:
        return self._cases(_ESCALATES_LATER, now=now)

    def _case(self, statement: Statement, **values: object) -> Case | None:
        row = self._sql.one(statement, **values)
        return None if row is None else self._see(_CASES.value(row))

    def _cases(self, statement: Statement, **values: object) -> list[Case]:
        return [self._see(_CASES.value(row)) for row in self._sql.all(statement, **values)]

    def _see(self, case: Case) -> Case:
        self._seen[case.id] = case
        return case


def _urgency(case: Case) -> tuple[datetime | None, int]:
    return (case.due_at, case.id)
