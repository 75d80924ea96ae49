"""The delivering tick: carries what waits in the outbox to the desk, the most urgent first, at its pace."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial

from bot.cases import errors
from bot.cases.leases import LeaseLost
from bot.cases.model import MessageRef
from bot.cases.outbox import Delivery, Mark, Say, Whisper
from bot.cases.pictures import CardPicture
from bot.cases.ports import Clock, Desk
from bot.outbox.queue import LEAD, Queue
from bot.ticks.underway import Lease, Underway
from bot.transactions import Transactions

log = logging.getLogger(__name__)

#: How many entries are taken in one transaction.
BATCH = 20
#: How soon to come back for entries that wait for another one.
SOON = timedelta(milliseconds=200)


class Deliver:
    """Carries entries; each in a task of its own, so that a slow channel delays only itself."""

    def __init__(self, transactions: Transactions, outbox: Queue, desk: Desk, clock: Clock) -> None:
        self._transactions = transactions
        self._outbox = outbox
        self._desk = desk
        self._clock = clock
        #: By entry.
        self._underway: Underway[int] = Underway()
        #: Of these, the posts that open a thread or stand in one, by channel.
        self._new: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)

    async def run(self) -> datetime | None:
        """Begin what the limits allow; returns when to come back."""
        now = self._clock.now()
        deliveries, due = await self._transactions.do(
            lambda tx: (self._outbox.take(tx, BATCH, self._underway), self._outbox.next_at(tx)), now=now
        )
        for delivery in deliveries:
            started = self._underway.begin(delivery.entry.id, self._one(delivery))
            if delivery.picture is not None and delivery.ref is None:
                self._new[delivery.channel].add(started)
                started.add_done_callback(self._new[delivery.channel].discard)
        if due is None:
            return None
        return due if due > now else now + (timedelta(0) if deliveries else SOON)

    async def settle(self, channel: str, seconds: float) -> bool:
        """Wait, at most this long, until the messages being posted in a channel are known by their ids: an
        agent may answer one sooner than the desk's own answer comes. False when there are none. What another
        process posts is told by the channel's slot, which it keeps meanwhile."""
        if new := list(self._new[channel]):
            await asyncio.wait(new, timeout=seconds)
            return True
        kept_until = await self._transactions.do(lambda tx: tx.outbox.slot(channel))
        ahead = (kept_until - self._clock.now()).total_seconds() / self._clock.speed if kept_until else 0.0
        if ahead <= 0:
            return False
        await asyncio.sleep(min(ahead, seconds))
        return True

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, at most this long; what is late is broken off, and looked for later."""
        await self._underway.drain(seconds)

    async def _one(self, delivery: Delivery) -> None:
        try:
            if delivery.opens_at is not None:
                ahead = min(delivery.opens_at - self._clock.now(), LEAD)
                await asyncio.sleep(max(ahead, timedelta(0)).total_seconds() / self._clock.speed)
            lease = Lease(delivery.entry.lease_until, self._clock, partial(self._renew, delivery))
            ref = await lease.run(lambda: self._carry(delivery, lease))
            answered = self._clock.now()
        except errors.DeskError as error:
            self._note_failure(delivery, error)
            failure = error
            await self._transactions.do(lambda tx: self._outbox.failed(tx, delivery, failure))
        except LeaseLost:
            log.warning("A delivery was left", extra={"action": "delivery_left", "entry": delivery.entry.id})
        except Exception:
            # The entry stays underway; when its lease runs out the desk is searched for it.
            log.exception("A delivery broke", extra={"action": "delivery_broke"})
        else:
            await self._transactions.do(lambda tx: self._outbox.done(tx, delivery, ref), now=answered)

    async def _carry(self, delivery: Delivery, lease: Lease) -> MessageRef | None:
        entry = delivery.entry
        match entry.effect:
            case Mark() as mark:
                await self._desk.mark(mark.ref, mark.reaction, mark.present)
                return None
            case Whisper() as whisper:
                thread = whisper.ref if whisper.ref.ts else None
                await self._desk.whisper(delivery.channel, thread, whisper.agent, whisper.said)
                return None
        assert delivery.picture is not None
        if delivery.look_first:
            found = await self._desk.find(delivery.channel, delivery.thread, entry.key, entry.asked_at)
            if found is not None:
                if not isinstance(entry.effect, Say):
                    await self._desk.redraw(found, delivery.picture)
                return found
            if delivery.is_over:
                return None
            if not await lease.renew():  # the look took long, or this process was paused
                raise LeaseLost
        if delivery.ref is not None:
            await self._desk.redraw(delivery.ref, delivery.picture)
            return delivery.ref
        if isinstance(delivery.picture, CardPicture):
            return await self._desk.open_thread(delivery.channel, delivery.picture, entry.key)
        return await self._desk.say(delivery.channel, delivery.thread, delivery.picture, entry.key)

    async def _renew(self, delivery: Delivery, now: datetime) -> bool:
        return await self._transactions.do(lambda tx: self._outbox.renew(tx, delivery), now=now)

    def _note_failure(self, delivery: Delivery, error: errors.DeskError) -> None:
        log.warning(
            "The channel did not take a message: %s",
            error.remedy,
            extra={"action": "delivery_failed", "entry": delivery.entry.id, "error": error.detail},
        )
