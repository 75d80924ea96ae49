"""When a reply is due and when to warn: the one place where a response-time target becomes an instant."""

from __future__ import annotations

from datetime import datetime

from bot.cases.installation import Targets
from bot.cases.model import Case, FlagKind
from bot.cases.renewal import renewal

_with_clock = renewal(Case, "waiting_since", "due_at", "warn_at", "flag", "escalate_at")
_with_escalation = renewal(Case, "escalate_at")


def wait_from(case: Case, since: datetime, targets: Targets) -> Case:
    """The case with its clock running from `since`: the time of the oldest unanswered mention.

    The first-reply target holds until the brand has answered once, the next-reply target after that. A
    warning that would lie before the mention itself moves to the mention: a short target warns at once.
    """
    promised = targets.first_reply if case.first_replied_at is None else targets.next_reply
    due_at = since + promised
    return _with_clock(case, since, due_at, max(since, due_at - targets.warn_before), None, None)


def wait_no_more(case: Case) -> Case:
    """The case with its clock stopped."""
    return _with_clock(case, None, None, None, None, None)


def claimed(case: Case, now: datetime, targets: Targets) -> Case:
    """The case with the time that whoever takes it over now, after it was missed, gets before the channel is
    told."""
    if case.flag is not FlagKind.MISSED:
        return case
    return _with_escalation(case, now + targets.escalate_after)
