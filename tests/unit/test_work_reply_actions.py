"""Buttons on a reply's line: what a person decides about a reply that is held or in doubt."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.model import ReplyState, Status
from bot.cases.outbox import Line
from bot.cases.posts import Surface
from bot.cases.said import say
from bot.work import claims, intake, pictures, private, publishing, reply_actions
from tests.contract.samples import MINUTE, NOW, ROOT, a_post
from tests.unit.office import MO, Office
from tests.unit.office import office as office


def test_who_sends_it_anyway_has_seen_what_came_since(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    reply = office.reply(case, blocked=say("hold.customer_wrote"))
    newer = office.mention(case)
    told = reply_actions.press(office.tx(), reply.id, "send_anyway", MO)
    again = office.now_reply(reply)

    assert told is None
    assert (again.blocked, again.seen_number, again.in_reply_to) == (None, newer.number, reply.in_reply_to)


def test_sending_one_in_doubt_again_tells_those_behind_it_when_they_go(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    lost = office.reply(case, state=ReplyState.UNCONFIRMED, attempted_at=NOW)
    behind = office.reply(case, send_after=NOW + MINUTE)
    reply_actions.press(office.tx(), lost.id, "again", MO)

    assert office.now_reply(lost).state is ReplyState.QUEUED
    assert {line.reply_id for line in office.effects(Line)} == {lost.id, behind.id}


@pytest.mark.parametrize(
    ("blocked", "answer"),
    [
        ("hold.customer_wrote", "reply.decide"),
        ("hold.too_long", "reply.held"),
    ],
)
def test_what_waits_is_not_hurried_and_its_presser_is_told_what_to_do(
    office: Office, blocked: str, answer: str
) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    reply = office.reply(case, blocked=say(blocked))

    assert reply_actions.press(office.tx(), reply.id, "send_now", MO) == say(answer)
    assert office.now_reply(reply) == reply


def test_a_hold_that_is_over_needs_no_overruling(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    reply = office.reply(case)

    assert reply_actions.press(office.tx(), reply.id, "send_anyway", MO) == say("reply.goes")


@pytest.mark.parametrize(
    ("failure", "case", "closed", "ways_out"),
    [
        ("refused.gone", {}, "", ("dismiss",)),
        ("refused.gone", {"first_replied_at": NOW}, "", ("close",)),
        ("refused.gone", {"status": Status.CLOSED}, "", ()),
        ("refused.dm_closed", {"mode": Surface.PRIVATE}, "", ("invite", "public")),
        ("refused.window", {}, "", ("dismiss",)),
        ("refused.dm_closed", {}, "", ()),
        ("refused.dm_closed", {"mode": Surface.PRIVATE}, "no_post", ("dismiss",)),
        ("refused.auth", {}, "", ()),
    ],
)
def test_where_a_refusal_lasts_the_case_offers_what_works(
    office: Office, failure: str, case: dict[str, Any], closed: str, ways_out: tuple[str, ...]
) -> None:
    office.rules.closed = {Surface.PUBLIC: closed} if closed else {}
    stuck = office.case(**{"status": Status.CLAIMED, "assignee": MO.id} | case)
    reply = office.reply(stuck, state=ReplyState.FAILED, failure=say(failure), mode=stuck.mode)
    picture = pictures.line(office.tx(), stuck, reply)

    assert tuple(picture.ways_out) == ways_out


def test_without_an_invitation_only_the_public_way_is_left(office: Office) -> None:
    office.rules.invitation = ""
    case = office.case(status=Status.CLAIMED, assignee=MO.id, mode=Surface.PRIVATE)
    refused = say("refused.dm_closed")
    reply = office.reply(case, state=ReplyState.FAILED, failure=refused, mode=Surface.PRIVATE)

    assert tuple(pictures.line(office.tx(), case, reply).ways_out) == ("public",)


def test_a_private_reply_that_was_refused_says_so_and_asks_once_its_case_is_public(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    refused = say("refused.dm_closed")
    reply = office.reply(case, state=ReplyState.FAILED, failure=refused, mode=Surface.PRIVATE)
    picture = pictures.line(office.tx(), case, reply)

    assert picture.reply.failure == say("refused.was_private")
    assert tuple(picture.ways_out) == ()


@pytest.mark.parametrize("act", ["close", "dismiss", "private", "answer", "follow up"])
def test_what_a_refused_reply_offers_follows_its_case(office: Office, act: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id, first_replied_at=NOW)
    reply = office.reply(case, state=ReplyState.FAILED, failure=say("refused.gone"))
    match act:
        case "close":
            claims.close(office.tx(), case, MO)
        case "dismiss":
            claims.dismiss(office.tx(), case, MO, "gone")
        case "private":
            private.go_private(office.tx(), case, MO)
        case "answer":
            other = office.reply(case, state=ReplyState.SENT, sent_at=NOW)
            publishing.answer(office.tx(), case, other, MO.id)
        case _:
            again = a_post("m9", root_id=ROOT, author_id=case.author_id)
            intake.take_posts(office.tx(), case.account, [again], [])

    assert [line.reply_id for line in office.effects(Line)] == [reply.id]


def test_what_a_held_reply_offers_follows_its_case_unless_it_needs_only_a_word(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    stuck = office.reply(case, blocked=say("hold.no_post"))
    office.reply(case, blocked=say("hold.customer_wrote"))
    other = office.reply(case, state=ReplyState.SENT, sent_at=NOW)
    publishing.answer(office.tx(), case, other, MO.id)

    assert [line.reply_id for line in office.effects(Line)] == [stuck.id]
