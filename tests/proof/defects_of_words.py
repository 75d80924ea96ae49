"""Seeded defects about whose words go out, and about what the desk and the network tell of them later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from bot.cases.model import Case, MessageRef, ReplyId, Tenure
from bot.cases.tx import Tx
from bot.slack.catch_up import CatchUp
from bot.slack.pace import Pace
from bot.work import changes, tenures
from bot.work.publishing import Task
from bot.work.unread import READING, REFUSED, Unread
from connectors.x import texts
from tests.proof.defects import defect, nothing_done

T = TypeVar("T")


@defect("kept everything else waiting")
def measured_without_end() -> None:
    """Counting a text takes as long as the square of its length asks."""
    count = texts.count

    def from_each_letter(text: str) -> texts.Count:
        for start in range(len(text)):
            count(text[start:])
        return count(text)

    texts.count = from_each_letter


@defect("was written before its writer had the case")
def judged_by_who_has_it_now() -> None:
    """A message is judged by who has the case when it is heard, not when it was written."""

    def now(tx: Tx, case: Case, stamp: str) -> Tenure:
        return Tenure(case.id, "", case.assignee, case.mode)

    tenures.at = now


@defect("was deleted while the bot could not read")
def unreadable_and_sent() -> None:
    """What Slack refuses to show counts as unchanged."""
    unread = CatchUp.unread

    async def readable(self: CatchUp, tasks: Sequence[Task]) -> Mapping[ReplyId, Unread]:
        found = await unread(self, tasks)
        return {reply: why for reply, why in found.items() if why.why != REFUSED}

    CatchUp.unread = readable  # type: ignore[method-assign]  # the product is broken on purpose


@defect("A reply that was due still waited", limits=True)
def reading_begins_anew() -> None:
    """Threads are read as fast as can be and from the first one again at each refusal; nothing goes out until
    all were read."""
    unread, failed = CatchUp.unread, CatchUp._failed

    async def at_once(self: Pace, method: str, call: Callable[[], Awaitable[T]], *, patient: bool) -> T:
        return await call()

    def anew(self: CatchUp, ref: MessageRef, error: Exception) -> None:
        failed(self, ref, error)
        for known in [*self._read]:
            self._wish(known, 0, self._clock.now())
        self._read.clear()

    async def all_or_nothing(self: CatchUp, tasks: Sequence[Task]) -> Mapping[ReplyId, Unread]:
        found = await unread(self, tasks)
        if not self._wishes:
            return found
        return {task.reply_id: Unread(READING, self._clock.now()) for task in tasks}

    setattr(Pace, "keep", at_once)  # noqa: B010  # mypy refuses the plain assignment
    setattr(CatchUp, "_failed", anew)  # noqa: B010  # the same
    setattr(CatchUp, "unread", all_or_nothing)  # noqa: B010  # the same


@defect(r"does not know the edit|on X, and its message another reason")
def edit_on_x_not_shown() -> None:
    """A post that was edited on X stays in Slack as it was."""
    changes.take_edit = nothing_done


@defect("although the post had been edited since it was written")
def old_words_answered() -> None:
    """A reply that waits goes out although what it answers was edited."""
    changes._hold = nothing_done


@defect("was deleted on X, and")
def deleted_on_x_and_kept() -> None:
    """What its author deleted on X stays in Slack and in the record."""
    changes._take_absence = nothing_done
