"""What only looks like a note or a word for the bot: its writer is asked, and until then it goes nowhere."""

from __future__ import annotations

import pytest

from bot.cases.model import Agent, AgentId, Case, Invited, MessageKind, MessageRef, Reply, Status
from bot.cases.outbox import Say
from bot.cases.posts import Surface
from bot.cases.said import say
from bot.work import actions, decisions, edits, reply_actions, threads
from bot.work.threads import Written
from tests.contract.samples import NOW, SAID
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

MESSAGE, QUESTION = MessageRef("C1", "1700000009.100000"), MessageRef("C1", "1700000009.200000")
SLIP = "/ / she called twice"


def take(office: Office, text: str, agent: Agent = MO, assignee: AgentId | None = MO.id) -> Case:
    """A message in a case of `assignee`: the case as it is then."""
    status = Status.CLAIMED if assignee else Status.NEW
    case = office.case(status=status, assignee=assignee)
    assert case.thread is not None
    threads.take_message(office.tx(), Written(MESSAGE, case.thread, text, NOW), agent)
    return case


def edit(office: Office, case: Case, text: str, stamp: str = "1700000009.300000") -> None:
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, text, NOW, edited=stamp)
    edits.take_edit(office.tx(), written, MO)


def decide(office: Office, send: bool) -> None:
    decisions.decide_asked(office.tx(), MESSAGE, send, MO, pressed=QUESTION)


def publish(office: Office) -> None:
    decisions.decide_invited(office.tx(), MESSAGE, True, MO, pressed=QUESTION)


def reply_of(office: Office) -> Reply:
    reply = office.record.replies.of_message(MESSAGE)
    assert reply is not None
    return reply


def kind(office: Office) -> MessageKind:
    message = office.record.threads.message(MESSAGE)
    assert message is not None
    return message.kind


def test_a_slip_is_asked_about_with_two_buttons(office: Office) -> None:
    take(office, SLIP)
    (question,) = office.said()

    assert question.key == "ask.slip"
    assert [(button.action, button.label) for button in question.buttons] == [
        ("claim_and_send", "ask.send"),
        ("keep_note", "ask.keep"),
    ]
    assert office.record.replies.of_message(MESSAGE) is None


def test_a_slip_that_is_for_the_customer_goes_out_as_it_was_written(office: Office) -> None:
    take(office, SLIP)
    decide(office, send=True)

    assert (reply_of(office).body, reply_of(office).blocked) == (SLIP, None)
    assert office.said()[-1].key == "ask.sent"


def test_a_slip_that_is_a_note_stays_inside(office: Office) -> None:
    take(office, SLIP)
    decide(office, send=False)

    assert kind(office) is MessageKind.NOTE
    assert office.said()[-1] == say("note.kept")


def test_a_slip_in_a_colleagues_case_is_a_note_like_all_that_is_said_there(office: Office) -> None:
    take(office, SLIP, MO, ANN.id)

    assert kind(office) is MessageKind.NOTE


def test_a_slip_in_a_case_that_nobody_has_is_asked_about_with_the_claim(office: Office) -> None:
    take(office, SLIP, MO, None)

    [question] = office.said()
    assert question.key == "ask.slip"
    assert [button.label for button in question.buttons] == ["ask.claim_and_send", "ask.keep"]


