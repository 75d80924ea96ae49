"""The one HTTP server of the bot: where it listens, what it takes, and what it never says."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.web.gate import Gate

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: No request needs more: Slack's largest, a button under a message with 50 blocks, is a tenth of it.
LARGEST_BODY = 1024 * 1024
#: How long the head of a request may take to arrive, and then its body, in seconds. Slack waits for three.
ARRIVAL = 5.0
#: How long a client that was turned away may go on sending before it is cut off, in seconds.
LINGERING = 1.0
#: How long open requests get to end when the bot stops, in seconds.
GRACE = 3.0


class AddressTaken(Exception):
    """The address cannot be listened on; the text says what to do."""


class Unavailable(Exception):
    """A page cannot be had now; the text says why."""


class Server:
    """Serves `pages` to GET and `doors` to POST, each by its path. Nothing is served before `open`.

    A connection carries one request: one that stays open would be no gain behind a proxy on the same machine,
    and a proxy that sends the next request into a connection that is just being closed loses it.
    """

    def __init__(self, pages: Mapping[str, Handler], doors: Mapping[str, Handler]) -> None:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._arrived])
        for path, page in pages.items():
            app.router.add_get(path, page)
        for path, door in doors.items():
            app.router.add_post(path, door)
        app.on_response_prepare.append(_say_little)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=_library_log(),
            shutdown_timeout=GRACE,
            keepalive_timeout=ARRIVAL,  # aiohttp counts it from the first byte on, also for half a head
            lingering_time=LINGERING,
            auto_decompress=False,  # Slack compresses nothing, and a small body could become a large one
        )
        self._gate: Gate | None = None
        self._listening: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> str:
        """Listen; returns the address. Port 0 takes any free one. Raises `AddressTaken`."""
        await self._runner.setup()
        assert self._runner.server is not None
        self._gate = Gate(self._runner.server)
        try:
            self._listening = await asyncio.get_running_loop().create_server(self._gate, host, port)
        except (OSError, OverflowError) as error:
            await self._runner.cleanup()
            raise AddressTaken(_sentence(error, host, port)) from error
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self._listening.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Take no more requests and let the open ones end."""
        if self._listening is not None:
            # asyncio drops, unclosed, what it has accepted but not set up yet when a server is closed.
            for listened in self._listening.sockets:
                asyncio.get_running_loop().remove_reader(listened.fileno())
            await asyncio.sleep(0)
            self._listening.close()
        await self._runner.cleanup()

    @web.middleware
    async def _arrived(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Wait for the whole request before anybody deals with it; 413 for a large one, 408 for a slow one,
        400 for one that breaks off or is not what its head says."""
        try:
            async with asyncio.timeout(ARRIVAL):
                await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (web.RequestPayloadError, ConnectionError):
            raise web.HTTPBadRequest from None
        assert self._gate is not None
        self._gate.arrived(request.protocol)
        try:
            return await handler(request)
        except Unavailable as error:
            return web.json_response({"error": str(error)}, status=503)
        finally:
            self._gate.answered(request.protocol)


async def check(host: str, port: int) -> None:
    """Look whether an address can be listened on now, and let go of it. Raises `AddressTaken`."""
    try:
        listening = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except (OSError, OverflowError) as error:
        raise AddressTaken(_sentence(error, host, port)) from error
    listening.close()


async def _say_little(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Name no versions, let no browser or proxy keep or interpret what it gets, and end the connection."""
    response.headers["Server"] = "webcare"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Connection"] = "close"
    response.force_close()


class _InWords(logging.Filter):
    """Says of requests that are no HTTP only that: anybody can send them, and a trace of aiohttp's parser
    helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, without the trace that says nothing."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(error, HttpProcessingError):
            record.msg, record.args, record.exc_info = "A request was refused: it is not HTTP", (), None
        return True


def _library_log() -> logging.Logger:
    """Where aiohttp says what went wrong with a connection."""
    library = log.getChild("connections")
    if not library.filters:
        library.addFilter(_InWords())
    return library


def _sentence(error: OSError | OverflowError, host: str, port: int) -> str:
    where = f"Nothing can be listened on at {host}, port {port}"
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"{where}: another program has it. Stop that one, or choose another port under web.listen."
        case errno.EADDRNOTAVAIL:
            return f"{where}: this machine has no such address. Correct web.listen."
        case errno.EACCES:
            return f"{where}: this user may not. Choose a port above 1023 under web.listen."
        case _:
            return f"{where} ({getattr(error, 'strerror', None) or error}). Correct web.listen."
