"""The timers of a case beside that of its answer: set, paused and ended by how the case stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from bot.cases import targets, timers
from bot.cases.model import SETTLED, Case, rests
from bot.cases.outbox import Rank
from bot.cases.record import Wake
from bot.cases.timers import Timer, TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import duty

#: So long before the end of a shift its cases without a reply are spoken of.
SHIFT_WARNING = timedelta(minutes=10)


def follow(tx: Tx, case: Case, again: Collection[TimerKind] = ()) -> None:
    """Let a case that has just been saved have the timers that it should have; those of the kinds `again`
    begin again."""
    before = tx.timers.of_case(case.id)
    running = {kind: timer for kind, timer in before.items() if kind not in again}
    wanted = {
        TimerKind.CLAIM: _claim(tx, case, running.get(TimerKind.CLAIM)),
        TimerKind.QUIET: _quiet(tx, case, running.get(TimerKind.QUIET)),
        TimerKind.RESOLUTION: _resolution(tx, case, running.get(TimerKind.RESOLUTION)),
        TimerKind.WAIT: running.get(TimerKind.WAIT) if case.waits_for is not None else None,
    }
    changed = {kind: timer for kind, timer in wanted.items() if timer != before.get(kind)}
    for kind, timer in changed.items():
        if timer is None:
            tx.timers.end(case.id, kind)
        else:
            tx.timers.set(case.id, timer)
            tx.wake(Wake.WATCH)
    if changed.keys() - {TimerKind.CLAIM}:  # which the card does not show
        put.card(tx, case, rank=Rank.TIDYING)


def _claim(tx: Tx, case: Case, running: Timer | None) -> Timer | None:
    """Who has the case owes its customer a reply: the claim runs out one day."""
    team = tx.team(case)
    if case.assignee is None or case.waiting_since is None:
        return None
    if running is not None:
        return running
    lead, ends = SHIFT_WARNING, duty.end_of_shift(tx, team, case.assignee) if team.roster else None
    if team.claim_expires is not None:
        runs_out = team.hours.add(tx.now, team.claim_expires)
        if ends is None or runs_out < ends:
            lead, ends = team.claim_expires / 5, runs_out
    if ends is None:
        return None
    return timers.started(TimerKind.CLAIM, tx.now, ends, max(tx.now, team.hours.before(ends, lead)))


def _quiet(tx: Tx, case: Case, running: Timer | None) -> Timer | None:
    """Nobody waits for anything: the case closes by itself."""
    close_after = tx.team(case).close_after
    if close_after is None or not rests(case) or case.waits_for is not None:
        return None
    return running or timers.started(TimerKind.QUIET, tx.now, tx.now + close_after)


def _resolution(tx: Tx, case: Case, running: Timer | None) -> Timer | None:
    """The case is to be closed by then. The time that is left is kept while it rests."""
    team = tx.team(case)
    if case.status in SETTLED:
        return None
    if running is None:
        first = [post.created_at for post in tx.posts.of_case(case.id) if not post.by_brand]
        since = case.waiting_since if case.first_replied_at is not None else min(first, default=None)
        running = targets.resolution_due(case, since or tx.now, team)
    if running is None:
        return None
    if rests(case):
        return timers.paused(running, team.hours.between(tx.now, running.due_at))
    if running.rest is None:
        return running
    return targets.resumed(running, tx.now, team)
