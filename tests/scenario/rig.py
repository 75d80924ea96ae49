"""The whole product against the whole sandbox, over real sockets: what scenario tests drive and look at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
import pytest_asyncio

from bot import bootstrap
from bot.bootstrap import Bot
from bot.config import Config, parse
from bot.outbox import queue
from bot.sandbox import tryout
from bot.sandbox.slack import AppSettings
from bot.sandbox.world import World
from bot.sandbox.x.model import utcnow
from bot.slack import catch_up, pace, receiver
from bot.slack.manifest import manifest
from bot.ticks import send
from storage.watched import marker_of
from tests.memory import put_ready
from tests.scenario.sides import Json, Person, Sides, buttons_of, labels_of

T = TypeVar("T")

#: Generous, so that a loaded machine does not fail a test; a test that waits this long has found a fault.
PATIENCE = 15.0
#: A hold that does not end during a test: what is to go out is sent by hand.
LONG = "5m"
#: The targets where they do not matter: no case is flagged during a test.
USUAL = "{first_reply: 1h, next_reply: 1h, warn_before: 15m}"
#: What a customer and an agent write where it matters only that they wrote.
LOST = "my parcel is lost"
WORDS = "Sorry! We look for it at once."


@dataclass(frozen=True)
class Claimed:
    """A case that somebody has: the post it began with, its card, and who is in it."""

    post_id: str
    ts: str
    agent: Person
    customer: Person


class Rig(Sides):
    """A world, and a bot that can be started, stopped and started again on the same database."""

    def __init__(self, world: World, directory: Path, http: aiohttp.ClientSession) -> None:
        super().__init__(world, http)
        self.directory = directory
        self.bot: Bot | None = None
        #: app.yaml as the bot gets it; a test may change it before `start`.
        self.app_yaml = ""
        #: What app.yaml names of the environment beside the secrets of the sandbox.
        self.secrets: dict[str, str] = {}
        #: The last word on the configuration, for what app.yaml does not allow.
        self.adjust: Callable[[Config], Config] = lambda config: config
        #: How much each agent had been whispered before their last press.
        self._whispers: dict[str, int] = {}

    async def start(self) -> None:
        """Start the bot with `app_yaml`."""
        file = self.directory / "webcare.db"
        if not file.exists() and not marker_of(file).exists():
            put_ready(file)
        secrets = {**tryout.secrets(self.world.description()), **self.secrets}
        config = parse(self.app_yaml, "app.yaml", secrets, bootstrap.network_terms())
        self.bot = await bootstrap.open_bot(self.adjust(config))

    async def stop(self) -> None:
        """Stop the bot, if it runs."""
        if self.bot is not None:
            await self.bot.close()
            self.bot = None

    # Waiting

    async def until(
        self, ask: Callable[[], Awaitable[T]], otherwise: str = "", patience: float = PATIENCE
    ) -> T:
        """Ask until the answer is true in Python's sense, and return it; `otherwise` says what is wrong."""
        try:
            async with asyncio.timeout(patience):
                pause = (
                    0.005  # most answers are a few milliseconds away; what takes longer is asked less often
                )
                while not (answer := await ask()):
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, 0.04)
        except TimeoutError:
            raise AssertionError(otherwise or f"not true within {patience:g} seconds") from None
        return answer

    async def card(self, words: str) -> str:
        """The ts of the card that shows these words; waits for it."""

        async def find() -> str:
            messages = await self.channel_messages()
            return next((str(m["ts"]) for m in messages if words in m.get("text", "")), "")

        return await self.until(find, f"no card shows {words!r}")

    async def card_shows(self, ts: str, words: str) -> None:
        """Wait until a card shows these words."""

        async def shown() -> bool:
            return words in await self.card_text(ts)

        try:
            await self.until(shown)
        except AssertionError:
            raise AssertionError(f"{words!r} is not on the card:\n{await self.card_text(ts)}") from None

    async def hears(self, ts: str, words: str) -> str:
        """Wait until the bot says these words in a thread; returns the whole message."""
        return str((await self.line(ts, words))["text"])

    async def line(self, ts: str, words: str) -> Json:
        """Wait until a message of the bot in a thread shows these words; returns that message."""

        async def heard() -> Json | None:
            return next((m for m in await self.by_bot(ts) if words in m["text"]), None)

        try:
            found = await self.until(heard)
        except AssertionError:
            said = "\n".join(await self.said_in(ts))
            raise AssertionError(f"{words!r} is not in the thread:\n{said}") from None
        assert found is not None
        return found

    async def delivered(self) -> None:
        """Wait until the bot has acknowledged, and so committed, all that Slack told it."""

        async def quiet() -> bool:
            return self.world.slack.undelivered == 0

        await self.until(quiet, "the bot does not acknowledge")

    @asynccontextmanager
    async def redraw(self, ts: str) -> AsyncIterator[None]:
        """Wait, after what is done inside, until the bot has drawn a message anew."""
        drawn = asyncio.Event()

        def notice(event: Json) -> None:
            if event.get("subtype") == "message_changed" and event["message"]["ts"] == ts:
                drawn.set()

        unsubscribe = self.world.slack.subscribe(notice)
        try:
            yield
            await asyncio.wait_for(drawn.wait(), PATIENCE)
        finally:
            unsubscribe()

    async def write(self, who: Person, thread: str, text: str) -> str:
        """Write as usual; `whisper` waits for what is shown from now on."""
        self._whispers[who.id] = len(self.whispered(who))
        return await super().write(who, thread, text)

    async def whisper(self, who: Person, words: str) -> str:
        """Wait until only this agent is shown these words after their last deed; returns the message."""

        async def heard() -> str:
            since = self._whispers.get(who.id, 0)
            return next((text for text in self.whispered(who)[since:] if words in text), "")

        return await self.until(heard, f"nothing like {words!r} was whispered to {who.name}")

    async def marked(self, ts: str, name: str, present: bool = True) -> None:
        """Wait until the bot's own reaction stands on a message, or is gone."""
        me = self.world.slack.bot.id

        async def stands() -> bool:
            reactions = (await self.message(ts)).get("reactions", ())
            return any(r["name"] == name and me in r["users"] for r in reactions) is present

        await self.until(stands, f"the mark {name} on {ts} is not {present}")

    async def reply_under(self, post_id: str) -> str:
        """Wait for the brand's public reply under a post; returns its text."""

        async def found() -> list[str]:
            return await self.replies_to(post_id)

        return (await self.until(found, f"the brand did not answer {post_id}"))[0]

    async def settle(self, seconds: float) -> None:
        """Give what should not happen the time to happen."""
        await asyncio.sleep(seconds)

    # What takes waiting

    async def press(self, who: Person, ts: str, label: str) -> None:
        """Press the button of this label on a message; waits until it is there."""
        self._whispers[who.id] = len(self.whispered(who))
        found = await self.until(lambda: self._button(ts, label), f"no button {label!r} on {ts}")
        answer = await self.world.slack.press(who.id, self.channel, ts, found)
        assert not answer.error, answer

    async def _button(self, ts: str, label: str) -> str:
        message = await self.message(ts)
        return next((b["action_id"] for b in buttons_of(message) if b["text"]["text"] == label), "")

    # Beginnings that many tests share

    async def new_case(self, words: str) -> tuple[str, str, Person]:
        """A mention by a new customer: its post id, the card's ts, the customer."""
        customer = self.new_customer()
        post_id = await self.post(customer, f"@brand {words}")
        return post_id, await self.card(f"@{customer.name} ·"), customer

    async def claimed(self, words: str, agent: Person | None = None) -> Claimed:
        """A mention by a new customer whose card an agent (the first unless told otherwise) has claimed."""
        who = agent or self.agents[0]
        post_id, ts, customer = await self.new_case(words)
        await self.react(who, ts, "eyes")
        await self.card_shows(ts, who.name)
        return Claimed(post_id, ts, who, customer)

    async def queued(self, case: Claimed, text: str) -> tuple[str, Json]:
        """A reply of the assignee that waits for its time: the message's ts, and the bot's line about it."""
        known = {m["ts"] for m in await self.by_bot(case.ts)}
        message_ts = await self.write(case.agent, case.ts, text)

        async def new_line() -> Json | None:
            lines = [m for m in await self.by_bot(case.ts) if "Stop" in labels_of(m)]
            return next((m for m in lines if m["ts"] not in known), None)

        line = await self.until(new_line, f"no line about {text!r}")
        assert line is not None
        return message_ts, line

    async def answered(self, case: Claimed, text: str = "We look into it.") -> tuple[str, str]:
        """A reply of the assignee that is public: the message's ts, and the ts of the line about it."""
        message_ts, line = await self.queued(case, text)
        await self.press(case.agent, line["ts"], "Send now")
        await self.line(case.ts, "Posted as")
        return message_ts, str(line["ts"])