def test_a_list_is_judged_by_what_was_typed_and_published_as_it_is_shown(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    note = Written(MESSAGE, case.thread, "• // she called\n• twice", NOW, typed="// she called\ntwice")
    threads.take_message(office.tx(), note, MO)
    steps = Written(QUESTION, case.thread, "• Turn off\n• Turn on", NOW, typed="Turn off\nTurn on")
    threads.take_message(office.tx(), steps, MO)

    assert [reply.body for reply in office.record.replies.of_case(case.id)] == ["• Turn off\n• Turn on"]
    assert kind(office) is MessageKind.NOTE


def test_a_list_behind_a_word_keeps_its_marks(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    steps = Written(MESSAGE, case.thread, "!dm Steps:\n• off\n• on", NOW, typed="!dm Steps:\noff\non")
    threads.take_message(office.tx(), steps, MO)

    assert reply_of(office).body == "Steps:\n• off\n• on"


@pytest.mark.parametrize("text", ["// he lies", "\u200e!close"])
def test_an_asked_message_that_is_edited_into_a_note_is_one(office: Office, text: str) -> None:
    case = take(office, SLIP)
    edit(office, case, text)
    decide(office, send=True)

    assert kind(office) is MessageKind.NOTE
    assert office.record.replies.of_message(MESSAGE) is None


def test_an_asked_message_that_is_edited_is_still_asked_about_and_goes_as_edited(office: Office) -> None:
    case = take(office, SLIP)
    edit(office, case, "She called twice.")

    assert kind(office) is MessageKind.ASKED
    assert office.record.replies.of_message(MESSAGE) is None
    decide(office, send=True)
    assert reply_of(office).body == "She called twice."


def test_an_asked_message_that_is_edited_into_a_slip_is_asked_about_again(office: Office) -> None:
    case = take(office, "She called twice.", MO, None)
    edit(office, case, SLIP)
    decide(office, send=True)

    assert (reply_of(office).body, reply_of(office).blocked) == (SLIP, say("hold.slip"))


def test_a_slip_after_an_invitation_is_asked_about_as_both(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id, invited=Invited.UNDECIDED)
    assert case.thread is not None
    threads.take_message(office.tx(), Written(MESSAGE, case.thread, SLIP, NOW), MO)
    [question] = office.entries(Say)
    office.stand(question, QUESTION)
    decide(office, send=True)
    undecided = office.record.replies.of_message(MESSAGE)
    publish(office)

    assert isinstance(question.effect, Say)
    assert question.effect.said.key == "ask.slip"
    shown = [(say.said.key, say.ref) for say in office.effects(Say)]
    assert shown == [("ask.invited", QUESTION), ("ask.sent", QUESTION)]
    assert undecided is None
    assert (reply_of(office).body, reply_of(office).blocked) == (SLIP, None)


def test_a_queued_reply_that_is_edited_into_a_slip_waits_for_its_writer(office: Office) -> None:
    case = take(office, "On its way!")
    edit(office, case, "On its way!\n// is that so?")
    blocked = reply_of(office)
    reply_actions.press(office.tx(), blocked.id, "send_anyway", MO)

    assert blocked.blocked == say("hold.slip")
    assert (reply_of(office).body, reply_of(office).blocked) == ("On its way!\n// is that so?", None)


def test_a_slip_that_is_edited_right_goes_out(office: Office) -> None:
    case = take(office, "On its way!")
    edit(office, case, "\\ On its way!")
    edit(office, case, "On its way!", "1700000009.400000")

    assert reply_of(office).blocked is None


def test_what_must_be_edited_anyway_is_not_let_go_as_a_slip(office: Office) -> None:
    case = take(office, "On its way!")
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "\\ ask @…", NOW, blocked=SAID, edited="1700000009.300000")
    edits.take_edit(office.tx(), written, MO)

    assert reply_of(office).blocked == SAID


@pytest.mark.parametrize(
    ("text", "key"), [("/ / he lies", "hold.slip"), ("note: he lies", "hold.slip"), ("Hello", None)]
)
def test_words_behind_dm_are_judged_alike(office: Office, text: str, key: str | None) -> None:
    case = take(office, f"!dm {text}")
    reply = reply_of(office)

    assert (reply.body, reply.mode, reply.blocked and reply.blocked.key) == (text, Surface.PRIVATE, key)
    assert office.now_case(case).mode is Surface.PRIVATE


@pytest.mark.parametrize("text", ["\u200b// he lies", "!\u200bclose"])
def test_a_note_behind_dm_is_one_whatever_stands_before_it(office: Office, text: str) -> None:
    take(office, f"!dm {text}")

    assert office.record.replies.of_message(MESSAGE) is None
    assert office.whispers()[-1].key == "note.behind_dm"


def test_words_behind_dm_that_are_edited_into_a_slip_wait(office: Office) -> None:
    case = take(office, "!dm Hello")
    edit(office, case, "!dm \\ Hello")

    assert (reply_of(office).body, reply_of(office).blocked) == ("\\ Hello", say("hold.slip"))


def test_words_behind_the_slash_command_are_judged_alike(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    office.slash(f"dm {case.id} intern: he lies", MO)
    (reply,) = office.record.replies.of_case(case.id)

    assert (reply.body, reply.blocked) == ("intern: he lies", say("hold.slip"))


@pytest.mark.parametrize("word", sorted(actions.WORDS))
def test_every_word_that_a_message_is_searched_for_is_known(office: Office, word: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    said = office.word(case, MO, word, "", message=MESSAGE)

    assert said is not None
    assert said.key != "command.unknown"
