"""A reply on its way to the network: whoever comes back after a pause leaves it to the next look."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.model import Reply, ReplyState, Status
from bot.cases.ports import SendCommand, Sent
from bot.cases.record import Record
from bot.ticks.poll import Poll
from bot.ticks.send import Send
from tests.contract.samples import BRAND, NOW, a_case, a_post, a_reply
from tests.fake_store import FakeStore
from tests.fakes import FakeClock, FakeConnector, FakeNetwork
from tests.unit.office import MO, Office
from tests.unit.office import office as office


class Paused(FakeConnector):
    """A connector whose process is stopped for so many seconds before the request is written."""

    seconds = 0.0

    async def send(self, command: SendCommand) -> Sent:
        self.network.clock.turn(seconds=self.seconds)
        return await super().send(command)


async def hears() -> bool:
    return True


async def as_before(*_: Any) -> None:
    """Nobody edited, deleted or stopped the message unheard."""


@pytest.mark.parametrize(("seconds", "state"), [(1, ReplyState.SENT), (60, ReplyState.SENDING)])
async def test_a_process_that_was_paused_before_the_request_was_written_publishes_nothing(
    office: Office, seconds: float, state: ReplyState
) -> None:
    clock, store = FakeClock(NOW), FakeStore()
    network = FakeNetwork(clock)
    customer = network.join("jansen")
    mention = network.write(customer, "@brand where is my parcel?")
    connector = Paused(network, BRAND)
    connector.seconds = seconds

    def queued(record: Record) -> Reply:
        case = record.add_case(a_case(author_id=customer.id, status=Status.CLAIMED, assignee=MO.id))
        post = record.add_post(a_post(mention, author_id=customer.id), case.id, NOW)
        assert post is not None
        reply = record.add_reply(a_reply(case.id, agent=MO.id, seen_number=post.number, in_reply_to=mention))
        assert reply is not None
        return reply

    reply = await store.do(queued)
    poll = Poll(store, office.house, {BRAND: connector}, clock, "process")
    send = Send(store, office.house, {BRAND: connector}, poll, clock, hears, as_before)
    await send.run()
    await send.drain(5)
    after = await store.do(lambda record: record.reply(reply.id))
    await store.close()

    assert after is not None
    assert (after.state, after.looks) == (state, 0)
    assert len(network.by_brand()) == (state is ReplyState.SENT)
