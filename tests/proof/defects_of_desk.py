"""Seeded defects of the clocks: each breaks a law of `desk_laws`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from bot.cases import timers
from bot.cases.history import EventKind
from bot.cases.model import Case
from bot.cases.timers import Timer
from bot.cases.tx import Tx
from bot.work import turns, waits
from tests.proof.defects import defect


@defect("the due time is")
def due_time_rewritten() -> None:
    """A flag puts the due time off."""
    turned: Any = timers.turned

    def later(timer: Timer, now: datetime, escalates_at: datetime | None) -> Timer:
        after: Timer = turned(timer, now, escalates_at)
        return replace(after, due_at=after.due_at + timedelta(seconds=1))

    timers.turned = later


@defect("a wait was over more often")
def timer_turned_twice() -> None:
    """A wait that is over is not ended."""

    def again(tx: Tx, case: Case, timer: Timer) -> None:
        del timer
        tx.note(case, EventKind.WAIT_OVER)
        tx.cases.save(case)

    waits.turned = again


@defect("ran out while replies")
def expiry_during_a_hold() -> None:
    """A claim runs out although its reply waits."""
    module: Any = turns
    module.replies = SimpleNamespace(waiting=lambda *_: ())
