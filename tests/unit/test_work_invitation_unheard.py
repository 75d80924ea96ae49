"""The invitation where private messages do not come in: nothing is promised, and nothing waits."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.cases.model import Invited, ReplyState
from bot.cases.said import Money, say
from bot.texts import LANGUAGES, Texts
from bot.work import private, reply_actions
from tests.contract.samples import NOW
from tests.unit.office import MO, Office, told
from tests.unit.office import office as office
from tests.unit.test_work_invitation import invite, uninvited, writes
from tests.unit.test_work_private import only_reply


def test_where_private_messages_do_not_come_in_nothing_waits_for_them(office: Office) -> None:
    office.rules.hears_private = False
    case = uninvited(office)
    waiting = office.reply(case)
    first, again = invite(office, case), invite(office, case)
    writes(office, case)
    question = office.said()[-1]

    assert first == say("invite.drafted_unheard", n=case.id, network="x")
    assert again == say("invite.stands_unheard", n=case.id, network="x")
    assert question.key == "ask.invited_unheard"
    assert [(button.action, button.label) for button in question.buttons] == [
        ("publish", "ask.publish"),
        ("keep_note", "ask.keep"),
    ]
    assert office.now_reply(waiting).blocked == say("hold.invited_unheard")


def test_where_private_messages_do_not_come_in_a_reply_that_waits_is_published_on_a_persons_word(
    office: Office,
) -> None:
    office.rules.hears_private = False
    case = uninvited(office)
    waiting = office.reply(case)
    invite(office, case)
    reply_actions.press(office.tx(), waiting.id, "send_anyway", MO)

    assert office.now_reply(waiting).blocked is None
    assert office.now_case(case).invited is Invited.PUBLIC


@pytest.mark.parametrize("sent", [False, True])
def test_where_private_messages_do_not_come_in_nothing_is_promised_of_them(
    office: Office, sent: bool
) -> None:
    office.rules.hears_private, office.rules.price_with_link = False, Decimal("0.2")
    case = uninvited(office)
    drafted = invite(office, case)
    if sent:
        draft = only_reply(office, case)
        office.record.replies.save(replace(draft, state=ReplyState.SENT, blocked=None, sent_at=NOW))
    again = invite(office, case)
    public = private.go_public(office.tx(), office.now_case(case), MO)

    assert drafted == say("invite.draft_unheard", n=case.id, network="x", price=Money(Decimal("0.2")))
    assert again == say("invite.out_unheard" if sent else "invite.stands_unheard", n=case.id, network="x")
    assert told(public).key == ("invite.out_already_unheard" if sent else "invite.withdrawn")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_for_where_private_messages_do_not_come_in_waits_for_one(language: str) -> None:
    texts = Texts(language)
    unheard = [key for key in texts if key.endswith("_unheard")]
    waits = re.compile(r"until|not sent a private|wait for|become|tot de klant|tot ze|wachten|nog geen")

    assert len(unheard) >= 8
    assert [key for key in unheard if waits.search("".join(map(str, texts.pieces(key, None))))] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["ask.invited", "ask.invited_unheard", "hold.invited", "hold.private_now"])
def test_who_took_the_case_over_is_not_told_that_it_was_their_wish(language: str, key: str) -> None:
    said = "".join(map(str, Texts(language).pieces(key, None)))

    assert not re.search(r"\b(?:You (?:wanted|kept)|Je (?:wilde|bewaarde))\b", said)
