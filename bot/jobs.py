"""The scheduler's ticks: each runs when it said it would, earlier when woken, and at least now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.cases.ports import Clock
from bot.cases.record import Wake

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[datetime | None]]

#: How long after a wake a tick begins, in seconds, where nobody waits for it: so that what somebody waits for
#: has the storage thread to itself. Looks and flags have their own times anyway.
_AFTER_WAKE = {Wake.POLL: 0.01, Wake.WATCH: 0.01}
#: How long drawing leaves to sending: what is said in public comes before what is shown of it.
_AFTER_SENDING = 0.003
#: A tick that broke is tried again this soon.
AFTER_ERROR = timedelta(seconds=1)
#: Longer than any tick takes that is well: a look at a slow network, with all its pages, takes the longest.
STALLED_AFTER = timedelta(minutes=2)


class Ticks:
    """Runs each tick one at a time and never forgets a wake that comes while it runs.

    APScheduler 3.11 keeps the times in memory only: what is due is a column, and the first run after a start
    finds it.
    """

    def __init__(self, ticks: Mapping[Wake, Tick], clock: Clock, at_least_every: timedelta) -> None:
        self._ticks = ticks
        self._clock = clock
        self._cap = at_least_every
        self._others: dict[str, tuple[Tick, timedelta]] = {}
        self._running: set[Wake] = set()
        self._again: set[Wake] = set()
        #: When each tick wanted to come back.
        self._alarms: dict[str, asyncio.TimerHandle] = {}
        #: When each tick last came to its end without breaking.
        self._well_at: dict[str, datetime] = {}
        self._underway: set[asyncio.Task[object]] = set()
        #: The scheduler itself ends a little after it was told to.
        self._live = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 2},
        )

    def start(self) -> None:
        """Begin ticking, at once; must be called in the event loop."""
        self._live = True
        for name in self._ticks:
            self._well_at[name.value] = self._clock.now()
        self._scheduler.add_job(
            self._all,
            IntervalTrigger(seconds=self._cap.total_seconds()),
            id="ticks",
            next_run_time=datetime.now(UTC),
        )
        self._scheduler.start()

    def also(self, name: str, tick: Tick, every: timedelta) -> None:
        """Run something each `every`, and when its name is woken; must be called in the event loop."""
        self._others[name] = tick, every
        self._scheduler.add_job(
            self._beside, IntervalTrigger(seconds=every.total_seconds()), args=[name], id=name
        )
        self._ring_beside(name)

    def wake(self, names: frozenset[Wake]) -> None:
        """Let these ticks run now; must be called in the event loop."""
        for name in names:
            if name.value in self._others and self._scheduler.running:
                self._scheduler.modify_job(name.value, next_run_time=datetime.now(UTC))
        for name in self._ticks:
            if name in names:
                behind = _AFTER_SENDING if name is Wake.DELIVER and Wake.SEND in names else 0.0
                self._ring(name, _AFTER_WAKE.get(name, behind))

    def stalled(self) -> list[str]:
        """The ticks that have not come to a good end for too long: broken each time, or hanging."""
        if not self._live:
            return [name.value for name in self._ticks]
        before = self._clock.now() - STALLED_AFTER
        return [name.value for name in self._ticks if self._well_at[name.value] < before]

    async def stop(self, seconds: float) -> None:
        """Tick no more. What is running gets this long to end, and is cancelled then."""
        if self._live:
            self._live = False
            for alarm in self._alarms.values():
                alarm.cancel()
            self._scheduler.pause()
            # The scheduler's own calls last one turn of the loop; it would cancel them.
            await asyncio.sleep(0)
            self._scheduler.shutdown(wait=False)
        if self._underway:
            _, late = await asyncio.wait(self._underway, timeout=seconds)
            for task in late:
                task.cancel()

    async def _all(self) -> None:
        """The scheduler's call: whatever was thought, each tick looks for itself now and then."""
        for name in self._ticks:
            self._begin(name)

    async def _beside(self, name: str) -> None:
        self._begin_beside(name)

    def _begin_beside(self, name: str) -> None:
        tick, _ = self._others[name]
        self._hold(partial(self._guarded, name, tick))
        self._ring_beside(name)

    def _ring_beside(self, name: str) -> None:
        """Let it run by the loop's own time, too: the scheduler comes sooner, unless the machine's clock, by
        which it goes, was set back."""
        if (standing := self._alarms.pop(name, None)) is not None:
            standing.cancel()
        if self._live:
            seconds = 2 * self._others[name][1].total_seconds()
            self._alarms[name] = asyncio.get_running_loop().call_later(seconds, self._begin_beside, name)

    def _hold(self, run: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Run something in a task of our own: APScheduler cancels those it holds as soon as it is stopped."""
        if not self._live:
            return
        task = asyncio.create_task(run())
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)

    def _begin(self, name: Wake) -> None:
        """Run a tick, or once more when it is running. A wake does not go through the scheduler, which would
        take ten times as long to begin."""
        if name in self._running:
            self._again.add(name)
            return
        self._running.add(name)
        self._hold(partial(self._run, name))

    async def _run(self, name: Wake) -> None:
        pause = timedelta(0)
        try:
            while pause <= timedelta(0):
                self._again.discard(name)
                due = await self._guarded(name.value, self._ticks[name])
                if not self._live:
                    return
                # The scheduler comes sooner, unless the clock of the machine, by which it goes, was set back.
                longest = 2 * self._cap
                pause = longest if due is None else min(due - self._clock.now(), longest)
                if name in self._again:
                    pause = timedelta(0)
        finally:
            self._running.discard(name)
        self._ring(name, pause.total_seconds())

    def _ring(self, name: Wake, seconds: float) -> None:
        """Let a tick run after so long, if it does not sooner: one that finds nothing does no harm."""
        if not seconds:
            self._begin(name)
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        standing = self._alarms.get(name)
        if standing is not None:
            if standing.when() <= at:
                return
            standing.cancel()
        self._alarms[name] = loop.call_at(at, self._rung, name)

    def _rung(self, name: Wake) -> None:
        del self._alarms[name]
        self._begin(name)

    async def _guarded(self, name: str, tick: Tick) -> datetime | None:
        try:
            due = await tick()
        except Exception:
            log.exception("A tick broke and is tried again", extra={"action": "tick_error", "tick": name})
            return self._clock.now() + AFTER_ERROR
        self._well_at[name] = self._clock.now()
        return due
