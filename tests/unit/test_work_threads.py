"""What a message in a thread is taken for: a reply, a note, a word for the bot, or a question back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import Agent, AgentId, MessageKind, MessageRef, ReplyState, Status
from bot.cases.posts import Surface
from bot.cases.said import Sentence, say
from bot.work import claims, decisions, edits, publishing, threads
from bot.work.threads import Written
from tests.contract.samples import MINUTE, NOW, SAID
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

MESSAGE, QUESTION = MessageRef("C1", "1700000009.100000"), MessageRef("C1", "1700000009.200000")
NOTE, COMMAND, REPLY, ASKED, OUTSIDER = (
    MessageKind.NOTE,
    MessageKind.COMMAND,
    MessageKind.REPLY,
    MessageKind.ASKED,
    MessageKind.OUTSIDER,
)


def kind_of(office: Office, text: str, agent: Agent, status: Status, assignee: AgentId | None) -> MessageKind:
    """What `agent`'s message is taken for in such a case."""
    case = office.case(status=status, assignee=assignee)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, text, NOW)
    threads.take_message(office.tx(), written, agent)
    message = office.record.threads.message(MESSAGE)
    assert message is not None
    return message.kind


@pytest.mark.parametrize(
    ("status", "assignee", "kind"),
    [
        (Status.NEW, None, ASKED),
        (Status.CLAIMED, MO.id, REPLY),
        (Status.CLAIMED, ANN.id, NOTE),
        (Status.ANSWERED, None, ASKED),
        (Status.ANSWERED, MO.id, REPLY),
        (Status.ANSWERED, ANN.id, NOTE),
        (Status.CLOSED, None, ASKED),
        (Status.CLOSED, MO.id, ASKED),
        (Status.DISMISSED, None, ASKED),
        (Status.DISMISSED, MO.id, ASKED),
    ],
)
def test_plain_words_are_what_the_case_makes_them(
    office: Office, status: Status, assignee: AgentId | None, kind: MessageKind
) -> None:
    assert kind_of(office, "On its way!", MO, status, assignee) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("// she called twice", NOTE),
        ("//no space needed", NOTE),
        ("  // after spaces", NOTE),
        ("// !claim", NOTE),
        ("see https://brand.example//a", REPLY),
        ("!claim", COMMAND),
        ("  !claim  ", COMMAND),
        ("!CLAIM", COMMAND),
        ("!dm Tell us\nyour address", COMMAND),
        ("!nonsense", COMMAND),
        ("!Note: he lies", COMMAND),
        ("!dm: your order number is 12", COMMAND),
        ("!claim.", COMMAND),
        ("!dm,please call us", COMMAND),
        ("Sorry! claim it at the desk", REPLY),
        ("! claim", ASKED),
        ("/ / she called twice", ASKED),
        ("On its way!\n// she called twice", ASKED),
    ],
)
def test_a_message_of_the_assignee_is_what_it_begins_with(
    office: Office, text: str, kind: MessageKind
) -> None:
    assert kind_of(office, text, MO, Status.CLAIMED, MO.id) is kind


@pytest.mark.parametrize("text", ["// mine", "!claim", "On its way!"])
def test_whoever_may_not_reply_is_an_outsider_whatever_they_write(office: Office, text: str) -> None:
    guest = replace(MO, may_reply=False)

    assert kind_of(office, text, guest, Status.CLAIMED, guest.id) is OUTSIDER


@pytest.mark.parametrize("text", ["// mine", "!help", "On its way!"])
def test_only_plain_words_of_the_assignee_become_a_reply(office: Office, text: str) -> None:
    kind = kind_of(office, text, MO, Status.CLAIMED, MO.id)

    assert (office.record.replies.of_message(MESSAGE) is not None) is (kind is REPLY)


@pytest.mark.parametrize(
    ("text", "agent", "kept"),
    [("// mine", MO, ""), ("between us", ANN, ""), ("On its way!", MO, "On its way!")],
)
def test_the_words_of_a_note_are_not_kept(office: Office, text: str, agent: Agent, kept: str) -> None:
    kind_of(office, text, agent, Status.CLAIMED, MO.id)

    message = office.record.threads.message(MESSAGE)

    assert message is not None
    assert message.text == kept


def test_what_the_desk_found_in_a_text_holds_the_reply(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "Ask <@U2>", NOW, blocked=SAID)
    threads.take_message(office.tx(), written, MO)

    reply = office.record.replies.of_message(MESSAGE)

    assert reply is not None
    assert reply.blocked == SAID


