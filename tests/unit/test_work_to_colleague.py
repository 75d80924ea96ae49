"""A reply that seems to speak to a colleague waits until a person says that it is the customer's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import Agent, AgentId, Case, Reply, ReplyKind, ReplyState
from bot.cases.posts import Author, Quoted, Surface
from bot.cases.said import Sentence, say
from bot.work import replies, reply_actions
from bot.work.replies import Words
from tests.contract.samples import NOW, ROOT
from tests.unit.office import CUSTOMER, MO, Office
from tests.unit.office import office as office

JORIS = Agent(AgentId("U7"), "Joris Veldkamp")
TO_JORIS = say("hold.to_colleague", agent=JORIS.name)


@pytest.fixture
def case(office: Office) -> Case:
    """A case that Mo has, while Joris is a colleague."""
    office.record.people.save_agent(MO)
    office.record.people.save_agent(JORIS)
    return office.case(assignee=MO.id)


def queued(office: Office, case: Case, text: str, blocked: Sentence | None = None) -> Reply:
    """A reply of Mo's."""
    reply = replies.queue(office.tx(), case, MO, Words(text, blocked))
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    "text",
    [
        "@Joris can you check this one?",
        "hij liegt, of niet @joris.veldkamp",
        "Joris, kun jij hier even naar kijken?",
        "Hoi joris kijk jij?",
    ],
)
def test_it_is_held_and_names_the_colleague(office: Office, case: Case, text: str) -> None:
    assert queued(office, case, text).blocked == TO_JORIS


def test_words_for_the_customer_go(office: Office, case: Case) -> None:
    assert queued(office, case, "Hi! Joris van de winkel belt je morgen.").blocked is None


def test_whoever_may_not_reply_is_no_colleague(office: Office, case: Case) -> None:
    office.record.people.save_agent(replace(JORIS, may_reply=False))

    assert queued(office, case, "@Joris can you check this one?").blocked is None


def test_the_customer_may_have_a_colleagues_name(office: Office, case: Case) -> None:
    office.record.people.save_author(Author("x", CUSTOMER, "joris", "Joris Jansen"), NOW)

    assert queued(office, case, "@joris Joris, bedankt!").blocked is None


def test_the_brand_may_be_named_like_a_colleague(office: Office, case: Case) -> None:
    office.configure(handle="Joris")

    assert queued(office, case, "Volg @joris").blocked is None


def test_whoever_the_customer_speaks_of_may_be_named(office: Office, case: Case) -> None:
    office.mention(case, text="@brand @Joris zegt van niet", root_id=ROOT, author_id=case.author_id)

    assert queued(office, case, "@joris heeft gelijk").blocked is None
    assert queued(office, case, "Joris: heb jij dat gezegd?").blocked == TO_JORIS


def test_whose_post_the_customer_answers_may_be_named(office: Office, case: Case) -> None:
    parent = Quoted(office.mention(case).id, "joris", "Niet waar")
    office.mention(case, quoted=parent, root_id=ROOT, author_id=case.author_id)

    assert queued(office, case, "@joris heeft gelijk").blocked is None


def test_an_edit_takes_the_question_back_and_can_raise_it(office: Office, case: Case) -> None:
    reply = queued(office, case, "@Joris hij liegt")
    replies.change_text(office.tx(), case, reply, MO, Words("Dat zoek ik uit."))
    clear = office.now_reply(reply)
    replies.change_text(office.tx(), case, clear, MO, Words("Joris, hij liegt"))

    assert clear.blocked is None
    assert office.now_reply(reply).blocked == TO_JORIS


def test_an_edit_that_speaks_to_a_colleague_still_is_asked_about_anew(office: Office, case: Case) -> None:
    reply = queued(office, case, "@Joris hij liegt")
    replies.change_text(office.tx(), case, reply, MO, Words("@Joris hij liegt"))

    assert office.now_reply(reply).blocked == TO_JORIS


def test_who_sends_it_anyway_is_not_asked_again(office: Office, case: Case) -> None:
    reply = queued(office, case, "@Joris heeft gelijk")
    told = reply_actions.press(office.tx(), reply.id, "send_anyway", MO)
    sent = office.now_reply(reply)

    assert (told, sent.blocked, sent.send_after) == (None, None, NOW)
    assert replies.block_reason(office.tx(), case, sent) is None


@pytest.mark.parametrize("first", ["hold.slip", "hold.restored", "hold.customer_edited"])
def test_it_is_asked_after_what_was_asked_before(office: Office, case: Case, first: str) -> None:
    reply = queued(office, case, "@Joris hij liegt", say(first))
    asked = [reply.blocked]
    for _ in range(2):
        reply_actions.press(office.tx(), reply.id, "send_anyway", MO)
        asked.append(office.now_reply(reply).blocked)

    assert asked == [say(first), TO_JORIS, None]


def test_what_was_tried_once_is_not_asked_about(office: Office, case: Case) -> None:
    reply = office.reply(case, body="@Joris heeft gelijk", state=ReplyState.FAILED, attempted_at=NOW)
    reply_actions.press(office.tx(), reply.id, "again", MO)

    assert office.now_reply(reply).blocked is None


def test_words_that_were_kept_are_asked_about_when_they_are_to_go(office: Office, case: Case) -> None:
    kept = replies.queue(office.tx(), case, MO, Words("@Joris hij liegt", kind=ReplyKind.KEPT))
    assert kept is not None
    offered = replace(kept, kind=ReplyKind.ANSWER, blocked=say("hold.private_now"), mode=Surface.PUBLIC)
    office.record.replies.save(offered)
    reply_actions.press(office.tx(), kept.id, "send_anyway", MO)

    assert kept.blocked == say("hold.kept")
    assert office.now_reply(kept).blocked == TO_JORIS


def test_a_draft_of_the_bots_own_is_not_asked_about(office: Office, case: Case) -> None:
    words = Words("Joris, schrijf ons privé", kind=ReplyKind.INVITATION)
    draft = replies.queue(office.tx(), case, MO, words)
    assert draft is not None
    reply_actions.press(office.tx(), draft.id, "send_anyway", MO)

    assert office.now_reply(draft).blocked is None


def test_the_colleagues_are_read_once_and_only_when_somebody_is_called(
    office: Office, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    names = office.record.people.colleagues

    def colleagues() -> object:
        asked.append("colleagues")
        return names()

    monkeypatch.setattr(office.record.people, "colleagues", colleagues)
    queued(office, case, "We zoeken het uit.")
    queued(office, case, "@joris @anouk, zoeken jullie het uit?")

    assert asked == ["colleagues"]
