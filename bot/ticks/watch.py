"""The watching tick: flags the cases whose time is running out or has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cases.ports import Clock
from bot.cases.tx import Tx
from bot.transactions import Transactions
from bot.work import alarms

#: How soon to come back for a case that turned while somebody else was changing it.
SOON = timedelta(milliseconds=100)


class Watch:
    """Compares due times with the clock, and calls for what could not be called for before."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def run(self) -> datetime | None:
        """Flag what turned; returns when the next case will."""
        turned, due = alarms.CHUNK, None
        while turned == alarms.CHUNK:
            turned, due = await self._transactions.do(self._flag)
        now = self._clock.now()
        return now + SOON if due is not None and due <= now else due

    def _flag(self, tx: Tx) -> tuple[int, datetime | None]:
        turned = alarms.flag(tx)
        instants = (tx.timers.next_due(), alarms.call_again(tx))
        return turned, min((at for at in instants if at is not None), default=None)
