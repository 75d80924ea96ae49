"""The invitation to write in private: the case stays public until the customer does; nothing slips out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.cases.model import Case, Invited, MessageKind, MessageRef, ReplyKind, ReplyState, Status
from bot.cases.posts import Surface
from bot.cases.said import Money, Sentence, say
from bot.work import decisions, private, replies, reply_actions, takeovers, threads
from bot.work.replies import Words
from tests.contract.samples import NOW
from tests.unit.office import ANN, MO, Office, told
from tests.unit.office import office as office
from tests.unit.test_work_private import PRIVATE, claimed, customer_writes, go_private, only_reply

MESSAGE, QUESTION = MessageRef("C1", "1700000009.500000"), MessageRef("C1", "1700000009.600000")


def uninvited(office: Office, **fields: object) -> Case:
    """A case that Mo has, whose customer cannot be written to in private."""
    office.rules.closed = {PRIVATE: "no_private_way"}
    return claimed(office, **fields)


def invite(office: Office, case: Case, text: str = "") -> Sentence | None:
    """Mo asks to go on in private, as the case stands."""
    return go_private(office, office.now_case(case), text)


def test_without_a_private_way_the_customer_is_invited_and_the_case_stays_public(office: Office) -> None:
    case = uninvited(office)

    assert invite(office, case) == say("invite.drafted", n=case.id)
    draft, now = only_reply(office, case), office.now_case(case)
    assert (draft.mode, draft.kind, draft.blocked) == (
        Surface.PUBLIC,
        ReplyKind.INVITATION,
        say("hold.draft"),
    )
    assert office.rules.invitation in draft.body
    assert (now.mode, now.invited) == (Surface.PUBLIC, Invited.UNDECIDED)


def test_an_invitation_names_its_price(office: Office) -> None:
    office.rules.price_with_link = Decimal("0.2")
    case = uninvited(office)

    assert invite(office, case) == say("invite.draft", n=case.id, price=Money(Decimal("0.2")))


def test_there_is_one_open_draft_at_a_time(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    answer = invite(office, case)
    private.go_public(office.tx(), office.now_case(case), MO)
    invite(office, case)
    drafts = office.record.replies.of_case(case.id)

    assert answer is not None
    assert answer.key == "invite.stands"
    assert [draft.state for draft in drafts] == [ReplyState.STOPPED, ReplyState.QUEUED]


def test_going_on_in_public_withdraws_the_draft(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)

    answer = told(private.go_public(office.tx(), office.now_case(case), MO))

    assert answer == say("invite.withdrawn", n=case.id, brand="brand")
    assert only_reply(office, case).state is ReplyState.STOPPED
    assert office.now_case(case).invited is Invited.NO


def test_a_stopped_draft_invites_nobody(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    draft = only_reply(office, case)
    reply_actions.press(office.tx(), draft.id, "stop", MO)

    assert office.now_case(case).invited is Invited.NO


def test_an_invitation_that_is_out_is_not_sent_again_until_the_customer_writes(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    draft = only_reply(office, case)
    office.record.replies.save(replace(draft, state=ReplyState.SENT, blocked=None, sent_at=NOW))
    at_once = invite(office, case)
    office.mention(case)
    later = invite(office, case)

    assert at_once is not None
    assert later is not None
    assert (at_once.key, later.key) == ("invite.out", "invite.drafted")


def test_an_invitation_that_is_out_cannot_be_taken_back_but_public_is_chosen(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    office.record.replies.save(
        replace(only_reply(office, case), state=ReplyState.SENT, blocked=None, sent_at=NOW)
    )

    answer = told(private.go_public(office.tx(), office.now_case(case), MO))

    assert answer.key == "invite.out_already"
    assert office.now_case(case).invited is Invited.PUBLIC


def test_a_public_reply_that_waits_is_asked_about_once_the_customer_is_invited(office: Office) -> None:
    case = uninvited(office)
    waiting = office.reply(case)
    invite(office, case)

    assert office.now_reply(waiting).blocked == say("hold.invited")


def test_it_goes_out_once_a_person_says_so_and_the_next_is_not_asked_about(office: Office) -> None:
    case = uninvited(office)
    waiting = office.reply(case)
    invite(office, case)
    reply_actions.press(office.tx(), waiting.id, "send_anyway", MO)
    after = office.reply(office.now_case(case))
    now = office.now_case(case)

    assert office.now_reply(waiting).blocked is None
    assert (now.mode, now.invited) == (Surface.PUBLIC, Invited.PUBLIC)
    assert replies.block_reason(office.tx(), now, after) is None


def test_an_edit_of_a_public_reply_that_waits_is_no_yes(office: Office) -> None:
    case = uninvited(office)
    waiting = office.reply(case)
    invite(office, case)
    now, blocked = office.now_case(case), office.now_reply(waiting)
    replies.change_text(office.tx(), now, blocked, MO, Words("Code 4711"))

    assert office.now_reply(waiting).blocked == say("hold.invited")


def test_words_for_one_person_are_kept_and_never_published(office: Office) -> None:
    case = uninvited(office)
    answer = invite(office, case, "Your address is Lindelaan 12")

    invitation, words = office.record.replies.of_case(case.id)

    assert answer == say("invite.kept", answer=say("invite.drafted", n=case.id))
    assert "Lindelaan" not in invitation.body
    assert (words.mode, words.body, words.blocked) == (
        PRIVATE,
        "Your address is Lindelaan 12",
        say("hold.kept"),
    )


@pytest.mark.parametrize("action", ["send_now", "send_anyway"])
def test_no_button_publishes_words_that_are_kept(office: Office, action: str) -> None:
    case = uninvited(office)
    invite(office, case, "Your address is Lindelaan 12")
    words = office.record.replies.of_case(case.id)[1]

    assert reply_actions.press(office.tx(), words.id, action, MO) == say("hold.kept")
    assert office.now_reply(words) == words


def test_an_edit_of_words_that_are_kept_keeps_them(office: Office) -> None:
    case = uninvited(office)
    invite(office, case, "Lindelaan 12?")
    words = office.record.replies.of_case(case.id)[1]
    now = office.now_case(case)
    replies.change_text(office.tx(), now, words, MO, Words("Lindelaan 13?"))

    assert (office.now_reply(words).body, office.now_reply(words).blocked) == (
        "Lindelaan 13?",
        say("hold.kept"),
    )


@pytest.mark.parametrize("with_message", [True, False])
def test_words_that_cannot_be_kept_are_said_to_be_not_sent(office: Office, with_message: bool) -> None:
    office.rules.hears_private = False
    case = uninvited(office)
    message = MessageRef("C1", "1700000009.100000") if with_message else None

    answer = private.go_private(office.tx(), case, MO, Words("Lindelaan", message=message)).said

    assert answer is not None
    assert answer.key == ("invite.not_sent_here" if with_message else "invite.not_sent")
    assert answer.values["text"] == "Lindelaan"
    assert only_reply(office, case).kind is ReplyKind.INVITATION


def test_without_any_way_nothing_is_drafted(office: Office) -> None:
    office.rules.invitation = ""
    case = uninvited(office)

    answer = invite(office, case, "Call us")

    assert answer is not None
    assert answer.values["answer"] == say("mode.no_way", n=case.id)
    assert office.record.replies.of_case(case.id) == []
    assert office.now_case(case) == case


def test_the_case_becomes_private_with_the_customers_private_message(office: Office) -> None:
    case = uninvited(office)
    invite(office, case, "Lindelaan 12?")
    office.rules.closed = {}
    customer_writes(office, case)
    invitation, words = office.record.replies.of_case(case.id)
    now = office.now_case(case)

    assert (now.mode, now.invited) == (PRIVATE, Invited.NO)
    assert invitation.state is ReplyState.STOPPED
    assert (words.mode, words.blocked) == (PRIVATE, say("hold.private_now"))
    assert office.said()[-1] == say("mode.customer_came", n=case.id, customer="jansen")


def test_words_that_were_kept_go_out_privately_once_a_person_says_so(office: Office) -> None:
    case = uninvited(office)
    invite(office, case, "Lindelaan 12?")
    office.rules.closed = {}
    customer_writes(office, case)
    words = office.record.replies.of_case(case.id)[1]
    reply_actions.press(office.tx(), words.id, "send_anyway", MO)

    assert (office.now_reply(words).mode, office.now_reply(words).blocked) == (PRIVATE, None)


def test_a_public_message_of_an_invited_customer_leaves_the_case_public(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    customer_writes(office, case, Surface.PUBLIC)

    assert (office.now_case(case).mode, office.now_case(case).invited) == (
        Surface.PUBLIC,
        Invited.UNDECIDED,
    )


def test_a_private_message_belongs_to_the_case_that_invited_it(office: Office) -> None:
    case = uninvited(office)
    newer = office.case(root_id="other")
    invite(office, case)
    customer_writes(office, case)

    assert (office.now_case(case).mode, office.now_case(newer).mode) == (PRIVATE, Surface.PUBLIC)


def writes(office: Office, case: Case, text: str = "Your code is 4711") -> MessageKind:
    """Mo writes in the thread of the case."""
    assert case.thread is not None
    written = threads.Written(MESSAGE, case.thread, text, NOW)
    threads.take_message(office.tx(), written, MO)
    message = office.record.threads.message(MESSAGE)
    assert message is not None
    return message.kind


def test_what_is_written_after_an_invitation_is_asked_about(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    kind = writes(office, case)
    question = office.said()[-1]

    assert kind is MessageKind.ASKED
    assert question.key == "ask.invited"
    assert [button.action for button in question.buttons] == ["publish", "wait_for_customer"]
    assert office.record.replies.of_message(MESSAGE) is None


def test_it_is_published_once_its_writer_says_so_and_the_next_is_not_asked_about(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    writes(office, case)
    decisions.decide_invited(office.tx(), MESSAGE, True, MO, pressed=QUESTION)
    reply = office.record.replies.of_message(MESSAGE)

    assert reply is not None
    assert (reply.mode, reply.blocked) == (Surface.PUBLIC, None)
    assert office.said()[-1].key == "ask.sent"
    assert office.now_case(case).invited is Invited.PUBLIC


def test_a_case_in_which_something_was_published_meanwhile_still_becomes_private(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    writes(office, case)
    decisions.decide_invited(office.tx(), MESSAGE, True, MO, pressed=QUESTION)
    customer_writes(office, case)

    assert office.now_case(case).mode is PRIVATE


@pytest.mark.parametrize("heard", [True, False])
def test_what_waits_for_the_customer_is_kept_and_never_published(office: Office, heard: bool) -> None:
    office.rules.hears_private = heard
    case = uninvited(office)
    invite(office, case)
    writes(office, case)
    decisions.decide_invited(office.tx(), MESSAGE, False, MO, pressed=QUESTION)
    reply, message = office.record.replies.of_message(MESSAGE), office.record.threads.message(MESSAGE)

    assert message is not None
    if heard:
        assert reply is not None
        assert (reply.mode, reply.blocked) == (PRIVATE, say("hold.kept"))
    else:
        assert (reply, message.kind) == (None, MessageKind.NOTE)
    assert office.said()[-1].key == ("asked.kept_for_private" if heard else "note.kept")
    assert office.now_case(case).invited is Invited.UNDECIDED


def test_only_the_writer_decides(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    writes(office, case)

    answer = decisions.decide_invited(office.tx(), MESSAGE, True, ANN, pressed=QUESTION)

    assert answer is not None
    assert told(answer).key == "unclaimed.not_yours"
    assert office.now_case(case).invited is Invited.UNDECIDED


@pytest.mark.parametrize("text", ["// a note", "!help"])
def test_notes_and_words_are_not_asked_about(office: Office, text: str) -> None:
    case = uninvited(office)
    invite(office, case)

    assert writes(office, case, text) is not MessageKind.ASKED


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.ANSWERED])
def test_the_invitation_itself_needs_no_second_word(office: Office, status: Status) -> None:
    case = uninvited(office, status=status)
    invite(office, case)
    draft = only_reply(office, case)
    reply_actions.press(office.tx(), draft.id, "send_anyway", MO)

    assert office.now_reply(draft).blocked is None
    assert office.now_case(case).invited is Invited.UNDECIDED


def test_who_no_longer_has_the_case_decides_nothing_for_who_has(office: Office) -> None:
    case = uninvited(office)
    office.record.people.save_agent(ANN)
    invite(office, case)
    writes(office, case)
    takeovers.take(office.tx(), office.now_case(case), ANN, by_reaction=False)
    decisions.decide_invited(office.tx(), MESSAGE, True, MO, pressed=QUESTION)

    assert office.record.replies.of_message(MESSAGE) is None
    assert office.now_case(case).invited is Invited.UNDECIDED
    assert office.said()[-1].buttons[0].action == "take_over"


def test_a_private_way_that_opens_makes_the_draft_superfluous(office: Office) -> None:
    case = uninvited(office)
    invite(office, case)
    office.rules.closed = {}
    invite(office, case)

    assert only_reply(office, case).state is ReplyState.STOPPED
    assert office.now_case(case).mode is PRIVATE
