"""Due times that were stored under other settings: found and, when the operator asks for it, replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cases import targets
from bot.cases.history import EventKind
from bot.cases.model import Case
from bot.cases.timers import Timer
from bot.cases.tx import Tx
from bot.outbox import put

#: More cases than ever wait for an answer at a time.
_ALL = 1_000_000


def kept(tx: Tx) -> Sequence[tuple[Case, Timer]]:
    """The cases whose due time today's settings would set differently, each with the clock it would have; the
    one that is due first comes first. A change of settings never moves a due time by itself."""
    waiting = ((case, case.answer_due) for case in tx.cases.queue(_ALL))
    timers = [
        (case, timer.due_at, targets.answer_due(case, timer.since, tx.team(case)))
        for case, timer in waiting
        if timer is not None
    ]
    return [(case, fresh) for case, due_at, fresh in timers if fresh.due_at != due_at]


def set_anew(tx: Tx, most: int) -> int:
    """Give at most so many of these cases the due time of today's settings; returns how many got one. What
    was said of the former due time is struck out; what is late by the new one is said once more."""
    moved = kept(tx)[:most]
    for case, fresh in moved:
        move(tx, case, fresh)
    return len(moved)


def move(tx: Tx, case: Case, fresh: Timer) -> Case:
    """Give a case another clock for its answer."""
    tx.note(case, EventKind.DUE_MOVED, due_at=fresh.due_at.isoformat())
    moved = tx.cases.save(replace(case, answer_due=fresh))
    put.card(tx, moved)
    return moved
