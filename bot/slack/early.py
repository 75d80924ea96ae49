"""What is said to a message of ours that is only just being posted: Slack tells it, and an agent acts on it,
before Slack's own answer says which message it is. It is kept until that is known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.cases.ports import Clock

log = logging.getLogger(__name__)

#: Nothing is kept longer: a post whose answer takes so long is looked for, and its thread read then.
LONGEST = timedelta(seconds=60)
#: The rest after a try that broke off.
_REST = 1.0


class Early:
    """Keeps what nobody knows yet. It is not in the record: a program that is killed looks for the post when
    it starts again, and reads its thread."""

    def __init__(self, settle: Callable[[str], Awaitable[bool]], clock: Clock) -> None:
        """`settle` waits, though not for long, until the messages being posted in a channel right now are
        known to be ours; False when there are none."""
        self._settle = settle
        self._clock = clock
        self._kept: set[asyncio.Task[None]] = set()

    async def hear(self, channel: str, hearing: Callable[[], Awaitable[bool]]) -> None:
        """Let `hearing` deal with something, which it does once it knows the message that this is about, and
        returns whether it did. What still is not known after a moment is tried again beside all else, so that
        Slack, which waits for three seconds, has its answer."""
        if await hearing() or not await self._settle(channel) or await hearing():
            return
        kept = asyncio.create_task(self._hear_later(channel, hearing))
        self._kept.add(kept)
        kept.add_done_callback(self._kept.discard)

    def close(self) -> None:
        """Keep nothing any longer."""
        for kept in self._kept:
            kept.cancel()

    async def _hear_later(self, channel: str, hearing: Callable[[], Awaitable[bool]]) -> None:
        until = self._clock.now() + LONGEST
        while self._clock.now() < until:
            try:
                if not await self._settle(channel) or await hearing():
                    return
            except Exception:
                log.exception("What was kept could not be heard", extra={"action": "early_unheard"})
                await asyncio.sleep(_REST)
