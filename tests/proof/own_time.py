"""Time as the subject and the servers have it: without what others of a busy machine took from them."""

from __future__ import annotations

import os
import time
from pathlib import Path


class OwnTime:
    """Counts seconds from its making, without those in which the subject, or the servers in this process,
    were ready to run and had no processor."""

    def __init__(self, subject: int) -> None:
        self._pids = (os.getpid(), subject)
        self._began, self._kept = time.monotonic(), self._waited()

    def seconds(self) -> float:
        """How many there were so far."""
        return time.monotonic() - self._began - max(0.0, self._waited() - self._kept)

    def _waited(self) -> float:
        return sum(_waited_for_a_processor(pid) for pid in self._pids)


def _waited_for_a_processor(pid: int) -> float:
    """For how long the first thread of a process did, in seconds; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0
