"""Names that the network tells late: what shows them follows."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.errands import ErrandKind, ErrandState
from bot.cases.model import ReplyKind
from bot.cases.ports import Page
from bot.cases.posts import Author
from bot.work import asks, context, intake
from tests.contract.samples import BRAND, MINUTE, NOW, an_account
from tests.unit.office import CUSTOMER, Office
from tests.unit.office import office as office


def test_a_card_and_a_line_on_their_way_follow_a_name_that_comes_late(office: Office) -> None:
    case = office.case(author_id=CUSTOMER, thread=None)
    reply = office.reply(case)
    office.record.replies.add(replace(reply, key="found", kind=ReplyKind.ELSEWHERE, message=None))
    asks.card(office.tx(), case)
    asks.line(office.tx(), case, reply)
    for errand in [*office.errands(ErrandKind.CARD), *office.errands(ErrandKind.LINE)]:
        office.record.outbox.save(replace(errand, state=ErrandState.UNDERWAY, lease_until=NOW + MINUTE))
    office.record.accounts.save(an_account(lease_by="us"))
    known = Author("x", CUSTOMER, "jansen", name="J. Jansen")
    look = context.Look(BRAND, "us", NOW, {"mentions": Page((), 1)}, authors=(known,))
    intake.take_in(office.tx(), look)

    assert [(e.kind, e.case_id, e.reply_id) for e in office.waiting()] == [
        (ErrandKind.CARD, case.id, None),
        (ErrandKind.LINE, case.id, reply.id),
    ]
