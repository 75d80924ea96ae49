"""Socket Mode: the app's WebSockets, what is sent through them, acknowledged, sent again and lost."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.slack.model import Json

#: Connections an app may hold; one more and the oldest is told to go.
MOST_CONNECTIONS = 10


@dataclass
class Pace:
    """Slack's waits in seconds, all multiplied by `factor` so that a test need not sit them out."""

    acknowledge: float = 3.0
    #: Before each repetition of an event that was not acknowledged.
    repeats: tuple[float, ...] = (0.0, 60.0, 300.0)
    factor: float = 1.0

    @property
    def patience(self) -> float:
        """How long an acknowledgement is waited for."""
        return self.acknowledge * self.factor


@dataclass
class Mischief:
    """What goes wrong with the next events, on order: each count goes down by one as it is spent."""

    #: So many events get lost.
    lose: int = 0
    #: So many events are delivered twice, with one event_id.
    twice: int = 0
    #: So many events are held back for `late_by` seconds.
    late: int = 0
    late_by: float = 1.0
    #: The next so many events are collected, and delivered last first once they are complete.
    reverse: int = 0
    #: Only events of this type are counted; "" means any.
    only: str = ""


@dataclass
class _Connection:
    socket: web.WebSocketResponse
    request: web.Request
    acknowledgements: dict[str, asyncio.Future[Json]] = field(default_factory=dict)


class SocketMode:
    """The connections of one app. Every payload goes to one of them, in turn."""

    def __init__(self, app_id: Callable[[], str]) -> None:
        self.pace = Pace()
        self.mischief = Mischief()
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._turn = itertools.count()
        self._held: list[Json] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    @property
    def undelivered(self) -> int:
        """How many events the app has not acknowledged yet and may still be told."""
        return len(self._tasks)

    def ticket(self) -> str:
        """A ticket that lets one connection in."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def link(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection for as long as it lasts."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(socket, request)
        self._connections.append(connection)
        await socket.send_json(self._hello())
        if len(self._connections) > MOST_CONNECTIONS:
            await self._bid_farewell(self._connections[0], "too_many_websockets")
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledged(connection, message.data)
        finally:
            if connection in self._connections:
                self._connections.remove(connection)
        return socket

    def deliver(self, payload: Json) -> None:
        """Send an event to the app, and again when it is not acknowledged; mischief permitting."""
        mischief = self.mischief
        concerned = not mischief.only or payload["event"]["type"] == mischief.only
        if concerned and mischief.lose > 0:
            mischief.lose -= 1
            return
        if concerned and mischief.reverse > 0:
            mischief.reverse -= 1
            self._held.append(payload)
            if mischief.reverse == 0:
                held, self._held = self._held[::-1], []
                for one in held:
                    self._start(self._events_api(one, 0.0))
            return
        wait = 0.0
        if concerned and mischief.late > 0:
            mischief.late -= 1
            wait = mischief.late_by
        self._start(self._events_api(payload, wait))
        if concerned and mischief.twice > 0:
            mischief.twice -= 1
            self._start(self._events_api(payload, wait))

    async def ask(self, kind: str, payload: Json, *, accepts_response: bool) -> Json:
        """Send a command or an interaction and return what the app acknowledged it with.

        Raises ConnectionError when the app has no connection, TimeoutError when it does not answer in time.
        Slack does not repeat these.
        """
        return await self._send(
            {"type": kind, "payload": payload, "accepts_response_payload": accepts_response}
        )

    async def bid_farewell(self, reason: str) -> None:
        """Tell every connection to go: "warning", "refresh_requested" or "link_disabled".

        After a warning the connection stays; after the others it is closed.
        """
        for connection in tuple(self._connections):
            await self._bid_farewell(connection, reason)

    def drop(self) -> None:
        """Break every connection without a word, as a network failure would."""
        for connection in self._connections:
            if connection.request.transport is not None:
                connection.request.transport.abort()
        self._connections.clear()

    async def close(self) -> None:
        """End every connection and every delivery still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in tuple(self._connections):
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)

    # --- parts

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._app_id()},
        }

    async def _bid_farewell(self, connection: _Connection, reason: str) -> None:
        farewell = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}
        with suppress(ConnectionError):  # it is gone already
            await connection.socket.send_json(farewell)
        if reason != "warning" and connection in self._connections:
            self._connections.remove(connection)
            self._start(self._close_soon(connection))

    async def _close_soon(self, connection: _Connection) -> None:
        await asyncio.sleep(self.pace.patience)
        await connection.socket.close()

    async def _events_api(self, payload: Json, wait: float) -> None:
        await asyncio.sleep(wait)
        reason = ""
        for attempt, pause in enumerate((0.0, *self.pace.repeats)):
            await asyncio.sleep(pause * self.pace.factor)
            envelope = {
                "type": "events_api",
                "payload": payload,
                "accepts_response_payload": False,
                "retry_attempt": attempt,
                "retry_reason": reason,
            }
            try:
                await self._send(envelope)
            except TimeoutError:
                reason = "http_timeout"
            except ConnectionError:
                reason = "connection_failed"
            else:
                return

    async def _send(self, envelope: Json) -> Json:
        if not self._connections:
            raise ConnectionError("the app has no open connection")
        connection = self._connections[next(self._turn) % len(self._connections)]
        envelope_id = secrets.token_hex(16)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.acknowledgements[envelope_id] = answer
        try:
            await connection.socket.send_json({"envelope_id": envelope_id, **envelope})
            return await asyncio.wait_for(answer, self.pace.patience)
        finally:
            connection.acknowledgements.pop(envelope_id, None)

    def _acknowledged(self, connection: _Connection, raw: str) -> None:
        message = json.loads(raw)
        answer = connection.acknowledgements.get(message.get("envelope_id", ""))
        if answer is not None and not answer.done():
            answer.set_result(message.get("payload") or {})

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
