"""How long the update of a large database takes: python -m tests.bench.update [CASES]"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import storage
from storage.schema import HEAD
from tests.postgres import fresh_database
from tests.storage import old_record


async def measure(name: str, url: str, cases: int) -> None:
    """Make the record of an earlier program with so many cases, and start this one's on it."""
    old_record.load(url, cases // len(old_record.seen()["cases"]))
    begun = perf_counter()
    await storage.open_store(url).close()
    seconds = perf_counter() - begun
    print(f"{name}: {cases:,} cases from {old_record.REVISION} to {HEAD} in {seconds:.1f} s", flush=True)


def main(cases: int = 100_000) -> None:
    """Measure on both kinds of database."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure("SQLite", f"sqlite:///{Path(folder) / 'webcare.db'}", cases))
    with fresh_database() as url:
        asyncio.run(measure("PostgreSQL", url, cases))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
