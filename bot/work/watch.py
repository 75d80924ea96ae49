"""The watch: flags what is about to miss its target, what has missed it, and what still waits after that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.cases import timers
from bot.cases.alarms import Flag, stands
from bot.cases.history import EventKind
from bot.cases.model import Case
from bot.cases.timers import FlagKind, Timer, TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import alarms

#: How many timers one transaction turns; the rest follow at once in the next.
CHUNK = 200


def flag(tx: Tx) -> int:
    """Do what every timer asks for that has turned; returns how many did.

    The flag row is written in the same transaction as what is said about it, unique by case, due time and
    kind: whatever happens in between, it is said once.
    """
    flagged: list[tuple[Case, Flag]] = []
    turning = tx.timers.due(tx.now, CHUNK)
    for case_id, timer in turning:
        case = tx.cases.get(case_id)
        assert case is not None
        flagged += TURNS[timer.kind](tx, case, timer)
    alarms.tell(tx, flagged)
    return len(turning)


def _answer_due(tx: Tx, case: Case, timer: Timer) -> list[tuple[Case, Flag]]:
    """The card shows how its answer stands, and it is flagged, unless that was done or is known."""
    kind = timers.says(timer, tx.now)
    after = timers.turned(timer, tx.now, tx.team(case).targets.escalate_after)
    case = tx.cases.save(replace(case, answer_due=after))
    if kind is not FlagKind.ESCALATED:
        put.card(tx, case)
    elif _is_known(tx, case):
        return []
    noticed = Flag(case.id, timer.due_at, kind, tx.now, case.assignee, alarms.waiting_post(tx, case))
    if not tx.alarms.add_flag(noticed):
        return []
    tx.note(case, EventKind(kind), due_at=timer.due_at.isoformat())
    return [(case, noticed)]


def _is_known(tx: Tx, case: Case) -> bool:
    """Whether the channel was told that this case is missed and nobody has it, and it is still so."""
    flags = tx.alarms.flags_of(case.id)
    return any(
        stands(case, flag) and flag.kind is FlagKind.MISSED and flag.assignee is None for flag in flags
    )


#: What the watch does about a timer that has turned, and what is to be told of it.
TURNS: Mapping[TimerKind, Callable[[Tx, Case, Timer], list[tuple[Case, Flag]]]] = {
    TimerKind.ANSWER: _answer_due,
}
