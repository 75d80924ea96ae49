"""When a reply is due and when to warn: the one place where a response-time target becomes an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases import timers
from bot.cases.installation import Targets
from bot.cases.model import Case
from bot.cases.timers import TimerKind


def wait_from(case: Case, since: datetime, targets: Targets) -> Case:
    """The case with its clock running from `since`: the time of the oldest unanswered mention.

    The first-reply target holds until the brand has answered once, the next-reply target after that. A
    warning that would lie before the mention itself moves to the mention: a short target warns at once.
    """
    promised = targets.first_reply if case.first_replied_at is None else targets.next_reply
    due_at = since + promised
    warn_at = max(since, due_at - targets.warn_before)
    return replace(case, answer_due=timers.started(TimerKind.ANSWER, since, due_at, warn_at))


def wait_no_more(case: Case) -> Case:
    """The case with its clock stopped."""
    return replace(case, answer_due=None)


def claimed(case: Case, now: datetime, targets: Targets) -> Case:
    """The case with the time that whoever takes it over now, after it was missed, gets before the channel is
    told."""
    if case.answer_due is None:
        return case
    return replace(case, answer_due=timers.taken(case.answer_due, now, targets.escalate_after))
