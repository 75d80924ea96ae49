"""Hearing: the catching up that follows each opening of the way in, until it has succeeded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.cases.ports import Clock

log = logging.getLogger(__name__)

#: Catching up that broke off is tried again after so long, in seconds, unless Slack asks for more.
_AGAIN = 2.0

#: What breaks each time is given up after so many tries: it must not keep everything else inside for ever.
_TRIES = 5

#: Reads what was said while nobody listened. Returns when to try again, or None once all of it was heard.
CatchUp = Callable[[], Awaitable[datetime | None]]


class Hearing:
    """Knows for which connection everything was heard that was said before it opened."""

    def __init__(self, catch_up: CatchUp, clock: Clock) -> None:
        self._catch_up = catch_up
        self._clock = clock
        self._newest: object = None
        self._heard: object = None
        self._underway: set[asyncio.Task[None]] = set()

    def begin(self, connection: object) -> None:
        """Events arrive over `connection` from now on; what came before it is to be read."""
        self._newest = connection
        task = asyncio.create_task(self._hear(connection))
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)

    def has_all(self, connection: object) -> bool:
        """Whether all that was said before `connection` opened was heard."""
        return connection is not None and connection is self._heard

    def close(self) -> None:
        """Read no further."""
        for task in self._underway:
            task.cancel()

    async def _hear(self, connection: object) -> None:
        """Catch up until it succeeds, or another connection is the one to catch up for."""
        broken = 0
        while connection is self._newest:
            try:
                again = await self._catch_up()
            except Exception:
                log.exception("Catching up broke off", extra={"action": "catch_up_error"})
                broken += 1
                again = self._clock.now() if broken < _TRIES else None
            if again is None:
                self._heard = connection
                return
            await asyncio.sleep(max(_AGAIN, (again - self._clock.now()).total_seconds()))
