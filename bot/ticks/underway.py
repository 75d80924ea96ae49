"""The tasks that a tick has begun and that are not over yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

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
        each got, and whoever comes next looks for the rest."""
        if self._tasks:
            _, late = await asyncio.wait(list(self._tasks.values()), timeout=seconds)
            for task in late:
                task.cancel()
