"""Names that the network tells late: what shows them follows."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.model import ReplyKind
from bot.cases.outbox import Card, EntryState, Line
from bot.cases.posts import Author
from bot.outbox import put
from bot.work.context import Answers
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import CUSTOMER, Office
from tests.unit.office import office as office


def test_a_card_and_a_line_on_their_way_follow_a_name_that_comes_late(office: Office) -> None:
    case = office.case(author_id=CUSTOMER, thread=None)
    reply = office.reply(case)
    office.record.replies.add(replace(reply, key="found", kind=ReplyKind.ELSEWHERE, message=None))
    put.card(office.tx(), case)
    put.line(office.tx(), case, reply)
    for entry in [*office.entries(Card), *office.entries(Line)]:
        office.record.outbox.save(replace(entry, state=EntryState.UNDERWAY, lease_until=NOW + MINUTE))
    office.take_in(answers=Answers([Author("x", CUSTOMER, "jansen", name="J. Jansen")]))

    waiting = [entry for entry in office.entries() if entry.state is EntryState.WAITING]
    assert [entry.effect for entry in waiting] == [Card(case.id), Line(case.id, reply.id)]