def test_a_reply_written_before_a_backup_was_put_back_waits_for_a_person(office: Office) -> None:
    office.record.upkeep.note_restore(NOW + MINUTE)
    kind_of(office, "On its way!", MO, Status.CLAIMED, MO.id)

    reply = office.record.replies.of_message(MESSAGE)

    assert reply is not None
    assert reply.blocked == say("hold.restored")


def test_a_word_written_before_a_backup_was_put_back_is_not_obeyed_again(office: Office) -> None:
    office.record.upkeep.note_restore(NOW + MINUTE)

    assert kind_of(office, "!release", MO, Status.CLAIMED, MO.id) is NOTE
    assert [case.assignee for case in office.record.cases.open()] == [MO.id]


def test_what_was_edited_on_its_way_and_never_arrived_goes_out_as_edited(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(), written, MO)
    reply = office.record.replies.of_message(MESSAGE)
    assert reply is not None
    lost = office.record.replies.save(replace(reply, state=ReplyState.UNCONFIRMED, attempted_at=NOW))
    edited = replace(written, text="On its way tomorrow!", edited="1700000009.200000")
    edits.take_edit(office.tx(), edited, MO)
    publishing.not_there(office.tx(), case, office.now_reply(lost))
    edits.take_edit(office.tx(), edited, MO)  # read again before it goes

    assert [said.key for said in office.said()] == ["edit.in_doubt"]
    assert office.now_reply(lost).body == "On its way tomorrow!"


def test_a_message_whose_deletion_came_first_is_never_queued(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "I take this back.", NOW)
    edits.take_deletion(office.tx(), case.thread, MESSAGE, MO.id)
    threads.take_message(office.tx(), written, MO)

    assert office.record.replies.of_case(case.id) == []


def test_of_two_edits_the_later_one_counts_in_whatever_order_they_come(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(), written, MO)
    for text, edited in (
        ("On its way tomorrow!", "1700000009.300000"),
        ("On its way today!", "1700000009.200000"),
    ):
        edits.take_edit(office.tx(), replace(written, text=text, edited=edited), MO)

    reply = office.record.replies.of_message(MESSAGE)

    assert reply is not None
    assert reply.body == "On its way tomorrow!"


def test_an_edit_that_leaves_the_words_but_takes_out_what_held_them_lets_the_reply_go(
    office: Office,
) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW, blocked=SAID)
    threads.take_message(office.tx(), written, MO)
    edited = replace(written, blocked=None, edited="1700000009.200000")
    edits.take_edit(office.tx(), edited, MO)
    reply, message = office.record.replies.of_message(MESSAGE), office.record.threads.message(MESSAGE)

    assert reply is not None
    assert message is not None
    assert (reply.blocked, message.blocked) == (None, None)


def test_an_edit_of_what_is_public_is_too_late_only_where_it_has_other_words(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW, blocked=SAID)
    threads.take_message(office.tx(), written, MO)
    reply = office.record.replies.of_message(MESSAGE)
    assert reply is not None
    office.record.replies.save(replace(reply, state=ReplyState.SENT, blocked=None, sent_at=NOW))
    edited = replace(written, blocked=None, edited="1700000009.200000")
    edits.take_edit(office.tx(), edited, MO)
    before = [said.key for said in office.said()]
    other = replace(edited, text="On its way tomorrow!", edited="1700000009.300000")
    edits.take_edit(office.tx(), other, MO)

    assert before == []
    assert [said.key for said in office.said()] == ["edit.too_late"]


def test_each_edit_and_the_deletion_of_what_is_public_get_one_sentence_each(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(), written, MO)
    reply = office.record.replies.of_message(MESSAGE)
    assert reply is not None
    office.record.replies.save(replace(reply, state=ReplyState.SENT, sent_at=NOW))
    for _ in range(2):  # Slack may tell everything twice
        for text, edited in (
            ("On its way tomorrow!", "1700000009.200000"),
            ("On its way today!", "1700000009.300000"),
        ):
            edit = replace(written, text=text, edited=edited)
            edits.take_edit(office.tx(), edit, MO)
        edits.take_deletion(office.tx(), case.thread, MESSAGE, MO.id)

    assert [said.key for said in office.said()] == ["edit.too_late"] * 3
    assert office.said()[-1].values["text"] == "On its way! ^MK"
    assert office.said()[-1].values["network"] == "x"


