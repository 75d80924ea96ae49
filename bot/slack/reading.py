"""Reading: what stands in a channel and in its threads is given to the listeners of live events."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cases.errors import DeskBusy, DeskError, DeskRefused
from bot.cases.model import AgentId, Case, MessageRef, Reply, ReplyMove, reply_after
from bot.cases.ports import Clock
from bot.cases.tx import Tx
from bot.slack.desk import SlackDesk
from bot.slack.listeners import Listeners
from bot.slack.message import Message
from bot.work import unread

log = logging.getLogger(__name__)

#: Some servers leave out what was posted at the very instant they are asked to begin with.
MOMENT = timedelta(seconds=1)
#: An answer that is not what was asked for is asked for again so much later.
_AGAIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Thread:
    """What is known of a thread before it is read."""

    case: Case
    ref: MessageRef
    #: Up to where it was read whole before; "" when it never was.
    read_to: str
    #: Messages behind replies of which an edit or deletion must be seen: those that can still be changed, and
    #: those that were published lately, where that was asked for.
    changeable: frozenset[str]
    #: From where it must be read: what is older was read once, and can change nothing any more.
    since: str
    #: When the first of its replies was to go out that wait for their time, or for this thread to be read.
    goes_at: datetime | None
    #: When the newest of its replies was published whose message stands in it.
    published_at: datetime | None = None


def describe(tx: Tx, ref: MessageRef, published_since: datetime | None = None) -> Thread | None:
    """What the record knows of a thread; None when it belongs to no case. With `published_since` the messages
    behind replies that were published since then are to be read again as well."""
    case = tx.cases.of_thread(ref)
    if case is None:
        return None
    every = tx.replies.of_case(case.id)
    replies = [reply for reply in every if reply_after(reply.state, ReplyMove.CHANGE) is not None]
    published = {
        message.ts: reply.sent_at
        for reply in every
        if reply.sent_at and (message := reply.message) and _stands_in(ref, message)
    }
    lately = {ts for ts, at in published.items() if published_since is not None and at >= published_since}
    changeable = frozenset(lately | {reply.message.ts for reply in replies if reply.message})
    read_to = tx.threads.read_to(ref)
    # What was written before a closing that is long past needs no second reading.
    forgotten_to = f"{case.forgotten_to.timestamp():.6f}" if case.forgotten_to else "0"
    begin = read_to or max(ref.ts, forgotten_to, key=float)
    since = min((begin, *changeable, *(r.line.ts for r in replies if r.line)), key=float)
    goes_at, published_at = min(_times(replies), default=None), max(published.values(), default=None)
    return Thread(case, ref, read_to, changeable, since, goes_at, published_at)


def _stands_in(thread: MessageRef, message: MessageRef) -> bool:
    """Whether a message of a case stands in its thread, and not in one that was deleted before it."""
    return message.channel == thread.channel and thread.ts < message.ts


def _times(replies: Sequence[Reply]) -> list[datetime]:
    return [
        unread.since(reply)
        for reply in replies
        if reply.blocked is None and reply_after(reply.state, ReplyMove.SEND) is not None
    ]


#: The card may have been deleted.
_NO_THREAD = "thread_not_found"


class NotAllHeard(Exception):
    """Some of what was said could not be dealt with; all else was."""


class Reading:
    """Reads channels and threads, each from beginning to end or not at all."""

    def __init__(self, desk: SlackDesk, listeners: Listeners, clock: Clock) -> None:
        self._desk = desk
        self._listeners = listeners
        self._clock = clock

    async def channel(self, channel: str, threads: Mapping[str, Thread]) -> list[Thread]:
        """Deal with the reactions on the cards of a channel, by their ts, and return the threads in which
        something may be new. Edits and reactions further down are not told here. Raises `DeskError`s."""
        news: list[Thread] = []
        silent: list[Thread] = []
        left, tells = dict(threads), False
        async for root in self._desk.messages(channel, None, min(map(_instant, left)), patient=True):
            tells = tells or "reply_count" in root
            thread = left.pop(str(root.get("ts")), None)
            if thread is None:
                continue
            try:
                unheard = await self._reactions(thread.ref, root, thread.case)
            except DeskError:  # who that was; the thread will show it again
                unheard = 1
            if unheard or _has_news(thread, root):
                news.append(thread)
            elif "reply_count" not in root:
                silent.append(thread)
        if not tells:  # Slack tells it of every message with a thread; some servers tell it of none
            news += silent
        return [*news, *left.values()]  # a card that is not there may have been deleted

    async def thread(self, thread: Thread) -> str:
        """Deal with what is new in a thread. Returns up to where it was read. Raises `DeskError`s, and
        `NotAllHeard` once all the rest was heard."""
        try:
            return await self._thread(thread)
        except DeskRefused as error:
            if error.detail == _NO_THREAD and not await self._desk.stands(thread.ref):
                await self._listeners.card_gone(thread.ref)
            raise

    async def _thread(self, thread: Thread) -> str:
        seen: set[str] = set()
        unheard = 0
        ref, since = thread.ref, _instant(thread.since) - MOMENT
        async for message in self._desk.messages(ref.channel, ref, since, patient=True):
            ts = str(message.get("ts"))
            seen.add(ts)
            if ts == ref.ts:
                unheard += await self._reactions(ref, message, thread.case)
                continue
            live: Message = dict(message)
            unheard += await self._hear(self._listeners.written(ref.channel, live))
            if live.get("edited"):
                unheard += await self._hear(self._listeners.edited(ref.channel, live))
            unheard += await self._reactions(MessageRef(ref.channel, ts), message, None)
        if ref.ts not in seen:
            raise DeskBusy(self._clock.now() + _AGAIN, "an answer without the thread that was asked for")
        for ts in thread.changeable - seen:
            gone = MessageRef(ref.channel, ts)
            unheard += await self._hear(self._listeners.deleted(ref, gone, AgentId("")))
        if unheard:
            raise NotAllHeard(f"{unheard} things could not be dealt with")
        return max(seen, key=float)

    async def _reactions(self, ref: MessageRef, message: Mapping[str, Any], case: Case | None) -> int:
        """A claim whose reaction is gone, and then the reactions that stand: who claimed what was given back
        has it. Returns how many could not be dealt with."""
        if case is not None and message.get("subtype") == "tombstone":
            return await self._hear(self._listeners.card_gone(ref))
        unheard = 0
        standing = await self._by_others(message)
        if case is not None and case.claimed_by_reaction and case.assignee:
            claim = self._listeners.claim_reaction
            if not any(user == case.assignee and claim(name) for name, user in standing):
                unheard += await self._hear(
                    self._listeners.reacted(ref, self._listeners.claim_name, case.assignee, False)
                )
        for name, user in standing:
            unheard += await self._hear(self._listeners.reacted(ref, name, user, True))
        return unheard

    async def _by_others(self, message: Mapping[str, Any]) -> list[tuple[str, AgentId]]:
        """The reactions that stand on a message and are not our own: their names, and whose they are."""
        reactions = message.get("reactions") or ()
        me = (await self._desk.myself()).user_id if reactions else ""
        return [
            (str(reaction.get("name", "")), AgentId(user))
            for reaction in reactions
            for user in reaction.get("users") or ()
            if user != me
        ]

    async def _hear(self, hearing: Awaitable[None]) -> int:
        """Hear one thing; returns 1 where it could not be dealt with, and is to be read again. Raises
        `DeskError`s: what Slack does not tell may be what stops a reply."""
        try:
            await hearing
        except DeskError:
            raise
        except Exception:
            log.exception("Something could not be heard", extra={"action": "catch_up_unheard"})
            return 1
        return 0


def _has_news(thread: Thread, root: Mapping[str, Any]) -> bool:
    """Whether the thread must be read, as far as its root tells."""
    if thread.changeable:
        return True
    if not root.get("reply_count"):
        return False
    latest = root.get("latest_reply")
    return latest is None or float(latest) > float(thread.read_to or 0)


def _instant(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)
