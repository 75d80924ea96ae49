"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import settings

#: More than this many files at once only wait for the disk and for each other.
_MOST_WORKERS = 8

# How long an example takes says something of the machine, and nothing of the program.
settings.register_profile("webcare", deadline=None)
settings.load_profile("webcare")


def pytest_xdist_auto_num_workers() -> int:
    """How many files `make test` runs at once: one more than there are processors."""
    return min(_MOST_WORKERS, (os.cpu_count() or 1) + 1)
