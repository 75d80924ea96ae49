"""`make bench`: every figure in turn, as a table, and as JSON where OUT names a file."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from tests.bench import burst, figures, growth, paths, postgres, record, rest, watching
from tests.bench.figures import Figure
from tests.bench.stock import WAITING, move_due, stocked

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SPOKEN = {10_000: "10k", 100_000: "100k", 1_000_000: "1M"}


async def _everything(folder: Path) -> AsyncIterator[Figure]:
    async for figure in record.sqlite(folder):
        yield figure
    with postgres.databases("ours", "floor") as (ours, floor):
        async for figure in record.postgresql(ours, floor):
            yield figure
    async for figure in paths.paths(folder):
        yield figure
    async for figure in rest.starts(folder):
        yield figure
    async for figure in burst.burst(folder):
        yield figure
    async for figure in _sizes(folder):
        yield figure


async def _sizes(folder: Path) -> AsyncIterator[Figure]:
    """What depends on how much is kept."""
    databases = growth.names(folder, SIZES)
    apart = watching.APART
    urls = {
        size: await stocked(path, size, min(size, WAITING), timedelta(days=10), apart)
        for size, path in databases.items()
    }
    async for figure in growth.growth(urls):
        yield figure
    for figure in await rest.idle(folder, {name: databases[size] for size, name in SPOKEN.items()}):
        yield figure
    for size, name in SPOKEN.items():
        first = move_due(databases[size], timedelta(seconds=3), apart)
        yield await watching.lateness(urls[size], first, name)
    move_due(databases[WAITING], timedelta(0), timedelta(0))
    yield await watching.blocking(urls[WAITING], WAITING)


async def _run(out: Path | None) -> int:
    """Print the table as it grows; 0 whatever it says: a figure is no test."""
    began, found = perf_counter(), []
    load = os.getloadavg()[0]
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, load {load:.2f} at the start"
    )
    gc.collect()  # as bot.cli does when it is up
    gc.freeze()
    with tempfile.TemporaryDirectory(prefix="webcare-bench-") as folder:
        async for figure in _everything(Path(folder)):
            found.append(figure)
            print(figures.line(figure), flush=True)
    kept = sum(figure.holds for figure in found)
    print(f"{kept} of {len(found)} within their targets, in {perf_counter() - began:.0f} s")
    if out is not None:
        figures.write(found, out)
    return 0


def main() -> int:
    """Run all."""
    parser = argparse.ArgumentParser(
        prog="make bench", description="What the product costs against the floor."
    )
    parser.add_argument("--out", type=Path, help="write the figures as a JSON list")
    asked = parser.parse_args()
    return asyncio.run(_run(asked.out))


if __name__ == "__main__":
    raise SystemExit(main())
