"""Keeping a lease for as long as an outside call lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from bot.work.leases import RENEW_EVERY

T = TypeVar("T")


async def kept(call: Coroutine[Any, Any, T], renew: Callable[[], Awaitable[object]]) -> T:
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
