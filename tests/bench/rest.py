"""A program that has nothing to do: its start, its memory and its processor time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tests.bench.figures import Figure, ratio
from tests.bench.lean_slack import Slack
from tests.bench.lean_x import Network
from tests.bench.material import CHANNEL
from tests.bench.processes import Desk, Program, app_yaml, environment, running

STARTS = 7
#: When everything that is loaded after the start is there, in seconds.
SETTLED = 5.0
#: How long a program is watched doing nothing, in seconds: a minute holds one look at the network.
WATCHED = 60.0
#: How long it may take until it has nothing to do.
PATIENCE = 90.0

#: The least that a program must do to be connected: a database, Slack's address, its socket.
_BARE_START = """
import asyncio, sqlite3, sys
import aiohttp
async def main():
    sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode=WAL")
    async with aiohttp.ClientSession() as session:
        async with session.post(sys.argv[2] + "apps.connections.open") as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url) as socket:
            await socket.receive()
            print("ready", flush=True)
asyncio.run(main())
"""


async def starts(folder: Path) -> AsyncIterator[Figure]:
    """Start to ready against the barest start, and memory once all is quiet."""
    slack, x = Slack((CHANNEL,)), Network()
    address, network = await slack.start(), await x.start()
    # Often enough that the first looks, and what they load, are part of the picture.
    config = app_yaml(folder, address, network, [Desk("care", CHANNEL)], poll="1s")
    ours, floor, memory = [], [], 0.0
    for number in range(STARTS + 1):
        bare = ["-c", _BARE_START, str(folder / "bare-start.db"), address]
        async with running(bare, {}) as program:
            floor.append(program.took)
        async with running(_product(config), environment(1)) as program:
            ours.append(program.took)
            if number == STARTS:
                await asyncio.sleep(SETTLED)
                memory = program.memory()
    await slack.stop()
    await x.stop()
    yield ratio("start to ready", ours[1:], floor[1:])  # the first start makes the tables
    yield Figure("memory at rest", memory)


async def idle(folder: Path, databases: Mapping[str, Path]) -> list[Figure]:
    """The share of one processor that programs with these cases take, watched at once, with nothing to do
    but their look at the network each minute."""
    return list(await asyncio.gather(*(_idle(folder / name, path, name) for name, path in databases.items())))


async def _idle(folder: Path, database: Path, name: str) -> Figure:
    slack, x = Slack((CHANNEL,)), Network()
    address, network = await slack.start(), await x.start()
    config = app_yaml(folder, address, network, [Desk("care", CHANNEL)], database=database)
    product = ["-m", "tests.bench.product", str(config), "--poll-every", "60"]
    async with running(product, environment(1)) as program:
        settled = await quiet(program)
        before = program.cpu()
        await asyncio.sleep(WATCHED)
        spent = program.cpu() - before
        memory = program.memory()
    await slack.stop()
    await x.stop()
    detail = f"{spent * 1000:.1f} ms in {WATCHED:.0f} s; quiet after {settled:.1f} s of work; {memory:.0f} MB"
    return Figure(f"CPU at rest, {name} cases", spent / WATCHED * 100, detail)


async def quiet(program: Program) -> float:
    """Wait until a program has done nothing for two seconds; returns its processor time until then."""
    async with asyncio.timeout(PATIENCE):
        still, before = 0, program.cpu()
        while still < 4:
            await asyncio.sleep(0.5)
            now = program.cpu()
            still = still + 1 if now - before < 0.002 else 0
            before = now
    return before


def _product(config: Path) -> list[str]:
    return ["-m", "bot.cli", "run", "--config", str(config)]
