"""When a reply is due, when to warn, and what an answer came to: only here a target becomes an instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cases import timers
from bot.cases.installation import Promise, Targets, Team, WorkingDays
from bot.cases.model import AgentId, Case, CaseId, Reply, ReplyId
from bot.cases.timers import FlagKind, Timer, TimerKind


def wait_from(case: Case, since: datetime, team: Team) -> Case:
    """The case with its clock running from `since`: the time of the oldest unanswered mention."""
    return replace(case, answer_due=answer_due(case, since, team))


def answer_due(case: Case, since: datetime, team: Team) -> Timer:
    """The clock of an answer to a mention of this time, in the service hours of the team.

    The first-reply target holds until the brand has answered once, the next-reply target after that; of
    several that apply the shortest. A warning that would lie before the mention itself, or before the opening
    from which it counts, moves there: a short target warns at once.
    """
    is_first = case.first_replied_at is None
    promised = [each.first_reply if is_first else each.next_reply for each in _promises(case, team)]
    due_at = team.hours.add(since, min(each for each in promised if each is not None))
    return _warned(TimerKind.ANSWER, since, due_at, team)


def _promises(case: Case, team: Team) -> tuple[Targets | Promise, ...]:
    """All that is promised about the case: for its team, its account, its priority."""
    targets = team.targets
    of_account = targets.per_account.get(case.account, Promise())
    return targets, of_account, targets.per_priority.get(case.priority, Promise())


def resolution_due(case: Case, since: datetime, team: Team) -> Timer | None:
    """The clock of closing a case that began then; None where nothing is promised. The shortest counts, be it
    a time in service hours or the closing of an open day."""
    promised = [promise.resolution for promise in _promises(case, team) if promise.resolution is not None]
    if not promised:
        return None
    hours = team.hours
    due_at = min(
        hours.working_days(since, each.count) if isinstance(each, WorkingDays) else hours.add(since, each)
        for each in promised
    )
    return _warned(TimerKind.RESOLUTION, since, due_at, team)


def resumed(timer: Timer, now: datetime, team: Team) -> Timer:
    """A timer that was paused, with the service time that was left from now on."""
    assert timer.rest is not None
    fresh = _warned(timer.kind, timer.since, team.hours.add(now, timer.rest), team)
    if timer.flag is FlagKind.AT_RISK:
        return replace(fresh, flag=FlagKind.AT_RISK, turns_at=fresh.due_at)
    return fresh


def _warned(kind: TimerKind, since: datetime, due_at: datetime, team: Team) -> Timer:
    """A clock with its warning: so long before the due time as the team wants, or a part of all the time."""
    before = team.targets.warn_before
    if not isinstance(before, timedelta):
        before = team.hours.between(since, due_at) * before.numerator / before.denominator
    warn_at = max(min(due_at, team.hours.opening(since)), team.hours.before(due_at, before))
    return timers.started(kind, since, due_at, warn_at)


def wait_no_more(case: Case) -> Case:
    """The case with its clock stopped."""
    return replace(case, answer_due=None)


def claimed(case: Case, now: datetime, team: Team) -> Case:
    """The case with the time that an agent who takes it over after it was missed gets before the channel is
    told."""
    if case.answer_due is None or team.escalation:
        return case
    return replace(case, answer_due=timers.taken(case.answer_due, escalates_at(team, now)))


def escalates_at(team: Team, now: datetime) -> datetime:
    """When the channel is told of a case of which who has it is told now."""
    return team.hours.add(now, team.targets.escalate_after)


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
