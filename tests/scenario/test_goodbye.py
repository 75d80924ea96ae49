"""Closing the socket to a Slack that has gone silent: the program does not wait for its goodbye."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.clock import SystemClock
from bot.slack import calls
from bot.slack.receiver import Socket


class SilentSlack:
    """Opens sockets, says hello, and neither reads nor says anything after that."""

    def __init__(self) -> None:
        self.greeted = asyncio.Event()
        self.url = ""
        self._over = asyncio.Event()

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/api/apps.connections.open", self._open)
        app.router.add_get("/link", self._link)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/api/"
        return runner

    async def stop(self, runner: web.AppRunner) -> None:
        self._over.set()
        await runner.cleanup()

    async def _open(self, _request: web.Request) -> web.Response:
        link = self.url.replace("http:", "ws:").replace("/api/", "/link")
        return web.json_response({"ok": True, "url": link})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello"}))
        self.greeted.set()
        await self._over.wait()
        return socket


@pytest.fixture
async def slack() -> AsyncIterator[SilentSlack]:
    silent = SilentSlack()
    runner = await silent.start()
    yield silent
    await silent.stop(runner)


async def test_the_socket_is_closed_although_slack_says_no_goodbye(slack: SilentSlack) -> None:
    async with calls.open_session() as session:
        client = calls.client("xoxb-1", slack.url, session)
        app = AsyncApp(client=client, signing_secret="unused", request_verification_enabled=False)
        socket = Socket(app, "xapp-1", lambda _connection: None, SystemClock())
        await socket.open()
        await asyncio.wait_for(slack.greeted.wait(), 5)
        began = time.monotonic()
        await socket.close()

    assert time.monotonic() - began < 3
