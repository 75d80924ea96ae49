"""The private route: who may switch, what is said, and what becomes of the replies that wait."""

from __future__ import annotations

import pytest

from bot.cases.model import AgentId, Case, MessageRef, Reply, ReplyKind, ReplyState, Status
from bot.cases.outbox import Card
from bot.cases.posts import Surface
from bot.cases.reasons import CLOSES_PRIVATE
from bot.cases.said import Sentence, say
from bot.work import private, publishing
from bot.work.replies import Words
from tests.contract.samples import NOW, ROOT, SAID, a_post
from tests.unit.office import ANN, MO, Office, told
from tests.unit.office import office as office

PRIVATE = Surface.PRIVATE


def claimed(office: Office, **fields: object) -> Case:
    """A case that Mo has."""
    return office.case(**{"status": Status.CLAIMED, "assignee": MO.id} | fields)


def go_private(
    office: Office, case: Case, text: str = "", blocked: Sentence | None = None
) -> Sentence | None:
    """Mo switches to private."""
    words = Words(text, blocked, MessageRef("C1", "1700000009.100000")) if text else None
    return private.go_private(office.tx(), case, MO, words).said


def only_reply(office: Office, case: Case) -> Reply:
    """The one reply of the case."""
    [reply] = office.record.replies.of_case(case.id)
    return reply


@pytest.mark.parametrize(
    ("status", "assignee", "answer"),
    [
        (Status.NEW, None, "mode.claim_first"),
        (Status.ANSWERED, None, "mode.claim_first"),
        (Status.CLAIMED, ANN.id, "mode.not_yours"),
        (Status.CLOSED, None, "mode.not_open"),
        (Status.DISMISSED, None, "mode.not_open"),
    ],
)
@pytest.mark.parametrize("mode", Surface)
def test_only_who_has_an_open_case_switches_it(
    office: Office, status: Status, assignee: AgentId | None, answer: str, mode: Surface
) -> None:
    case = office.case(status=status, assignee=assignee, mode=mode)

    to_private = go_private(office, case)
    with_words = go_private(office, case, "secret")
    to_public = told(private.go_public(office.tx(), case, MO))

    assert to_private is not None
    assert (to_private.key, to_public.key) == (answer, answer)
    assert with_words == say("invite.not_sent_here", answer=to_private, text="secret")
    assert office.now_case(case) == case
    assert office.record.replies.of_case(case.id) == []


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.ANSWERED])
def test_the_case_goes_on_in_private(office: Office, status: Status) -> None:
    case = claimed(office, status=status)

    assert go_private(office, case) == say("mode.private", n=case.id, customer="jansen")
    assert office.now_case(case).mode is PRIVATE
    assert office.events(case) == ["mode"]


def test_words_that_come_along_are_the_first_private_reply(office: Office) -> None:
    case = claimed(office)

    assert go_private(office, case, "Call us") is None
    assert (only_reply(office, case).mode, only_reply(office, case).body) == (PRIVATE, "Call us")
    assert only_reply(office, case).blocked is None


def test_what_the_desk_found_in_the_words_holds_them(office: Office) -> None:
    case = claimed(office)
    go_private(office, case, "Call us", SAID)

    assert only_reply(office, case).blocked == SAID


def test_a_case_that_is_private_already_says_so(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)

    assert go_private(office, case) == say("mode.already", n=case.id, mode=say("mode.name.private"))


def test_a_case_that_is_private_already_takes_the_words(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)

    assert go_private(office, case, "Call us") is None
    assert only_reply(office, case).mode is PRIVATE
    assert office.events(case) == ["reply_queued"]


def test_a_reply_that_waits_does_not_change_its_way_by_itself(office: Office) -> None:
    case = claimed(office)
    waiting = office.reply(case)
    go_private(office, case)

    blocked = office.now_reply(waiting)

    assert blocked.mode is Surface.PUBLIC
    assert blocked.blocked == say("hold.mode_switched", mode=say("mode.name.private"))


