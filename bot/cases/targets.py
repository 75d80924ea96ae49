"""When a reply is due, when to warn, and what an answer came to: only here a target becomes an instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cases import timers
from bot.cases.installation import Targets
from bot.cases.model import AgentId, Case, CaseId, Reply, ReplyId
from bot.cases.timers import TimerKind


def wait_from(case: Case, since: datetime, targets: Targets) -> Case:
    """The case with its clock running from `since`: the time of the oldest unanswered mention.

    The first-reply target holds until the brand has answered once, the next-reply target after that. A
    warning that would lie before the mention itself moves to the mention: a short target warns at once.
    """
    promised = targets.first_reply if case.first_replied_at is None else targets.next_reply
    due_at = since + promised
    warn_at = max(since, due_at - targets.warn_before)
    return replace(case, answer_due=timers.started(TimerKind.ANSWER, since, due_at, warn_at))


def wait_no_more(case: Case) -> Case:
    """The case with its clock stopped."""
    return replace(case, answer_due=None)


def claimed(case: Case, now: datetime, targets: Targets) -> Case:
    """The case with the time that an agent who takes it over after it was missed gets before the channel is
    told."""
    if case.answer_due is None:
        return case
    return replace(case, answer_due=timers.taken(case.answer_due, now, targets.escalate_after))


@dataclass(frozen=True, slots=True)
class Answer:
    """A published reply, held against the timer that it ended. A report reads these and no history."""

    reply_id: ReplyId
    timer: TimerKind
    case_id: CaseId
    #: Since when the customer waited.
    since: datetime
    due_at: datetime
    #: By the network's publication time.
    answered_at: datetime
    #: Whether that was in time.
    met: bool
    #: How long after the due time it was; negative when it was before.
    late_by: timedelta
    #: Whether it is the first that the brand gave in this case: it has a target of its own.
    is_first: bool
    #: Who wrote it; None where it was answered outside this desk.
    agent: AgentId | None


def given(before: Case, after: Case, reply: Reply) -> Answer | None:
    """What a published reply came to, with which a case went from `before` to `after`. None where nobody
    waited, and where what waited the longest still does: its writer had not seen that."""
    clock, answered_at = before.answer_due, reply.sent_at
    if clock is None or answered_at is None or after.waiting_since == clock.since:
        return None
    return Answer(
        reply.id,
        clock.kind,
        before.id,
        clock.since,
        clock.due_at,
        answered_at,
        met=answered_at <= clock.due_at,
        late_by=answered_at - clock.due_at,
        is_first=before.first_replied_at is None,
        agent=reply.agent,
    )
