"""Slack's way in by socket: opened, watched and closed; each time it opens the threads are caught up with."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.cases.ports import Clock
from bot.slack.hearing import CatchUp, Hearing

log = logging.getLogger(__name__)

#: How often the connection is looked at, in seconds: a broken one is noticed and opened again after so long.
_LOOK_EVERY = 5.0
#: How long Slack's goodbye is waited for, in seconds; left to itself the client would wait ten.
_GOODBYE = 1.0


class Socket:
    """Socket Mode for one app. The caller has checked the token: a wrong one would be retried for ever."""

    def __init__(self, app: AsyncApp, app_token: str, catch_up: CatchUp, clock: Clock) -> None:
        self._handler = AsyncSocketModeHandler(
            app, app_token, web_client=app.client, ping_interval=_LOOK_EVERY
        )
        # Left to itself it would take a proxy where the client was told to take none.
        self._handler.client.proxy = app.client.proxy
        self._hearing = Hearing(catch_up, clock)
        self._handler.client.message_listeners.append(self._hear_hello)

    async def open(self) -> None:
        """Connect; events arrive from now on."""
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # bolt ships no type for it

    async def is_open(self) -> bool:
        """Whether events can arrive now."""
        return bool(await self._handler.client.is_connected())

    async def hears(self) -> bool:
        """Whether nothing said at the desk is unknown to us: events arrive, and what was said before they did
        was read. While this is False an agent may have changed or taken back what still waits to be sent."""
        return self._hearing.has_all(self._handler.client.current_session) and await self.is_open()

    async def close(self) -> None:
        """Disconnect; what was acknowledged is committed."""
        self._hearing.close()
        client = self._handler.client
        client.closed = True  # or it would open the next connection while this one is being closed
        with suppress(TimeoutError):
            goodbye = client.disconnect()  # type: ignore[no-untyped-call]  # slack_sdk ships no type for it
            await asyncio.wait_for(goodbye, _GOODBYE)
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # bolt ships no type for it

    async def _hear_hello(self, _client: Any, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") != "hello":
            return
        log.info("The socket to Slack is open", extra={"action": "socket_open"})
        self._hearing.begin(self._handler.client.current_session)
