"""What Slack tells us: each event, press and command is parsed and handed to one piece of work."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from bot.cases.actions import Action, Verb, Via, refused
from bot.cases.model import Agent, AgentId, CaseId, MessageRef
from bot.cases.pictures import SaidPicture
from bot.cases.ports import Clock
from bot.cases.said import say
from bot.cases.tx import Tx
from bot.slack import scribe
from bot.slack.calls import DeskTime, stamp_of, taken_back
from bot.slack.early import Early
from bot.slack.manifest import FORMER, PRIVATE_SUFFIX
from bot.slack.message import Message, changed, hold_of, read, typed, word_in_channel
from bot.slack.people import People, remembered
from bot.transactions import Transactions
from bot.work import dispatch, doors, edits, new_thread, pictures, private, threads

log = logging.getLogger(__name__)

#: A member who is named behind the slash command; so many are asked about.
_NAMED = re.compile(r"<@([UW][A-Z0-9]+)")
_MOST_NAMED = 5


class Listeners:
    """The desk's ears. Every method returns only after what it did is committed; an exception means that
    nothing was, and that Slack must tell us again."""

    def __init__(
        self,
        transactions: Transactions,
        people: People,
        clock: Clock,
        workspace_url: str,
        early: Early,
        desk_time: DeskTime,
    ) -> None:
        """`workspace_url` is where the workspace has its own pages; links there do not help customers."""
        self._early = early
        self._workspace_host = urlsplit(workspace_url).hostname or ""
        self._transactions = transactions
        self._people = people
        self._clock = clock
        self._desk_time = desk_time
        self._orders: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def claim_name(self) -> str:
        """The reaction that claims."""
        return self._transactions.setup.installation.reactions.claim

    def claim_reaction(self, name: str) -> bool:
        """Whether this reaction, in whatever skin tone or alias, claims."""
        return scribe.canonical(name) == self.claim_name

    def in_order(self, event: Message) -> asyncio.Lock:
        """A lock that lets the events of one thread through in the order in which they came: each delivery
        runs in a task of its own, and a claim must not be overtaken by the reply that follows it."""
        message = event.get("message") or event.get("previous_message") or event
        item = event.get("item") or {}
        key = message.get("thread_ts") or item.get("ts") or message.get("ts") or ""
        return self._orders.setdefault(key, asyncio.Lock())

    async def message(self, event: Message, delivery: str) -> None:
        """A message, its edit or its deletion, in any channel the bot is in."""
        self._desk_time.heard(event.get("event_ts"))
        channel = event.get("channel", "")
        async with self.in_order(event):
            match event.get("subtype"):
                case None | "thread_broadcast" | "file_share":
                    await self.written(channel, event, delivery)
                case "message_changed" if (event.get("message") or {}).get("subtype") == "tombstone":
                    await self.card_gone(MessageRef(channel, event["message"].get("ts", "")), delivery)
                case "message_changed":
                    await self.edited(channel, changed(event), delivery)
                case "message_deleted":
                    await self._deleted(channel, event, delivery)

    async def written(self, channel: str, message: Message, delivery: str = "") -> None:
        """A message as Slack shows it now, delivered or read again after an outage."""
        written = read(channel, message, self._workspace_host)
        if delivery and written is None:
            await self._out_of_place(channel, message, delivery)
        if written is not None:
            await self._by_agent(
                channel,
                AgentId(message["user"]),
                delivery,
                lambda tx: threads.is_ours(tx, written.thread),
                lambda tx, agent: threads.take_message(tx, written, agent),
                written.ref.ts,
            )

    async def _out_of_place(self, channel: str, message: Message, delivery: str) -> None:
        """Answer a word for the bot that was typed in the channel, where there is no case to be about."""
        word, rest = word_in_channel(message)
        if not word:
            return

        def answer(tx: Tx, agent: Agent) -> None:
            if agent.may_reply:
                dispatch.carry_out(tx, doors.in_channel(channel, word, rest), agent)

        ours = self._transactions.setup.installation.channels()
        stamp = str(message.get("ts", ""))
        await self._by_agent(
            channel, AgentId(message["user"]), delivery, lambda _: channel in ours, answer, stamp
        )

    async def edited(self, channel: str, message: Message, delivery: str = "") -> None:
        """A message that its writer changed; link previews change messages too, but nobody edited those."""
        written = read(channel, message, self._workspace_host)
        if written is not None and written.edited:
            await self._by_agent(
                channel,
                AgentId(message["user"]),
                delivery,
                lambda tx: threads.is_ours(tx, written.thread),
                lambda tx, agent: edits.take_edit(tx, written, agent),
                written.edited,
            )

    async def _deleted(self, channel: str, event: Message, delivery: str) -> None:
        previous = event.get("previous_message") or {}
        thread_ts = previous.get("thread_ts")
        if previous.get("bot_id"):
            if thread_ts in (None, previous.get("ts")):
                await self.card_gone(MessageRef(channel, event.get("deleted_ts", "")), delivery)
            return
        await self.deleted(
            MessageRef(channel, thread_ts) if thread_ts else None,
            MessageRef(channel, event.get("deleted_ts", "")),
            AgentId(previous.get("user", "")),
            delivery,
        )

    async def deleted(
        self, thread: MessageRef | None, ref: MessageRef, agent: AgentId, delivery: str = ""
    ) -> None:
        """A message is gone."""
        await self._once(
            delivery,
            lambda tx: edits.take_deletion(tx, thread, ref, agent),
        )

    async def card_gone(self, ref: MessageRef, delivery: str = "") -> None:
        """A first message of a thread is gone; it may have been a card of ours, posted this very moment."""
        now = self._clock.now()

        def gone(tx: Tx) -> bool:
            known = tx.cases.of_thread(ref) is not None
            if known and (not delivery or tx.upkeep.first_time(delivery, tx.now)):
                new_thread.card_gone(tx, ref)
            return known

        await self._early.hear(
            ref.channel, lambda: self._transactions.do(gone, now=now), delivered=bool(delivery)
        )

    async def reaction(self, event: Message, added: bool, delivery: str) -> None:
        """A reaction was put on something or taken away."""
        item = event.get("item") or {}
        if item.get("type") == "message":
            ref = MessageRef(item.get("channel", ""), item.get("ts", ""))
            who, stamp = AgentId(event.get("user", "")), stamp_of(event.get("event_ts"))
            self._desk_time.heard(stamp)
            async with self.in_order(event):
                await self.reacted(ref, event.get("reaction", ""), who, added, delivery, stamp)

    async def reacted(
        self,
        ref: MessageRef,
        reaction: str,
        who: AgentId,
        added: bool,
        delivery: str = "",
        stamp: str = "",
    ) -> None:
        """A reaction as delivered, with the stamp of its event; or as read again after an outage. Nothing
        tells since when such a one stands: it counts from now on, and any event from now on is newer."""
        name = scribe.canonical(reaction)
        newest, at = stamp or self._desk_time.earliest(), stamp or self._desk_time.received()
        put = doors.Reaction(name, added, newest, "" if added else taken_back(at))
        await self._by_agent(
            ref.channel,
            who,
            delivery,
            lambda tx: _is_ours(tx, ref),
            lambda tx, agent: doors.react(tx, ref, put, agent),
            at,
        )

    async def press(self, body: Message) -> None:
        """A button, pressed once."""
        stamp = self._desk_time.received()
        action = pressed(body)
        agent = await self._people.agent(AgentId(body["user"]["id"]))

        def work(tx: Tx) -> None:
            if action is not None:
                dispatch.carry_out(tx, action, agent)

        await self._once(f"press-{body.get('trigger_id', '')}-{name_of(body)}", work, stamp)

    async def command(self, body: Message) -> SaidPicture:
        """A slash command, carried out once; returns the answer, which only the agent sees."""
        stamp = self._desk_time.received()
        agent = await self._people.agent(AgentId(body["user_id"]))
        if not agent.may_reply:
            return SaidPicture(say("command.not_member"))
        line = typed(body.get("text", ""), self._workspace_host)
        if body["command"] in FORMER:
            former = refused("command.former", former=body["command"], word=body["command"][1:])
            text = doors.split_number(line.text)[1]
            return SaidPicture(private.not_sent(former, text).said or say("command.repeated"))
        named = dict.fromkeys(_NAMED.findall(body.get("text", "")))
        agents = [await self._people.agent(AgentId(who)) for who in list(named)[:_MOST_NAMED]]
        people = tuple(each.id for each in agents if each.may_reply)
        place = MessageRef(body.get("channel_id", ""), "")
        short = "dm " if body["command"].endswith(PRIVATE_SUFFIX) else ""
        trigger = body.get("trigger_id", "")

        def work(tx: Tx) -> SaidPicture:
            if trigger and not tx.upkeep.first_time(f"command-{trigger}", tx.now):
                return SaidPicture(say("command.repeated"))
            action = doors.slash(f"{short}{line.text}", hold_of(line), place, people)
            said = dispatch.carry_out(tx, action, agent)
            assert said is not None, "a slash command is always answered"
            return SaidPicture(said, pictures.threads_of(tx, said))

        return await self._transactions.do(work, stamp=stamp)

    async def _by_agent(
        self,
        channel: str,
        who: AgentId,
        delivery: str,
        concerns: Callable[[Tx], bool],
        work: Callable[[Tx, Agent], None],
        stamp: str,
    ) -> None:
        """Run the work once, when it concerns us: in a single transaction when it is known who this is, and
        after asking Slack otherwise. `stamp` is Slack's of what the agent did."""
        now = self._clock.now()

        def at_once(tx: Tx) -> bool | None:
            """Whether it is done, or waits for who this is; None when it does not concern us."""
            if not concerns(tx):
                return None
            agent = remembered(tx, who)
            if agent is not None and (not delivery or tx.upkeep.first_time(delivery, tx.now)):
                work(tx, agent)
            return agent is not None

        async def hearing() -> bool:
            done = await self._transactions.do(at_once, now=now, stamp=stamp)
            if done is False:
                agent = await self._people.agent(who)
                await self._once(delivery, lambda tx: work(tx, agent), stamp)
            return done is not None

        await self._early.hear(channel, hearing, delivered=bool(delivery))

    async def _once(self, delivery: str, work: Callable[[Tx], None], stamp: str = "") -> None:
        """Run the work in one transaction with the mark that this delivery was dealt with."""

        def once(tx: Tx) -> None:
            if not delivery or tx.upkeep.first_time(delivery, tx.now):
                work(tx)

        await self._transactions.do(once, stamp=stamp)


