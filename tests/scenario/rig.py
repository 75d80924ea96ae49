"""The whole product against the whole sandbox, over real sockets: what scenario tests drive and look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bot import bootstrap
from bot.bootstrap import Bot
from bot.config import parse
from bot.sandbox import tryout
from bot.sandbox.world import World

T = TypeVar("T")
Json = dict[str, Any]

#: Generous, so that a loaded machine does not fail a test; a test that waits this long has found a fault.
PATIENCE = 15.0


@dataclass(frozen=True)
class Person:
    """An agent in Slack or a customer on X, with the token that speaks for them."""

    id: str
    name: str
    token: str


class Rig:
    """A world, and a bot that can be started, stopped and started again on the same database."""

    def __init__(self, world: World, directory: Path, http: aiohttp.ClientSession) -> None:
        self.world = world
        self.directory = directory
        self.http = http
        self.bot: Bot | None = None
        #: app.yaml as the bot gets it; a test may change it before `start`.
        self.app_yaml = ""
        told = world.description()
        self.slack_url: str = told["slack"]["api_url"]
        self.x_url: str = told["x"]["api_url"]
        self.channel: str = told["slack"]["channel"]
        self.brand = Person(
            told["x"]["brand"]["id"], told["x"]["brand"]["handle"], told["x"]["brand"]["token"]
        )
        self.agents = [Person(a["id"], a["name"], a["token"]) for a in told["slack"]["agents"]]
        self.customers = [Person(c["id"], c["handle"], c["token"]) for c in told["x"]["customers"]]

    async def start(self) -> None:
        """Start the bot with `app_yaml`."""
        secrets = tryout.secrets(self.world.description())
        config = parse(self.app_yaml, "app.yaml", secrets, bootstrap.network_terms())
        self.bot = await bootstrap.open_bot(config)

    async def stop(self) -> None:
        """Stop the bot, if it runs."""
        if self.bot is not None:
            await self.bot.close()
            self.bot = None

    # The agents' side

    async def slack(self, who: Person, method: str, **arguments: Any) -> Json:
        """Call Slack's Web API as a person. Returns the answer, also when it is an error."""
        headers = {"Authorization": f"Bearer {who.token}"}
        form = {name: str(value) for name, value in arguments.items()}
        async with self.http.post(self.slack_url + method, data=form, headers=headers) as response:
            answer: Json = await response.json()
            return answer

    async def write(self, who: Person, thread: str, text: str) -> str:
        """Write in a thread; returns the message's ts."""
        answer = await self.slack(who, "chat.postMessage", channel=self.channel, thread_ts=thread, text=text)
        assert answer["ok"], answer
        return str(answer["ts"])

    async def edit(self, who: Person, ts: str, text: str) -> None:
        """Edit one's message."""
        answer = await self.slack(who, "chat.update", channel=self.channel, ts=ts, text=text)
        assert answer["ok"], answer

    async def delete(self, who: Person, ts: str) -> None:
        """Delete one's message."""
        answer = await self.slack(who, "chat.delete", channel=self.channel, ts=ts)
        assert answer["ok"], answer

    async def react(self, who: Person, ts: str, name: str) -> None:
        """Put a reaction on a message."""
        answer = await self.slack(who, "reactions.add", channel=self.channel, timestamp=ts, name=name)
        assert answer["ok"], answer

    async def unreact(self, who: Person, ts: str, name: str) -> None:
        """Take one's reaction away."""
        answer = await self.slack(who, "reactions.remove", channel=self.channel, timestamp=ts, name=name)
        assert answer["ok"], answer

    async def channel_messages(self) -> list[Json]:
        """The channel's own messages, oldest first."""
        answer = await self.slack(self.agents[0], "conversations.history", channel=self.channel, limit=200)
        return list(reversed(answer["messages"]))

    async def thread(self, ts: str) -> list[Json]:
        """A thread's messages, the card first."""
        answer = await self.slack(
            self.agents[0], "conversations.replies", channel=self.channel, ts=ts, limit=200
        )
        return list(answer["messages"])

    async def said_in(self, ts: str) -> list[str]:
        """What the bot said in a thread, the card aside."""
        me = self.world.slack.bot.id
        return [message["text"] for message in (await self.thread(ts))[1:] if message.get("user") == me]

    async def card_text(self, ts: str) -> str:
        """The card as a screen reader gets it."""
        return str((await self.thread(ts))[0]["text"])

    # The customers' side

    async def x(self, who: Person, method: str, path: str, **body: Any) -> Json:
        """Call X's API as a person."""
        headers = {"Authorization": f"Bearer {who.token}"}
        asked, sent = (body, None) if method == "GET" else (None, body)
        url = self.x_url + path
        async with self.http.request(method, url, headers=headers, params=asked, json=sent) as response:
            answer: Json = await response.json()
            return answer

    async def post(self, who: Person, text: str, in_reply_to: str = "") -> str:
        """Post on X; returns the post's id. "@brand" in the text becomes the brand's handle."""
        body: Json = {"text": text.replace("@brand", "@" + self.brand.name.lstrip("@"))}
        if in_reply_to:
            body["reply"] = {"in_reply_to_tweet_id": in_reply_to}
        answer = await self.x(who, "POST", "/2/tweets", **body)
        assert "data" in answer, answer
        return str(answer["data"]["id"])

    async def replies_to(self, post_id: str) -> list[str]:
        """The brand's public replies directly under a post, oldest first, without the added mention."""
        found = [
            post
            for post in self.world.x.posts
            if post.author_id == self.brand.id and post.in_reply_to == post_id
        ]
        return [post.text for post in found]

    def published(self) -> list[str]:
        """Every public post of the brand."""
        return [post.text for post in self.world.x.posts if post.author_id == self.brand.id]

    # Waiting

    async def until(self, ask: Callable[[], Awaitable[T]], patience: float = PATIENCE) -> T:
        """Ask until the answer is true in Python's sense, and return it."""
        async with asyncio.timeout(patience):
            while not (answer := await ask()):
                await asyncio.sleep(0.02)
        return answer

    async def card(self, words: str) -> str:
        """The ts of the card that shows these words; waits for it."""

        async def find() -> str:
            for message in await self.channel_messages():
                if words in message.get("text", "") and "thread_ts" not in message.get("parent", {}):
                    return str(message["ts"])
            return ""

        return await self.until(find)

    async def card_shows(self, ts: str, words: str) -> None:
        """Wait until a card shows these words."""

        async def shown() -> bool:
            return words in await self.card_text(ts)

        await self.until(shown)

    async def hears(self, ts: str, words: str) -> str:
        """Wait until the bot says these words in a thread; returns the whole message."""

        async def heard() -> str:
            return next((text for text in await self.said_in(ts) if words in text), "")

        return await self.until(heard)

    async def reply_under(self, post_id: str) -> str:
        """Wait for the brand's public reply under a post; returns its text."""

        async def found() -> list[str]:
            return await self.replies_to(post_id)

        return (await self.until(found))[0]

    async def settle(self, seconds: float) -> None:
        """Give what should not happen the time to happen."""
        await asyncio.sleep(seconds)

    async def claimed_case(self, words: str = "my parcel is lost") -> tuple[str, str, Person]:
        """A mention whose card the first agent has claimed: its post id, the card's ts, the agent."""
        post_id = await self.post(self.customers[0], f"@brand {words}")
        ts = await self.card(words)
        agent = self.agents[0]
        await self.react(agent, ts, "eyes")
        await self.card_shows(ts, agent.name)
        return post_id, ts, agent


@asynccontextmanager
async def open_rig(directory: Path, *, hold: str = "1s", start: bool = True) -> AsyncIterator[Rig]:
    """A rig with a quick hold and polling, the bot started unless told otherwise."""
    world = World(None)
    # A test looks at X more often than a team would; the limits themselves have tests of their own.
    world.x.limits.per_user["GET /2/users/:id/mentions"] = 100_000
    await world.start(0)
    async with aiohttp.ClientSession() as http:
        rig = Rig(world, directory, http)
        text = tryout.app_yaml(world.description(), directory, "en")
        rig.app_yaml = text.replace("hold: 5s", f"hold: {hold}").replace("poll_every: 4s", "poll_every: 1s")
        try:
            if start:
                await rig.start()
            yield rig
        finally:
            await rig.stop()
            await world.stop()
