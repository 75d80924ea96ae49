"""Waiting on purpose: for the customer, or for somebody inside, until a time, and why."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.cases import timers
from bot.cases.actions import Action, Result, refused
from bot.cases.history import EventKind
from bot.cases.model import SETTLED, Agent, Case, WaitsFor
from bot.cases.record import Wake
from bot.cases.said import Instant, Ping, say
from bot.cases.timers import Timer, TimerKind
from bot.cases.tx import Tx
from bot.guide import times
from bot.outbox import put
from bot.work import clocks

_FOR = {
    **dict.fromkeys(("customer", "klant", "de klant", "the customer"), WaitsFor.CUSTOMER),
    **dict.fromkeys(("inside", "intern", "binnen", "collega", "colleague"), WaitsFor.INSIDE),
}
_OFF = ("off", "uit", "stop", "over", "done", "klaar")
#: So much of a reason is shown.
LONGEST_REASON = 200


def wait(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    """`!wait customer 2d reason`: the case rests, or is only looked at again, until then."""
    whom, _, rest = action.argument.strip().partition(" ")
    if whom.casefold() in _OFF and case.waits_for is not None:
        return _end(tx, case, agent)
    waits_for = _FOR.get(whom.casefold())
    now = tx.now.astimezone(ZoneInfo(tx.installation.timezone))
    found = times.leading(rest, now, times.Reading(bare_hours_last=True))
    if waits_for is None or found is None:
        return refused("wait.how", n=case.id)
    if case.status in SETTLED:
        return refused("close.not_open", n=case.id)
    if waits_for is WaitsFor.CUSTOMER and case.waiting_since is not None:
        return refused("wait.customer_waits", n=case.id)
    until, reason = found
    changed = replace(case, waits_for=waits_for, wait_reason=reason[:LONGEST_REASON])
    tx.timers.set(case.id, timers.started(TimerKind.WAIT, tx.now, until))
    tx.wake(Wake.WATCH)
    waiting = tx.cases.save(changed)
    clocks.follow(tx, waiting)
    tx.note(waiting, EventKind.WAITS, agent.id, waits_for=waits_for.value, until=until.isoformat())
    put.card(tx, waiting)
    whom_for = say(f"wait.for.{waits_for}")
    put.tell(tx, waiting, say("wait.set", agent=agent.name, whom=whom_for, at=Instant(until, "date")))
    return Result(True)


def _end(tx: Tx, case: Case, agent: Agent) -> Result:
    ended = tx.cases.save(woken(case))
    clocks.follow(tx, ended)
    tx.note(ended, EventKind.WAIT_OVER, agent.id)
    put.card(tx, ended)
    put.tell(tx, ended, say("wait.ended", agent=agent.name))
    return Result(True)


def woken(case: Case) -> Case:
    """The case as it waits for nothing any more; saved and followed by its timers, it is so."""
    return replace(case, waits_for=None, wait_reason="")


def turned(tx: Tx, case: Case, timer: Timer) -> None:
    """The time has come: who has the case is told, and it waits no longer."""
    if case.waits_for is None:
        tx.timers.end(case.id, timer.kind)
        tx.cases.save(case)
        return
    whom = say(f"wait.for.{case.waits_for}")
    ended = tx.cases.save(woken(case))
    clocks.follow(tx, ended)
    tx.note(ended, EventKind.WAIT_OVER)
    put.card(tx, ended)
    who = Ping(case.assignee) if case.assignee else None
    told = say("wait.over", who=who, whom=whom, n=case.id, reason=case.wait_reason)
    put.tell(tx, ended, told, key=f"wait-{case.id}-{timer.due_at:%Y%m%d%H%M%S%f}")
