"""The people of the proof: customers and agents who work through stories that a seed has written."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.world import World
from bot.sandbox.x.problems import Problem
from tests.proof import desk_moves
from tests.proof.access import KICKED, REVOKED, SCOPE_LOST, WAYS, Access
from tests.proof.pace import HOLD
from tests.scenario.sides import Json, Person, Sides, buttons_of

#: How long a person waits for the bot before going on without it, in seconds.
PATIENCE = 6.0
#: How long for a card: where it is long in coming, on a busy machine or under Slack's limits, customers do
#: not write faster than it can answer.
CARD_PATIENCE = 30.0
#: What cannot be done at this moment is not done: the button is gone, the message is deleted, nobody answers.
_NOT_NOW = (AssertionError, LookupError, Problem, aiohttp.ClientError, ConnectionError, TimeoutError)


@dataclass
class Story:
    """One customer's matter and the agents who deal with it."""

    rng: random.Random
    number: int
    customer: Person
    #: Agents who claim; the onlooker never does, so nothing that the onlooker writes may ever be public.
    workers: list[Person]
    onlooker: Person
    post_id: str = ""
    card: str = ""
    #: The customer's posts that stand.
    posts: list[str] = field(default_factory=list)
    #: What workers wrote to be sent: ts -> who.
    written: dict[str, Person] = field(default_factory=dict)
    #: Who has tried to claim.
    reached: set[str] = field(default_factory=set)


