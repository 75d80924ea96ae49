"""The tick that drops what is over, a few rows at a time, so that nobody waits for it."""

from __future__ import annotations

import asyncio

from bot.cases.ports import Clock
from bot.cases.record import Store

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
