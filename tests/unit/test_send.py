"""A reply on its way to the network: what is seen or unseen in the last moment decides whether it goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import inf
from typing import Any

import pytest

from bot.cases.errors import DeskBusy, DeskError, DeskRefused
from bot.cases.model import AgentId, MessageRef, Reply, ReplyId, ReplyState, Status
from bot.cases.ports import Page, SendCommand, Sent
from bot.cases.record import Record
from bot.cases.said import say
from bot.cases.tx import Tx
from bot.ticks.poll import Poll
from bot.ticks.send import AHEAD, Send
from bot.work import replies
from bot.work.publishing import Task
from bot.work.replies import Words
from bot.work.unread import DEAF, LONGEST, Unread
from tests.contract.samples import BRAND, NOW, SECOND, a_case, a_post, a_reply, an_account
from tests.fakes import FakeClock, FakeConnector, FakeNetwork
from tests.memory import MemoryStore
from tests.unit.office import MO, Office
from tests.unit.office import office as office


class Paused(FakeConnector):
    """A connector whose process is stopped for so many seconds before the request is written."""

    seconds = 0.0
    #: How often it was looked at.
    pulls = 0

    async def pull(self, *args: Any, **more: Any) -> Page:
        self.pulls += 1
        return await super().pull(*args, **more)

    async def send(self, command: SendCommand) -> Sent:
        self.network.clock.turn(seconds=self.seconds)
        return await super().send(command)


async def as_before(*_: Any) -> None:
    """Nobody edited, deleted or stopped the message unheard."""


@dataclass
class Stage:
    """One reply of Mo's, due at NOW, with all that it passes on its way out."""

    office: Office
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    store: MemoryStore = field(default_factory=MemoryStore)
    #: The thread is known as it stands until the network was looked at so often.
    deaf_after: float = inf
    reread: Callable[..., Awaitable[None]] = as_before
    #: What the desk says when it is asked who wrote the reply.
    trouble: DeskError | None = None
    is_guest: bool = False
    #: Whom the desk was asked about.
    asked: list[AgentId] = field(default_factory=list)

    async def queue(self) -> None:
        """The reply is queued, its hold over."""
        self.network = FakeNetwork(self.clock)
        self.connector = Paused(self.network, BRAND)
        customer = self.network.join("jansen")
        mention = self.network.write(customer, "@brand where is my parcel?")

        def queued(record: Record) -> Reply:
            record.accounts.save(an_account())
            case = record.cases.add(a_case(author_id=customer.id, status=Status.CLAIMED, assignee=MO.id))
            case = record.cases.save(replace(case, thread=MessageRef("C1", "1.0")))
            post = record.posts.add(a_post(mention, author_id=customer.id), case.id, NOW)
            assert post is not None
            written: dict[str, Any] = {
                "agent": MO.id,
                "message": MessageRef("C1", "1.1"),
                "queued_at": NOW - 15 * SECOND,
            }
            reply = record.replies.add(
                a_reply(case.id, seen_number=post.number, in_reply_to=mention, **written)
            )
            assert reply is not None
            return reply

        self.reply = await self.store.do(queued)

    async def send(self) -> Reply:
        """A sending tick from its beginning to its end; the reply as it stands then."""
        transactions = self.office.transactions(self.store, self.clock)
        poll = Poll(transactions, {BRAND: self.connector}, self.clock, "process")
        send = Send(transactions, {BRAND: self.connector}, poll, self.clock, self._keeps_back, self._ask_who)
        self.again_at = await send.run()
        for _ in range(5):
            await asyncio.sleep(0)
        await send.drain(5)
        after = await self.store.do(lambda record: record.replies.get(self.reply.id))
        assert after is not None
        return after

    async def put(self, **fields: Any) -> None:
        """Let the reply be another."""
        reply = replace(self.reply, **fields)
        self.reply = await self.store.do(lambda record: record.replies.save(reply))

    async def _ask_who(self, agent_id: AgentId) -> None:
        self.asked.append(agent_id)
        if self.trouble is not None:
            raise self.trouble
        if self.is_guest:
            await self.store.do(lambda record: record.people.save_agent(replace(MO, may_reply=False)))

    async def _keeps_back(self, tasks: Sequence[Task]) -> dict[ReplyId, Unread]:
        await self.reread()
        if self.connector.pulls < self.deaf_after:
            return {}
        return {task.reply_id: Unread(DEAF, self.clock.now()) for task in tasks}

    @property
    def public(self) -> list[str]:
        """What the brand published."""
        return [post.text for post in self.network.by_brand()]


@pytest.fixture
async def stage(office: Office) -> AsyncIterator[Stage]:
    """A reply that is due."""
    stage = Stage(office)
    await stage.queue()
    yield stage
    await stage.store.close()


