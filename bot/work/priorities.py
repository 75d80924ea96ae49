"""The priority of a case: given by a rule when a post comes in, or by an agent."""

from __future__ import annotations

from dataclasses import replace

from bot.cases import priority
from bot.cases.actions import Action, Result, refused
from bot.cases.history import EventKind
from bot.cases.model import SETTLED, Agent, Case
from bot.cases.posts import Author, Post
from bot.cases.priority import Priority
from bot.cases.said import Instant, Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import due_times

#: What agents write for each.
_LEVELS = {
    "urgent": Priority.URGENT,
    "spoed": Priority.URGENT,
    "dringend": Priority.URGENT,
    "high": Priority.HIGH,
    "hoog": Priority.HIGH,
    "normal": Priority.NORMAL,
    "normaal": Priority.NORMAL,
    "low": Priority.LOW,
    "laag": Priority.LOW,
}


def ruled(tx: Tx, case: Case, post: Post) -> Case:
    """The case with the priority that the rules give it for a post. A later post only raises it."""
    account = tx.account(case)
    author = tx.people.author(account.network, post.author_id) or Author(account.network, post.author_id)
    found = priority.judge(tx.team(case).priority, post, author)
    is_new = not tx.posts.of_case(case.id)
    if found is None or not (is_new or found[0].rank < case.priority.rank):
        return case
    return replace(case, priority=found[0], priority_reason=found[1])


def change(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    """An agent sets the priority: by a word for the level, or by the level behind the word."""
    words = (action.argument.split() or [action.typed])[0].casefold()
    level = _LEVELS.get(words)
    if level is None:
        return refused("priority.which", n=case.id)
    if case.status in SETTLED:
        return refused("close.not_open", n=case.id)
    if level is case.priority:
        return refused("priority.same", n=case.id, priority=_named(level))
    reason = say("priority.because.agent", agent=agent.name)
    changed = tx.cases.save(replace(case, priority=level, priority_reason=reason))
    tx.note(changed, EventKind.PRIORITY, agent.id, priority=level.value)
    changed = due_times.follow_settings(tx, changed)
    said = say("priority.set", agent=agent.name, priority=_named(level))
    if changed.due_at is not None:
        due = Instant(changed.due_at, "date")
        said = say("priority.set_due", agent=agent.name, priority=_named(level), due=due)
    put.tell(tx, changed, said)
    put.card(tx, changed)
    return Result(True)


def _named(level: Priority) -> Sentence:
    return say(f"priority.name.{level}")
