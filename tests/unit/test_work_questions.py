"""What the bot asks about a message follows its case, until it is decided."""

from __future__ import annotations

import pytest

from bot.cases.model import Case, MessageRef
from bot.cases.outbox import Say
from bot.cases.said import Sentence
from bot.work import decisions, threads
from bot.work.threads import Written
from tests.contract.samples import NOW
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

MESSAGE, QUESTION = MessageRef("C1", "1700000009.100000"), MessageRef("C1", "1700000009.200000")
STANDING = MessageRef("C1", "1700000009.900000")


def write_in(office: Office, case: Case) -> None:
    """Mo writes in the case's thread."""
    office.record.people.save_agent(MO)
    assert case.thread is not None
    threads.take_message(office.tx(), Written(MESSAGE, case.thread, "On its way!", NOW), MO)


def asked_of(office: Office) -> Sentence | None:
    """What the question about a message shows, once it stands."""
    shown = [say.said for say in office.effects(Say) if say.ref == STANDING]
    return shown[-1] if shown else None


@pytest.mark.parametrize(
    ("act", "label"),
    [("claim", "ask.claim_and_send"), ("close", "ask.reopen_and_send"), ("own", "ask.send")],
)
def test_an_open_question_asks_again_when_the_case_has_changed(office: Office, act: str, label: str) -> None:
    case = office.case()
    write_in(office, case)
    question = office.entries(Say)[-1]
    office.stand(question, STANDING)
    if act == "claim":
        office.word(office.now_case(case), ANN, "claim")
    elif act == "own":
        office.word(office.now_case(case), MO, "claim")
    else:
        office.word(office.now_case(case), ANN, "dismiss", "spam")
    asked = asked_of(office)

    assert asked is not None
    assert (asked.key, asked.buttons[0].label) == ("ask.changed", label)


def test_a_question_that_does_not_stand_yet_asks_about_the_case_as_it_is(office: Office) -> None:
    case = office.case()
    write_in(office, case)
    office.word(office.now_case(case), ANN, "claim")

    assert [said.key for said in office.said()] == ["ask.changed"]


def test_a_second_message_of_who_claims_and_sends_the_first_is_asked_about_anew(office: Office) -> None:
    case, second = office.case(), MessageRef("C1", "1700000009.300000")
    write_in(office, case)
    assert case.thread is not None
    threads.take_message(office.tx(), Written(second, case.thread, "And thanks!", NOW), MO)
    decisions.decide_asked(office.tx(), MESSAGE, True, MO, pressed=QUESTION)

    assert [said.key for said in office.said()] == ["ask.changed", "unclaimed.sent"]
