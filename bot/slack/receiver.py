"""Slack's way in: a socket that the bot opens, or requests that Slack sends."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as Seconds
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.cases.errors import DeskBusy, DeskError
from bot.cases.ports import Clock
from bot.slack.calls import Caller, DeskTime
from bot.slack.catch_up import Connection

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
        """Replace a connection that is broken, or about to end (`force`); once, however many notice it."""
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
                    ahead = (error.until - self._clock.now()).total_seconds()
                    rest = max(rest, ahead / self._clock.speed)
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


#: The two headers as Slack writes them (docs.slack.dev, "Verifying requests from Slack").
_SIGNATURE = re.compile("v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile("[0-9]{1,12}")

#: A signature holds for five minutes to either side of its time (Slack's advice, SignatureVerifier).
HOLDS = timedelta(minutes=10)
#: Anybody can send a request that is refused; the log is told of them this often at most.
TELL_EVERY = timedelta(minutes=1)


class Requests:
    """The door for Slack's requests, instead of a socket.

    Signatures are looked at here, over the bytes as they came, and nowhere else: bolt would read the body
    first, writes it into the log when it refuses, and breaks where a header is not what it expects. What is
    refused never reaches the app, and so not the record.

    The very same request is let through once while it is under way and after it was answered well. Slack's
    own repetitions are signed again; those, and a replay after a restart or to another process, are known by
    their ids in the record.
    """

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: str,
        clock: Clock,
        opened: Callable[[Connection], None],
    ) -> None:
        """`opened` is told once events can arrive. Raises ValueError for an empty secret."""
        self._app = app
        self._verifier = SignatureVerifier(signing_secret, _SecondsOf(clock))
        self._clock = clock
        self._opened = opened
        self._is_open = False
        #: Signatures that were let through, oldest first.
        self._taken: dict[str, datetime] = {}
        self._refusals = 0
        self._told_at: datetime | None = None

    async def open(self) -> None:
        """Let requests in from now on."""
        self._is_open = True
        self._opened(self.is_open)

    async def is_open(self) -> bool:
        """Whether events can arrive, as far as this end can tell. What happens from then on Slack tells, and
        tells again if need be."""
        return self._is_open

    async def close(self) -> None:
        """Let nothing in any more; what was acknowledged is committed."""
        self._is_open = False

    async def answer(self, request: web.Request) -> web.Response:
        """The answer to one request: 200 once its effect is committed, 401 to whatever is not Slack's or was
        here before, 503 while closed, 500 when it failed and should be sent again."""
        if not self._is_open:
            return web.json_response({"error": "closed"}, status=503)
        body = await request.read()
        signature = self._signature(body, request.headers)
        if signature is None or not self._take(signature):
            return self._refuse()
        try:
            told = AsyncBoltRequest(body=body.decode(), headers={"Content-Type": request.content_type})
        except (ValueError, TypeError, AttributeError):  # signed, and yet nothing that Slack would send
            return web.json_response({"error": "invalid body"}, status=400)
        kept = False
        try:
            response = await self._app.async_dispatch(told)
            kept = response.status < 500
        finally:
            if not kept:
                self._taken.pop(signature, None)
        return await to_aiohttp_response(response)

    def _signature(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """The request's signature if it holds. Headers are anybody's: only what looks as Slack's does is
        calculated with."""
        signature = headers.get("X-Slack-Signature", "")
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        if not (_SIGNATURE.fullmatch(signature) and _TIMESTAMP.fullmatch(timestamp)):
            return None
        try:
            holds = self._verifier.is_valid(body, timestamp, signature)
        except UnicodeDecodeError:  # a body that is no text
            return None
        return signature if holds else None

    def _take(self, signature: str) -> bool:
        """Remember a signature; False when it is known."""
        now = self._clock.now()
        for old, at in list(self._taken.items()):
            if at > now - HOLDS:
                break
            del self._taken[old]
        if signature in self._taken:
            return False
        self._taken[signature] = now
        return True

    def _refuse(self) -> web.Response:
        self._refusals += 1
        now = self._clock.now()
        if self._told_at is None or now - self._told_at >= TELL_EVERY:
            log.warning(
                "A request was refused: unsigned, wrongly signed, too old, or here before. If it came from "
                "Slack, compare the signing secret with the one under Basic Information of your app",
                extra={"action": "request_refused", "count": self._refusals},
            )
            self._told_at, self._refusals = now, 0
        return web.json_response({"error": "invalid request"}, status=401)


class _SecondsOf(Seconds):
    """Our clock as slack_sdk asks for the time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()


Receiver = Socket | Requests


def receiver_of(
    app: AsyncApp,
    mode: Literal["socket", "http"],
    secret: str,
    clock: Clock,
    opened: Callable[[Connection], None],
    address: str = "",
) -> Receiver:
    """The door of a mode, still closed. `secret` is the app-level token for a socket and the signing secret
    for requests; `opened` is told each time events can arrive again. A socket
    is opened at `address` first, if there is one.

    ValueError without a secret, in words for a person: a door that anybody can pass is never made.
    """
    if mode == "http":
        if not secret.strip():
            raise ValueError(
                "Without a signing secret anybody could pass for Slack: set desk.signing_secret."
            )
        return Requests(app, secret, clock, opened)
    if not secret:
        raise ValueError("Without an app-level token Slack opens no socket: set desk.app_token.")
    return Socket(app, secret, opened, clock, address)
