"""Reminders: what was promised to a customer, and who is to be called back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.cases.model import AgentId, CaseId, ReplyId


class ReminderKind(StrEnum):
    """What is to be done. The values are stored."""

    #: A published reply said that the brand would come back.
    PROMISE = "promise"
    #: Somebody is to be called.
    CALL = "call"


class ReminderState(StrEnum):
    """Where it stands. The values are stored."""

    OPEN = "open"
    KEPT = "kept"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that is to be done for a case by an instant."""

    id: int
    case_id: CaseId
    kind: ReminderKind
    #: The words that promise it, or what an agent wrote about the call.
    words: str
    due_at: datetime
    #: Who promised it.
    agent: AgentId | None = None
    #: The reply that promises it; a reply has one reminder at most.
    reply_id: ReplyId | None = None
    #: Whom to call; "" for a promise, and once it is done.
    phone: str = ""
    state: ReminderState = ReminderState.OPEN
    #: For which due time it was told that the time has come.
    told_for: datetime | None = None


class Reminders(Protocol):
    """What was promised to customers, and who is to be called back."""

    def add(self, reminder: Reminder) -> Reminder | None:
        """Store a reminder (its `id` is ignored); None when its reply has one already."""

    def get(self, reminder_id: int) -> Reminder | None: ...
    def open_of(self, case_id: CaseId) -> Sequence[Reminder]:
        """Those of a case that are still to be kept, soonest due first."""

    def save(self, reminder: Reminder) -> None:
        """Overwrite due_at, state, phone and told_for."""

    def open_in(self, team: str) -> int:
        """How many of a team's cases are still to be kept."""
