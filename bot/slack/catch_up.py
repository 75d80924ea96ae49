"""Catching up: reads the threads of open cases and gives what was missed to the listeners of live events.

Slack keeps events for a few minutes at most while no socket is open, and never again after that, so that
after a start, after a reconnect and now and then the threads themselves are the truth.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.cases.errors import DeskBusy, DeskRefused
from bot.cases.model import AgentId, Case, MessageRef, ReplyMove, reply_after
from bot.cases.ports import Clock
from bot.cases.record import Record, Store
from bot.slack.desk import SlackDesk
from bot.slack.listeners import Listeners
from bot.slack.message import Message
from bot.work import absence
from bot.work.house import House

log = logging.getLogger(__name__)

#: Threads of cases settled this recently are read too: a reaction or a word may have been missed.
RECENT = timedelta(days=1)
#: Slack's Tier 3 allows 50 calls a minute and method; reading threads takes at most half of that.
PAUSE = timedelta(seconds=2)
#: What the record knows of so many cases is read in one transaction.
CHUNK = 100
#: Some servers leave out what was posted at the very instant they are asked to begin with.
MOMENT = timedelta(seconds=1)
#: So many threads are read without a pause.
BURST = 15


@dataclass(frozen=True, slots=True)
class Thread:
    """What is known of a thread before it is read."""

    case: Case
    ref: MessageRef
    #: Up to where it was read whole before.
    read_to: str
    #: Messages behind replies that can still be changed: an edit or deletion of them must be seen.
    changeable: frozenset[str]


class Unheard(Exception):
    """Some of what was said could not be dealt with; all else was."""


class CatchUp:
    """Reads what happened at the desk while nobody listened."""

    def __init__(
        self,
        store: Store,
        house: House,
        desk: SlackDesk,
        listeners: Listeners,
        clock: Clock,
        heard_at: datetime | None,
    ) -> None:
        """`heard_at` is until when the desk was heard before this start; None when it never was."""
        self._store = store
        self._house = house
        self._desk = desk
        self._listeners = listeners
        self._clock = clock
        self._heard_at = heard_at
        self._lock = asyncio.Lock()
        self._unheard = 0

    async def run(self) -> datetime | None:
        """Read everything once. Returns when to try again, or None when all was read that Slack lets us read.

        Nothing keeps the rest from being heard: a channel that refuses us is left out, and what cannot be
        dealt with is told by `Unheard` once everything else was.
        """
        async with self._lock:
            self._unheard = 0
            since = self._clock.now() - RECENT
            threads = await self._known(since)
            try:
                for channel in {thread.ref.channel for thread in threads}:
                    here = [thread for thread in threads if thread.ref.channel == channel]
                    await self._hear(self._channel(channel, here))
            except DeskBusy as error:
                log.warning(
                    "Catching up with the threads was interrupted",
                    extra={"action": "catch_up_failed", "error": error.detail},
                )
                return error.until
            await self._tell_if_away()
            if self._unheard:
                raise Unheard(f"{self._unheard} things could not be heard")
        return None

    async def reread(self, thread: MessageRef, ref: MessageRef, line: MessageRef | None) -> None:
        """Deal with one message as it stands now: edited, deleted, or as it was, and with the reactions on it
        and on the bot's `line` about it. Raises `DeskError`s.

        The line comes along with what is read anyway: nothing is asked of Slack for it alone.
        """
        last = max(float(place.ts) for place in (ref, line) if place is not None)
        # Where it is not found at its own place the whole thread must not have it either.
        for since in (ref.ts, thread.ts):
            found = False
            async for message in self._desk.messages(ref.channel, thread, _instant(since) - MOMENT):
                ts = str(message.get("ts"))
                if ts == ref.ts:
                    found = True
                    if message.get("edited"):
                        await _unless_refused(self._listeners.edited(ref.channel, dict(message)))
                    await self._standing(ref, message)
                elif line is not None and ts == line.ts:
                    await self._standing(line, message)
                if found and float(ts) >= last:
                    break
            if found:
                return
        await self._listeners.deleted(thread, ref, AgentId(""))

    async def _standing(self, ref: MessageRef, message: Mapping[str, Any]) -> None:
        """Deal with the reactions on a message that are not known yet; what goes wrong is raised."""
        for name, user in await self._by_others(message):
            await _unless_refused(self._listeners.reacted(ref, name, user, True))

    def heard(self) -> None:
        """At this moment nothing said at the desk is unknown to us."""
        self._heard_at = self._clock.now()

    async def _tell_if_away(self) -> None:
        since, now = self._heard_at, self._clock.now()
        self._heard_at = now
        if since is not None:
            await self._store.do(lambda record: absence.back(record, self._house, since, now))

    async def _known(self, since: datetime) -> list[Thread]:
        """What the record knows of the threads to read, a few cases at a time: agents need not wait."""
        cases = await self._store.do(lambda record: _candidates(record, since))
        threads: list[Thread] = []
        for start in range(0, len(cases), CHUNK):
            threads += await self._store.do(partial(_read_threads, cases[start : start + CHUNK]))
        return threads

    async def _channel(self, channel: str, threads: list[Thread]) -> None:
        by_ts = {thread.ref.ts: thread for thread in threads}
        oldest = min(_instant(ts) for ts in by_ts)
        read = 0
        async for root in self._desk.messages(channel, None, oldest):
            thread = by_ts.pop(str(root.get("ts")), None)
            if thread is None:
                continue
            await self._reactions(thread.ref, root, thread.case)
            if _has_news(thread, root):
                if read >= BURST:
                    await asyncio.sleep(PAUSE.total_seconds())
                read += 1
                await self._thread(thread)

    async def _thread(self, thread: Thread) -> None:
        unheard, seen = self._unheard, {thread.ref.ts}
        async for message in self._desk.messages(thread.ref.channel, thread.ref, _instant(thread.ref.ts)):
            ts = str(message.get("ts"))
            seen.add(ts)
            if ts == thread.ref.ts:
                continue
            live: Message = dict(message)
            await self._hear(self._listeners.written(thread.ref.channel, live))
            if live.get("edited"):
                await self._hear(self._listeners.edited(thread.ref.channel, live))
            await self._reactions(MessageRef(thread.ref.channel, ts), message, None)
        for ts in thread.changeable - seen:
            gone = MessageRef(thread.ref.channel, ts)
            await self._hear(self._listeners.deleted(thread.ref, gone, AgentId("")))
        if self._unheard == unheard:
            read_to = max(seen, key=float)
            await self._store.do(lambda record: record.note_read(thread.ref, read_to))

    async def _reactions(self, ref: MessageRef, message: Mapping[str, Any], case: Case | None) -> None:
        """Reactions that stand and are not known yet; and a claim whose reaction is gone."""
        standing = await self._by_others(message)
        for name, user in standing:
            await self._hear(self._listeners.reacted(ref, name, user, True))
        if case is not None and case.claimed_by_reaction and case.assignee:
            claim = self._listeners.claim_reaction
            if not any(user == case.assignee and claim(name) for name, user in standing):
                await self._hear(
                    self._listeners.reacted(ref, self._listeners.claim_name, case.assignee, False)
                )

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

    async def _hear(self, hearing: Awaitable[None]) -> None:
        """Hear one thing, or leave it until the next time."""
        try:
            await _unless_refused(hearing)
        except DeskBusy:
            raise
        except Exception:
            log.exception("Something could not be heard", extra={"action": "catch_up_unheard"})
            self._unheard += 1


async def _unless_refused(hearing: Awaitable[None]) -> None:
    """Hear one thing, or leave it for good where Slack will never tell enough of it, such as who that was."""
    try:
        await hearing
    except DeskRefused as error:
        log.warning("Something was left unheard", extra={"action": "catch_up_refused", "error": error.detail})


def _candidates(record: Record, since: datetime) -> list[Case]:
    """Cases whose threads may hold something that was missed."""
    return [case for case in [*record.open_cases(), *record.recent_cases(since)] if case.thread is not None]


def _read_threads(cases: Sequence[Case], record: Record) -> list[Thread]:
    threads = []
    for case in cases:
        assert case.thread is not None
        replies = record.replies_of(case.id)
        changeable = frozenset(
            reply.message.ts
            for reply in replies
            if reply.message and reply_after(reply.state, ReplyMove.CHANGE) is not None
        )
        threads.append(Thread(case, case.thread, record.read_to(case.thread), changeable))
    return threads


def _has_news(thread: Thread, root: Mapping[str, Any]) -> bool:
    """Whether the thread must be read; servers that do not tell the latest reply are always asked."""
    if thread.changeable:
        return True
    if "reply_count" in root and not root["reply_count"]:
        return False
    latest = root.get("latest_reply")
    return latest is None or float(latest) > float(thread.read_to or 0)


def _instant(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)
