"""A server on a port of its own that answers what it is told to: pages, errors, silence, a cut line."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

BRAND = {"id": "1740000000000000001", "username": "brand", "name": "The Brand"}


def a_message(text: str) -> dict[str, Any]:
    """A direct message of the brand to user 7, from just before nine."""
    return {
        "id": "42",
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": BRAND["id"],
        "dm_conversation_id": f"7-{BRAND['id']}",
        "created_at": "2026-11-20T08:58:00.000Z",
    }


@dataclass
class Cue:
    """One answer, for requests whose "METHOD /path" matches."""

    match: str
    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    #: Say nothing at all.
    silent: bool = False
    #: Cut the line without an answer, after the request was read.
    cut: bool = False


@dataclass(frozen=True)
class Heard:
    """One request."""

    line: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str
    #: The other end's port: the same for requests over one connection.
    port: int


class Stage:
    """The server. Cues are used up in order; without one it knows the brand and has empty lists."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self.heard: list[Heard] = []
        self.url = ""
        self._over = asyncio.Event()

    def cue(self, match: str, status: int = 200, body: Any = "", **headers: str) -> None:
        """Answer the next matching request with this; a body that is no text goes as JSON."""
        text = body if isinstance(body, str) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.cues.append(Cue(match, status, text, named))

    def silence(self, match: str) -> None:
        """Never answer the next matching request."""
        self.cues.append(Cue(match, silent=True))

    def cut(self, match: str) -> None:
        """Hang up on the next matching request."""
        self.cues.append(Cue(match, cut=True))

    def lines(self) -> list[str]:
        """Every request, as "METHOD /path"."""
        return [heard.line for heard in self.heard]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever was cued."""
        line = f"{request.method} {request.path}"
        assert request.transport is not None
        port = request.transport.get_extra_info("peername")[1]
        self.heard.append(Heard(line, dict(request.query), dict(request.headers), await request.text(), port))
        cue = next((cue for cue in self.cues if re.search(cue.match, line)), None)
        if cue is None:
            return web.json_response({"data": BRAND} if line.endswith("/me") else {"meta": {}})
        self.cues.remove(cue)
        if cue.silent:
            await self._over.wait()
        if cue.silent or cue.cut:
            request.transport.close()
        headers = {"Content-Type": "text/html; charset=utf-8", **cue.headers}
        return web.Response(status=cue.status, body=cue.body.encode(), headers=headers)

    def end(self) -> None:
        """Let go of those who were kept waiting."""
        self._over.set()


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """A stage on 127.0.0.1, taken down afterwards."""
    stage = Stage()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stage.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stage.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stage
    finally:
        stage.end()
        await runner.cleanup()
