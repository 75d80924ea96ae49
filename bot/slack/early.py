"""Events about a message of ours whose post Slack has not answered yet.

Agents see a message, and act on it, before Slack's answer says which message it is. Such an event is tried
again until that is known. Slack gets no acknowledgement meanwhile: what a kill takes away here is
delivered again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.cases.errors import DeskError
from bot.cases.ports import Clock

log = logging.getLogger(__name__)

#: How long an event is held up for a message that is just being posted, in seconds; Slack waits three.
PATIENCE = 1.5
#: An event is tried again no longer than this: a post whose answer takes so long is looked for, and its
#: thread read then.
LONGEST = timedelta(seconds=60)
#: The rest after a try that broke off.
_REST = 1.0


class StillUnknown(Exception):
    """An event may be about a message that is being posted. It must not be acknowledged."""


class Early:
    """Tries events again until the messages that are being posted are known. The record holds none of it."""

    def __init__(self, settle: Callable[[str, float], Awaitable[bool]], clock: Clock) -> None:
        """`settle` waits, at most so many seconds, until the messages being posted in a channel right now
        are known to be ours; False when there are none."""
        self._settle = settle
        self._clock = clock
        self._kept: set[asyncio.Task[None]] = set()

    async def hear(
        self, channel: str, hearing: Callable[[], Awaitable[bool]], *, delivered: bool = True
    ) -> None:
        """Let `hearing` deal with an event. It returns whether the message that the event is about is known.

        When that takes longer than Slack waits for an acknowledgement (3 seconds), a delivered event raises
        `StillUnknown`. It is heard as soon as the message is known; Slack's repetition then finds it done.
        """
        if await hearing() or await self._settled(channel, hearing):
            return
        kept = asyncio.create_task(self._hear_later(channel, hearing))
        self._kept.add(kept)
        kept.add_done_callback(self._kept.discard)
        if delivered:
            raise StillUnknown

    async def _settled(self, channel: str, hearing: Callable[[], Awaitable[bool]]) -> bool:
        """Whether the event is dealt with, or about nothing of ours. It is heard after the wait whatever the
        wait says: a post that has just ended was still unknown when the event was heard before."""
        is_being_posted = await self._settle(channel, PATIENCE)
        return await hearing() or not is_being_posted

    def close(self) -> None:
        """Try nothing any longer."""
        for kept in self._kept:
            kept.cancel()

    async def _hear_later(self, channel: str, hearing: Callable[[], Awaitable[bool]]) -> None:
        until = self._clock.now() + LONGEST * self._clock.speed
        while self._clock.now() < until:
            try:
                if await self._settled(channel, hearing):
                    return
            except Exception as error:
                told = {"action": "early_unheard", "error": str(error) or type(error).__name__}
                trace = None if isinstance(error, DeskError) else error
                log.warning("An event could not be heard; it is tried again", exc_info=trace, extra=told)
                await asyncio.sleep(_REST)
