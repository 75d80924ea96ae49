"""What the watch does when a timer of a case turns: a function a kind, in one transaction for many cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.cases import escalation, targets, timers
from bot.cases.alarms import Flag
from bot.cases.model import Case
from bot.cases.said import Button, Instant, Ping, say
from bot.cases.timers import FlagKind, Timer, TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import alarms, claims, clocks, reminders, replies, waits

#: How many timers one transaction turns; the rest follow at once in the next.
CHUNK = 200
Told = list[tuple[Case, Flag]]


def flag(tx: Tx) -> int:
    """Do what every timer asks for that has turned; returns how many did.

    The flag row is written in the same transaction as what is said about it, unique by case, timer, due time
    and kind: whatever happens in between, it is said once.
    """
    told: Told = []
    turning = tx.timers.due(tx.now, CHUNK)
    for case_id, timer in turning:
        case = tx.cases.get(case_id)
        assert case is not None
        if timer.kind is TimerKind.ANSWER or tx.timers.of_case(case_id).get(timer.kind) == timer:
            told += TURNS[timer.kind](tx, case, timer)
    alarms.tell(tx, told)
    return len(turning)


def _answer_due(tx: Tx, case: Case, timer: Timer) -> Told:
    """The card shows how its answer stands, and it is flagged, unless that was done or is known."""
    kind, team = timers.says(timer, tx.now), tx.team(case)
    if team.escalation:
        return _in_steps(tx, case, timer, kind)
    escalates_at = targets.escalates_at(team, tx.now) if kind is not FlagKind.ESCALATED else None
    case = tx.cases.save(replace(case, answer_due=timers.turned(timer, tx.now, escalates_at)))
    if kind is not FlagKind.ESCALATED:
        put.card(tx, case)
    elif alarms.is_known(tx, case):
        return []
    return alarms.flagged(tx, case, timer, kind)


def _in_steps(tx: Tx, case: Case, timer: Timer, kind: FlagKind) -> Told:
    """As the escalation of the team says: what is said at once, or the next of what is said later."""
    steps = range(len(escalation.at_once(tx.team(case).escalation, kind)))
    if kind is FlagKind.ESCALATED:
        step = alarms.steps_said(tx, case, timer)
        steps = range(step, step + 1)
    told = [each for step in steps for each in alarms.flagged(tx, case, timer, kind, step)]
    next_at = alarms.next_step_at(tx, case, timer)
    case = tx.cases.save(replace(case, answer_due=timers.turned(timer, tx.now, next_at)))
    if kind is not FlagKind.ESCALATED:
        put.card(tx, case)
    return [(case, flag) for _, flag in told]


def _resolution_due(tx: Tx, case: Case, timer: Timer) -> Told:
    """The case should be closed soon, or should have been."""
    kind = timers.says(timer, tx.now)
    tx.timers.set(case.id, timers.turned(timer, tx.now, None))
    case = tx.cases.save(case)
    put.card(tx, case)
    return alarms.flagged(tx, case, timer, kind)


def _claim_runs_out(tx: Tx, case: Case, timer: Timer) -> Told:
    """Who has the case is warned, and then has it no longer; unless a reply is on its way."""
    key = f"claim-{case.id}-{timer.due_at:%Y%m%d%H%M%S%f}"
    if case.assignee is None or case.waiting_since is None or replies.waiting(tx, case):
        clocks.follow(tx, tx.cases.save(case), again=[TimerKind.CLAIM])
    elif timers.says(timer, tx.now) is FlagKind.AT_RISK:
        tx.timers.set(case.id, timers.turned(timer, tx.now, None))
        tx.cases.save(case)
        keep = Button("keep_claim", str(case.id), "button.keep_claim", "primary")
        due = Instant(timer.due_at)
        put.tell(tx, case, say("rot.warning", keep, who=Ping(case.assignee), due=due), key=f"{key}-warning")
    else:
        claims.give_back(tx, case, say("rot.expired", who=Ping(case.assignee)), key)
    return []


def _quiet_is_over(tx: Tx, case: Case, timer: Timer) -> Told:
    """The case closes by itself, unless something of it is still to be decided."""
    if replies.waiting(tx, case) or tx.threads.asked(case.id) or tx.reminders.open_of(case.id):
        clocks.follow(tx, tx.cases.save(case), again=[timer.kind])
    else:
        claims.close_quiet(tx, case)
    return []


def _wait_is_over(tx: Tx, case: Case, timer: Timer) -> Told:
    waits.turned(tx, case, timer)
    return []


def _remind(tx: Tx, case: Case, _: Timer) -> Told:
    reminders.turned(tx, case)
    return []


#: What the watch does about a timer that has turned, and what is to be told of it.
TURNS: Mapping[TimerKind, Callable[[Tx, Case, Timer], Told]] = {
    TimerKind.ANSWER: _answer_due,
    TimerKind.RESOLUTION: _resolution_due,
    TimerKind.CLAIM: _claim_runs_out,
    TimerKind.QUIET: _quiet_is_over,
    TimerKind.WAIT: _wait_is_over,
    TimerKind.REMINDER: _remind,
}
