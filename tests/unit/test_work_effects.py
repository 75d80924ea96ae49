"""What is shown elsewhere when a message of the bot is gone, or the workspace lets nobody change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from bot.cases.model import Case, MessageRef
from bot.cases.outbox import REDRAW, Card, Delivery, FollowUp, Line, Say
from bot.cases.said import say
from bot.outbox import put
from bot.slack.calls import refused
from bot.work import claims, takeovers
from bot.work.effects import OUTBOX
from tests.contract.samples import MINUTE, NOW, an_entry
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

POSTED = MessageRef("C1", "1700000077.700000")
DECIDED = say("unclaimed.kept")


def take(office: Office, now: datetime = NOW) -> Sequence[Delivery]:
    """What is carried to the desk next."""
    return OUTBOX.take(office.tx(now), 9)


def refuse(office: Office, delivery: Delivery, code: str) -> None:
    """Slack will not do it."""
    OUTBOX.failed(office.tx(), delivery, refused(code))


@pytest.mark.parametrize("why", ["message_not_found", "edit_window_closed", "cant_update_message"])
def test_a_line_that_cannot_be_redrawn_is_posted_anew(office: Office, why: str) -> None:
    case = office.case()
    reply = office.reply(case, line=POSTED)
    put.line(office.tx(), case, reply)
    [delivery] = take(office)
    refuse(office, delivery, why)

    anew = [delivery for delivery in take(office, NOW + MINUTE) if isinstance(delivery.entry.effect, Line)]

    assert [(delivery.entry.effect, delivery.ref, delivery.entry.lane) for delivery in anew] == [
        (Line(case.id, reply.id), None, "C1")
    ]


def test_a_line_that_cannot_be_posted_is_tried_again_for_whoever_can_mend_it(office: Office) -> None:
    case = office.case()
    reply = office.reply(case)
    put.line(office.tx(), case, reply)
    [delivery] = take(office)
    refuse(office, delivery, "invalid_blocks")

    again = take(office, NOW + MINUTE)

    assert [delivery.entry.effect for delivery in again] == [Line(case.id, reply.id)]


def refuse_card(office: Office, case: Case, why: str = "edit_window_closed") -> list[str]:
    """The desk does not let the card of the case be drawn anew; all else is done. What was said meanwhile."""
    put.card(office.tx(), office.now_case(case))
    said = []
    for delivery in take(office):
        if isinstance(delivery.entry.effect, Card):
            refuse(office, delivery, why)
        else:
            OUTBOX.done(office.tx(), delivery, POSTED)
            if isinstance(delivery.entry.effect, Say):
                said.append(delivery.entry.effect.said.key)
    return said


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
    told = [*refuse_card(office, case), *refuse_card(office, case)]
    claims.claim(office.tx(), case, MO)
    told += refuse_card(office, case)
    office.record.people.save_agent(ANN)
    takeovers.take(office.tx(), office.now_case(case), ANN, by_reaction=False)
    told += refuse_card(office, case)
    claims.release(office.tx(), office.now_case(case), ANN)
    told += refuse_card(office, case)
    told += [said.key for said in office.said()]

    assert [key for key in told if key.startswith("desk.")] == [
        "desk.stand",
        "desk.edits_closed",
        "desk.stand_with",
        "desk.stand_with",
        "desk.stand",
    ]


def test_below_a_card_that_somebody_deleted_nothing_is_told(office: Office) -> None:
    refuse_card(office, office.case(), "message_not_found")

    assert office.said() == []


def test_a_question_that_cannot_show_what_was_decided_is_answered_below(office: Office) -> None:
    case = office.case()
    put.say_instead(office.tx(), case, POSTED, DECIDED)
    [delivery] = take(office)
    refuse(office, delivery, "edit_window_closed")

    [anew] = [delivery for delivery in take(office, NOW + MINUTE) if delivery.thread is not None]

    assert (anew.entry.effect, anew.ref) == (Say(DECIDED, case.id), None)


def test_what_was_to_be_drawn_anew_and_stands_nowhere_is_posted_in_its_channel(office: Office) -> None:
    case = office.case()
    reply = office.reply(case)
    office.record.outbox.add(an_entry(Line(case.id, reply.id), "line", lane=REDRAW))
    now = take(office)
    [anew] = office.entries()

    assert list(now) == []
    assert (anew.effect, anew.lane) == (Line(case.id, reply.id), "C1")


def test_a_later_post_that_was_never_shown_is_not_drawn_anew(office: Office) -> None:
    case = office.case()
    follow_up = FollowUp(case.id, office.mention(case).number)
    office.record.outbox.add(an_entry(follow_up, "post", lane=REDRAW))

    assert list(take(office)) == []
    assert office.entries() == []
