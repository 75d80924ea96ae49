"""What is shown elsewhere when a message of the bot is gone, or the workspace lets nobody change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from bot.cases import errors
from bot.cases.errands import ErrandKind, Job
from bot.cases.model import Case, MessageRef
from bot.cases.said import say
from bot.work import asks, claims, posting, takeovers
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

POSTED = MessageRef("C1", "77.7")
DECIDED = say("unclaimed.kept")


def take(office: Office, now: datetime = NOW) -> Sequence[Job]:
    """What is carried to the desk next."""
    return posting.take(office.tx(now), 9)


def refuse(office: Office, job: Job, why: str) -> None:
    """The desk will not do it."""
    posting.failed(office.tx(), job, errors.DeskRefused(why))


@pytest.mark.parametrize("why", ["message_not_found", "edit_window_closed", "cant_update_message"])
def test_a_line_that_cannot_be_redrawn_is_posted_anew(office: Office, why: str) -> None:
    case = office.case()
    reply = office.reply(case, line=POSTED)
    asks.line(office.tx(), case, reply)
    [job] = take(office)
    refuse(office, job, why)

    anew = [job for job in take(office, NOW + MINUTE) if job.errand.kind is ErrandKind.LINE]

    assert [(job.errand.reply_id, job.ref, job.errand.channel) for job in anew] == [(reply.id, None, "C1")]


def test_a_line_that_cannot_be_posted_is_tried_again_for_whoever_can_mend_it(office: Office) -> None:
    case = office.case()
    reply = office.reply(case)
    asks.line(office.tx(), case, reply)
    [job] = take(office)
    refuse(office, job, "invalid_blocks")

    assert [job.errand.kind for job in take(office, NOW + MINUTE)] == [ErrandKind.LINE]


def refuse_card(office: Office, case: Case, why: str = "edit_window_closed") -> None:
    """The desk does not let the card of the case be drawn anew; all else is done."""
    asks.card(office.tx(), office.now_case(case))
    for job in take(office):
        if job.errand.kind is ErrandKind.CARD:
            refuse(office, job, why)
        else:
            posting.done(office.tx(), job, POSTED)


def test_how_a_case_stands_is_told_below_a_card_that_cannot_be_redrawn(office: Office) -> None:
    case = office.case()
    refuse_card(office, case)

    told, announced = office.said()

    public = say("mode.name.public")
    assert told == say("desk.stand", n=case.id, status="new", mode=public)
    assert announced == say("desk.edits_closed", detail="edit_window_closed")


def test_it_is_told_once_a_step_and_the_reason_once(office: Office) -> None:
    case = office.case()
    office.record.people.save_agent(MO)
    for _ in range(2):
        refuse_card(office, case)
    claims.claim(office.tx(), case, MO)
    refuse_card(office, case)
    office.record.people.save_agent(ANN)
    takeovers.take(office.tx(), office.now_case(case), ANN, by_reaction=False)
    refuse_card(office, case)
    claims.release(office.tx(), office.now_case(case), ANN)
    refuse_card(office, case)

    told = [said.key for said in office.said() if said.key.startswith("desk.")]

    assert told == ["desk.stand", "desk.edits_closed", "desk.stand_with", "desk.stand_with", "desk.stand"]


def test_below_a_card_that_somebody_deleted_nothing_is_told(office: Office) -> None:
    refuse_card(office, office.case(), "message_not_found")

    assert office.said() == []


def test_a_question_that_cannot_show_what_was_decided_is_answered_below(office: Office) -> None:
    case = office.case()
    asks.say_instead(office.tx(), case, POSTED, DECIDED)
    [job] = take(office)
    refuse(office, job, "edit_window_closed")

    [anew] = [job for job in take(office, NOW + MINUTE) if job.thread is not None]

    assert (anew.errand.said, anew.ref) == (DECIDED, None)
