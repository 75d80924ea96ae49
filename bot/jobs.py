"""The scheduler's ticks: each runs when it said it would, earlier when woken, and at least now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.cases.ports import Clock
from bot.cases.record import Wake

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[datetime | None]]

#: How long after a wake a tick begins, in seconds, where nobody waits for it: so that what somebody waits for
#: has the storage thread to itself. Looks and flags have their own times anyway.
_AFTER_WAKE: Mapping[str, float] = {Wake.POLL: 0.01, Wake.WATCH: 0.01}
#: How long drawing leaves to sending: what is said in public comes before what is shown of it.
_AFTER_SENDING = 0.003
#: However fast the clock is, a tick that comes back for something later rests so long at least, in seconds;
#: and so long one that only looks now and then.
_BREATH, _LOOK = 0.02, 1.0
#: A tick that broke is tried again this soon.
AFTER_ERROR = timedelta(seconds=1)
#: Longer than any working tick takes: a look at a slow network, with all its pages, takes the longest.
STALLED_AFTER = timedelta(minutes=2)


class Ticks:
    """Runs each tick one at a time and never forgets a wake that comes while it runs.

    APScheduler 3.11 keeps the times in memory only: what is due is a column, and the first run after a start
    finds it. It goes by the machine's clock; where that was set back, the event loop's own time still lets
    each tick run.
    """

    def __init__(self, ticks: Mapping[Wake, Tick], clock: Clock, at_least_every: timedelta) -> None:
        self._clock = clock
        self._cap = at_least_every
        self._main = tuple(ticks)
        #: Each tick, how often it runs at least, and how soon it is tried again when it broke.
        self._ticks: dict[str, tuple[Tick, timedelta, timedelta]] = {
            name: (tick, at_least_every, AFTER_ERROR) for name, tick in ticks.items()
        }
        self._running: set[str] = set()
        self._again: set[str] = set()
        #: When each tick runs next, by the loop's time.
        self._alarms: dict[str, asyncio.TimerHandle] = {}
        #: When each tick last came to its end without breaking.
        self._well_at: dict[str, datetime] = {}
        self._underway: set[asyncio.Task[None]] = set()
        #: The scheduler itself ends a little after it was told to.
        self._live = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 2},
        )

    def start(self) -> None:
        """Begin ticking, at once; must be called in the event loop."""
        self._live = True
        self._well_at = dict.fromkeys(self._main, self._clock.now())
        every = IntervalTrigger(seconds=self._seconds(self._cap, _LOOK))
        self._scheduler.add_job(self._come, every, args=self._main, next_run_time=datetime.now(UTC))
        self._scheduler.start()

    def also(self, name: str, tick: Tick, every: timedelta) -> None:
        """Run something each `every`, and when its name is woken; must be called in the event loop."""
        self._ticks[name] = tick, every, every
        seconds = self._seconds(every, _LOOK)
        self._scheduler.add_job(self._come, IntervalTrigger(seconds=seconds), args=[name])
        self._ring(name, 2 * seconds)

    def wake(self, names: frozenset[Wake]) -> None:
        """Let these ticks run now; must be called in the event loop."""
        for name in self._ticks:
            if name in names:
                behind = _AFTER_SENDING if name == Wake.DELIVER and Wake.SEND in names else 0.0
                self._ring(name, _AFTER_WAKE.get(name, behind))

    def stalled(self) -> list[str]:
        """The ticks that have not come to a good end for too long: broken each time, or hanging."""
        before = self._clock.now() - STALLED_AFTER * self._clock.speed
        return [name.value for name in self._main if not self._live or self._well_at[name] < before]

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

    async def _come(self, *names: str) -> None:
        """The scheduler's call: whatever was thought, each tick looks for itself now and then."""
        for name in names:
            self._begin(name)

    def _ring(self, name: str, seconds: float) -> None:
        """Let a tick run after so long, if it does not sooner: one that finds nothing does no harm."""
        if not seconds:
            self._begin(name)
            return
        loop = asyncio.get_running_loop()
        at, standing = loop.time() + seconds, self._alarms.get(name)
        if standing is not None and standing.when() > at:
            standing.cancel()
        if standing is None or standing.when() > at:
            self._alarms[name] = loop.call_at(at, self._begin, name)

    def _begin(self, name: str) -> None:
        """Run a tick, or once more when it is running. A wake does not go through the scheduler, which would
        take ten times as long to begin and cancels its tasks as soon as it is stopped."""
        if (standing := self._alarms.pop(name, None)) is not None:
            standing.cancel()
        if name in self._running:
            self._again.add(name)
        elif self._live:
            self._running.add(name)
            task = asyncio.create_task(self._run(name))
            self._underway.add(task)
            task.add_done_callback(self._underway.discard)

    async def _run(self, name: str) -> None:
        tick, every, after_error = self._ticks[name]
        rest = 0.0
        try:
            while rest <= 0:
                self._again.discard(name)
                try:
                    due = await tick()
                    self._well_at[name] = self._clock.now()
                except Exception:
                    told = {"action": "tick_error", "tick": name}
                    log.exception("A tick broke and is tried again", extra=told)
                    due = self._clock.now() + after_error * self._clock.speed
                if not self._live:
                    return
                rest = self._seconds(2 * every, _LOOK)
                if due is not None:
                    rest = min(rest, self._seconds(due - self._clock.now(), _BREATH))
                if name in self._again:
                    rest = 0.0
        finally:
            self._running.discard(name)
        self._ring(name, rest)

    def _seconds(self, span: timedelta, least: float) -> float:
        """How long so much of the clock's time lasts; by a fast clock, at least `least`."""
        seconds = span.total_seconds() / self._clock.speed
        return seconds if self._clock.speed == 1 else max(seconds, least)
