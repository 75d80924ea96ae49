"""Catching up: which thread is read next, and which replies must wait until theirs was.

Slack keeps events for a few minutes at most while no socket is open, and never again after that, so that
after a start, after a reconnect and now and then the threads themselves are the truth.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.cases.errors import DeskBusy, DeskError, DeskRefused
from bot.cases.model import Case, MessageRef, ReplyId
from bot.cases.ports import Clock
from bot.cases.tx import Tx
from bot.slack.pace import Pace
from bot.slack.reading import NotAllHeard, Reading, Thread, describe
from bot.transactions import Transactions
from bot.work import startup, unread
from bot.work.publishing import Task
from bot.work.unread import BUSY, DEAF, ODD, READING, REFUSED, Unread

log = logging.getLogger(__name__)

#: Threads of cases settled this recently are read too: a reaction or a word may have been missed.
RECENT = timedelta(days=1)
#: In so many threads what was published in the last day is looked at again: an edit or a deletion of its
#: message shows nowhere else.
PUBLISHED = 20
#: What the record knows of so many cases is read in one transaction.
CHUNK = 100
#: A thread that was read after its reply was due, and so long ago at most, needs no second look before the
#: reply goes.
FRESH = timedelta(minutes=1)
#: Nobody is told that no events arrive before they have not for so long: a start or a new socket takes a
#: moment, and Slack takes few redraws of lines a minute.
UNTOLD = timedelta(seconds=10)
#: How many threads are read side by side: a Slack that answers slowly must not halve the pace.
READERS = 3
#: The rest after a thread, or its channel, could not be read; each next one is twice as long, up to …
REST = timedelta(seconds=2)
LONGEST_REST = timedelta(minutes=1)
#: Refusals that concern one thread; every other one closes the whole channel to us.
_OF_THREAD = frozenset({"thread_not_found", "message_not_found"})
_CALL = "conversations.replies"
_NEVER = datetime.max.replace(tzinfo=UTC)

#: A way in that was opened: tells whether events still arrive over it.
Connection = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class _Wish:
    """A thread that is to be read."""

    #: 0: replies wait for it, or somebody just wrote in it. 1: something may be new in it. 2: the message
    #: of a published reply may have been changed.
    rank: int
    #: Within a rank the earliest goes first: the time of the reply, or the due time of the case.
    at: datetime
    #: Messages behind replies that were published lately are to be read as well.
    published: bool = False
    underway: bool = False
    #: It was read, or could not be.
    tried: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class _Read:
    """A thread that was read over the present connection."""

    at: datetime
    since: str
    to: str


@dataclass(frozen=True, slots=True)
class _Rest:
    """A thread or a channel that could not be read, and is not asked for again for a while."""

    until: datetime
    tries: int
    error: Exception


class CatchUp:
    """Reads what happened at the desk while nobody listened, the most urgent first; what could not be read
    is tried again for ever, and holds up nothing but its own thread."""

    def __init__(
        self,
        transactions: Transactions,
        reading: Reading,
        pace: Pace,
        clock: Clock,
        heard_at: datetime | None,
    ) -> None:
        """`heard_at` is until when the desk was heard before this start; None when it never was."""
        self._transactions = transactions
        self._reading = reading
        self._pace = pace
        self._clock = clock
        self._heard_at = heard_at
        self._connection: Connection | None = None
        #: Since when no events arrive, as far as was noticed; None while they do.
        self._deaf_since: datetime | None = None
        #: Everything that was said before the present connection opened is heard or is a wish.
        self._surveyed = False
        self._wishes: dict[MessageRef, _Wish] = {}
        self._wished = asyncio.Event()
        self._read: dict[MessageRef, _Read] = {}
        self._rests: dict[MessageRef | str, _Rest] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._surveying: asyncio.Task[None] | None = None
        #: Something may have been missed since the last survey began.
        self._due = asyncio.Event()

    def begin(self, connection: Connection) -> None:
        """Events arrive over `connection` from now on; what came before it is to be read."""
        self._connection = connection
        self._deaf_since = None
        self._surveyed = False
        self._read.clear()
        self._rests.clear()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._work()) for _ in range(READERS)]
        if self._surveying is not None:
            self._surveying.cancel()
        self._surveying = asyncio.create_task(self._survey_when_due(connection))
        self._wished.set()

    def close(self) -> None:
        """Read no further."""
        self._connection = None
        for task in (*self._tasks, *([self._surveying] if self._surveying else ())):
            task.cancel()

    # What sending asks

    async def unread(self, tasks: Sequence[Task]) -> Mapping[ReplyId, Unread]:
        """What keeps each of these replies back; nothing of those whose thread is known as it stands. The
        threads of all others are read as soon as may be."""
        if not await self._hears():
            return dict.fromkeys([task.reply_id for task in tasks], self._deaf())
        unknown = [task for task in tasks if task.thread is not None and not self._knows(task)]
        for task in unknown:
            assert task.thread is not None
            self._wish(task.thread, 0, task.since or self._clock.now())
        places = {ref: place for place, ref in enumerate(self._in_order())}
        return {
            task.reply_id: self._expected(task.thread, places[task.thread])
            for task in unknown
            if task.thread is not None
        }

    def spoken_in(self, thread: MessageRef) -> None:
        """Somebody just wrote in a thread. If it is still to be read, it is read now."""
        if thread in self._wishes:
            self._wish(thread, 0, self._clock.now())

    async def _hears(self) -> bool:
        return self._connection is not None and await self._connection()

    def _deaf(self) -> Unread:
        now = self._clock.now()
        self._deaf_since = self._deaf_since or now
        return Unread(DEAF if now - self._deaf_since >= UNTOLD * self._clock.speed else READING, now)

    def _knows(self, task: Task) -> bool:
        assert task.thread is not None
        if task.just_written:
            return self._surveyed and task.thread not in self._wishes
        read = self._read.get(task.thread)
        if read is None or not timedelta(0) <= self._clock.now() - read.at < FRESH * self._clock.speed:
            return False
        if task.since is not None and read.at < task.since:  # it could be changed until then
            return False
        return task.seen is None or float(read.since) <= float(task.seen.ts) <= float(read.to)

    def _expected(self, thread: MessageRef, place: int) -> Unread:
        rest = self._rests.get(thread) or self._rests.get(thread.channel)
        if rest is None:
            return Unread(READING, self._pace.opens(_CALL, place + 1))
        match rest.error:
            case DeskBusy():
                return Unread(BUSY, rest.until)
            case DeskRefused(detail=detail):
                return Unread(REFUSED, rest.until, detail)
            case _:
                return Unread(ODD, rest.until)

    # What is to be read

    async def again(self) -> None:
        """Read what may have been missed although nothing says so."""
        if await self._hears():
            self._due.set()

    async def run(self) -> None:
        """Find out in which threads something may be new, and wait until each of them was tried once."""
        connection = self._connection
        tried = [wish.tried for wish in await self._survey(connection)]
        for event in tried:
            await event.wait()
        if connection is not None and connection is self._connection and await self._hears():
            await self._tell_if_away()

    async def _survey_when_due(self, connection: Connection) -> None:
        """Survey at once, and again when that is asked for; but not before everything was tried that is to be
        read already, or the last would never have its turn."""
        self._due.set()
        while connection is self._connection:
            await self._due.wait()
            self._due.clear()
            try:
                await self.run()
            except Exception:
                log.exception("Catching up broke off", extra={"action": "catch_up_error"})
                await asyncio.sleep(REST.total_seconds())
                self._due.set()
            else:
                for wish in [*self._wishes.values()]:
                    await wish.tried.wait()

    async def _survey(self, connection: Connection | None) -> list[_Wish]:
        """Wish for every thread in which something may be new; those with waiting replies without asking.
        Returns these wishes, without those that nothing depends on."""
        threads = await self._known(self._clock.now() - RECENT)
        wishes = [self._wish(t.ref, 0, t.goes_at) for t in threads if t.goes_at is not None]
        quiet = [thread for thread in threads if thread.goes_at is None]
        for channel in sorted({thread.ref.channel for thread in quiet}):
            here = {thread.ref.ts: thread for thread in quiet if thread.ref.channel == channel}
            try:
                news: Collection[Thread] = await self._reading.channel(channel, here)
            except DeskError as error:
                log.warning(
                    "A channel could not be read; its threads are asked for one by one",
                    extra={"action": "channel_unread", "channel": channel, "error": error.detail},
                )
                news = here.values()
            wishes += [self._wish(t.ref, 1, t.case.due_at or _NEVER) for t in news]
        if connection is self._connection and not self._surveyed:
            self._wish_for_published(threads)
            self._surveyed = True
        return wishes

    def _wish_for_published(self, threads: Sequence[Thread]) -> None:
        """Once a connection: read where replies were published lately, after all that is more urgent."""
        now = self._clock.now()
        times = {t.ref: t.published_at for t in threads if t.published_at and now - t.published_at < RECENT}
        for ref in sorted(times, key=lambda ref: times[ref], reverse=True)[:PUBLISHED]:
            self._wish(ref, 2, times[ref]).published = True

    async def _known(self, since: datetime) -> list[Thread]:
        """What the record knows of the threads to read, a few cases at a time: agents need not wait."""
        cases = await self._transactions.do(lambda tx: _candidates(tx, since))
        threads: list[Thread] = []
        for start in range(0, len(cases), CHUNK):
            threads += await self._transactions.do(partial(_describe, cases[start : start + CHUNK]))
        return threads

    def _wish(self, thread: MessageRef, rank: int, at: datetime) -> _Wish:
        wish = self._wishes.get(thread)
        if wish is None:
            wish = self._wishes[thread] = _Wish(rank, at)
        wish.rank, wish.at = min((wish.rank, wish.at), (rank, at))
        self._wished.set()
        return wish

    def _in_order(self) -> list[MessageRef]:
        return sorted(self._wishes, key=lambda ref: (self._wishes[ref].rank, self._wishes[ref].at, ref.ts))

    # Reading it

    async def _work(self) -> None:
        while True:
            self._wished.clear()
            thread = self._next()
            if thread is not None:
                await self._try(thread, self._wishes[thread])
                continue
            now = self._clock.now()
            ends = [rest.until for rest in self._rests.values() if rest.until > now]
            pause = (min(ends) - now).total_seconds() / self._clock.speed if ends else None
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wished.wait(), pause)

    def _next(self) -> MessageRef | None:
        """The most urgent thread that may be read now."""
        for thread in self._in_order():
            if not self._wishes[thread].underway and self._resting(thread) is None:
                return thread
        return None

    def _resting(self, thread: MessageRef) -> _Rest | None:
        """Why a thread is left alone at the moment, itself or with its whole channel."""
        rests = (self._rests.get(thread), self._rests.get(thread.channel))
        return next((rest for rest in rests if rest is not None and rest.until > self._clock.now()), None)

    async def _try(self, ref: MessageRef, wish: _Wish) -> None:
        connection, began = self._connection, self._clock.now()
        wish.underway = True
        closed = self._rests.get(ref.channel)
        if closed is not None:  # it refused: one of its threads is tried, and not all at once
            self._rest(ref.channel, closed.error)
        try:
            since = began - RECENT if wish.published else None
            thread = await self._transactions.do(lambda tx: describe(tx, ref, since))
            if thread is not None:
                to = await self._reading.thread(thread)
                await self._was_read(connection, ref, _Read(began, thread.since, to))
            self._rests.pop(ref, None)
            if self._rests.pop(ref.channel, None) is not None:
                self._wished.set()
            if connection is self._connection:
                self._wishes.pop(ref, None)
        except Exception as error:
            self._failed(ref, error)
        finally:
            wish.underway = False
            wish.tried.set()

    async def _was_read(self, connection: Connection | None, ref: MessageRef, read: _Read) -> None:
        if connection is self._connection:
            before = read.at - FRESH * self._clock.speed
            for known in [known for known, old in self._read.items() if old.at <= before]:
                del self._read[known]
            self._read[ref] = read
        await self._transactions.do(lambda tx: unread.was_read(tx, ref, read.to))

    def _failed(self, ref: MessageRef, error: Exception) -> None:
        """Leave the thread, or its channel, alone for a while."""
        if isinstance(error, DeskRefused) and error.detail not in _OF_THREAD:
            if ref.channel not in self._rests:
                self._rest(ref.channel, error)
            for other, wish in self._wishes.items():
                if other.channel == ref.channel:
                    wish.tried.set()
        else:
            self._rest(ref, error)
        told = {"action": "thread_unread", "root": ref.ts, "error": str(error) or type(error).__name__}
        understood = isinstance(error, DeskError | NotAllHeard)
        log.warning(
            "A thread could not be read; its replies wait", exc_info=None if understood else error, extra=told
        )

    def _rest(self, key: MessageRef | str, error: Exception) -> None:
        """Try again later, each time twice as long, and not before Slack wants to be asked again."""
        tries = self._rests[key].tries + 1 if key in self._rests else 0
        until = self._clock.now() + min(LONGEST_REST, REST * 2 ** min(tries, 10))
        if isinstance(error, DeskBusy):
            until = max(until, error.until)
        self._rests[key] = _Rest(until, tries, error)

    # What the team hears

    async def note(self) -> None:
        """Remember the moment if nothing said at the desk is unknown to us."""
        if self._surveyed and not self._wishes and await self._hears():
            self._heard_at = self._clock.now()

    async def _tell_if_away(self) -> None:
        since, now = self._heard_at, self._clock.now()
        self._heard_at = now
        if since is not None:
            await self._transactions.do(lambda tx: startup.back(tx, since), now=now)


def _candidates(tx: Tx, since: datetime) -> list[Case]:
    """Cases whose threads may hold something that was missed."""
    return [case for case in [*tx.cases.open(), *tx.cases.settled_since(since)] if case.thread is not None]


def _describe(cases: Sequence[Case], tx: Tx) -> list[Thread]:
    found = (describe(tx, case.thread) for case in cases if case.thread is not None)
    return [thread for thread in found if thread is not None]
