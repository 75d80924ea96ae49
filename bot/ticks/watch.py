"""The ticks that watch: the due times, the replies that wait too long, the clock, whether the record can be
reached, and what is over and can go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from bot.cases.errors import DeskError
from bot.cases.pictures import SaidPicture
from bot.cases.ports import Clock, Desk
from bot.cases.record import Store
from bot.cases.said import say
from bot.cases.tx import Tx
from bot.transactions import Transactions
from bot.work import alarms, shifts, startup, turns, unread

#: How soon to come back for a case that turned while somebody else was changing it.
SOON = timedelta(milliseconds=100)


class Watch:
    """Compares due times with the clock, and calls for what could not be called for before."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def run(self) -> datetime | None:
        """Flag what turned; returns when the next case will."""
        turned, due = turns.CHUNK, None
        while turned == turns.CHUNK:
            turned, due = await self._transactions.do(self._flag)
        now = self._clock.now()
        return now + SOON if due is not None and due <= now else due

    def _flag(self, tx: Tx) -> tuple[int, datetime | None]:
        turned = turns.flag(tx)
        instants = (tx.timers.next_due(), alarms.call_again(tx))
        return turned, min((at for at in instants if at is not None), default=None)


class Shifts:
    """Tells of changes of shift and of gaps in the duty."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._has_rosters = any(team.roster for team in transactions.setup.installation.teams.values())

    async def run(self) -> None:
        """Tell what is new, where anybody has a roster."""
        if self._has_rosters:
            await self._transactions.do(shifts.tell)


class Backlog:
    """Asks the record whether any reply has waited for too long. While one waits, each run also looks for
    channels to tell."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock
        #: Whether replies waited at the last look. At the start a notice of the process before may stand.
        self._stands = True

    async def run(self) -> None:
        """Tell the channels what has changed since the last run."""
        now = self._clock.now()
        if self._stands or await self._transactions.do(lambda tx: bool(unread.late(tx)), now=now):
            self._stands = await self._transactions.do(unread.tell, now=now)


#: So many rows of a kind, and so many cases, go in one transaction: that takes some milliseconds.
BATCH = 10
#: The rest between two transactions, in seconds: the others have the record to themselves meanwhile.
REST = 0.02


class Tidy:
    """Forgets until there is nothing more to forget."""

    def __init__(self, store: Store, clock: Clock, rest: float = REST) -> None:
        self._store = store
        self._clock = clock
        self._rest = rest

    async def run(self) -> None:
        """One walk through all tables."""
        now = self._clock.now()
        more = True
        while more:
            more = await self._store.do(lambda record: record.upkeep.forget(now, BATCH))
            await asyncio.sleep(self._rest)


log = logging.getLogger(__name__)

#: What was under way when the clock was put back may write instants of before for so long: longer than any
#: call takes, and any work waits to be saved.
AFTERWARDS = timedelta(minutes=1)


class ClockPutBack:
    """Compares the clock with itself."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock
        self._before = self._until = clock.now()

    async def run(self) -> None:
        """Bring near what is too far away, if the clock was put back a short while ago."""
        before, self._before = self._before, self._clock.now()
        if self._before < before:
            log.warning(
                "The clock was put back",
                extra={"action": "clock_put_back", "seconds": (before - self._before).total_seconds()},
            )
            self._until = self._before + AFTERWARDS
        if self._before < self._until:
            await self.cap_waits()

    async def cap_waits(self) -> None:
        """Bring near what is too far away."""
        await self._transactions.do(startup.cap_waits)


#: How long it lasts before the channels hear of it: a database may be restarted.
WORTH_TELLING = timedelta(seconds=5)


class RecordOutOfReach:
    """Looks whether the record takes work.

    What it tells goes to the desk directly and not through a row, as all else does: there is no row to be
    had. So a channel may hear it twice, from two processes, or after a restart.
    """

    def __init__(
        self, reason: Callable[[], Awaitable[str]], channels: Collection[str], desk: Desk, clock: Clock
    ) -> None:
        """`reason` tells why the record cannot be reached, "" when it can."""
        self._reason = reason
        self._channels = channels
        self._desk = desk
        self._clock = clock
        self._since: datetime | None = None
        #: The channels that heard of it.
        self._told: set[str] = set()

    async def run(self) -> None:
        """Look, and tell what is new."""
        reason = await self._reason()
        now = self._clock.now()
        if reason:
            log.error("The record cannot be reached: %s", reason, extra={"action": "record_out_of_reach"})
            self._since = self._since or now
            if now - self._since >= WORTH_TELLING:
                await self._tell("desk.record_lost", set(self._channels) - self._told)
        elif self._since is not None:
            log.warning("The record can be reached again", extra={"action": "record_back"})
            await self._tell("desk.record_back", set(self._told))
            if not self._told:
                self._since = None

    async def _tell(self, key: str, channels: set[str]) -> None:
        """Say it where it was not said yet; where that fails it is tried again with the next look."""
        assert self._since is not None
        for channel in sorted(channels):
            try:
                await self._desk.say(
                    channel, None, SaidPicture(say(key)), f"{key}-{channel}-{self._since.timestamp():.0f}"
                )
            except DeskError as error:
                log.warning(
                    "A channel could not be told about the record",
                    extra={"action": "record_untold", "channel": channel, "error": error.detail},
                )
            else:
                self._told ^= {channel}