def test_an_edit_on_the_way_is_told_once_also_when_the_reply_arrives(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(), written, MO)
    reply = office.record.replies.of_message(MESSAGE)
    assert reply is not None
    sending = office.record.replies.save(replace(reply, state=ReplyState.SENDING, attempted_at=NOW))
    edit = replace(written, text="On its way tomorrow!", edited="1700000009.200000")
    edits.take_edit(office.tx(), edit, MO)
    office.record.replies.save(replace(sending, state=ReplyState.SENT, sent_at=NOW))
    edits.take_edit(office.tx(), edit, MO)

    assert [said.key for said in office.said()] == ["edit.in_doubt"]


def test_a_message_is_kept_with_when_it_was_written_however_late_it_comes(office: Office) -> None:
    case = office.case(assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(NOW + MINUTE), written, MO)
    kept = office.record.threads.message(MESSAGE)

    assert kept is not None
    assert kept.at == NOW


@pytest.mark.parametrize("text", ["I have refunded you.", "!dm I have refunded you."])
def test_a_message_that_is_heard_late_does_not_answer_what_came_after_it(office: Office, text: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    first = office.record.posts.of_case(case.id)[-1]
    office.show(case, office.mention(case), "1700000009.200000")
    written = Written(MESSAGE, case.thread, text, NOW)
    threads.take_message(office.tx(), written, MO)
    reply = office.record.replies.of_message(MESSAGE)

    assert reply is not None
    assert (reply.blocked, reply.seen_number) == (say("hold.customer_wrote"), first.number)
    assert reply.in_reply_to == (first.id if reply.mode is Surface.PUBLIC else None)


def test_claim_and_send_has_seen_what_is_there_when_it_is_pressed(office: Office) -> None:
    case = office.case()
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(), written, MO)
    office.show(case, office.mention(case), "1700000009.300000")
    decisions.decide_asked(office.tx(NOW + 2 * MINUTE), MESSAGE, True, MO, pressed=QUESTION)
    reply = office.record.replies.of_message(MESSAGE)

    assert reply is not None
    assert reply.blocked is None


@pytest.mark.parametrize(("minutes", "blocked"), [(-1, say("hold.restored")), (1, None)])
def test_an_edit_from_before_a_backup_was_put_back_may_be_out_already(
    office: Office, minutes: int, blocked: Sentence | None
) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, "On its way!", NOW)
    threads.take_message(office.tx(), written, MO)
    restored = NOW + 5 * MINUTE
    office.record.upkeep.note_restore(restored)
    at = restored + minutes * MINUTE
    edited = replace(written, text="On its way tomorrow!", edited="1700000009.200000", edited_at=at)
    edits.take_edit(office.tx(restored + 2 * MINUTE), edited, MO)
    reply = office.record.replies.of_message(MESSAGE)

    assert reply is not None
    assert (reply.body, reply.blocked) == ("On its way tomorrow!", blocked)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.DISMISSED])
@pytest.mark.parametrize("send", [True, False])
def test_a_message_in_a_settled_case_is_asked_about_and_answered_as_things_are(
    office: Office, status: Status, send: bool
) -> None:
    case = office.case(status=status, closed_at=NOW)
    assert case.thread is not None
    threads.take_message(office.tx(), Written(MESSAGE, case.thread, "Hi", NOW), MO)
    question = office.said()[-1]
    decisions.decide_asked(office.tx(), MESSAGE, send, MO, pressed=QUESTION)
    answer, after = office.said()[-1], office.now_case(case)

    assert question.key == f"ask.{status}"
    assert [button.label for button in question.buttons] == ["ask.reopen_and_send", "ask.keep"]
    if send:
        assert (answer.key, after.assignee) == ("asked.sent_reopened", MO.id)
        assert office.record.replies.of_message(MESSAGE) is not None
    else:
        assert answer == say("asked.kept_settled", status=status.value)
        assert after == case


def test_what_is_kept_as_a_note_is_told_as_the_case_stands_by_then(office: Office) -> None:
    case = office.case()
    assert case.thread is not None
    threads.take_message(office.tx(), Written(MESSAGE, case.thread, "Hi", NOW), MO)
    claims.claim(office.tx(), case, ANN)
    decisions.decide_asked(office.tx(), MESSAGE, False, MO, pressed=QUESTION)

    assert office.said()[-1] == say("note.kept")
