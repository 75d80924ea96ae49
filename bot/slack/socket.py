"""Slack's way in by socket: opened, watched and closed, with an address of its own for each try."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.cases.errors import DeskBusy, DeskError
from bot.cases.ports import Clock
from bot.slack.calls import Caller
from bot.slack.catch_up import Connection
from bot.slack.desk_time import DeskTime

log = logging.getLogger(__name__)

#: How often the connection is looked at, in seconds: a broken one is noticed and opened again after so long.
_LOOK_EVERY = 5.0
#: How long Slack's goodbye is waited for, in seconds; left to itself the client would wait ten.
_GOODBYE = 1.0
#: The rest after a try to connect that failed, in seconds; each next one is twice as long, up to the last.
_REST, _LONGEST_REST = 1.0, 30.0
#: A connection that takes longer to open, or to bring hello from Slack, carries nothing; in seconds.
_HELLO = 20.0


class _Client(SocketModeClient):
    """slack_sdk's client with a way to connect of our own: it would try an address that refused it for ever,
    although each is good for one connection, and ask for new ones sooner than Slack allows."""

    def __init__(self, app: AsyncApp, app_token: str, clock: Clock) -> None:
        super().__init__(app_token, logger=app.logger, web_client=app.client, ping_interval=_LOOK_EVERY)
        # Left to itself it would take a proxy where the client was told to take none.
        self.proxy = app.client.proxy
        self._clock = clock
        self._calls = Caller(clock, DeskTime(clock))
        #: The session over which Slack said hello.
        self.greeted: object = None
        self._waiting: set[asyncio.Task[None]] = set()

    async def issue_new_wss_url(self) -> str:
        """A new address. Raises `DeskError`s."""
        answer = await self._calls.read(self.web_client.apps_connections_open, app_token=self.app_token)
        return str(answer["url"])

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Replace a connection that is broken, or about to end (`force`); once, whoever notices it."""
        before = self.current_session
        async with self.connect_operation_lock:
            ends = force and self.current_session is before
            if ends or not await self.is_connected():
                await self.connect()

    async def connect(self) -> None:
        """Connect; ends once a connection stands, or the client is closed."""
        tries = 0
        while not self.closed:
            try:
                address, self.wss_uri = self.wss_uri, None
                await self._connect_to(address or await self.issue_new_wss_url())
                return
            except (DeskError, aiohttp.ClientError, OSError, TimeoutError) as error:
                rest = min(_LONGEST_REST, _REST * 2 ** min(tries, 10))
                rest *= random.uniform(0.8, 1.2)  # noqa: S311  # spreads tries and guards nothing
                if isinstance(error, DeskBusy):
                    rest = max(rest, (error.until - self._clock.now()).total_seconds())
                tries += 1
                log.warning(
                    "The socket to Slack does not open; a new address is tried after a rest",
                    extra={"action": "socket_refused", "error": str(error), "rest": round(rest, 1)},
                )
                await asyncio.sleep(rest)

    async def _connect_to(self, address: str) -> None:
        """As in slack_sdk, for a single try."""
        if self.current_session is not None:  # beside too many others the old one must go first
            with suppress(Exception):
                await asyncio.wait_for(self.current_session.close(), _GOODBYE)
        opening = self.aiohttp_client_session.ws_connect(
            address,
            autoping=False,
            heartbeat=self.ping_interval,
            proxy=self.proxy,
            ssl=self.web_client.ssl if self.web_client.ssl is not None else True,
        )
        session = await asyncio.wait_for(opening, _HELLO)
        self.current_session, self.stale, self.last_ping_pong_time = session, False, None
        for task in (self.current_session_monitor, self.message_receiver):
            if task is not None:
                task.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())
        waiting = asyncio.create_task(self._expect_hello(session))
        self._waiting.add(waiting)
        waiting.add_done_callback(self._waiting.discard)

    async def _expect_hello(self, session: aiohttp.ClientWebSocketResponse) -> None:
        """Close a connection over which Slack says nothing; the next look opens another."""
        await asyncio.sleep(_HELLO)
        if self.greeted is not session and self.current_session is session and not self.closed:
            log.warning("Slack does not say hello", extra={"action": "socket_silent"})
            await session.close()

    async def close(self) -> None:
        """Disconnect, and let go of everything."""
        for task in self._waiting:
            task.cancel()
        await super().close()  # type: ignore[no-untyped-call]  # slack_sdk ships no type for it


class Socket:
    """Socket Mode for one app. The caller has checked the token: a wrong one would be retried for ever."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        opened: Callable[[Connection], None],
        clock: Clock,
        address: str = "",
    ) -> None:
        """`opened` is told of each connection over which events arrive. `address` is tried first."""
        self._app = app
        self._opened = opened
        self._clock = clock
        self._client = _Client(app, app_token, clock)
        self._client.wss_uri = address or None
        self._client.message_listeners.append(self._hear_hello)
        self._client.socket_mode_request_listeners.append(self._handle)

    async def open(self) -> None:
        """Connect; events arrive from now on."""
        await self._client.connect()

    async def is_open(self) -> bool:
        """Whether events can arrive now."""
        return bool(await self._client.is_connected())

    async def close(self) -> None:
        """Disconnect; what was acknowledged is committed."""
        self._client.closed = True  # or it would open the next connection while this one is being closed
        with suppress(TimeoutError):
            goodbye = self._client.disconnect()  # type: ignore[no-untyped-call]  # slack_sdk has no type for it
            await asyncio.wait_for(goodbye, _GOODBYE)
        await self._client.close()

    async def _handle(self, client: Any, request: Any) -> None:
        """As bolt's own handler does it."""
        began = self._clock.now().timestamp()
        await send_async_response(client, request, await run_async_bolt_app(self._app, request), began)

    async def _hear_hello(self, client: Any, message: dict[str, Any], _raw: str | None) -> None:
        if message.get("type") != "hello":
            return
        log.info("The socket to Slack is open", extra={"action": "socket_open"})
        session = self._client.greeted = client.current_session

        async def stands() -> bool:
            return client.current_session is session and await self.is_open()

        self._opened(stands)
