"""The record in memory: every question answered by going through plain rows, for tests without a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.cases.errors import Stale
from bot.cases.model import (
    IN_DOUBT,
    SETTLED,
    AgentId,
    Case,
    CaseId,
    FlagKind,
    MessageRef,
    Reply,
    ReplyId,
    ReplyState,
)
from bot.cases.posts import AccountId, AuthorId, PostId
from bot.cases.record import Wake
from tests.fake_accounts import FakeAccounts
from tests.fake_alarms import FakeAlarms
from tests.fake_ends import FakeEnds
from tests.fake_errands import FakeErrands
from tests.fake_posts import FakePosts
from tests.fake_tables import Tables, first, kept, refuse_second
from tests.fake_threads import FakeThreads

T = TypeVar("T")


class _Cases:
    """Cases; the contract is that of `bot.cases.record.Record`."""

    tables: Tables

    def case(self, case_id: CaseId) -> Case | None:
        return self.tables.cases.get(case_id)

    def case_of_thread(self, ref: MessageRef) -> Case | None:
        return first(self.tables.cases.values(), lambda case: case.thread == ref)

    def case_of_conversation(self, account: AccountId, author_id: AuthorId, root_id: str) -> Case | None:
        return first(
            reversed(self.tables.cases.values()),
            lambda case: (case.account, case.author_id, case.root_id) == (account, author_id, root_id),
        )

    def cases_of_author(self, account: AccountId, author_id: AuthorId, limit: int) -> Sequence[Case]:
        everyones = self.tables.cases.values()
        theirs = [case for case in everyones if (case.account, case.author_id) == (account, author_id)]
        return theirs[::-1][:limit]

    def authors_with_cases(self, account: AccountId, ids: Collection[AuthorId]) -> Set[AuthorId]:
        return {case.author_id for case in self.tables.cases.values() if case.account == account} & {*ids}

    def add_case(self, case: Case) -> Case:
        refuse_second(case.thread, self._threads(without=None))
        added = replace(case, id=CaseId(len(self.tables.cases) + 1), forgotten_to=None)
        self.tables.cases[added.id] = added
        return added

    def save_case(self, case: Case) -> Case:
        before = self.tables.cases.get(case.id)
        if before is None or before.version != case.version:
            raise Stale(f"case {case.id} is no longer at version {case.version}")
        refuse_second(case.thread, self._threads(without=case.id))
        saved = replace(case, version=case.version + 1)
        self.tables.cases[case.id] = replace(
            saved,
            account=before.account,
            author_id=before.author_id,
            root_id=before.root_id,
            opened_at=before.opened_at,
            forgotten_to=before.forgotten_to,
        )
        return saved

    def open_cases(self, channel: str | None = None) -> Sequence[Case]:
        return self._open(lambda case: channel is None or _channel(case) == channel)

    def queue(self, limit: int) -> Sequence[Case]:
        waiting = [case for case in self.tables.cases.values() if case.waiting_since is not None]
        return sorted(waiting, key=_urgency)[:limit]

    def claimed_by(self, agent: AgentId) -> Sequence[Case]:
        return self._open(lambda case: case.assignee == agent)

    def recent_cases(self, since: datetime) -> Sequence[Case]:
        settled = [case for case in self.tables.cases.values() if case.status in SETTLED]
        closed = sorted((case.closed_at, case.id) for case in settled if case.closed_at is not None)
        return [self.tables.cases[case_id] for at, case_id in closed if at >= since]

    def turning(self, now: datetime, limit: int) -> Sequence[tuple[Case, FlagKind]]:
        cases = self.tables.cases.values()
        turned = sorted((at, case.id) for case in cases if (at := _turns_at(case)) is not None and at <= now)
        found = [self.tables.cases[case_id] for _, case_id in turned]
        late = sorted((case for case in found if _due(case) <= now), key=_urgency)[:limit]
        at_risk = [case for case in found if _due(case) > now][: limit - len(late)]
        turning = [
            *((case, FlagKind.MISSED) for case in late),
            *((case, FlagKind.AT_RISK) for case in sorted(at_risk, key=_urgency)),
        ]
        escalates = [case for at, case in self._escalations() if at <= now]
        return [*turning, *((case, FlagKind.ESCALATED) for case in escalates[: limit - len(turning)])]

    def next_turn(self) -> datetime | None:
        instants = [_turns_at(case) for case in self.tables.cases.values()]
        instants += [at for at, _ in self._escalations()]
        return min((at for at in instants if at is not None), default=None)

    def flagged_early(self, now: datetime) -> Sequence[Case]:
        flagged = (case for case in self.tables.cases.values() if case.waiting_since and case.flag)
        instants = [(case, case.due_at if case.flag is FlagKind.MISSED else case.warn_at) for case in flagged]
        return [case for case, at in instants if at is not None and at > now]

    def escalating(self, now: datetime) -> Sequence[Case]:
        return [case for at, case in self._escalations() if at > now]

    def _escalations(self) -> list[tuple[datetime, Case]]:
        cases = self.tables.cases.values()
        found = [(case.escalate_at, case) for case in cases if case.escalate_at is not None]
        return sorted(found, key=lambda pair: (pair[0], pair[1].id))

    def _open(self, wanted: Callable[[Case], bool]) -> Sequence[Case]:
        cases = self.tables.cases.values()
        found = [case for case in cases if case.status not in SETTLED and wanted(case)]
        return sorted(found, key=lambda case: (case.opened_at, case.id))

    def _threads(self, without: CaseId | None) -> list[MessageRef | None]:
        return [case.thread for case in self.tables.cases.values() if case.id != without]


class _Replies:
    """Replies; the contract is that of `bot.cases.record.Record`."""

    tables: Tables

    def reply(self, reply_id: ReplyId) -> Reply | None:
        return self.tables.replies.get(reply_id)

    def reply_of_message(self, ref: MessageRef) -> Reply | None:
        return first(self.tables.replies.values(), lambda reply: reply.message == ref)

    def reply_of_line(self, ref: MessageRef) -> Reply | None:
        return first(self.tables.replies.values(), lambda reply: reply.line == ref)

    def reply_of_post(self, account: AccountId, post_id: PostId) -> Reply | None:
        replies = self.tables.replies.values()
        return first(replies, lambda reply: (reply.account, reply.post_id) == (account, post_id))

    def replies_of(self, case_id: CaseId) -> Sequence[Reply]:
        return [reply for reply in self.tables.replies.values() if reply.case_id == case_id]

    def add_reply(self, reply: Reply) -> Reply | None:
        if reply.message is not None and self.reply_of_message(reply.message) is not None:
            return None
        self.tables.refuse_strangers(reply.case_id)
        added = replace(reply, id=ReplyId(len(self.tables.replies) + 1))
        self.tables.replies[added.id] = kept(added)
        return added

    def save_reply(self, reply: Reply) -> Reply:
        before = self.tables.replies.get(reply.id)
        if before is None or before.version != reply.version:
            raise Stale(f"reply {reply.id} is no longer at version {reply.version}")
        others = (other for other in self.tables.replies.values() if other.id != reply.id)
        refuse_second(reply.message, (other.message for other in others))
        saved = replace(reply, version=reply.version + 1)
        self.tables.replies[reply.id] = kept(replace(saved, case_id=before.case_id))
        return saved

    def due_replies(self, now: datetime, limit: int) -> Sequence[Reply]:
        def isfirst(reply: Reply) -> bool:
            return not any(
                earlier.state in IN_DOUBT or _acts(earlier, ReplyState.QUEUED, now)
                for earlier in self._earlier(reply)
            )

        return [reply for reply in self._acting(ReplyState.QUEUED, now) if isfirst(reply)][:limit]

    def lost_replies(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._acting(ReplyState.SENDING, now)[:limit]

    def unconfirmed_replies(self, now: datetime, limit: int) -> Sequence[Reply]:
        return self._acting(ReplyState.UNCONFIRMED, now)[:limit]

    def later_replies(self, now: datetime) -> Sequence[Reply]:
        waiting = ((reply, _acts_at(reply)) for reply in self.tables.replies.values())
        return [reply for reply, at in waiting if at is not None and at > now]

    def next_send(self) -> datetime | None:
        return min(
            (
                at
                for reply in self.tables.replies.values()
                if (at := _acts_at(reply)) is not None
                if reply.state is not ReplyState.QUEUED
                or not any(earlier.state in IN_DOUBT for earlier in self._earlier(reply))
            ),
            default=None,
        )

    def _acting(self, state: ReplyState, now: datetime) -> Sequence[Reply]:
        acting = [reply for reply in self.tables.replies.values() if _acts(reply, state, now)]
        return sorted(acting, key=lambda reply: (_acts_at(reply) or now, reply.id))

    def _earlier(self, reply: Reply) -> list[Reply]:
        return [earlier for earlier in self.replies_of(reply.case_id) if earlier.id < reply.id]


class FakeRecord(_Cases, FakeAlarms, FakePosts, _Replies, FakeThreads, FakeAccounts, FakeEnds, FakeErrands):
    """Implements `bot.cases.record.Record` over `tables`, which it changes in place."""

    def __init__(self, tables: Tables | None = None) -> None:
        super().__init__(Tables() if tables is None else tables)
        self.wakes: set[Wake] = set()

    def wake(self, *ticks: Wake) -> None:
        self.wakes.update(ticks)


def _channel(case: Case) -> str | None:
    return case.thread.channel if case.thread is not None else None


def _due(case: Case) -> datetime:
    assert case.due_at is not None  # as long as somebody waits
    return case.due_at


def _urgency(case: Case) -> tuple[datetime, int]:
    return (_due(case), case.id)


def _turns_at(case: Case) -> datetime | None:
    """When the watch has something to say next."""
    if case.waiting_since is None or case.flag is FlagKind.MISSED:
        return None
    if case.flag is FlagKind.AT_RISK or case.warn_at is None:
        return case.due_at
    return min(case.warn_at, _due(case))


def _acts_at(reply: Reply) -> datetime | None:
    """When the sender must look at it next."""
    if reply.state is ReplyState.SENDING:
        return reply.lease_until
    waits = reply.state in (ReplyState.QUEUED, ReplyState.UNCONFIRMED) and reply.held is None
    return reply.send_after if waits else None


def _acts(reply: Reply, state: ReplyState, now: datetime) -> bool:
    at = _acts_at(reply)
    return reply.state is state and at is not None and at <= now
