"""The one HTTP server of the bot: where it listens, what it takes, and what it never says."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: No request needs more: Slack's largest, a button under a message with 50 blocks, is a tenth of it.
LARGEST_BODY = 1024 * 1024
#: How long a request may take to arrive. Slack gives up after three seconds.
ARRIVAL = 5.0
#: How long open requests get to end when the bot stops, in seconds.
GRACE = 3.0


class AddressTaken(Exception):
    """The address cannot be listened on; the text says what to do."""


class Server:
    """Serves `pages` to GET and `doors` to POST, each by its path. Nothing is served before `open`."""

    def __init__(self, pages: Mapping[str, Handler], doors: Mapping[str, Handler]) -> None:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_arrived])
        for path, page in pages.items():
            app.router.add_get(path, page)
        for path, door in doors.items():
            app.router.add_post(path, door)
        app.on_response_prepare.append(_say_little)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)

    async def open(self, host: str, port: int) -> str:
        """Listen; returns the address. Port 0 takes any free one. Raises `AddressTaken`."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise AddressTaken(_sentence(error, host, port)) from error
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Take no more requests and let the open ones end."""
        await self._runner.cleanup()


@web.middleware
async def _arrived(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Wait for the whole request before anybody deals with it; 413 for a large one, 408 for a slow one."""
    try:
        async with asyncio.timeout(ARRIVAL):
            await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return await handler(request)


async def _say_little(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Name no versions, and let no browser or proxy keep or interpret what it gets."""
    response.headers["Server"] = "webcare"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"


def _sentence(error: OSError, host: str, port: int) -> str:
    where = f"Nothing can be listened on at {host}, port {port}"
    match error.errno:
        case errno.EADDRINUSE:
            return f"{where}: another program has it. Stop that one, or choose another port under web.listen."
        case errno.EADDRNOTAVAIL:
            return f"{where}: this machine has no such address. Correct web.listen."
        case errno.EACCES:
            return f"{where}: this user may not. Choose a port above 1023 under web.listen."
        case _:
            return f"{where} ({error.strerror}). Correct web.listen."