@pytest.mark.parametrize(("seconds", "state"), [(1, ReplyState.SENT), (60, ReplyState.SENDING)])
async def test_a_process_that_was_paused_before_the_request_was_written_publishes_nothing(
    stage: Stage, seconds: float, state: ReplyState
) -> None:
    stage.connector.seconds = seconds
    after = await stage.send()

    assert (after.state, after.looks) == (state, 0)
    assert len(stage.public) == (state is ReplyState.SENT)


async def test_a_reply_that_is_edited_in_the_last_look_waits_for_its_fresh_hold(stage: Stage) -> None:
    async def edited(*_: Any) -> None:
        def change(tx: Tx) -> None:
            reply = tx.replies.get(stage.reply.id)
            case = tx.cases.get(stage.reply.case_id)
            assert reply is not None
            assert case is not None
            replies.change_text(tx, case, reply, MO, Words("Sorry, on its way!"))

        await stage.office.transactions(stage.store, stage.clock).do(change)
        stage.reread = as_before

    stage.reread = edited
    after = await stage.send()

    assert (after.state, after.send_after) == (ReplyState.QUEUED, NOW + 15 * SECOND)
    assert stage.public == []

    stage.clock.turn(seconds=15)
    after = await stage.send()

    assert after.state is ReplyState.SENT
    assert stage.public == ["Sorry, on its way! ^MK"]


async def test_a_reply_that_is_held_in_the_last_look_waits_for_a_person(stage: Stage) -> None:
    async def blocked(*_: Any) -> None:
        await stage.put(blocked=say("hold.slip"))
        stage.reread = as_before

    stage.reread = blocked
    after = await stage.send()

    assert (after.state, after.blocked) == (ReplyState.QUEUED, say("hold.slip"))
    assert stage.public == []


async def test_while_the_desk_is_silent_neither_it_nor_the_network_is_asked(stage: Stage) -> None:
    stage.deaf_after = 0
    await stage.send()

    assert (stage.asked, stage.connector.pulls) == ([], 0)


async def test_a_desk_that_falls_silent_during_the_last_look_keeps_the_reply_back(stage: Stage) -> None:
    stage.deaf_after = 1
    after = await stage.send()

    assert after.state is ReplyState.QUEUED
    assert stage.public == []

    stage.deaf_after = inf
    after = await stage.send()

    assert after.state is ReplyState.SENT
    assert len(stage.public) == 1


async def test_who_became_a_guest_during_the_hold_publishes_nothing(stage: Stage) -> None:
    stage.is_guest = True
    after = await stage.send()

    assert after.blocked == say("hold.not_member", agent=MO.name)
    assert stage.public == []


@pytest.mark.parametrize(
    ("trouble", "why"),
    [(DeskRefused("account_inactive"), "unread.who_refused"), (DeskBusy(NOW + 9 * SECOND), "unread.who")],
)
async def test_while_the_desk_does_not_say_who_wrote_it_a_reply_waits(
    stage: Stage, trouble: DeskError, why: str
) -> None:
    stage.trouble = trouble
    waiting = await stage.send()
    stage.trouble = None
    stage.clock.turn(seconds=30)
    after = await stage.send()

    assert (waiting.state, waiting.failure and waiting.failure.key) == (ReplyState.QUEUED, why)
    assert waiting.send_after > NOW
    assert after.state is ReplyState.SENT


@pytest.mark.parametrize("seconds", [1, 11, 90])
async def test_a_desk_that_names_the_time_is_asked_again_at_that_time(stage: Stage, seconds: int) -> None:
    await stage.put(send_after=NOW - 60 * SECOND)
    stage.trouble = DeskBusy(NOW + seconds * SECOND)
    waiting = await stage.send()

    assert waiting.send_after == NOW + seconds * SECOND


async def test_a_desk_that_names_a_time_far_off_is_asked_before_it(stage: Stage) -> None:
    stage.trouble = DeskBusy(NOW + 3600 * SECOND)
    waiting = await stage.send()

    assert waiting.send_after == NOW + LONGEST


async def test_while_the_desk_does_not_say_who_wrote_it_the_network_is_not_looked_at(stage: Stage) -> None:
    stage.trouble = DeskBusy(NOW + 9 * SECOND)
    await stage.send()

    assert stage.connector.pulls == 0


@pytest.mark.parametrize(
    ("ahead", "asked", "again_at"),
    [
        (15 * SECOND, [MO.id], NOW + 15 * SECOND),
        (AHEAD, [MO.id], NOW + AHEAD),
        (AHEAD + SECOND, [], NOW + SECOND),
    ],
)
async def test_who_wrote_a_reply_is_asked_before_its_time(
    stage: Stage, ahead: timedelta, asked: list[AgentId], again_at: datetime
) -> None:
    await stage.put(send_after=NOW + ahead)
    await stage.send()

    assert (stage.asked, stage.again_at) == (asked, again_at)
    assert stage.public == []


async def test_nobody_is_asked_about_who_wrote_what_waits_for_a_person(stage: Stage) -> None:
    await stage.put(send_after=NOW + SECOND, blocked=say("hold.slip"))
    await stage.send()

    assert stage.asked == []
