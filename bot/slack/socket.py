"""The socket to Slack: opened, watched and closed; each time it opens the threads are caught up with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)


class Socket:
    """Socket Mode for one app. The caller has checked the token: a wrong one would be retried for ever."""

    def __init__(
        self, app: AsyncApp, app_token: str, opened: Callable[[], Awaitable[datetime | None]]
    ) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token, web_client=app.client)
        self._opened = opened
        self._catching_up: set[asyncio.Task[Any]] = set()
        self._handler.client.message_listeners.append(self._hear_hello)

    async def open(self) -> None:
        """Connect; events arrive from now on."""
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # bolt ships no type for it

    async def is_open(self) -> bool:
        """Whether events can arrive now."""
        return bool(await self._handler.client.is_connected())

    async def close(self) -> None:
        """Disconnect; what was acknowledged is committed."""
        for task in self._catching_up:
            task.cancel()
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # bolt ships no type for it

    async def _hear_hello(self, _client: Any, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") != "hello":
            return
        log.info("The socket to Slack is open", extra={"action": "socket_open"})
        task = asyncio.ensure_future(self._opened())
        self._catching_up.add(task)
        task.add_done_callback(self._catching_up.discard)
