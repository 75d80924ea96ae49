"""The scene on which the demo opens: three cases, brought about by customers and agents as any other."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp

if TYPE_CHECKING:
    from bot.sandbox.world import World

_SCRIPT = Path(__file__).with_suffix(".toml")
#: How long the people who live here have been there when the scene begins.
_SETTLED = timedelta(days=2)
#: How long anybody in the scene waits for the bot, in seconds, and how often they look.
_PATIENCE = 60.0
_GLANCE = 0.1

T = TypeVar("T")


class Clock:
    """The clock of the sandbox's world: the demo's, put back while what happened earlier is told."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.behind = timedelta()

    def __call__(self) -> datetime:
        """This moment, or the one that is being told of."""
        return self._now() - self.behind


@dataclass(frozen=True)
class Part:
    """What one customer and one agent do; the fields are explained in scene.toml."""

    customer: str
    minutes: float
    post: str
    open: bool = False
    agent: str = ""
    private: bool = False
    reply: str = ""


class Scene:
    """Plays the scene once in a world where nothing was said yet.

    `World` must have been made with `clock` set back by `settle`. A customer's post is as old as the script
    says, as if the bot had been away; whatever agents do, they do now, and through Slack's own doors.
    """

    def __init__(self, clock: Clock, language: str) -> None:
        self._clock = clock
        script = tomllib.loads(_SCRIPT.read_text("utf-8"))
        self._parts = [Part(**part) for part in script[language]]

    def settle(self) -> None:
        """Put the clock back, for the people who have lived here for some time."""
        self._clock.behind = _SETTLED

    def before(self, world: World) -> None:
        """Let the clock be right, and the people be as the script has them."""
        self._clock.behind = timedelta()
        for part in self._parts:
            if part.open:
                world.x.update_person(_customer(world, part), open_dms=True)

    async def play(self, world: World) -> None:
        """Let the customers post and the agents work. Raises TimeoutError when the bot does not answer."""
        for part in self._parts:
            self._clock.behind = timedelta(minutes=part.minutes)
            world.x.post(_customer(world, part), part.post.format(brand=world.brand.handle))
        self._clock.behind = timedelta()
        async with aiohttp.ClientSession() as http, asyncio.timeout(_PATIENCE):
            agents = (_Agent(world, http, part) for part in self._parts if part.agent)
            await asyncio.gather(*(agent.work() for agent in agents))


def _customer(world: World, part: Part) -> str:
    customer = world.x.world.by_handle(part.customer)
    assert customer is not None, f"@{part.customer} is not among the sandbox's people"
    return customer.id


class _Agent:
    """One agent of the scene, who claims a case and answers it."""

    def __init__(self, world: World, http: aiohttp.ClientSession, part: Part) -> None:
        self._world = world
        self._http = http
        self._part = part
        users = world.slack.workspace.users.values()
        self._user = next(user for user in users if user.name == part.agent)

    async def work(self) -> None:
        """Claim, go private where the script says so, answer, and send the answer at once."""
        words = self._part.post.format(brand=self._world.brand.handle)
        thread = self._world.slack.workspace.replies
        card = await _until(lambda: self._said(words))
        await self._ask("reactions.add", timestamp=card, name="eyes")
        await _until(lambda: self._shows(card, self._user.name))
        if self._part.private:
            await self._ask("reactions.add", timestamp=card, name="lock")
            await _until(lambda: self._offers([card], "public"))
            await _until(
                lambda: thread(self._world.channel, card)
            )  # says that replies go privately from now on
        reply = await self._ask("chat.postMessage", thread_ts=card, text=self._part.reply)
        await _until(lambda: self._offers(thread(self._world.channel, card), "send_now"))
        await self._ask("reactions.add", timestamp=reply["ts"], name="rocket")

    def _said(self, words: str) -> str:
        """The ts of the bot's card that holds these words; empty while there is none."""
        timeline = self._world.slack.workspace.timeline(self._world.channel)
        return next((ts for ts in timeline if self._shows(ts, words) and self._offers([ts], "claim")), "")

    def _shows(self, ts: str, words: str) -> bool:
        return words in str(self._fields(ts).get("text", ""))

    def _offers(self, messages: list[str], action: str) -> bool:
        """Whether one of these messages has a button for it."""
        blocks = (block for ts in messages for block in self._fields(ts).get("blocks") or ())
        buttons = (piece for block in blocks for piece in block.get("elements", ()))
        return any(str(button.get("action_id", "")).partition(":")[0] == action for button in buttons)

    def _fields(self, ts: str) -> dict[str, Any]:
        message = self._world.slack.workspace.message(self._world.channel, ts)
        return {} if message is None else message.fields

    async def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A call of Slack's Web API in this agent's name."""
        url = f"{self._world.base_url}/slack/api/{method}"
        headers = {"Authorization": f"Bearer {self._user.token}"}
        body = {"channel": self._world.channel, **arguments}
        async with self._http.post(url, json=body, headers=headers) as response:
            return dict(await response.json())


async def _until(ask: Callable[[], T]) -> T:
    while not (answer := ask()):  # noqa: ASYNC110  # what is waited for is what the bot does, which sets no event
        await asyncio.sleep(_GLANCE)
    return answer
