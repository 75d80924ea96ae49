"""The tick that notices when the clock was put back, and then lets nothing wait for what it showed before."""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.cases.ports import Clock
from bot.transactions import Transactions
from bot.work import startup

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
