"""Faults on order: what the sandbox's servers do wrong, when and how often, as a test or a trainer asks."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

Kind = Literal["status", "hang", "drop", "delay"]


@dataclass
class Fault:
    """One ordered fault.

    `server` is "slack" or "x"; `path` is a regular expression searched in "METHOD /path", where the path is
    the one the client asked for, mount prefix included. The fault strikes `times` times. `after_effect` lets
    the request do its work first and spoils only the answer.
    """

    server: str
    path: str
    kind: Kind
    times: int = 1
    after_effect: bool = False
    #: For kind "status": the HTTP answer.
    status: int = 500
    body: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    #: For kinds "hang" and "delay": how long, in seconds.
    seconds: float = 30.0
    #: Whether it struck a request yet.
    struck: bool = False


class Faults:
    """The orders that still stand, oldest first."""

    def __init__(self) -> None:
        self._standing: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Let `fault` strike the next requests that match it."""
        self._standing.append(fault)

    @property
    def standing(self) -> tuple[Fault, ...]:
        """The orders that have not struck as often as they should."""
        return tuple(self._standing)

    def clear(self) -> None:
        """Forget every order."""
        self._standing.clear()

    def take(self, server: str, request: web.Request) -> Fault | None:
        """The fault that strikes this request, if one does; its count goes down by one."""
        line = f"{request.method} {request.path}"
        for fault in self._standing:
            if fault.server == server and re.search(fault.path, line):
                fault.times -= 1
                fault.struck = True
                if fault.times <= 0:
                    self._standing.remove(fault)
                return fault
        return None


def middleware(faults: Faults, server: str) -> Middleware:
    """An aiohttp middleware that lets the ordered faults strike the requests of one server."""

    @web.middleware
    async def strike(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = faults.take(server, request)
        if fault is None:
            return await handler(request)
        if fault.kind == "delay":
            done = await handler(request) if fault.after_effect else None
            await asyncio.sleep(fault.seconds)
            return done or await handler(request)
        if fault.after_effect:
            await handler(request)
        if fault.kind == "status":
            return web.Response(
                status=fault.status,
                body=fault.body.encode(),
                headers={"Content-Type": fault.content_type, **fault.headers},
            )
        if fault.kind == "hang":
            await _silence(request, fault.seconds)
        if request.transport is not None:
            request.transport.close()
        return web.Response(status=500)

    return strike


async def _silence(request: web.Request, seconds: float) -> None:
    """Say nothing for `seconds`, or until the client gives up."""
    until = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < until:
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(0.05)
