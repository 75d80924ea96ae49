"""The watch: flags what is about to miss its target, what has missed it, and what still waits after that."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.alarms import Flag, stands
from bot.cases.history import EventKind
from bot.cases.model import Case, FlagKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import alarms

#: How many cases one transaction turns; the rest follow at once in the next.
CHUNK = 200


def flag(tx: Tx) -> int:
    """Flag every case whose warn, due or escalation instant has passed; returns how many turned.

    The flag row is written in the same transaction as what is said about it, unique by case, due time and
    kind: whatever happens in between, it is said once.
    """
    turned: list[tuple[Case, Flag]] = []
    turning = tx.timers.due(tx.now, CHUNK)
    for case, kind in turning:
        due_at = case.due_at
        assert due_at is not None
        if kind is FlagKind.ESCALATED:
            case = tx.cases.save(replace(case, escalate_at=None))
            if _is_known(tx, case):
                continue
        else:
            after = tx.team(case).targets.escalate_after
            escalate_at = tx.now + after if kind is FlagKind.MISSED else None
            case = tx.cases.save(replace(case, flag=kind, escalate_at=escalate_at))
            put.card(tx, case)
        noticed = Flag(case.id, due_at, kind, tx.now, case.assignee, alarms.waiting_post(tx, case))
        if tx.alarms.add_flag(noticed):
            tx.note(case, EventKind(kind), due_at=due_at.isoformat())
            turned.append((case, noticed))
    alarms.tell(tx, turned)
    return len(turning)


def _is_known(tx: Tx, case: Case) -> bool:
    """Whether the channel was told that this case is missed and nobody has it, and it is still so."""
    flags = tx.alarms.flags_of(case.id)
    return any(
        stands(case, flag) and flag.kind is FlagKind.MISSED and flag.assignee is None for flag in flags
    )
