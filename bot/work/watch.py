"""The watch: flags what is about to miss its target, what has missed it, and what still waits after that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases.alarms import Flag, stands
from bot.cases.model import Case, FlagKind
from bot.cases.record import Record
from bot.work import alarms, asks
from bot.work.house import House

#: How many cases one transaction turns; the rest follow at once in the next.
CHUNK = 200


def flag(record: Record, house: House, now: datetime) -> int:
    """Flag every case whose warn, due or escalation instant has passed; returns how many turned.

    The flag row is written in the same transaction as what is said about it, unique by case, due time and
    kind: whatever happens in between, it is said once.
    """
    turned: list[tuple[Case, Flag]] = []
    turning = record.turning(now, CHUNK)
    for case, kind in turning:
        due_at = case.due_at
        assert due_at is not None
        if kind is FlagKind.ESCALATED:
            case = record.save_case(replace(case, escalate_at=None))
            if _is_known(record, case):
                continue
        else:
            after = house.team(case).targets.escalate_after
            escalate_at = now + after if kind is FlagKind.MISSED else None
            case = record.save_case(replace(case, flag=kind, escalate_at=escalate_at))
            asks.card(record, house, case, now)
        noticed = Flag(case.id, due_at, kind, now, case.assignee, alarms.waiting_post(record, case))
        if record.add_flag(noticed):
            asks.note_event(record, case, kind.value, now, due_at=due_at.isoformat())
            turned.append((case, noticed))
    alarms.tell(record, house, turned, now)
    return len(turning)


def _is_known(record: Record, case: Case) -> bool:
    """Whether the channel was told that this case is missed and nobody has it, and it is still so."""
    flags = record.flags_of(case.id)
    return any(
        stands(case, flag) and flag.kind is FlagKind.MISSED and flag.assignee is None for flag in flags
    )
