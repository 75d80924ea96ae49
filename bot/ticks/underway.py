"""What a tick has begun and what is not over yet: its tasks, and the lease that each call keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from datetime import datetime
from typing import Any, Generic, TypeVar

from bot.cases import leases
from bot.cases.leases import RENEW_EVERY, LeaseLost, fenced
from bot.cases.ports import Clock

Name = TypeVar("Name", bound=Hashable)


class Underway(Generic[Name]):
    """Tasks by name, one at a time for each. They deal with their own faults."""

    def __init__(self) -> None:
        self._tasks: dict[Name, asyncio.Task[None]] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._tasks

    def begin(self, name: Name, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside everything else. Whether `name` is under way is for the caller to ask."""
        task = self._tasks[name] = asyncio.create_task(doing)
        task.add_done_callback(lambda _: self._tasks.pop(name))
        return task

    async def end(self, concerned: Callable[[Name], bool]) -> None:
        """Wait for those under way of which this is true."""
        if tasks := [task for name, task in self._tasks.items() if concerned(name)]:
            await asyncio.wait(tasks)

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, at most this long; what is late is broken off. The record knows how far
        each got, and the next process looks for the rest."""
        if self._tasks:
            _, late = await asyncio.wait(list(self._tasks.values()), timeout=seconds)
            for task in late:
                task.cancel()


T = TypeVar("T")


class Lease:
    """The lease of one piece of work, as it stands while a call lasts."""

    def __init__(
        self, until: datetime | None, clock: Clock, renew: Callable[[datetime], Awaitable[bool]]
    ) -> None:
        """`renew` keeps in the record that it is renewed at an instant; False when another process has it."""
        self._until = until
        self._clock = clock
        self._renew = renew

    def _holds(self) -> bool:
        """Whether nobody else can have the work yet."""
        return not leases.has_run_out(self._until, self._clock.now(), self._clock.speed)

    async def renew(self) -> bool:
        """Go on; False when another process has the work."""
        now = self._clock.now()
        if is_ours := await self._renew(now):
            self._until = leases.until(now, self._clock.speed)
        return is_ours

    async def run(self, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of `call`, which is only begun, and whose requests are only written, while the lease
        holds; it is renewed meanwhile. Raises `LeaseLost` when it no longer held."""
        if not self._holds():
            raise LeaseLost
        with fenced(self._holds):
            task = asyncio.ensure_future(call())
        return await while_renewing(task, self.renew)


async def while_renewing(call: Awaitable[T], renew: Callable[[], Awaitable[object]]) -> T:
    """The result of `call`, with `renew` run now and then until it is there."""
    task = asyncio.ensure_future(call)
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=RENEW_EVERY.total_seconds())
            if done:
                return task.result()
            await renew()
    finally:
        if not task.done():
            task.cancel()
