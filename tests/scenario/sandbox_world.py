"""A sandbox on a free port and a caller for it: what the tests of the world and its page start from."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.sandbox.crowd import Tempo
from bot.sandbox.world import World

Json = dict[str, Any]

BRISK = Tempo(answer=(0.0, 0.01), patience=0.2)


@asynccontextmanager
async def running(directory: Path | None = None, tempo: Tempo | None = None) -> AsyncIterator[World]:
    """A world on a free port, stopped at the end."""
    world = World(directory, tempo=tempo)
    await world.start(0)
    try:
        yield world
    finally:
        await world.stop()


async def ask(address: str, body: Any = None, token: str = "", **options: Any) -> tuple[int, Any]:
    """POST a JSON body, or GET without one; the status and the answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers) as session:
        method = "GET" if body is None else "POST"
        async with session.request(method, address, json=body, **options) as response:
            return response.status, await response.json(content_type=None)


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for is the state of the servers, which sets no event
            await asyncio.sleep(0.01)


async def frames(
    world: World, act: Callable[[], Awaitable[Any]] | None = None
) -> AsyncGenerator[tuple[str, Any], None]:
    """What a page that opens now is told: (event, things)."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{world.base_url}/sandbox/events") as response,
    ):
        event = ""
        async for line in response.content:
            if line.startswith(b"event: "):
                event = line[7:].decode().strip()
            elif line.startswith(b"data: "):
                yield event, json.loads(line[6:])
                if act is not None:
                    await act()
                    act = None
