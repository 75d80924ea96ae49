"""Entries on their way to the desk: what one process carries, it carries once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.cases import leases, targets
from bot.cases.model import Case, MessageRef
from bot.cases.outbox import Warn
from bot.cases.pictures import AlarmPicture, Picture
from bot.cases.tx import Tx
from bot.outbox import put
from bot.outbox.queue import LEAD
from bot.ticks.deliver import Deliver
from bot.work import alarms, turns
from bot.work.effects import OUTBOX
from tests.contract.samples import MINUTE, NOW, a_case, a_post, a_waiting_case
from tests.fake_desk import FakeDesk
from tests.fakes import FakeClock
from tests.memory import MemoryStore
from tests.unit.drawing import a_card
from tests.unit.office import MO, Office
from tests.unit.office import office as office


@dataclass
class Slow(FakeDesk):
    """A desk to which a message is under way until it is let."""

    let: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    async def say(self, channel: str, thread: MessageRef | None, picture: Picture, key: str) -> MessageRef:
        leases.check()
        self.asked += 1
        await self.let.wait()
        with leases.fenced(lambda: True):  # it was written before
            return await super().say(channel, thread, picture, key)


@dataclass
class Searching(FakeDesk):
    """A desk that takes its time to search, during which something happens."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def find(
        self, channel: str, thread: MessageRef | None, key: str, since: datetime
    ) -> MessageRef | None:
        found = await super().find(channel, thread, key, since)
        assert self.meanwhile is not None
        await self.meanwhile()
        return found


@pytest.fixture
async def store(office: Office) -> AsyncIterator[MemoryStore]:
    """One case whose card is to be posted."""
    made = MemoryStore()
    case = await made.do(lambda record: record.cases.add(a_case()))
    await made.do(lambda record: record.posts.add(a_post("1"), case.id, NOW))
    await office.transactions(made, FakeClock(NOW)).do(lambda tx: put.card(tx, case))
    yield made
    await made.close()


@pytest.mark.parametrize("hours", [0, 1])
async def test_a_clock_set_ahead_meanwhile_posts_no_card_twice(
    office: Office, store: MemoryStore, hours: int
) -> None:
    clock = FakeClock(NOW)
    desk = Slow(clock)
    deliver = Deliver(office.transactions(store, clock), OUTBOX, desk, clock)
    for _ in range(2):
        await deliver.run()
        for _ in range(5):
            await asyncio.sleep(0)
        clock.turn(hours=hours)
    desk.let.set()
    await deliver.drain(5)

    assert (desk.asked, len(desk.messages)) == (1, 1)


async def test_what_is_taken_a_little_early_goes_out_when_its_slot_opens(
    office: Office, store: MemoryStore
) -> None:
    desk = Slow(FakeClock(NOW))
    desk.let.set()
    deliver = Deliver(office.transactions(store, desk.clock), OUTBOX, desk, desk.clock)
    await store.do(lambda record: record.outbox.take_slot("C1", NOW + LEAD))
    await deliver.run()
    begun = time.monotonic()
    for _ in range(5):
        await asyncio.sleep(0)
    early = desk.asked
    await deliver.drain(5)

    assert (early, desk.asked) == (0, 1)
    assert time.monotonic() - begun >= LEAD.total_seconds() * 0.9


@pytest.mark.parametrize(("ahead", "waits"), [(timedelta(milliseconds=1), True), (timedelta(0), False)])
async def test_what_another_process_posts_is_waited_for_too(
    office: Office, store: MemoryStore, ahead: timedelta, waits: bool
) -> None:
    await store.do(lambda record: record.outbox.take_slot("C1", NOW + ahead))
    clock = FakeClock(NOW)
    deliver = Deliver(office.transactions(store, clock), OUTBOX, FakeDesk(clock), clock)

    assert await deliver.settle("C1", 1.5) is waits


@pytest.mark.parametrize(("taken", "posted"), [(True, 0), (False, 1)])
async def test_what_another_process_took_during_the_search_is_left_to_it(
    office: Office, store: MemoryStore, taken: bool, posted: int
) -> None:
    clock = FakeClock(NOW)
    transactions = office.transactions(store, clock)

    async def paused() -> None:
        clock.turn(seconds=60)
        if taken:
            await transactions.do(lambda tx: OUTBOX.take(tx, 9))

    desk = Searching(clock, meanwhile=paused)
    await transactions.do(lambda tx: OUTBOX.take(tx, 9), now=NOW - timedelta(minutes=1))
    deliver = Deliver(transactions, OUTBOX, desk, clock)
    await deliver.run()
    await deliver.drain(5)

    assert len(desk.messages) == posted


@pytest.mark.parametrize("stands", [True, False])
async def test_a_warning_that_is_over_and_may_stand_is_struck_out_where_it_stands_and_not_posted(
    office: Office, stands: bool
) -> None:
    store, clock = MemoryStore(), FakeClock(NOW)
    transactions = office.transactions(store, clock)
    desk = FakeDesk(clock)
    thread = await desk.open_thread("C1", a_card(), "card-1")

    def flagged(tx: Tx) -> Case:
        case = tx.cases.add(a_waiting_case(NOW - MINUTE, assignee=MO.id, thread=thread))
        tx.posts.add(a_post("1"), case.id, NOW)
        turns.flag(tx)
        return case

    def end(tx: Tx) -> None:
        current = tx.cases.get(case.id)
        assert current is not None
        alarms.follow(tx, tx.cases.save(targets.wait_no_more(current)))

    case = await transactions.do(flagged)
    taken = await transactions.do(lambda tx: OUTBOX.take(tx, 9))
    [warning] = [each for each in taken if isinstance(each.entry.effect, Warn)]
    if stands:
        assert warning.picture is not None
        await desk.say(warning.channel, warning.thread, warning.picture, warning.entry.key)
    await transactions.do(end)
    clock.turn(seconds=60)
    deliver = Deliver(transactions, OUTBOX, desk, clock)
    for _ in range(3):  # the card goes first
        await deliver.run()
        await deliver.drain(5)
        clock.turn(seconds=60)

    shown = [message.picture for message in desk.messages.values() if message.key == warning.entry.key]
    assert [picture.open for picture in shown if isinstance(picture, AlarmPicture)] == ([0] if stands else [])
    assert await transactions.do(lambda tx: tx.outbox.of_key(warning.entry.key)) is None
    await store.close()
