"""Answers to words for the bot: whispered to who asked, unless somebody else needs them or may have left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.alarms import Alarm, Audience
from bot.cases.model import Case, MessageRef, Status
from bot.cases.posts import Surface
from bot.cases.said import say
from bot.work import threads
from bot.work.threads import Written
from tests.contract.samples import NOW
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office


def say_word(office: Office, case: Case, text: str, late: timedelta = timedelta(0)) -> None:
    """MO types a word in the thread; the bot hears it so much later."""
    assert case.thread is not None
    written = Written(MessageRef("C1", "1700000009.100000"), case.thread, text, NOW - late)
    threads.take_message(office.tx(), written, MO)


def keys(office: Office) -> tuple[list[str], list[str]]:
    """What was whispered, and what was said in the thread."""
    return [said.key for said in office.whispers()], [said.key for said in office.said()]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!help", "command.help"),
        ("!claim", "claim.done"),
        ("!release", "release.done"),
        ("!note", "note.empty"),
        ("!stop", "stop.nothing"),
        ("!dismiss spam", "dismiss.done"),
        ("!frobnicate", "command.unknown"),
    ],
)
def test_what_only_the_asker_needs_is_whispered(office: Office, text: str, answer: str) -> None:
    say_word(office, office.case(status=Status.CLAIMED, assignee=MO.id), text)

    assert keys(office) == ([answer], [])


@pytest.mark.parametrize(("text", "answer"), [("!claim", "answer.named"), ("!dismiss", "answer.to")])
def test_a_question_with_buttons_is_addressed_in_the_thread(office: Office, text: str, answer: str) -> None:
    say_word(office, office.case(status=Status.CLAIMED, assignee=ANN.id), text)

    assert keys(office) == ([], [answer])


def test_an_answer_to_a_word_that_was_heard_late_stays_in_the_thread(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    say_word(office, case, "!help", late=timedelta(minutes=10))

    assert keys(office) == ([], ["command.help"])


def test_that_words_did_not_go_to_the_customer_stays_in_the_thread(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    office.rules.hears_private = False
    office.rules.closed = {Surface.PRIVATE: "no_private_way"}
    say_word(office, case, "!dm Your address is Lindelaan 12, is it not?")

    assert keys(office) == ([], ["invite.not_sent_here"])


def test_who_writes_below_a_list_of_cases_is_told_that_nobody_gets_it(office: Office) -> None:
    thread = MessageRef("C1", "1700000008.100000")
    channel = Audience("C1", "channel", is_agent=False)
    alarm = Alarm(0, channel, "k", office.case().id, False, NOW, NOW, True)
    office.record.alarms.save(replace(office.record.alarms.add(alarm), ref=thread))
    written = Written(MessageRef("C1", "1700000009.100000"), thread, "It is on its way!", NOW)
    threads.take_message(office.tx(), written, MO)

    assert threads.is_ours(office.tx(), thread)
    assert not threads.is_ours(office.tx(), MessageRef("C1", "1700000008.200000"))
    assert keys(office) == (["watch.elsewhere"], [])


def write(office: Office, case: Case, ts: str, text: str) -> None:
    """MO writes in a thread."""
    assert case.thread is not None
    written = Written(MessageRef("C1", ts), case.thread, text, NOW)
    threads.take_message(office.tx(), written, MO)


def colleagues_case(office: Office) -> Case:
    """A case of Ann's."""
    office.record.people.save_agent(ANN)
    return office.case(status=Status.CLAIMED, assignee=ANN.id)


def test_who_writes_in_a_colleagues_case_is_told_once_that_it_stays_inside(office: Office) -> None:
    case, other = colleagues_case(office), colleagues_case(office)
    write(office, case, "1700000009.100000", "We sent it yesterday.")
    write(office, case, "1700000009.200000", "It arrives today.")
    write(office, other, "1700000009.300000", "We sent it yesterday.")

    assert office.whispers() == [say("note.colleague", name="Ann Bos")] * 2
    assert office.said() == []


@pytest.mark.parametrize("text", ["// he called", "!note he called"])
def test_who_writes_a_note_there_knows_it(office: Office, text: str) -> None:
    write(office, colleagues_case(office), "1700000009.100000", text)

    assert "note.colleague" not in keys(office)[0]
