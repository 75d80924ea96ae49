"""Lists of cases for one agent: who waits for an answer, and which of their own cases is meant."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases.characters import beginning
from bot.cases.model import Case
from bot.cases.priority import Priority
from bot.cases.said import Instant, Ping, Sentence, ThreadLink, say
from bot.cases.timers import FlagKind
from bot.cases.tx import Tx
from bot.work import alarms

#: How many cases the queue shows, and how many are offered to choose from.
QUEUE = 15
_CHOICE = 10
#: How much of a customer's words a line shows.
_WORDS = 60
_MARKS = {FlagKind.AT_RISK: "⚠️", FlagKind.MISSED: "🔴", FlagKind.ESCALATED: "🔴"}
#: How lists mark a priority.
_HASTE = {Priority.URGENT: "🔺", Priority.HIGH: "🔼", Priority.NORMAL: "", Priority.LOW: "🔽"}


def queue(tx: Tx) -> Sentence:
    """The cases in which a customer waits: by priority, and then soonest due first."""
    cases = tx.cases.queue(QUEUE + 1)
    if not cases:
        return say("queue.empty")
    lines = [_waiting(tx, case) for case in cases[:QUEUE]]
    if len(cases) > QUEUE:
        return say("queue.first", count=QUEUE, cases=lines)
    return say("queue.title", count=len(lines), cases=lines)


def choice(tx: Tx, cases: Sequence[Case]) -> list[Sentence]:
    """Cases to choose from, one a line."""
    return [_named(tx, case) for case in cases[:_CHOICE]]


def _waiting(tx: Tx, case: Case) -> Sentence:
    return say(
        "queue.line",
        mark=_HASTE[case.priority] + (_MARKS[case.flag] if case.flag else ""),
        case=_named(tx, case),
        due=Instant(case.due_at, "date") if case.due_at else "",
        who=Ping(case.assignee) if case.assignee else say("watch.nobody"),
    )


def _named(tx: Tx, case: Case) -> Sentence:
    """A case as people know it: its number, its customer, and what that one waits with."""
    author = tx.people.author(tx.account(case).network, case.author_id)
    number = alarms.waiting_post(tx, case)
    post = tx.posts.numbered(number) if number is not None else None
    return say(
        "queue.case",
        case=ThreadLink(case.id),
        customer=f"@{author.handle}" if author and author.handle else "?",
        words=beginning(post.text if post else "", _WORDS) or "…",
    )
