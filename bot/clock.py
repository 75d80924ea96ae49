"""The program's clock: the time of day, which does not follow a jump that is soon put right; and the demo's,
which may run fast."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: A difference below this is drift, in seconds; the next look at it will do.
_DRIFT = 1.0
#: A jump of the machine's clock that lasts this long, in seconds, is taken as a correction.
_BELIEVED_AFTER = 60.0


def _since_boot() -> float:
    """Seconds that only ever go on; while the machine sleeps too, where the system can tell."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class SystemClock:
    """Counts on from the time of day at its start.

    What is due is kept as instants in the record. A machine's clock that is set an hour ahead by mistake and
    back again would leave "not before" instants an hour away, and nothing would be looked at or said until
    then. So a jump is only followed once it has lasted.
    """

    speed = 1.0

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = _since_boot
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._wall_then = wall()
        self._steady_then = steady()
        #: Since when, by the steady count, the two differ.
        self._apart_since: float | None = None

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        wall, steady = self._wall(), self._steady()
        counted = self._wall_then + (steady - self._steady_then)
        if abs(wall - counted) < _DRIFT:
            self._apart_since = None
        elif self._apart_since is None:
            self._apart_since = steady
        elif steady - self._apart_since >= _BELIEVED_AFTER:
            self._wall_then, self._steady_then, self._apart_since = wall, steady, None
            counted = wall
        return datetime.fromtimestamp(counted, UTC)


class FastClock:
    """Runs so many times as fast as the machine's, from an instant on. It stands still while that sleeps."""

    def __init__(self, speed: float, begins: datetime, steady: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._begins = begins
        self._steady = steady
        self._then = steady()

    def now(self) -> datetime:
        """Its present instant, aware, in UTC."""
        return self._begins + timedelta(seconds=(self._steady() - self._then) * self.speed)
