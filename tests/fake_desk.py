"""A desk in memory that keeps its messages, held to the same contract as Slack's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.cases import errors, leases
from bot.cases.model import Agent, AgentId, MessageRef
from bot.cases.outbox import Abilities, DeskPace
from bot.cases.pictures import CardPicture, Picture
from bot.cases.ports import Clock, Finding, Health
from bot.cases.said import Sentence


@dataclass(frozen=True)
class Message:
    """One message of ours as it stands."""

    ref: MessageRef
    thread: MessageRef | None
    key: str
    picture: Picture
    at: datetime
    reactions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Whisper:
    """Something that one agent was told."""

    channel: str
    thread: MessageRef | None
    agent: AgentId
    said: Sentence


@dataclass
class FakeDesk:
    """Rooms, the people in them, and what was posted there.

    Trouble is ordered beforehand: `refuse` lets the next calls fail before they do anything, `lose_answers`
    lets the next ones do their work and then raise `DeskUnclear`.
    """

    clock: Clock
    channels: set[str] = field(default_factory=lambda: {"C1"})
    people: dict[AgentId, Agent] = field(default_factory=dict)
    messages: dict[MessageRef, Message] = field(default_factory=dict)
    whispers: list[Whisper] = field(default_factory=list)
    takes: DeskPace = field(default_factory=DeskPace)
    can: Abilities = field(default_factory=Abilities)
    _refusals: list[errors.DeskError] = field(default_factory=list)
    _lost: int = 0
    _count: int = 0

    # --- what a test does and sees

    def refuse(self, *refusals: errors.DeskError) -> None:
        """Let the next calls fail with these, one each."""
        self._refusals.extend(refusals)

    def lose_answers(self, count: int = 1) -> None:
        """Let the next calls work without an answer."""
        self._lost += count

    def add_people(self, *people: Agent) -> None:
        """Let these be known."""
        self.people.update({person.id: person for person in people})

    def delete(self, ref: MessageRef) -> None:
        """Somebody deletes a message; below a first one nothing can be posted any more."""
        del self.messages[ref]

    def in_thread(self, thread: MessageRef) -> list[Message]:
        """What was posted in a thread, oldest first."""
        return [message for message in self.messages.values() if message.thread == thread]

    # --- the port

    async def check(self) -> Health:
        """Always well."""
        return Health((Finding("Fake desk", True, f"{len(self.channels)} channels"),))

    def pace(self) -> DeskPace:
        """How much it takes."""
        return self.takes

    def abilities(self) -> Abilities:
        """What it can do."""
        return self.can

    async def open_thread(self, channel: str, card: CardPicture, key: str) -> MessageRef:
        """Post a card."""
        return await self.say(channel, None, card, key)

    async def say(self, channel: str, thread: MessageRef | None, picture: Picture, key: str) -> MessageRef:
        """Post a message."""
        self._begin()
        if channel not in self.channels:
            raise errors.DeskClosed("channel_not_found")
        if thread is not None and thread not in self.messages:
            raise errors.MessageGone("thread_not_found")
        self._count += 1
        ref = MessageRef(channel, f"{self.clock.now().timestamp():.0f}.{self._count:06}")
        self.messages[ref] = Message(ref, thread, key, picture, self.clock.now())
        self._end()
        return ref

    async def redraw(self, ref: MessageRef, picture: Picture) -> None:
        """Draw a message anew."""
        self._begin()
        self.messages[ref] = replace(self._known(ref), picture=picture)
        self._end()

    async def mark(self, ref: MessageRef, reaction: str, present: bool) -> None:
        """Put or take away a reaction."""
        self._begin()
        message = self._known(ref)
        standing = message.reactions | {reaction} if present else message.reactions - {reaction}
        self.messages[ref] = replace(message, reactions=standing)
        self._end()

    async def whisper(self, channel: str, thread: MessageRef | None, agent: AgentId, said: Sentence) -> None:
        """Tell one agent."""
        self._begin()
        self.whispers.append(Whisper(channel, thread, agent, said))
        self._end()

    async def find(
        self, channel: str, thread: MessageRef | None, key: str, since: datetime
    ) -> MessageRef | None:
        """The message with this key."""
        self._begin()
        since -= timedelta(hours=2)
        found: Iterable[Message] = self.messages.values()
        here = (message for message in found if message.ref.channel == channel and message.thread == thread)
        return next((message.ref for message in here if message.key == key and message.at >= since), None)

    async def agent(self, agent_id: AgentId) -> Agent:
        """Who this is."""
        self._begin()
        return self.people.get(agent_id, Agent(agent_id, "?", may_reply=False))

    # --- trouble

    def _begin(self) -> None:
        leases.check()
        if self._refusals:
            raise self._refusals.pop(0)

    def _end(self) -> None:
        if self._lost:
            self._lost -= 1
            raise errors.DeskUnclear("the answer was lost")

    def _known(self, ref: MessageRef) -> Message:
        if ref not in self.messages:
            raise errors.MessageGone("message_not_found")
        return self.messages[ref]
