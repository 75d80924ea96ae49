"""Timers: the instants that belong to a case, what each says when it turns, and when it turns next.

A kind more is a value of `TimerKind`, its sentences, and what the watch does about it (`TURNS` in
`work/turns.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class TimerKind(StrEnum):
    """What is due when a timer ends. A case has at most one of each. The values are stored."""

    #: An answer to the oldest mention that waits for one.
    ANSWER = "answer"
    #: The end of the case.
    RESOLUTION = "resolution"
    #: A reply of who has the case; after that nobody has it.
    CLAIM = "claim"
    #: Nothing any more: an answered case closes by itself.
    QUIET = "quiet"
    #: What an agent lets the case wait for.
    WAIT = "wait"
    #: The first of its reminders that was not told.
    REMINDER = "reminder"


class FlagKind(StrEnum):
    """What a timer says, once for each due time."""

    AT_RISK = "at_risk"
    MISSED = "missed"
    #: Missed for a while, and only who has the case was told: the channel is too. It never stands on a case.
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Timer:
    """An instant that belongs to a case."""

    kind: TimerKind
    #: From when it runs.
    since: datetime
    due_at: datetime
    #: When it says that it is at risk; None where nobody is warned.
    warn_at: datetime | None
    #: When it turns next; None once it has nothing more to say.
    turns_at: datetime | None
    #: What it has said and what still stands.
    flag: FlagKind | None = None
    #: The service time that was left when it was paused; None while it runs.
    rest: timedelta | None = None


def started(kind: TimerKind, since: datetime, due_at: datetime, warn_at: datetime | None = None) -> Timer:
    """A timer that has said nothing yet."""
    return Timer(kind, since, due_at, warn_at, min(due_at, warn_at or due_at))


def says(timer: Timer, now: datetime) -> FlagKind:
    """What a timer says when it turns at `now`: past its warning and its due time, only that it is missed."""
    if timer.flag is FlagKind.MISSED:
        return FlagKind.ESCALATED
    return FlagKind.MISSED if now >= timer.due_at else FlagKind.AT_RISK


def turned(timer: Timer, now: datetime, escalates_at: datetime | None) -> Timer:
    """A timer that has just said what it says at `now`; missed, it has more to say at `escalates_at`."""
    match says(timer, now):
        case FlagKind.AT_RISK:
            return replace(timer, flag=FlagKind.AT_RISK, turns_at=timer.due_at)
        case FlagKind.MISSED:
            return replace(timer, flag=FlagKind.MISSED, turns_at=escalates_at)
        case FlagKind.ESCALATED:
            return replace(timer, turns_at=escalates_at)


def taken(timer: Timer, escalates_at: datetime) -> Timer:
    """A timer whose case somebody takes: one that is missed escalates only after the usual time."""
    if timer.flag is not FlagKind.MISSED:
        return timer
    return replace(timer, turns_at=escalates_at)


def set_right(timer: Timer, now: datetime, escalates_at: datetime) -> Timer:
    """A timer as it would stand if the clock had never been ahead of `now`: what it said too early it has yet
    to say, and it escalates no later than a timer that is missed now."""
    said_at = {None: None, FlagKind.AT_RISK: timer.warn_at, FlagKind.MISSED: timer.due_at}[timer.flag]
    if said_at is not None and said_at > now:
        return started(timer.kind, timer.since, timer.due_at, timer.warn_at)
    if timer.flag is FlagKind.MISSED and timer.turns_at is not None:
        return replace(timer, turns_at=min(timer.turns_at, escalates_at))
    return timer


def paused(timer: Timer, left: timedelta) -> Timer:
    """A timer that does not run while so much service time is left; one that is missed is not paused."""
    if timer.rest is not None or timer.flag is FlagKind.MISSED or left <= timedelta(0):
        return timer
    return replace(timer, rest=left, turns_at=None)
