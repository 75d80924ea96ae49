"""Alarms: the messages in which the watch says which cases are at risk, missed, or still wait after that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases.model import AgentId, Case, CaseId, MessageRef
from bot.cases.timers import FlagKind, Timer, TimerKind

#: How a channel is called that is shown its alarms without a call.
NOBODY = "nobody"
#: Below so many of the newest alarms it is heard when somebody writes.
NEW_ALARMS = 1000


@dataclass(frozen=True, slots=True)
class Flag:
    """What the watch noticed of one due time of a case. There is one of each timer, kind and step."""

    case_id: CaseId
    due_at: datetime
    kind: FlagKind
    at: datetime
    #: Who had the case then.
    assignee: AgentId | None = None
    #: The post that waited then.
    post_number: int | None = None
    #: The alarm that says it; None where it was said before there were alarms.
    alarm_id: int | None = None
    #: The alarm whose message called its audience for it; None while that is still to come.
    called_by: int | None = None
    #: Since when it asks for nothing any more, and is struck out.
    over_at: datetime | None = None
    #: Which timer of the case turned.
    timer: TimerKind = TimerKind.ANSWER
    #: How often the same was said before.
    step: int = 0


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an alarm is for, in the channel where their cases are."""

    channel: str
    #: An agent's id; how the channel itself is called (`Team.call`); or the ids of several people and groups,
    #: with spaces between them.
    who: str
    is_agent: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """One message of the watch: a warning in a thread, which becomes a list while others turn, or a list."""

    id: int
    audience: Audience
    #: The key of the errand that posts it.
    key: str
    #: The case it began with.
    case_id: CaseId
    #: Whether it stands in the thread of that case, once there is one.
    in_thread: bool
    opened_at: datetime
    #: When the newest flag was added.
    grown_at: datetime
    #: Whether its posting calls the audience. A redraw calls nobody.
    calls: bool
    ref: MessageRef | None = None


def still_so(case: Case, flag: Flag, timer: Timer | None) -> bool:
    """Whether what was flagged of a timer is still so: the same wait, in the same hands."""
    return timer is not None and timer.due_at == flag.due_at and case.assignee == flag.assignee
