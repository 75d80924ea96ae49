"""Every flag of the week, and every call, against what a walk through its minutes says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.cases.history import SETTLINGS, EventKind
from bot.cases.model import CaseId
from bot.cases.timers import FlagKind, TimerKind
from tests.hours.walker import Walk
from tests.week.desk import HOURS, TARGET, Week

#: A fifth of the target before it ends.
WARNED = TARGET - TARGET // 5


def violations(week: Week) -> list[str]:
    """What is wrong with a week that has passed."""
    walk = Walk(HOURS, 2026, 2026)
    found = list(week.wrong)
    for number in range(1, 1_000_000):
        if week.office.record.cases.get(CaseId(number)) is None:
            break
        found += _flags(week, walk, CaseId(number))
    return found + list(_calls(week))


def _waits(week: Week, case_id: CaseId) -> Iterator[tuple[datetime, datetime]]:
    """From when until when the customer waited, as the history tells: a wait ends with an answer that saw the
    post, with closing, or with the week."""
    posts = [post for post in week.office.record.posts.of_case(case_id) if not post.by_brand]
    answers = [r for r in week.office.record.replies.of_case(case_id) if r.sent_at is not None]
    events = week.office.record.history.of_case(case_id)
    ends = [(event.at, None) for event in events if event.kind in SETTLINGS]
    seen = 0
    while (waiting := next((post for post in posts if post.number > seen), None)) is not None:
        begins = waiting.created_at
        closing = min((at for at, _ in ends if at >= begins), default=week.ends)
        covering = [r for r in answers if r.seen_number >= waiting.number and r.sent_at is not None]
        answered = min((r.sent_at for r in covering if r.sent_at is not None), default=week.ends)
        ended = min(closing, answered)
        yield begins, ended
        by_reply = max((r.seen_number for r in covering if r.sent_at == ended), default=0)
        by_end = max((post.number for post in posts if post.created_at <= ended), default=0)
        seen = max(seen + 1, by_reply if ended == answered and answered < closing else by_end)


def _flags(week: Week, walk: Walk, case_id: CaseId) -> Iterator[str]:
    """A wait is flagged at risk and missed, each once, just when that is so."""
    flags = week.office.record.alarms.flags_of(case_id)
    told = [(f.due_at, f.kind, f.step) for f in flags if f.timer is TimerKind.ANSWER]
    if len(set(told)) != len(told):
        yield f"Case {case_id} was flagged twice."
    expected, allowed = set(), set()
    for begins, ended in _waits(week, case_id):
        due = walk.due(begins, TARGET)
        for at, kind in ((walk.due(begins, WARNED), FlagKind.AT_RISK), (due, FlagKind.MISSED)):
            if ended > at:
                expected.add((due, kind))
            if ended >= at:  # in the very minute either may come first
                allowed.add((due, kind))
    found = {(due, kind) for due, kind, _ in told if kind is not FlagKind.ESCALATED}
    for due, kind in expected - found:
        yield f"Case {case_id} should have been flagged {kind} of its due time {due}."
    for due, kind in found - allowed:
        yield f"Case {case_id} was flagged {kind} of {due}, which it should not have been."
    missed = {due for due, kind in found if kind is FlagKind.MISSED}
    for due, kind, _ in told:
        if kind is FlagKind.ESCALATED and due not in missed:
            yield f"Case {case_id} was said again of {due}, of which it was not missed."


def _calls(week: Week) -> Iterator[str]:
    """Nobody is called outside the hours, and no one is called too often."""
    last: dict[str, datetime] = {}
    for alarm in week.office.alarms():
        if not alarm.calls:
            continue
        if not week.hours.is_open(alarm.opened_at):
            yield f"{alarm.audience.who} was called at {alarm.opened_at}, outside the hours."
        before = last.get(alarm.audience.who)
        pause = 60 if alarm.audience.is_agent else 600
        if before is not None and (alarm.opened_at - before).total_seconds() < pause:
            yield f"{alarm.audience.who} was called at {before} and again at {alarm.opened_at}."
        last[alarm.audience.who] = alarm.opened_at


def expired(week: Week) -> int:
    """How many claims ran out in the week."""
    record, count = week.office.record, 0
    for number in range(1, 1_000_000):
        if record.cases.get(CaseId(number)) is None:
            return count
        count += sum(e.kind is EventKind.CLAIM_EXPIRED for e in record.history.of_case(CaseId(number)))
    return count
