"""Ticks run when they said, at once when woken, once more for a wake that came meanwhile, never in pairs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.cases.record import Wake
from bot.jobs import STALLED_AFTER, Ticks

PATIENCE = 5.0


class SystemClock:
    """The machine's clock."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


class Counting:
    """A tick that counts its runs, lasts as long as it is told, and wants to come back when it is told."""

    def __init__(self, lasts: float = 0.0, back_in: float | None = None) -> None:
        self.runs = 0
        self.most_at_once = 0
        self._now = 0
        self._lasts = lasts
        self._back_in = back_in
        self._ran = asyncio.Condition()

    async def run(self) -> datetime | None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(self._lasts)
        self._now -= 1
        async with self._ran:
            self.runs += 1
            self._ran.notify_all()
        return None if self._back_in is None else datetime.now(UTC) + timedelta(seconds=self._back_in)

    async def has_run(self, times: int) -> None:
        async with asyncio.timeout(PATIENCE), self._ran:
            await self._ran.wait_for(lambda: self.runs >= times)


@asynccontextmanager
async def ticking(tick: Counting, at_least_every: float = 60.0) -> AsyncIterator[Ticks]:
    """The tick under way, after its first run."""
    ticks = Ticks({Wake.DELIVER: tick.run}, SystemClock(), timedelta(seconds=at_least_every))
    ticks.start()
    try:
        await tick.has_run(1)
        yield ticks
    finally:
        await ticks.stop(1)


async def test_a_tick_comes_back_when_it_said() -> None:
    tick = Counting(back_in=0.05)

    async with ticking(tick):
        await tick.has_run(3)


async def test_a_tick_that_wants_nothing_comes_back_now_and_then() -> None:
    tick = Counting()

    async with ticking(tick, at_least_every=0.1):
        await tick.has_run(3)


async def test_a_tick_that_is_woken_runs_at_once() -> None:
    tick = Counting()

    async with ticking(tick) as ticks:
        ticks.wake(frozenset({Wake.DELIVER}))
        await tick.has_run(2)


async def test_a_wake_while_a_tick_runs_lets_it_run_once_more_and_not_beside_itself() -> None:
    tick = Counting(lasts=0.05)

    async with ticking(tick) as ticks:
        for _ in range(3):
            ticks.wake(frozenset({Wake.DELIVER}))
            await asyncio.sleep(0.01)
        await tick.has_run(3)
        await asyncio.sleep(0.1)

    assert (tick.runs, tick.most_at_once) == (3, 1)


async def test_a_stopped_tick_is_not_woken() -> None:
    tick = Counting()

    async with ticking(tick) as ticks:
        await ticks.stop(1)
        ticks.wake(frozenset({Wake.DELIVER}))
        await asyncio.sleep(0.05)

    assert tick.runs == 1


async def test_what_nobody_waits_for_is_not_put_off_for_ever_by_wakes() -> None:
    tick = Counting()
    ticks = Ticks({Wake.WATCH: tick.run}, SystemClock(), timedelta(seconds=60))
    ticks.start()
    await tick.has_run(1)
    for _ in range(100):
        ticks.wake(frozenset({Wake.WATCH}))
        await asyncio.sleep(0.001)
    await ticks.stop(1)

    assert tick.runs > 3


async def test_drawing_begins_behind_sending() -> None:
    order: list[Wake] = []
    sending, drawing = Counting(), Counting()

    async def run(name: Wake, tick: Counting) -> None:
        order.append(name)
        await tick.run()

    both = {Wake.DELIVER: partial(run, Wake.DELIVER, drawing), Wake.SEND: partial(run, Wake.SEND, sending)}
    ticks = Ticks(both, SystemClock(), timedelta(seconds=60))
    ticks.start()
    await asyncio.gather(sending.has_run(1), drawing.has_run(1))
    ticks.wake(frozenset(both))
    await asyncio.gather(sending.has_run(2), drawing.has_run(2))
    await ticks.stop(1)

    assert order[2:] == [Wake.SEND, Wake.DELIVER]


async def test_what_runs_beside_the_ticks_does_so_although_the_scheduler_waits_for_a_time_that_passed() -> (
    None
):
    beside = Counting()
    async with ticking(Counting()) as ticks:
        ticks.also("beside", beside.run, timedelta(milliseconds=20))
        ticks._scheduler.pause()  # as it is in effect when the machine's clock was set back
        await beside.has_run(3)

    assert beside.most_at_once == 1


class FastClock:
    """A clock on which a minute lasts as long as the machine takes for a little."""

    speed = 600.0

    def __init__(self) -> None:
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        return self._began + (datetime.now(UTC) - self._began) * self.speed


@asynccontextmanager
async def ticking_fast(rest: timedelta) -> AsyncIterator[Counting]:
    """A tick by a fast clock that wants to come back after so much of its time."""
    tick, clock = Counting(), FastClock()

    async def run() -> datetime:
        await tick.run()
        return clock.now() + rest

    ticks = Ticks({Wake.DELIVER: run}, clock, timedelta(hours=10))
    ticks.start()
    try:
        yield tick
    finally:
        await ticks.stop(1)


async def test_by_a_fast_clock_a_tick_comes_back_sooner() -> None:
    async with ticking_fast(timedelta(minutes=1)) as tick:
        await tick.has_run(3)


async def test_by_a_fast_clock_a_tick_leaves_the_others_time() -> None:
    async with ticking_fast(timedelta(milliseconds=1)) as tick:
        await asyncio.sleep(0.2)

    assert 1 < tick.runs < 20


async def test_by_a_fast_clock_a_tick_that_hangs_has_as_long_as_by_any_other() -> None:
    clock = FastClock()
    ticks = Ticks({Wake.DELIVER: Counting(lasts=60).run}, clock, timedelta(hours=10))
    ticks.start()
    before = clock.now()
    await asyncio.sleep(0.3)
    hangs, stalled = clock.now() - before > STALLED_AFTER, ticks.stalled()
    await ticks.stop(0)

    assert (hangs, stalled) == (True, [])
