"""The watch at work: how late its flags are, and how long it keeps the event loop to itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from time import perf_counter

from bot.cases.record import Wake
from bot.jobs import Ticks
from bot.ticks.watch import Watch
from bot.transactions import Transactions
from storage import SqlStore, open_store
from tests.bench.figures import Figure, quantile
from tests.bench.material import CLOCK, settle, setup

#: How many flags are watched for their lateness, and how far their instants are apart.
FLAGS, APART = 300, timedelta(milliseconds=20)
_BEAT = 0.001


class _Seen:
    """The watching tick, with the instants at which its transactions had been committed."""

    def __init__(self, store: SqlStore) -> None:
        self._watch = Watch(Transactions(store, setup(), CLOCK), CLOCK)
        self.ended: list[datetime] = []

    async def run(self) -> datetime | None:
        """As the tick itself."""
        due = await self._watch.run()
        self.ended.append(CLOCK.now())
        return due


@asynccontextmanager
async def _watched(url: str) -> AsyncIterator[tuple[SqlStore, _Seen]]:
    store = open_store(url)
    seen = _Seen(store)
    ticks = Ticks({Wake.WATCH: seen.run}, CLOCK, timedelta(seconds=15))
    store.on_wake(ticks.wake)
    ticks.start()
    try:
        yield store, seen
    finally:
        await ticks.stop(5)
        await store.close()


async def lateness(url: str, first: datetime, name: str) -> Figure:
    """How long after its instant a flag is committed; cases turn one after the other from `first` on."""
    instants = [first + number * APART for number in range(FLAGS)]
    async with _watched(url) as (_, seen):
        await asyncio.sleep((instants[-1] - CLOCK.now()).total_seconds() + 0.5)
        ended = seen.ended
    late = []
    for instant in instants:
        after = next(end for end in ended if end >= instant)
        late.append((after - instant).total_seconds() * 1000)
    middle = quantile(late, 0.5)
    return Figure(f"flag lateness p99, {name} cases", quantile(late, 0.99), f"p50 {middle:.2f} ms")


async def blocking(url: str, cases: int) -> Figure:
    """The longest time in which the loop did nothing else, while so many cases turn at once."""
    settle()
    async with _watched(url) as (_, seen):
        longest, began = 0.0, perf_counter()
        while not seen.ended:
            before = perf_counter()
            await asyncio.sleep(_BEAT)
            longest = max(longest, perf_counter() - before - _BEAT)
        took = perf_counter() - began
    detail = f"all flagged after {took:.1f} s, {cases / took:,.0f} a second"
    return Figure("loop blocked by 100,000 due at once", longest * 1000, detail)
