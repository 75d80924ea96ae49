"""Due times that were stored under other settings: found and, when the operator asks for it, replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cases import targets
from bot.cases.history import EventKind
from bot.cases.model import Case
from bot.cases.record import Wake
from bot.cases.timers import FlagKind, Timer
from bot.cases.tx import Tx
from bot.outbox import put

#: More cases than ever wait for an answer at a time.
_ALL = 1_000_000


def kept(tx: Tx) -> Sequence[tuple[Case, Timer]]:
    """The cases whose due time today's settings would set differently, each with the clock it would have; the
    one that is due first comes first. A change of settings never moves a due time by itself."""
    found = ((case, _fresh(tx, case)) for case in tx.cases.queue(_ALL))
    return [(case, fresh) for case, fresh in found if fresh is not None]


def set_anew(tx: Tx, most: int) -> int:
    """Give at most so many of these cases the due time of today's settings; returns how many got one. What
    was said of the former due time is struck out; what is late by the new one is said once more."""
    moved = kept(tx)[:most]
    for case, _ in moved:
        put.card(tx, follow_settings(tx, case))
    return len(moved)


def follow_settings(tx: Tx, case: Case) -> Case:
    """The case with the due time that today's settings and its priority give it."""
    fresh = _fresh(tx, case)
    if fresh is None:
        return case
    tx.note(case, EventKind.DUE_MOVED, due_at=fresh.due_at.isoformat())
    tx.wake(Wake.WATCH)
    return tx.cases.save(replace(case, answer_due=fresh))


def _fresh(tx: Tx, case: Case) -> Timer | None:
    """The clock of another due time; None where it is the same, or is missed as the present one is, of which
    that was said."""
    timer = case.answer_due
    if timer is None:
        return None
    fresh = targets.answer_due(case, timer.since, tx.team(case))
    is_missed_too = timer.flag is FlagKind.MISSED and fresh.due_at <= tx.now
    return None if fresh.due_at == timer.due_at or is_missed_too else fresh
