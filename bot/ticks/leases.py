"""Keeping a lease for as long as an outside call lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from bot.cases import leases
from bot.cases.leases import RENEW_EVERY, LeaseLost, fenced
from bot.cases.ports import Clock

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
        return not leases.has_run_out(self._until, self._clock.now())

    async def renew(self) -> bool:
        """Go on; False when another process has the work."""
        now = self._clock.now()
        if is_ours := await self._renew(now):
            self._until = leases.until(now)
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
