"""Slack as it sends requests: signed, in its three shapes, and on order stale, forged or twice."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.scenario.sides import Json

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire; sending it again is a replay."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    body: str


def signed(secret: str, body: bytes, content_type: str = "application/json", *, ago: float = 0.0) -> Request:
    """A request signed as docs.slack.dev says (Verifying requests from Slack), now or so many seconds ago."""
    timestamp = str(int(time.time() - ago))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return Request(
        body,
        {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
        },
    )


def body_of(envelope: Json) -> tuple[bytes, str]:
    """What a request says that would carry this envelope of Socket Mode, and its content type."""
    payload = envelope["payload"]
    match envelope["type"]:
        case "events_api":
            return json.dumps(payload).encode(), "application/json"
        case "slash_commands":
            return urlencode(payload).encode(), FORM
        case _:
            return urlencode({"payload": json.dumps(payload)}).encode(), FORM


class SlackSide:
    """Takes what the local Slack has for the app off its socket and sends it to the bot as requests."""

    def __init__(self, http: aiohttp.ClientSession, url: str, secret: str) -> None:
        self._http = http
        self.url = url
        self.secret = secret
        #: Everything that was sent, oldest first.
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answered:
        """Send a request as it stands."""
        body = io.BytesIO(request.body)
        async with self._http.post(self.url, data=body, headers=request.headers) as response:
            return Answered(response.status, await response.text())

    async def tell(self, payload: Json) -> Answered:
        """Send an event."""
        return await self.send(signed(self.secret, json.dumps(payload).encode()))

    def last(self, words: str) -> Request:
        """The newest request that was sent with these words in it."""
        return next(r for r in reversed(self.sent) if words.encode() in r.body)

    async def carry(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Turn envelopes into requests for as long as the socket lasts."""
        async with asyncio.TaskGroup() as tasks:
            async for message in socket:
                envelope = json.loads(message.data)
                if "envelope_id" in envelope:
                    tasks.create_task(self._one(socket, envelope))

    async def _one(self, socket: aiohttp.ClientWebSocketResponse, envelope: Json) -> None:
        request = signed(self.secret, *body_of(envelope))
        self.sent.append(request)
        try:
            answered = await self.send(request)
            if answered.status == 200:
                shown: dict[str, Any] = json.loads(answered.body) if answered.body.startswith("{") else {}
                await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": shown})
        except aiohttp.ClientError:
            return  # nobody listens, or wants to know any more: then nobody acknowledges


@asynccontextmanager
async def slack_side(
    http: aiohttp.ClientSession, api_url: str, app_token: str, url: str, secret: str
) -> AsyncIterator[SlackSide]:
    """The side of a Slack that sends its requests to `url`, signed with `secret`."""
    headers = {"Authorization": f"Bearer {app_token}"}
    async with http.post(f"{api_url}apps.connections.open", headers=headers) as response:
        opened = await response.json()
    side = SlackSide(http, url, secret)
    async with http.ws_connect(opened["url"]) as socket:
        carrying = asyncio.create_task(side.carry(socket))
        try:
            yield side
        finally:
            await socket.close()
            await carrying