@asynccontextmanager
async def open_rig(
    directory: Path,
    *,
    hold: str = "1s",
    start: bool = True,
    brisk: bool = False,
    kept: Path | None = None,
    clock: Callable[[], datetime] = utcnow,
) -> AsyncIterator[Rig]:
    """A rig with a quick hold and polling, the bot started unless told otherwise.

    `brisk` looks at X seven times a second and posts as fast as the local Slack can: for tests of what
    happens, and not of how fast it may. The world lives by `clock`, in the folder `kept` if there is one.
    """
    # The app as its own manifest describes it: a scope or an event that it lacks fails here.
    world = World(kept, settings=AppSettings.from_manifest(manifest()), clock=clock)
    # A test looks at X more often than a team would; the limits themselves have tests of their own.
    for route in world.x.limits.per_user:
        world.x.limits.per_user[route] = 100_000
    await world.start(0)
    async with aiohttp.ClientSession() as http:
        rig = Rig(world, directory, http)
        text = tryout.app_yaml(world.description(), directory, "en")
        text = text.replace(tryout.TARGETS, USUAL).replace("poll_every: 2s", "poll_every: 1s")
        rig.app_yaml = text.replace(f"hold: {tryout.HOLD}", f"hold: {hold}")
        try:
            with _hurry(rig) if brisk else _no_hurry():
                if start:
                    await rig.start()
                yield rig
                idle = [fault.path for fault in world.faults.standing if not fault.struck]
                assert not idle, f"Faults were ordered and never struck: {idle}"
        finally:
            await rig.stop()
            await world.stop()


