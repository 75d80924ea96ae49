"""The sending tick: publishes the replies whose time has come and looks for those whose fate is unknown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.cases import errors, leases
from bot.cases.leases import LeaseLost
from bot.cases.model import AgentId, ReplyId
from bot.cases.ports import Clock, Connector, NotSent, SendCommand, Sent, Unknown
from bot.cases.posts import AccountId
from bot.ticks.poll import Poll
from bot.ticks.underway import Lease, Underway
from bot.transactions import Transactions
from bot.work import publishing, unread

log = logging.getLogger(__name__)

#: How soon to come back for what is due but still being worked on.
SOON = timedelta(milliseconds=250)
#: So long before a reply goes, the desk is asked who wrote it; shorter than that answer counts as fresh.
AHEAD = timedelta(seconds=30)


#: What keeps replies back, by id; not those whose thread is known as it stands. The threads of the others are
#: read as soon as may be, and the tick is woken then.
KeepsBack = Callable[[Sequence[publishing.Task]], Awaitable[Mapping[ReplyId, unread.Unread]]]


class Send:
    """Publishes replies; each in a task of its own, so that a slow network delays only itself.

    A reply goes only while its thread is known as it stands: an agent may have changed, stopped or deleted it
    there. All others go meanwhile, and looking for what is lost goes on.
    """

    def __init__(
        self,
        transactions: Transactions,
        connectors: Mapping[AccountId, Connector],
        poll: Poll,
        clock: Clock,
        keeps_back: KeepsBack,
        ask_who: Callable[[AgentId], Awaitable[object]],
    ) -> None:
        """`ask_who` asks the desk once more who somebody is, unless it said so a moment ago: an agent who
        lost the right to reply meanwhile publishes nothing. It raises `errors.DeskError`s."""
        self._transactions = transactions
        self._connectors = connectors
        self._poll = poll
        self._clock = clock
        self._keeps_back = keeps_back
        self._ask_who = ask_who
        self._underway: Underway[ReplyId] = Underway()
        self._asking: Underway[AgentId] = Underway()

    async def run(self) -> datetime | None:
        """Begin what is due; returns when to come back."""
        now = self._clock.now()
        tasks, writers, due = await self._transactions.do(
            lambda tx: (
                publishing.tasks(tx),
                publishing.writers(tx, now + AHEAD),
                tx.replies.next_due(),
            ),
            now=now,
        )
        for writer in writers:
            if writer not in self._asking:
                self._asking.begin(writer, self._ask_ahead(writer))
        tasks = [task for task in tasks if task.reply_id not in self._underway]
        back = await self._keeps_back([task for task in tasks if not task.reconcile])
        for task in tasks:
            if task.reply_id not in back:
                self._underway.begin(task.reply_id, self._one(task))
        late = {
            task.reply_id: back[task.reply_id]
            for task in tasks
            if task.reply_id in back and _is_told(task, back[task.reply_id], now, self._clock.speed)
        }
        if late:
            await self._transactions.do(lambda tx: unread.put_off(tx, late))
        if due is None:
            return None
        return due - AHEAD if due - AHEAD > now else max(due, now + SOON)

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, at most this long; what is late is broken off, and looked for later."""
        await self._asking.drain(0)
        await self._underway.drain(seconds)

    async def _one(self, task: publishing.Task) -> None:
        try:
            if task.reconcile:
                await self._reconcile(task)
            else:
                await self._send(task)
        except Exception:
            # The row tells what is known; the lease runs out and the network is asked.
            log.exception("A reply could not be dealt with", extra={"action": "send_error"})
            await asyncio.sleep(1)

    async def _send(self, task: publishing.Task) -> None:
        if not await self._is_known(task):
            return
        await self._poll.look_before_sending(task.account)
        if await self._keeps_back([task]):
            return
        command = await self._transactions.do(lambda tx: publishing.begin(tx, task.reply_id))
        if command is None:
            return
        outcome: Sent | errors.NetworkError
        try:
            until = leases.until(command.attempted_at, self._clock.speed)
            lease = Lease(until, self._clock, partial(self._renew, task, command))
            outcome = await lease.run(lambda: self._connectors[task.account].send(command))
        except LeaseLost:
            # The process that has it, or the next look of this one, asks the network.
            log.warning("A reply was left", extra={"action": "reply_left", "reply": task.reply_id})
            return
        except errors.NetworkError as error:
            outcome = error
        except Exception as error:
            log.exception("A connector broke while sending", extra={"action": "send_broke"})
            outcome = errors.Unclear(type(error).__name__)
        await self._finish(task, outcome)

    async def _is_known(self, task: publishing.Task) -> bool:
        """Whether the record has what the desk says now of who wrote the reply. Where it says nothing the
        reply waits: nobody knows whether that person may still answer customers."""
        if task.agent is None:
            return True
        try:
            await self._ask_who(task.agent)
        except errors.DeskError as error:
            now, detail = self._clock.now(), error.detail
            if isinstance(error, errors.DeskBusy):
                why = unread.Unread(unread.WHO, error.until, detail, is_told=True)
            else:
                why = unread.Unread(unread.WHO_REFUSED, now + unread.SHORTLY, detail)
            await self._transactions.do(lambda tx: unread.put_off(tx, {task.reply_id: why}), now=now)
            return False
        return True

    async def _ask_ahead(self, writer: AgentId) -> None:
        """Ask who somebody is whose words are to go out soon: a desk that wants to be asked later is, and the
        reply need not wait for it. Who sends asks again, unless this answer is fresh."""
        until = self._clock.now() + AHEAD
        while self._clock.now() < until:
            try:
                await self._ask_who(writer)
            except errors.DeskBusy as error:
                ahead = max(SOON, error.until - self._clock.now())
                await asyncio.sleep(ahead.total_seconds() / self._clock.speed)
            except errors.DeskError:
                return
            else:
                return

    async def _renew(self, task: publishing.Task, command: SendCommand, now: datetime) -> bool:
        return await self._transactions.do(lambda tx: publishing.renew(tx, task.reply_id, command), now=now)

    async def _reconcile(self, task: publishing.Task) -> None:
        command = await self._transactions.do(lambda tx: publishing.lost(tx, task.reply_id))
        if command is None:
            return
        outcome: Sent | NotSent | Unknown | errors.NetworkError = Unknown()
        try:
            if task.account in self._connectors:
                outcome = await self._connectors[task.account].reconcile(command)
        except errors.NetworkError as error:
            outcome = error
        except Exception:
            log.exception("A connector broke while looking", extra={"action": "look_up_broke"})
        await self._finish(task, outcome)

    async def _finish(
        self, task: publishing.Task, outcome: Sent | NotSent | Unknown | errors.NetworkError
    ) -> None:
        name = "reply_sent" if isinstance(outcome, Sent) else "reply_not_sent"
        log.info(
            "The network answered about a reply",
            extra={"action": name, "reply": task.reply_id, "outcome": type(outcome).__name__},
        )
        await self._transactions.do(lambda tx: publishing.finish(tx, task.reply_id, outcome))


def _is_told(task: publishing.Task, why: unread.Unread, now: datetime, speed: float) -> bool:
    """Whether the line must say that the reply waits: it will, or its time is past already."""
    shortly = unread.SHORTLY * speed
    waits = why.why in unread.FOR_LONG or why.until > now + shortly
    return waits or (task.told or now) < now - shortly
