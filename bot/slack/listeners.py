"""What Slack tells us: each event, press and command is parsed and handed to one piece of work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from bot.cases.errands import SaidPicture
from bot.cases.model import Agent, AgentId, Case, CaseId, MessageRef, ReplyId
from bot.cases.ports import Clock
from bot.cases.record import Record, Store
from bot.cases.said import Said, say
from bot.slack import emoji
from bot.slack.desk_time import DeskTime, stamp_of
from bot.slack.early import Early
from bot.slack.manifest import FORMER, PRIVATE_SUFFIX
from bot.slack.message import Message, changed, hold_of, read, word_in_channel
from bot.slack.people import People, remembered
from bot.slack.plain import typed
from bot.work import (
    asks,
    claims,
    commands,
    edits,
    new_thread,
    pictures,
    presses,
    private,
    reactions,
    takeovers,
    threads,
)
from bot.work.house import House

log = logging.getLogger(__name__)

REPLY_ACTIONS = frozenset({"stop", "send_now", "send_anyway", "again", "found"})


class Listeners:
    """The desk's ears. Every method returns only after what it did is committed; an exception means that
    nothing was, and that Slack must tell us again."""

    def __init__(
        self,
        store: Store,
        house: House,
        people: People,
        clock: Clock,
        workspace_url: str,
        early: Early,
        desk_time: DeskTime,
    ) -> None:
        """`workspace_url` is where the workspace has its own pages; links there do not help customers."""
        self._early = early
        self._workspace_host = urlsplit(workspace_url).hostname or ""
        self._store = store
        self._house = house
        self._people = people
        self._clock = clock
        self._desk_time = desk_time
        self._orders: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def claim_name(self) -> str:
        """The reaction that claims."""
        return self._house.installation.reactions.claim

    def claim_reaction(self, name: str) -> bool:
        """Whether this reaction, in whatever skin tone or alias, claims."""
        return emoji.canonical(name) == self.claim_name

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
        async with self.in_order(event):
            await self._message(event.get("channel", ""), event, delivery)

    async def _message(self, channel: str, event: Message, delivery: str) -> None:
        match event.get("subtype"):
            case None | "thread_broadcast" | "file_share":
                await self.written(channel, event, delivery)
            case "message_changed" if (event.get("message") or {}).get("subtype") == "tombstone":
                await self.card_gone(MessageRef(channel, event["message"].get("ts", "")), delivery)
            case "message_changed":
                await self.edited(channel, changed(event), delivery)
            case "message_deleted":
                await self._deleted(channel, event, delivery)
            case _:
                return

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
                lambda record: threads.is_ours(record, written.thread),
                lambda record, agent, now: threads.take_message(record, self._house, written, agent, now),
                written.ref.ts,
            )

    async def _out_of_place(self, channel: str, message: Message, delivery: str) -> None:
        """Answer a word for the bot that was typed in the channel, where there is no case to be about."""
        word, rest = word_in_channel(message)
        if not word:
            return

        def answer(record: Record, agent: Agent, now: datetime) -> None:
            if agent.may_reply:
                said = commands.in_channel(record, self._house, agent, word, rest)
                asks.whisper(record, channel, None, agent.id, said, now)

        ours = self._house.installation.channels()
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
                lambda record: threads.is_ours(record, written.thread),
                lambda record, agent, now: edits.take_edit(record, self._house, written, agent, now),
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
            lambda record, now: edits.take_deletion(record, self._house, thread, ref, agent, now),
        )

    async def card_gone(self, ref: MessageRef, delivery: str = "") -> None:
        """A first message of a thread is gone; it may have been a card of ours, posted this very moment."""
        now = self._clock.now()

        def gone(record: Record) -> bool:
            known = record.case_of_thread(ref) is not None
            if known and (not delivery or record.first_time(delivery, now)):
                new_thread.card_gone(record, self._house, ref, now)
            return known

        await self._early.hear(ref.channel, lambda: self._store.do(gone), delivered=bool(delivery))

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
        name = emoji.canonical(reaction)
        newest = stamp or self._desk_time.earliest()
        await self._by_agent(
            ref.channel,
            who,
            delivery,
            lambda record: _is_ours(record, ref),
            lambda record, agent, now: reactions.react(
                record, self._house, ref, reactions.Reaction(name, added, newest), agent, now
            ),
            stamp or self._desk_time.received(),
        )

    async def press(self, body: Message) -> None:
        """A button. What came of it is drawn; a refusal is whispered to the presser."""
        stamp = self._desk_time.received()
        action = body["actions"][0]
        name, value = action["action_id"].partition(":")[0], action.get("value", "")
        agent = await self._people.agent(AgentId(body["user"]["id"]))
        channel, thread = _place(body)
        pressed = MessageRef(channel, (body.get("message") or {}).get("ts", ""))

        def work(record: Record, now: datetime) -> None:
            record.stamp = stamp
            answer = self._pressed(record, name, value, pressed, agent, now)
            if answer is not None:
                asks.whisper(record, channel, thread, agent.id, answer, now)

        await self._once(f"press-{body.get('trigger_id', '')}-{name}", work)

    def _pressed(
        self, record: Record, name: str, value: str, pressed: MessageRef, agent: Agent, now: datetime
    ) -> Said | None:
        """What a button below the message `pressed` does. Returns what to whisper to the presser."""
        house = self._house
        if not agent.may_reply:
            return say("command.not_member")
        if name in REPLY_ACTIONS and value.isdigit():
            return presses.press(record, house, ReplyId(int(value)), name, agent, now)
        if name in ("claim_and_send", "keep_note"):
            ref = MessageRef(*value.split(":", 1))
            send = name == "claim_and_send"
            return threads.decide_asked(record, house, ref, send, agent, now, pressed=pressed)
        if name in ("publish", "wait_for_customer"):
            ref = MessageRef(*value.split(":", 1))
            publish = name == "publish"
            return threads.decide_invited(record, house, ref, publish, agent, now, pressed=pressed)
        number, _, reason = value.partition(":")
        case = record.case(CaseId(int(number))) if number.isdigit() else None
        answer = self._on_case(record, name, case, reason, pressed, agent, now) if case else None
        if case is None or answer is None or not answer.buttons:
            return answer
        # A question stays until it is answered, so it is not whispered.
        asks.tell(record, house, case, takeovers.addressed(answer, agent), now)
        return None

    def _on_case(
        self,
        record: Record,
        name: str,
        case: Case,
        reason: str,
        pressed: MessageRef,
        agent: Agent,
        now: datetime,
    ) -> Said | None:
        """What a button does to its case. Returns what was not done, or is still to be asked."""
        house = self._house
        match name:
            case "claim":
                return _unless("claim.done", claims.claim(record, house, case, agent, now))
            case "take_over":
                return takeovers.press(record, house, case, agent, reason, now, asked=pressed)
            case "release":
                return _unless("release.done", claims.release(record, house, case, agent, now))
            case "close":
                return _unless("close.done", claims.close(record, house, case, agent, now))
            case "dismiss":
                return claims.ask_dismiss(record, case, agent, now)
            case "dismiss_reason":
                answer = claims.dismiss(record, house, case, agent, reason, now)
                if answer.key == "dismiss.done":
                    asks.say_instead(record, case, pressed, answer, now)
                return _unless("dismiss.done", answer)
            case "private":
                return private.go_private(record, house, case, agent, "", now)
            case "public":
                return private.go_public(record, house, case, agent, now)
            case "invite":
                return private.invite(record, house, case, agent, now)
            case _:
                return None

    async def command(self, body: Message) -> SaidPicture:
        """A slash command, carried out once; returns the answer, which only the agent sees."""
        stamp = self._desk_time.received()
        agent = await self._people.agent(AgentId(body["user_id"]))
        if not agent.may_reply:
            return SaidPicture(say("command.not_member"))
        line = typed(body.get("text", ""), self._workspace_host)
        if body["command"] in FORMER:
            former = say("command.former", former=body["command"], word=body["command"][1:])
            return SaidPicture(private.not_sent(former, commands.split_number(line.text)[1]))
        short = "dm " if body["command"].endswith(PRIVATE_SUFFIX) else ""
        now = self._clock.now()
        trigger = body.get("trigger_id", "")

        def work(record: Record) -> SaidPicture:
            if trigger and not record.first_time(f"command-{trigger}", now):
                return SaidPicture(say("command.repeated"))
            record.stamp = stamp
            said = commands.slash(record, self._house, agent, f"{short}{line.text}", hold_of(line), now)
            return SaidPicture(said, pictures.threads_of(record, said))

        return await self._store.do(work)

    async def _by_agent(
        self,
        channel: str,
        who: AgentId,
        delivery: str,
        concerns: Callable[[Record], bool],
        work: Callable[[Record, Agent, datetime], None],
        stamp: str,
    ) -> None:
        """Run the work once, when it concerns us: in a single transaction when it is known who this is, and
        after asking Slack otherwise. `stamp` is Slack's of what the agent did."""
        now = self._clock.now()

        def at_once(record: Record) -> bool | None:
            """Whether it is done, or waits for who this is; None when it does not concern us."""
            if not concerns(record):
                return None
            agent = remembered(record, who, now)
            if agent is not None and (not delivery or record.first_time(delivery, now)):
                record.stamp = stamp
                work(record, agent, now)
            return agent is not None

        async def hearing() -> bool:
            done = await self._store.do(at_once)
            if done is False:
                agent = await self._people.agent(who)

                def once_known(record: Record, now: datetime) -> None:
                    record.stamp = stamp
                    work(record, agent, now)

                await self._once(delivery, once_known)
            return done is not None

        await self._early.hear(channel, hearing, delivered=bool(delivery))

    async def _once(self, delivery: str, work: Callable[[Record, datetime], None]) -> None:
        """Run the work in one transaction with the mark that this delivery was dealt with."""
        now = self._clock.now()

        def once(record: Record) -> None:
            if not delivery or record.first_time(delivery, now):
                work(record, now)

        await self._store.do(once)


def _is_ours(record: Record, ref: MessageRef) -> bool:
    return (
        record.case_of_thread(ref) is not None
        or record.reply_of_message(ref) is not None
        or record.reply_of_line(ref) is not None
    )


def _place(body: Message) -> tuple[str, MessageRef | None]:
    """Where a button was pressed: the channel, and the thread when it was inside one."""
    channel = (body.get("channel") or {}).get("id", "") or (body.get("container") or {}).get("channel_id", "")
    message = body.get("message") or {}
    thread_ts = message.get("thread_ts", "")
    if thread_ts and thread_ts != message.get("ts"):
        return channel, MessageRef(channel, thread_ts)
    return channel, None


def _unless(key: str, answer: Said) -> Said | None:
    """The card shows what was done; only what was not done needs words."""
    return None if answer.key == key else answer