@contextmanager
def _no_hurry() -> Iterator[None]:
    yield


@contextmanager
def _hurry(rig: Rig) -> Iterator[None]:
    rig.world.slack.limits.enabled = False
    rig.adjust = _polling_often
    with pytest.MonkeyPatch.context() as patch:
        brisk = replace(pace.DESK_PACE, post_every=timedelta(milliseconds=10), call_every=timedelta(0))
        patch.setattr(pace, "DESK_PACE", brisk)
        patch.setattr(queue, "LOOK_AFTER", timedelta(milliseconds=200))
        patch.setattr(queue, "MEND_AFTER", timedelta(milliseconds=500))
        patch.setattr(send, "SOON", timedelta(milliseconds=20))
        patch.setattr(receiver, "_LOOK_EVERY", 1.0)
        patch.setattr(receiver, "_REST", 0.1)
        patch.setattr(pace, "EVERY", timedelta(milliseconds=10))
        patch.setattr(catch_up, "REST", timedelta(milliseconds=200))
        yield


def _polling_often(config: Config) -> Config:
    often = timedelta(milliseconds=150)  # each look costs 5 ms of a processor that other tests need too
    accounts = tuple(account.model_copy(update={"poll_every": often}) for account in config.accounts)
    return config.model_copy(update={"accounts": accounts})


def shared_rig(hold: str = LONG) -> Any:
    """A fixture: one brisk rig for all tests of a module, which must be marked with `in_one_loop`."""

    @pytest_asyncio.fixture(scope="module", loop_scope="module")
    async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
        async with open_rig(tmp_path_factory.mktemp("rig"), hold=hold, brisk=True) as opened:
            yield opened

    return rig


def own_rig(hold: str = "1s", *, start: bool = True, brisk: bool = True) -> Any:
    """A fixture: for each test a rig of its own, whose bot may be stopped and whose servers may be broken."""

    @pytest_asyncio.fixture
    async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
        async with open_rig(tmp_path, hold=hold, start=start, brisk=brisk) as opened:
            yield opened

    return rig


@pytest_asyncio.fixture
async def claimed_case(rig: Rig) -> Claimed:
    """A case that the first agent has claimed, for a module in which each test has a rig of its own."""
    return await rig.claimed(LOST)


#: The mark of a module whose tests share a rig: one event loop for all of them.
in_one_loop = pytest.mark.asyncio(loop_scope="module")
