"""A local Slack on a real port with clients for it: what the tests of the sandbox's Slack start from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.faults import Faults
from bot.sandbox.journal import Journal
from bot.sandbox.slack import AppSettings, Channel, LocalSlack, User
from bot.sandbox.slack.settings import DEFAULT_SETTINGS

Json = dict[str, Any]


@dataclass
class Bench:
    """A served local Slack with two agents, and the channel #webcare with them and the bot in it."""

    slack: LocalSlack
    base: str
    faults: Faults
    maaike: User
    tom: User
    channel: Channel
    #: The clients, each with the token of its member; without the retries that the SDK has on by default.
    bot: AsyncWebClient = field(init=False)
    as_maaike: AsyncWebClient = field(init=False)
    as_tom: AsyncWebClient = field(init=False)

    def __post_init__(self) -> None:
        self.bot = self.client(self.slack.bot.token)
        self.as_maaike = self.client(self.maaike.token)
        self.as_tom = self.client(self.tom.token)

    def client(self, token: str) -> AsyncWebClient:
        """A Web API client with this token."""
        return AsyncWebClient(token=token, base_url=f"{self.base}/api/", retry_handlers=[])

    async def say(self, text: str, *, who: AsyncWebClient | None = None, thread: str | None = None) -> str:
        """Post a text (as Maaike unless told otherwise) and return its ts."""
        answer = await (who or self.as_maaike).chat_postMessage(
            channel=self.channel.id, text=text, thread_ts=thread
        )
        return str(answer["ts"])

    async def messages(self, **arguments: Any) -> list[Json]:
        """What conversations.history gives the bot."""
        answer = await self.bot.conversations_history(channel=self.channel.id, **arguments)
        messages: list[Json] = answer["messages"]
        return messages


async def error_of(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    """The error code that a call is refused with."""
    with pytest.raises(SlackApiError) as refusal:
        await client.api_call(method, params=arguments)
    return str(refusal.value.response["error"])


@asynccontextmanager
async def serving(slack: LocalSlack, port: int = 0) -> AsyncIterator[str]:
    """Serve a local Slack under /slack, as the sandbox does; yields its address without a closing slash."""
    outer = web.Application()
    outer.add_subapp("/slack", slack.app())
    runner = web.AppRunner(outer)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        host, bound = runner.addresses[0][:2]
        yield f"http://{host}:{bound}/slack"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def bench(
    journal: Journal | None = None, settings: AppSettings = DEFAULT_SETTINGS, **options: Any
) -> AsyncIterator[Bench]:
    """A served local Slack with people in it."""
    faults = Faults()
    slack = LocalSlack(journal or Journal(None), faults, settings=settings, **options)
    maaike, tom = slack.add_agent("Maaike de Vries"), slack.add_agent("Tom Kramer")
    channel = slack.add_channel("webcare", [slack.bot.id, maaike.id, tom.id])
    async with serving(slack) as base:
        yield Bench(slack, base, faults, maaike, tom, channel)


@dataclass
class Listener:
    """A real Bolt app on a real socket that writes down what it hears."""

    app: AsyncApp
    handler: AsyncSocketModeHandler
    heard: list[Json] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)
    #: Set to let the listener fail, so that nothing is acknowledged.
    deaf: bool = False

    def events(self, kind: str) -> list[Json]:
        """The events of one type heard so far."""
        return [body["event"] for body in self.heard if body.get("event", {}).get("type") == kind]

    @property
    def interactions(self) -> list[Json]:
        """What was heard beside events: commands, presses, shortcuts, submissions."""
        return [body for body in self.heard if "event" not in body]

    async def until(self, there: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(seconds):
            while not there():  # noqa: ASYNC110  # what is waited for differs from test to test
                await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(
    bench: Bench, prepare: Callable[[AsyncApp], None] | None = None
) -> AsyncIterator[Listener]:
    """A Bolt app connected by Socket Mode that hears every event; `prepare` adds further listeners."""
    app = AsyncApp(client=bench.bot, process_before_response=True, ignoring_self_events_enabled=False)
    listener = Listener(app, AsyncSocketModeHandler(app, bench.slack.app_token, ping_interval=0.2))

    @app.middleware
    async def write_down(req: Any, body: Json, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        listener.heard.append(body)
        listener.retries.append("".join(req.headers.get("x-slack-retry-num", [])))
        if listener.deaf:
            raise RuntimeError("deaf on request")
        return await next()

    if prepare is not None:
        prepare(app)

    @app.event(re.compile(".*"))
    async def anything() -> None:
        """Acknowledge what no other listener takes."""

    await listener.handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    try:
        yield listener
    finally:
        await listener.handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