class People:
    """Everybody outside the bot. What they write carries a word of its own, by which it is found anywhere:
    m… for mentions, r… for what may go out, n… for what must stay inside."""

    def __init__(self, world: World, http: aiohttp.ClientSession, seed: int, access: Access) -> None:
        self.sides = Sides(world, http)
        self._access = access
        self._world = world
        self._seed = seed
        self._stories = itertools.count(1)
        self._words = itertools.count(1)
        self._running: set[asyncio.Task[None]] = set()
        #: How often a customer edited or deleted a mention: trouble that people make.
        self.changed_mentions = 0
        self.reply_actions = 0
        self.done: list[str] = []
        self._cards: dict[str, str] = {}
        self._with_cards: list[Story] = []
        world.slack.subscribe(self._hear)

    def begin(self) -> None:
        """Let one more story begin."""
        task = asyncio.create_task(self._tell(next(self._stories)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    @property
    def busy(self) -> int:
        """How many stories are under way."""
        return len(self._running)

    async def finish(self, seconds: float) -> None:
        """Let the stories under way come to their end, or break them off."""
        if not self._running:
            return
        done, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for task in done:
            task.result()

    async def reply_everywhere(self) -> None:
        """In every thread somebody writes a reply, and claims the case before where nobody has it."""
        await asyncio.gather(*(self._reply_once_more(story) for story in self._with_cards))

    async def _reply_once_more(self, story: Story) -> None:
        with suppress(*_NOT_NOW):
            await self._reply(story)

    async def _tell(self, number: int) -> None:
        rng = random.Random(f"{self._seed}-{number}")
        agents = rng.sample(self.sides.agents, k=len(self.sides.agents))
        customer = self.sides.new_customer()
        story = Story(rng, number, customer, agents[:-1], agents[-1])
        await self._mention(story)
        with suppress(TimeoutError):
            story.card = await self._card(story)
        if story.card:
            self._with_cards.append(story)
            (first,) = rng.choices(_FIRST, _FIRST_WEIGHTS)
            for move in [*first, *rng.choices(_MOVES, weights=_WEIGHTS, k=rng.randint(3, 9))]:
                await asyncio.sleep(rng.uniform(0.0, 0.3))
                with suppress(*_NOT_NOW):
                    await move(self, story)
                    self.done.append(move.__name__.strip("_"))

    # What customers do

    async def _mention(self, story: Story) -> None:
        story.post_id = await self.sides.post(story.customer, f"@brand {self._word('m')} is lost")
        story.posts.append(story.post_id)

    async def _follow_up(self, story: Story) -> None:
        own = [p.id for p in self._world.x.posts if p.author_id == self.sides.brand.id]
        brand = [p for p in own if self._world.x.world.posts[p].in_reply_to in story.posts]
        under = story.rng.choice([*story.posts, *brand])
        text = f"@brand and {self._word('m')} too"
        story.posts.append(await self.sides.post(story.customer, text, in_reply_to=under))

    async def _private_message(self, story: Story) -> None:
        x = self._world.x
        x.direct_message(story.customer.id, self.sides.brand.id, f"between us {self._word('m')}")

    async def _edit_mention(self, story: Story) -> None:
        number = story.rng.choice(range(len(story.posts)))
        text = f"@{self.sides.brand.name} {self._word('m')} is lost, edited"
        story.posts[number] = self._world.x.edit(story.posts[number], text).id
        self.changed_mentions += 1

    async def _delete_mention(self, story: Story) -> None:
        self._world.x.delete(story.posts.pop(story.rng.choice(range(len(story.posts)))))
        self.changed_mentions += 1

    # What agents do

    async def _claim(self, story: Story) -> None:
        racers = story.workers if story.rng.random() < 0.3 else [story.rng.choice(story.workers)]
        story.reached |= {racer.id for racer in racers}
        tries = (self.sides.react(racer, story.card, "eyes") for racer in racers)
        await asyncio.gather(*tries, return_exceptions=True)
        await self._assignee(story)

    async def _claim_by_button(self, story: Story) -> None:
        who = story.rng.choice(story.workers)
        story.reached.add(who.id)
        await self._press(who, story.card, "claim")

    async def _reply(self, story: Story) -> None:
        who = await self._assignee(story)
        if who is None and story.rng.random() < 0.8:
            await self._claim(story)
            who = await self._assignee(story)
        who = who or story.rng.choice(story.workers)
        text = f"reply {self._word('r')} we look into it"
        story.written[await self.sides.write(who, story.card, text)] = who

    async def _reply_and_change(self, story: Story) -> None:
        await self._reply(story)
        ts, who = list(story.written.items())[-1]
        await asyncio.sleep(story.rng.choice((0.0, story.rng.uniform(0.0, 0.6))))
        if story.rng.random() < 0.5:
            await self.sides.delete(who, ts)
            return
        text = self._world.slack.workspace.message(self.sides.channel, ts)
        assert text is not None
        await self.sides.edit(who, ts, f"{text.fields['text']}, edited {story.rng.randrange(100)}")

    async def _internal(self, story: Story) -> None:
        if story.rng.random() < 0.5:
            await self.sides.write(
                story.rng.choice(story.workers), story.card, f"// {self._word('n')} inside"
            )
        else:
            await self.sides.write(story.onlooker, story.card, f"{self._word('n')} says the onlooker")

    async def _write_first(self, story: Story) -> None:
        """Write in a case that is nobody's, or somebody else's, and only then claim it: while the bot is
        away, unheard by it, or heard after the claim."""
        has_it = await self._assignee(story, 0.5)
        fresh = [who for who in story.workers if who != has_it and who.id not in story.reached]
        who = story.rng.choice(fresh)
        word = self._word("r")
        match story.rng.choice(("away", "lost", "late", "heard")):
            case "away":
                await self._access.until_away(1.5)
            case "lost":
                self._access.lose(word)
            case "late":
                self._access.hold_back(word, story.rng.uniform(0.1, 0.8))
        story.written[await self.sides.write(who, story.card, f"reply {word} before the claim")] = who
        takes_over = has_it is not None and story.rng.random() < 0.4
        if has_it is not None and not takes_over:
            await self.sides.write(has_it, story.card, "!release")
            await asyncio.sleep(story.rng.choice((0.0, 0.3)))
        story.reached.add(who.id)
        if story.rng.random() < 0.7:
            await self.sides.react(who, story.card, "eyes")
        else:
            await self._press(who, story.card, "claim")
        if takes_over:
            await asyncio.sleep(0.3)
            asked = {action: ts for ts, action in await self._buttons(story)}
            await self._press(who, asked["take_over"], "take_over")
        await asyncio.sleep(story.rng.choice((0.0, HOLD.total_seconds() * 2)))

    async def _delete_unseen(self, story: Story) -> None:
        """The bot can no longer read, and a reply that waits is deleted or edited."""
        await self._reply(story)
        ts, who = list(story.written.items())[-1]
        async with self._access.taken_away(story.rng.choice((KICKED, REVOKED, SCOPE_LOST))):
            await asyncio.sleep(story.rng.uniform(0.0, 0.1))
            if story.rng.random() < 0.7:
                await self.sides.delete(who, ts)
            else:
                await self.sides.edit(who, ts, f"reply {self._word('r')} unseen")
            await asyncio.sleep(story.rng.uniform(1, 3) * HOLD.total_seconds())

    async def _lose_the_channel(self, story: Story) -> None:
        """A reply waits, and the bot can do nothing for a while."""
        await self._reply(story)
        async with self._access.taken_away(story.rng.choice(WAYS)):
            await asyncio.sleep(story.rng.uniform(1, 3) * HOLD.total_seconds())

    async def _dotted(self, story: Story) -> None:
        """Words that look like thousands of addresses."""
        who = await self._assignee(story) or story.rng.choice(story.workers)
        letters = story.rng.choice(("a.", "1.2.", "a.a/"))
        await self.sides.write(who, story.card, f"{self._word('r')} " + letters * (2000 // len(letters)))

    async def _hurry(self, story: Story) -> None:
        ts, who = story.rng.choice(list(story.written.items()))
        await self.sides.react(who, ts, "rocket")

    async def _stop(self, story: Story) -> None:
        ts, who = story.rng.choice(list(story.written.items()))
        await self.sides.react(who, ts, "x")

    async def _press_a_line(self, story: Story) -> None:
        who = await self._assignee(story) or story.rng.choice(story.workers)
        ts, action = story.rng.choice(await self._buttons(story))
        await self._press(who, ts, action)

    async def _release(self, story: Story) -> None:
        who = await self._assignee(story)
        assert who is not None
        if story.rng.random() < 0.5:
            await self.sides.write(who, story.card, "!release")
        else:
            await self.sides.unreact(who, story.card, "eyes")

    async def _switch(self, story: Story) -> None:
        who = await self._assignee(story)
        assert who is not None
        text = story.rng.choice(["!dm", f"!dm reply {self._word('r')} in private", "!public", "!public"])
        await self.sides.write(who, story.card, text)

    async def _reply_and_switch(self, story: Story) -> None:
        await self._reply(story)
        who = list(story.written.values())[-1]
        await asyncio.sleep(story.rng.uniform(0.0, 0.2))
        await self.sides.write(who, story.card, story.rng.choice(["!dm", "!dm", "!public"]))

    async def _close(self, story: Story) -> None:
        await self.sides.react(story.rng.choice(story.workers), story.card, "white_check_mark")

    async def _dismiss(self, story: Story) -> None:
        await self.sides.write(story.rng.choice(story.workers), story.card, "!dismiss spam")

    # Finding one's way

    def _word(self, letter: str) -> str:
        return f"{letter}{self._seed}q{next(self._words)}"

    async def _card(self, story: Story) -> str:
        """The card of the story's mention, which shows its word; waited for."""
        word = self._world.x.world.posts[story.post_id].text.split()[1]
        async with asyncio.timeout(CARD_PATIENCE):
            while word not in self._cards:  # noqa: ASYNC110  # the bot sets no event
                await asyncio.sleep(0.05)
        return self._cards[word]

    def _hear(self, event: Json) -> None:
        """Keep the place of each card by the word of the mention on it."""
        ours = event["type"] == "message" and event.get("user") == self._world.slack.bot.id
        if ours and "thread_ts" not in event:
            for word in re.findall(r"\bm\d+q\d+\b", str(event.get("text", ""))):
                self._cards.setdefault(word, str(event["ts"]))

    async def _assignee(self, story: Story, patience: float = PATIENCE / 3) -> Person | None:
        """Whom the card names; waited for a little."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            message = self._world.slack.workspace.message(self.sides.channel, story.card)
            text = str(message.fields.get("text", "")) if message else ""
            found = next((w for w in story.workers if f"Claimed by {w.name}" in text), None)
            if found is not None:
                return found
            await asyncio.sleep(0.05)
        return None

    async def _buttons(self, story: Story) -> list[tuple[str, str]]:
        """The buttons below the bot's messages in a thread: the ts of the message, and what they do."""
        me = self._world.slack.bot.id
        said = [m for m in (await self.sides.thread(story.card))[1:] if m.get("user") == me]
        return [(m["ts"], b["action_id"]) for m in said for b in buttons_of(m) if "url" not in b]

    async def choose(self, who: Person, ts: str, action: str, level: str) -> None:
        """Choose in a menu of a card."""
        message = self._world.slack.workspace.message(self.sides.channel, ts)
        case = re.search(r"case (\d+)", str(message.fields.get("text", "")) if message else "")
        assert case is not None
        await self._world.slack.press(who.id, self.sides.channel, ts, action, value=f"{case[1]}:{level}")

    async def slash(self, who: Person, text: str) -> None:
        """Type behind the slash command; the bot may be dead."""
        await self._world.slack.slash(who.id, self.sides.channel, "/webcare", text)

    async def reply(self, story: Story, words: str) -> None:
        """A reply with these words behind its own."""
        who = await self._assignee(story)
        assert who is not None
        text = f"reply {self._word('r')} {words}"
        story.written[await self.sides.write(who, story.card, text)] = who

    async def _press(self, who: Person, ts: str, action: str) -> None:
        answer = await self._world.slack.press(who.id, self.sides.channel, ts, action)
        if not answer.error:
            self.reply_actions += 1


_TABLE: dict[Callable[[People, Story], Awaitable[None]], int] = {
    People._claim: 8,
    People._claim_by_button: 3,
    People._reply: 12,
    People._reply_and_change: 9,
    People._internal: 4,
    People._follow_up: 4,
    People._private_message: 2,
    People._edit_mention: 2,
    People._delete_mention: 2,
    People._write_first: 5,
    People._delete_unseen: 2,
    People._lose_the_channel: 1,
    People._dotted: 1,
    People._hurry: 2,
    People._stop: 1,
    People._press_a_line: 4,
    People._release: 2,
    People._switch: 3,
    People._reply_and_switch: 4,
    People._close: 2,
    People._dismiss: 1,
    desk_moves.wait: 3,
    desk_moves.set_priority: 3,
    desk_moves.go_away: 1,
    desk_moves.promise: 3,
    desk_moves.reopen: 2,
    desk_moves.keep: 1,
}
_MOVES, _WEIGHTS = list(_TABLE), list(_TABLE.values())
#: How the agents begin.
_FIRST: tuple[list[Callable[[People, Story], Awaitable[None]]], ...] = (
    [People._claim],
    [People._write_first],
    [],
)
_FIRST_WEIGHTS = (5, 3, 2)


def messages_of(world: World, channel: str) -> list[Json]:
    """Every message of a channel as Slack keeps it, with its metadata and reactions."""
    workspace = world.slack.workspace
    kept = (m for m in workspace.messages() if m.channel == channel)
    return sorted((workspace.shown(m, metadata=True) for m in kept), key=lambda m: str(m["ts"]))


def told_alone(world: World) -> dict[str, int]:
    """How often each member was shown something that nobody else saw."""
    return {user: len(world.slack.ephemerals(user)) for user in world.slack.workspace.users}
