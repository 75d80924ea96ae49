"""What the harness moves in a round, in shared memory: the date, the subjects' clock, the disk's size."""

from __future__ import annotations

import mmap
import random
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LAYOUT = struct.Struct("dd?")

#: The share of rounds in which the clocks of the house change, and when they do.
CHANGES = 0.3
TIME_CHANGES = (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC))


class Levers:
    """A small file that the harness and its subjects have in memory together."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_LAYOUT.size))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LAYOUT.size)

    @property
    def away(self) -> timedelta:
        """How far the round, servers and subjects alike, is away from the machine's own date."""
        return timedelta(seconds=_LAYOUT.unpack_from(self._memory)[1])

    @property
    def ahead(self) -> timedelta:
        """How far the subjects' clock is ahead of the servers'."""
        return timedelta(seconds=_LAYOUT.unpack_from(self._memory)[0])

    @property
    def astray(self) -> bool:
        """Whether the clock is off by more than any that is kept right."""
        return abs(self.ahead) > timedelta(minutes=1)

    @property
    def disk_full(self) -> bool:
        """Whether the database may not grow."""
        return bool(_LAYOUT.unpack_from(self._memory)[2])

    def set(
        self, *, ahead: timedelta | None = None, away: timedelta | None = None, disk_full: bool | None = None
    ) -> None:
        """Move what is given."""
        ahead = self.ahead if ahead is None else ahead
        away = self.away if away is None else away
        full = self.disk_full if disk_full is None else disk_full
        _LAYOUT.pack_into(self._memory, 0, ahead.total_seconds(), away.total_seconds(), full)

    def right(self) -> datetime:
        """The servers' present instant."""
        return datetime.now(UTC) + self.away

    def wall(self) -> float:
        """What the clock on the subjects' wall shows, in seconds since the epoch."""
        return time.time() + (self.away + self.ahead).total_seconds()

    def now(self) -> datetime:
        """The subjects' present instant."""
        return self.right() + self.ahead

    def set_date(self, seed: int) -> datetime | None:
        """Set the date of a round. Some begin a little before the clocks of the house change, for servers and
        subjects alike; then it returns when. The others keep the machine's date."""
        rng = random.Random(f"{seed}d")
        if rng.random() > CHANGES:
            return None
        change = rng.choice(TIME_CHANGES)
        self.set(away=change - timedelta(seconds=rng.uniform(2, 12)) - datetime.now(UTC))
        return change
