"""Desks on a workbench: each with a room, people and trouble to order, behind the same handles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import aiohttp

from bot.cases import errors
from bot.cases.installation import Reactions
from bot.cases.model import Agent, AgentId, MessageRef
from bot.cases.pictures import CardPicture, LinePicture, SaidPicture
from bot.cases.ports import Clock, Desk
from bot.sandbox.faults import Fault
from bot.sandbox.slack.settings import DEFAULT_SETTINGS, AppSettings
from bot.slack.calls import client, open_session
from bot.slack.desk import SlackDesk
from bot.texts import Texts
from tests.fake_desk import FakeDesk
from tests.fakes import FakeClock
from tests.scenario.sandbox_slack import Bench as SlackBench
from tests.scenario.sandbox_slack import bench as slack_bench


class WallClock:
    """The present time: the local Slack lives in it."""

    speed = 1.0

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now().astimezone()


class Bench(Protocol):
    """One desk with a room, a colleague called "Maaike de Vries", a guest and a bot."""

    @property
    def clock(self) -> Clock: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def channel(self) -> str: ...
    @property
    def colleague(self) -> AgentId: ...
    @property
    def guest(self) -> AgentId: ...
    @property
    def bot(self) -> AgentId: ...

    async def shows(self, ref: MessageRef) -> str:
        """Something of what a message shows: the number of the case, the text of a reply, or the key said."""

    async def marks(self, ref: MessageRef) -> set[str]:
        """Our reactions on a message."""

    async def count(self, thread: MessageRef | None) -> int:
        """How many messages of ours are in the thread, or open one."""

    async def delete(self, ref: MessageRef) -> None:
        """Somebody deletes a message of ours."""

    def whispered(self) -> int:
        """How often the colleague was told something alone."""

    def be_busy(self, seconds: int) -> None:
        """Ask for patience at the next call that has an effect."""

    def lose_the_answer(self) -> None:
        """Let the next such call work without an answer."""


@dataclass
class OnFake:
    """The fake desk."""

    clock: FakeClock
    desk: FakeDesk
    channel: str
    colleague: AgentId
    guest: AgentId
    bot: AgentId

    async def shows(self, ref: MessageRef) -> str:
        match self.desk.messages[ref].picture:
            case CardPicture(case=case):
                return f"case {case.id}"
            case LinePicture(reply=reply):
                return reply.text
            case SaidPicture(said=said):
                return said.key
            case _:
                return ""

    async def marks(self, ref: MessageRef) -> set[str]:
        return set(self.desk.messages[ref].reactions)

    async def count(self, thread: MessageRef | None) -> int:
        return len([message for message in self.desk.messages.values() if message.thread == thread])

    async def delete(self, ref: MessageRef) -> None:
        self.desk.delete(ref)

    def whispered(self) -> int:
        return len(self.desk.whispers)

    def be_busy(self, seconds: int) -> None:
        self.desk.refuse(errors.DeskBusy(self.clock.now() + timedelta(seconds=seconds)))

    def lose_the_answer(self) -> None:
        self.desk.lose_answers()


@dataclass
class OnSlack:
    """The desk in Slack, over a real socket to the local one."""

    clock: Clock
    desk: SlackDesk
    at: SlackBench
    guest: AgentId
    bot: AgentId

    @property
    def channel(self) -> str:
        return self.at.channel.id

    @property
    def colleague(self) -> AgentId:
        return AgentId(self.at.maaike.id)

    async def shows(self, ref: MessageRef) -> str:
        answer = await self.at.bot.conversations_replies(channel=ref.channel, ts=ref.ts, limit=1)
        return str(answer["messages"][0]["text"])

    async def marks(self, ref: MessageRef) -> set[str]:
        answer = await self.at.bot.reactions_get(channel=ref.channel, timestamp=ref.ts)
        return {reaction["name"] for reaction in answer["message"].get("reactions", ())}

    async def count(self, thread: MessageRef | None) -> int:
        if thread is None:
            return len(await self.at.messages())
        answer = await self.at.bot.conversations_replies(channel=self.channel, ts=thread.ts)
        return len(answer["messages"]) - 1

    async def delete(self, ref: MessageRef) -> None:
        await self.at.bot.chat_delete(channel=ref.channel, ts=ref.ts)

    def whispered(self) -> int:
        return len(self.at.slack.ephemerals(self.at.maaike.id))

    def be_busy(self, seconds: int) -> None:
        self.at.faults.order(
            Fault(
                "slack", r"/(chat|reactions)\.", "status", status=429, headers={"Retry-After": str(seconds)}
            )
        )

    def lose_the_answer(self) -> None:
        self.at.faults.order(Fault("slack", r"/(chat|reactions)\.", "drop", after_effect=True))


@asynccontextmanager
async def on_fake() -> AsyncIterator[OnFake]:
    """A fake desk with people."""
    clock = FakeClock()
    bench = OnFake(clock, FakeDesk(clock), "C1", AgentId("U1"), AgentId("U2"), AgentId("U3"))
    bench.desk.add_people(
        Agent(bench.colleague, "Maaike de Vries"),
        Agent(bench.guest, "Gast", may_reply=False),
        Agent(bench.bot, "robot", may_reply=False),
    )
    yield bench


@asynccontextmanager
async def on_slack(seconds: float = 20.0, settings: AppSettings = DEFAULT_SETTINGS) -> AsyncIterator[OnSlack]:
    """Slack's desk before a local Slack without rate limits; calls are given up after `seconds`."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with slack_bench(settings=settings) as at, open_session(timeout) as session:
        at.slack.limits.enabled = False
        guest, bot = at.slack.add_agent("Gast", restricted=True), at.slack.add_agent("robot", bot=True)
        clock = WallClock()
        desk = SlackDesk(
            client(at.slack.bot.token, f"{at.base}/api/", session),
            clock,
            Texts("en"),
            ZoneInfo("Europe/Amsterdam"),
            Reactions(),
            channels=["#webcare"],
            app_token=at.slack.app_token,
        )
        yield OnSlack(clock, desk, at, AgentId(guest.id), AgentId(bot.id))


DESKS: dict[str, Callable[[], AbstractAsyncContextManager[Bench]]] = {"fake": on_fake, "slack": on_slack}
