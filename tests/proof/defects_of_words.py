"""Seeded defects about whose words go out, and about what the desk and the network tell of them later."""

from __future__ import annotations

from bot.cases.model import Case, Tenure
from bot.cases.record import Record
from bot.work import changes, tenures
from connectors.x import counting
from tests.proof.defects import defect, nothing_done


@defect("kept everything else waiting")
def measured_without_end() -> None:
    """Counting a text takes as long as the square of its length asks."""
    count = counting.count

    def from_each_letter(text: str) -> counting.Count:
        for start in range(len(text)):
            count(text[start:])
        return count(text)

    counting.count = from_each_letter


@defect("was written before its writer had the case")
def judged_by_who_has_it_now() -> None:
    """A message is judged by who has the case when it is heard, not when it was written."""

    def now(record: Record, case: Case, stamp: str) -> Tenure:
        return Tenure(case.id, "", case.assignee, case.mode)

    tenures.at = now


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