def _is_ours(tx: Tx, ref: MessageRef) -> bool:
    return (
        tx.cases.of_thread(ref) is not None
        or tx.replies.of_message(ref) is not None
        or tx.replies.of_line(ref) is not None
    )


#: What buttons of earlier messages call a verb.
_OTHER_NAMES = {"dismiss_reason": Verb.DISMISS}


def name_of(body: dict[str, Any]) -> str:
    """The button's name; what stands behind ":" tells buttons of one name apart."""
    return str(body["actions"][0]["action_id"]).partition(":")[0]


def pressed(body: dict[str, Any]) -> Action | None:
    """What the button, or the option of a menu, asks for: its value is "CASE", "CASE:ARGUMENT", "REPLY" or
    "CHANNEL:TS". None for one that only leads elsewhere, and for what no program of ours has put there."""
    given = body["actions"][0]
    name, value = name_of(body), str((given.get("selected_option") or given).get("value") or "")
    verb = _OTHER_NAMES.get(name) or (Verb(name) if name in set(Verb) else None)
    if verb is None:
        return None
    first, _, rest = value.partition(":")
    message, channel = body.get("message") or {}, _channel(body)
    at, thread = MessageRef(channel, message.get("ts", "")), message.get("thread_ts", "")
    place = MessageRef(channel, thread if thread != message.get("ts") else "")
    if first.isdecimal():
        return Action(verb, Via.BUTTON, CaseId(int(first)), argument=rest, at=at, place=place)
    return Action(verb, Via.BUTTON, MessageRef(first, rest), at=at, place=place) if rest else None


def _channel(body: dict[str, Any]) -> str:
    channel = (body.get("channel") or {}).get("id", "")
    return str(channel or (body.get("container") or {}).get("channel_id", ""))
