"""Buttons on a reply's line: what a person decides about a reply that is held or in doubt."""

from __future__ import annotations

from bot.cases.errands import ErrandKind
from bot.cases.model import ReplyState, Status
from bot.cases.said import say
from bot.work import presses
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import MO, Office
from tests.unit.office import office as office


def test_who_sends_it_anyway_has_seen_what_came_since(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    reply = office.reply(case, held=say("hold.customer_wrote"))
    newer = office.mention(case)
    told = presses.press(office.record, office.house, reply.id, "send_anyway", MO, NOW)
    again = office.now_reply(reply)

    assert told is None
    assert (again.held, again.seen_number, again.in_reply_to) == (None, newer.number, reply.in_reply_to)


def test_sending_one_in_doubt_again_tells_those_behind_it_when_they_go(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    lost = office.reply(case, state=ReplyState.UNCONFIRMED, attempted_at=NOW)
    behind = office.reply(case, send_after=NOW + MINUTE)
    office.record.tables.errands.clear()
    presses.press(office.record, office.house, lost.id, "again", MO, NOW)

    assert office.now_reply(lost).state is ReplyState.QUEUED
    assert {errand.reply_id for errand in office.errands(ErrandKind.LINE)} == {lost.id, behind.id}
