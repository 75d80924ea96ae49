"""The time of a world that lives earlier than the machine, and of the program that is started in it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock


class WorldClock:
    """The time of day, put back by `behind`."""

    def __init__(self, behind: timedelta) -> None:
        self.behind = behind

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.behind

    def system(self) -> SystemClock:
        """The clock of a program that starts now."""
        behind = self.behind.total_seconds()
        return SystemClock(lambda: time.time() - behind)
