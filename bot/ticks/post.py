"""The posting tick: carries errands to the desk, the most urgent first, never more than it allows."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.cases import errors
from bot.cases.errands import CardPicture, ErrandKind, Job
from bot.cases.model import MessageRef
from bot.cases.ours import TooLate
from bot.cases.ports import Clock, Desk
from bot.ticks.leases import Lease
from bot.ticks.underway import Underway
from bot.transactions import Transactions
from bot.work import posting
from bot.work.tx import Tx

log = logging.getLogger(__name__)

#: How many errands are taken in one transaction.
BATCH = 20
#: How long an event is held up for a message that is just being posted, in seconds; Slack waits three.
PATIENCE = 1.5
#: How soon to come back for errands that wait for another one.
SOON = timedelta(milliseconds=200)


class Posting:
    """Carries errands; each in a task of its own, so that a slow channel delays only itself."""

    def __init__(self, transactions: Transactions, desk: Desk, clock: Clock) -> None:
        self._transactions = transactions
        self._desk = desk
        self._clock = clock
        #: By errand.
        self._underway: Underway[int] = Underway()
        #: Of these, the posts that open a thread or stand in one, by channel.
        self._new: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)

    async def run(self) -> datetime | None:
        """Begin what the limits allow; returns when to come back."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[Sequence[Job], datetime | None]:
            taken = posting.take(tx, BATCH, self._underway)
            return taken, posting.next_at(tx)

        jobs, due = await self._transactions.do(work, now=now)
        for job in jobs:
            started = self._underway.begin(job.errand.id, self._one(job))
            if job.picture is not None and job.ref is None:
                self._new[job.channel].add(started)
                started.add_done_callback(self._new[job.channel].discard)
        if due is None:
            return None
        return due if due > now else now + (timedelta(0) if jobs else SOON)

    async def settle(self, channel: str) -> bool:
        """Wait, though not for long, until the messages being posted in a channel are known by their ids: an
        agent may answer one sooner than Slack's own answer comes. False when there are none. What another
        process posts is told by the channel's slot, which it keeps meanwhile."""
        if new := list(self._new[channel]):
            await asyncio.wait(new, timeout=PATIENCE)
            return True
        kept_until = await self._transactions.do(lambda tx: tx.outbox.slot(channel))
        ahead = (kept_until - self._clock.now()).total_seconds() if kept_until else 0.0
        if ahead <= 0:
            return False
        await asyncio.sleep(min(ahead, PATIENCE))
        return True

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, at most this long; what is late is broken off, and looked for later."""
        await self._underway.drain(seconds)

    async def _one(self, job: Job) -> None:
        try:
            if job.opens_at is not None and (ahead := job.opens_at - self._clock.now()) > timedelta(0):
                await asyncio.sleep(min(ahead, posting.LEAD).total_seconds())
            lease = Lease(job.errand.lease_until, self._clock, partial(self._renew, job))
            ref = await lease.kept(lambda: self._carry(job, lease))
            answered = self._clock.now()
        except errors.DeskError as error:
            self._note_failure(job, error)
            failure = error
            await self._transactions.do(lambda tx: posting.failed(tx, job, failure))
        except TooLate:
            log.warning("An errand was left", extra={"action": "errand_left", "errand": job.errand.id})
        except Exception:
            # The errand stays underway; when its lease runs out the desk is searched for it.
            log.exception("An errand could not be carried", extra={"action": "errand_error"})
        else:
            await self._transactions.do(lambda tx: posting.done(tx, job, ref), now=answered)

    async def _carry(self, job: Job, lease: Lease) -> MessageRef | None:
        errand = job.errand
        if errand.kind is ErrandKind.MARK:
            assert errand.ref is not None
            await self._desk.mark(errand.ref, errand.reaction, errand.present)
            return None
        if errand.kind is ErrandKind.WHISPER:
            assert errand.agent is not None
            assert errand.said is not None
            thread = errand.ref if errand.ref and errand.ref.ts else None
            await self._desk.whisper(job.channel, thread, errand.agent, errand.said)
            return None
        assert job.picture is not None
        if job.look_first:
            found = await self._desk.find(job.channel, job.thread, errand.key, errand.created_at)
            if found is not None:
                if errand.kind is not ErrandKind.SAY:
                    await self._desk.redraw(found, job.picture)
                return found
            if not await lease.renew():  # the look took long, or this process was paused
                raise TooLate
        if job.ref is not None:
            await self._desk.redraw(job.ref, job.picture)
            return job.ref
        if isinstance(job.picture, CardPicture):
            return await self._desk.open_thread(job.channel, job.picture, errand.key)
        return await self._desk.say(job.channel, job.thread, job.picture, errand.key)

    async def _renew(self, job: Job, now: datetime) -> bool:
        return await self._transactions.do(lambda tx: posting.renew(tx, job), now=now)

    def _note_failure(self, job: Job, error: errors.DeskError) -> None:
        log.warning(
            "The channel did not take a message: %s",
            error.remedy,
            extra={"action": "errand_failed", "errand": job.errand.id, "error": error.detail},
        )
