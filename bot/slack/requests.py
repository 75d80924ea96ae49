"""Slack's way in by HTTP: requests whose signature holds, each let through to the app once."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as Seconds
from slack_sdk.signature import SignatureVerifier

from bot.cases.ports import Clock
from bot.slack.catch_up import Connection

log = logging.getLogger(__name__)

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
    own repetitions are signed anew; those, and a replay after a restart or to another process, are recognised
    by their ids in the record.
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
