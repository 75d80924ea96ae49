"""Who somebody is: asked of the desk once, and once more before their words go out, as often as need be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from bot.cases.errors import DeskBusy, DeskRefused
from bot.cases.model import Agent, AgentId
from bot.slack.people import FRESH, KEPT, People
from tests.contract.samples import NOW, SECOND
from tests.fake_desk import FakeDesk
from tests.fakes import FakeClock
from tests.memory import MemoryStore
from tests.unit.office import ANN, MO, Office


@dataclass
class Slow(FakeDesk):
    """A desk that counts how often it is asked, and answers when it is let."""

    asked: list[AgentId] = field(default_factory=list)
    let: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: DeskBusy | DeskRefused | None = None

    async def agent(self, agent_id: AgentId) -> Agent:
        self.asked.append(agent_id)
        await self.let.wait()
        if self.trouble is not None:
            raise self.trouble
        return await super().agent(agent_id)


@dataclass
class Stage:
    clock: FakeClock
    desk: Slow
    people: People


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Mo and Ann, whom nobody has asked about yet."""
    clock, store = FakeClock(NOW), MemoryStore()
    desk = Slow(clock)
    desk.add_people(MO, ANN)
    desk.let.set()
    yield Stage(clock, desk, People(Office().transactions(store, clock), desk, clock))
    await store.close()


@pytest.mark.parametrize(("seconds", "times"), [(0, 1), (1.9, 1), (2, 2), (59, 2)])
async def test_before_words_go_out_only_an_answer_of_just_now_is_enough(
    stage: Stage, seconds: float, times: int
) -> None:
    await stage.people.agent(MO.id)
    stage.clock.turn(seconds=seconds)
    await stage.people.ask_again(MO.id)

    assert len(stage.desk.asked) == times


async def test_who_became_a_guest_is_one_as_soon_as_the_answer_is_old(stage: Stage) -> None:
    await stage.people.agent(MO.id)
    stage.desk.add_people(replace(MO, may_reply=False))
    stage.clock.turn(seconds=2)

    assert not (await stage.people.ask_again(MO.id)).may_reply


async def test_for_what_comes_in_an_older_answer_does(stage: Stage) -> None:
    await stage.people.agent(MO.id)
    stage.clock.at += KEPT - SECOND
    await stage.people.agent(MO.id)

    assert len(stage.desk.asked) == 1


async def test_however_many_replies_go_out_it_is_asked_once(stage: Stage) -> None:
    stage.desk.let.clear()
    asking = [asyncio.create_task(stage.people.ask_again(MO.id)) for _ in range(9)]
    for _ in range(5):
        await asyncio.sleep(0)
    stage.desk.let.set()
    answers = await asyncio.gather(*asking)

    assert ([agent.may_reply for agent in answers], stage.desk.asked) == ([True] * 9, [MO.id])


async def test_a_desk_that_wants_to_be_asked_later_is_left_alone_until_then(stage: Stage) -> None:
    stage.desk.trouble = DeskBusy(NOW + 9 * SECOND)
    untils = []
    for agent_id in (MO.id, ANN.id):
        with pytest.raises(DeskBusy) as raised:
            await stage.people.ask_again(agent_id)
        untils.append(raised.value.until)
    stage.desk.trouble = None
    stage.clock.turn(seconds=9)
    await stage.people.ask_again(ANN.id)

    assert untils == [NOW + 9 * SECOND] * 2
    assert stage.desk.asked == [MO.id, ANN.id]


async def test_meanwhile_a_fresh_answer_is_enough(stage: Stage) -> None:
    await stage.people.agent(ANN.id)
    stage.desk.trouble = DeskBusy(NOW + 9 * SECOND)
    with pytest.raises(DeskBusy):
        await stage.people.ask_again(MO.id)

    assert (await stage.people.ask_again(ANN.id)).may_reply


@pytest.mark.parametrize(
    ("seconds", "enough"), [(FRESH.total_seconds() - 1, True), (FRESH.total_seconds(), False)]
)
async def test_where_it_cannot_be_asked_now_an_answer_of_the_last_minute_is_enough(
    stage: Stage, seconds: float, enough: bool
) -> None:
    await stage.people.agent(MO.id)
    stage.clock.turn(seconds=seconds)
    stage.desk.trouble = DeskBusy(stage.clock.now() + 9 * SECOND)
    if enough:
        assert (await stage.people.ask_again(MO.id)).may_reply
    else:
        with pytest.raises(DeskBusy):
            await stage.people.ask_again(MO.id)


async def test_a_refusal_closes_nothing_to_others(stage: Stage) -> None:
    stage.desk.trouble = DeskRefused("account_inactive")
    with pytest.raises(DeskRefused):
        await stage.people.ask_again(MO.id)
    stage.desk.trouble = None

    assert (await stage.people.ask_again(ANN.id)).may_reply
