"""Says when the record cannot be reached: in the log at once, in the channels when it lasts."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta

from bot.cases.errors import DeskError
from bot.cases.pictures import SaidPicture
from bot.cases.ports import Clock, Desk
from bot.cases.said import say

log = logging.getLogger(__name__)

#: How long it lasts before the channels hear of it: a database may be restarted.
WORTH_TELLING = timedelta(seconds=5)


class RecordOutOfReach:
    """Looks whether the record takes work.

    What it tells goes to the desk directly and not through a row, as all else does: there is no row to be
    had. So a channel may hear it twice, from two processes, or after a restart.
    """

    def __init__(
        self, reason: Callable[[], Awaitable[str]], channels: Collection[str], desk: Desk, clock: Clock
    ) -> None:
        """`reason` tells why the record cannot be reached, "" when it can."""
        self._reason = reason
        self._channels = channels
        self._desk = desk
        self._clock = clock
        self._since: datetime | None = None
        #: The channels that heard of it.
        self._told: set[str] = set()

    async def run(self) -> None:
        """Look, and tell what is new."""
        reason = await self._reason()
        now = self._clock.now()
        if reason:
            log.error("The record cannot be reached: %s", reason, extra={"action": "record_out_of_reach"})
            self._since = self._since or now
            if now - self._since >= WORTH_TELLING:
                await self._tell("desk.record_lost", set(self._channels) - self._told)
        elif self._since is not None:
            log.warning("The record can be reached again", extra={"action": "record_back"})
            await self._tell("desk.record_back", set(self._told))
            if not self._told:
                self._since = None

    async def _tell(self, key: str, channels: set[str]) -> None:
        """Say it where it was not said yet; where that fails it is tried again with the next look."""
        assert self._since is not None
        for channel in sorted(channels):
            try:
                await self._desk.say(
                    channel, None, SaidPicture(say(key)), f"{key}-{channel}-{self._since.timestamp():.0f}"
                )
            except DeskError as error:
                log.warning(
                    "A channel could not be told about the record",
                    extra={"action": "record_untold", "channel": channel, "error": error.detail},
                )
            else:
                self._told ^= {channel}
