"""Escalation: who is told of a case that is at risk or missed, in which steps, and when again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.hours import Hours
from bot.cases.timers import FlagKind

#: Whom a step may call besides a group, or the whole channel as `Team.call` does.
ASSIGNEE, ASSIGNEE_OR_DUTY, DUTY, LEAD = "assignee", "assignee_or_duty", "duty", "lead"
ROLES = (ASSIGNEE_OR_DUTY, ASSIGNEE, DUTY, LEAD)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when a case is at risk or missed, call somebody; with `again` each time so much service time
    has passed since it was missed, `times` times."""

    when: FlagKind
    call: str
    again: timedelta | None = None
    times: int = 1
    #: Also outside service hours.
    always: bool = False


def at_once(steps: Sequence[Step], kind: FlagKind) -> list[Step]:
    """What is done in the moment in which a case is at risk, or missed."""
    return [step for step in steps if step.when is kind and step.again is None]


def plan(steps: Sequence[Step], missed_at: datetime, hours: Hours) -> list[tuple[datetime, Step]]:
    """What is done after that, and when, in order."""
    later = [
        (hours.add(missed_at, step.again * number), step)
        for step in steps
        if step.again is not None
        for number in range(1, step.times + 1)
    ]
    return sorted(later, key=lambda each: each[0])