def test_the_case_comes_back_into_public(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)

    answer = told(private.go_public(office.tx(), case, MO))

    assert answer == say("mode.public", n=case.id, brand="brand")
    assert office.now_case(case).mode is Surface.PUBLIC


def test_a_case_that_is_public_already_says_so(office: Office) -> None:
    case = claimed(office)

    answer = told(private.go_public(office.tx(), case, MO))

    assert answer == say("mode.already", n=case.id, mode=say("mode.name.public"))


def customer_writes(office: Office, case: Case, surface: Surface = PRIVATE) -> None:
    """A post of the customer comes in."""
    post = a_post("new", surface=surface, root_id=ROOT, author_id=case.author_id)
    office.take_in(post, name="dms")


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("status", [Status.CLOSED, Status.DISMISSED])
def test_a_private_case_comes_back_private_whatever_the_customer_writes(
    office: Office, status: Status, surface: Surface
) -> None:
    case = office.case(status=status, closed_at=NOW, mode=PRIVATE)
    customer_writes(office, case, surface)

    assert office.now_case(case).mode is PRIVATE


def test_where_the_customer_wrote_only_in_private_there_is_no_way_to_public(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)
    office.rules.closed = {Surface.PUBLIC: "no_post"}

    answer = told(private.go_public(office.tx(), case, MO))

    assert answer == say("mode.no_public", n=case.id)
    assert office.now_case(case) == case


@pytest.mark.parametrize("key", sorted(CLOSES_PRIVATE))
def test_a_refused_private_reply_closes_the_way_until_the_customer_writes_in_private(
    office: Office, key: str
) -> None:
    case = claimed(office, mode=PRIVATE)
    sending = office.reply(case, mode=PRIVATE, state=ReplyState.SENDING)
    publishing.refuse(office.tx(), case, sending, say(key))
    refused = private.private_way(office.tx(), case)
    redrawn = [card.case_id for card in office.effects(Card)]
    office.mention(case, surface=PRIVATE)

    assert not refused
    assert redrawn == [case.id]
    assert private.private_way(office.tx(), case)


def test_a_private_reply_that_went_out_later_opens_the_way_again(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)
    refused = say("refused.dm_closed")
    office.reply(case, mode=PRIVATE, state=ReplyState.STOPPED, failure=refused)
    office.reply(case, mode=PRIVATE, state=ReplyState.SENT, sent_at=NOW, key="k2")

    assert private.private_way(office.tx(), case)


def test_where_the_customer_takes_no_messages_private_is_not_said_to_be_open(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)
    office.reply(case, mode=PRIVATE, state=ReplyState.FAILED, failure=say("refused.dm_closed"))

    assert go_private(office, case) == say("mode.private_closed", n=case.id, customer="jansen")


def test_who_cannot_be_reached_in_private_is_invited_and_the_case_is_public_until_they_write(
    office: Office,
) -> None:
    case = claimed(office, mode=PRIVATE)
    refused = say("refused.dm_closed")
    office.reply(case, mode=PRIVATE, state=ReplyState.FAILED, failure=refused)
    answer = private.invite(office.tx(), case, MO).said
    draft = office.record.replies.of_case(case.id)[-1]

    assert answer == say("invite.drafted", n=case.id)
    assert office.now_case(case).mode is Surface.PUBLIC
    assert (draft.kind, draft.mode, draft.blocked) == (
        ReplyKind.INVITATION,
        Surface.PUBLIC,
        say("hold.draft"),
    )


def test_nobody_else_invites_the_customer(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=ANN.id, mode=PRIVATE)

    assert told(private.invite(office.tx(), case, MO)).key == "mode.not_yours"
    assert office.now_case(case).mode is PRIVATE


def test_a_private_message_is_known_to_reach_who_wrote_one_or_got_one(office: Office) -> None:
    untried, wrote, got = claimed(office), claimed(office), claimed(office)
    office.mention(wrote, surface=PRIVATE)
    office.reply(got, mode=PRIVATE, state=ReplyState.SENT, sent_at=NOW)

    assert [private.is_reached(office.tx(), case) for case in (untried, wrote, got)] == [False, True, True]
