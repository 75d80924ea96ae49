"""Who comes in, how many at once, and who has to make room: a crowd at the door keeps nobody else out."""

from __future__ import annotations

import asyncio

from aiohttp import web

#: Connections at once from one address. A proxy in front is one address, and a request lasts milliseconds.
PER_ADDRESS = 64
#: Connections at once in all: a quarter of the files that a process may usually have open.
IN_ALL = 256


class Gate:
    """Makes a server's connections. Where there are too many, the oldest that has not sent its whole request
    makes room for the new one: a client that only waits displaces nobody who has something to say."""

    def __init__(self, server: web.Server) -> None:
        self._server = server
        #: Those whose request is here and being answered; they are let end.
        self._whole: set[web.RequestHandler] = set()

    def __call__(self) -> asyncio.Protocol:
        """What asyncio asks for at each connection."""
        return _Arrival(self)

    def admit(self, transport: asyncio.Transport) -> None:
        """Let a connection in, or break it off where everybody inside is being answered."""
        address = _address(transport)
        if self._has_room(PER_ADDRESS, address) and self._has_room(IN_ALL):
            handler = self._server()
            transport.set_protocol(handler)
            handler.connection_made(transport)
        else:
            transport.abort()

    def arrived(self, handler: web.RequestHandler) -> None:
        """The whole request of this connection is here."""
        self._whole.add(handler)

    def answered(self, handler: web.RequestHandler) -> None:
        """The connection has its answer."""
        self._whole.discard(handler)

    def _has_room(self, most: int, address: str | None = None) -> bool:
        """Whether there is room for one more, from `address` or in all; made if need be."""
        inside = [
            handler
            for handler in self._server.connections
            if handler.transport is not None and address in (None, _address(handler.transport))
        ]
        if len(inside) < most:
            return True
        for handler in inside:  # the oldest first
            if handler not in self._whole:
                handler.force_close()
                return True
        return False


class _Arrival(asyncio.Protocol):
    """A connection that was not looked at yet."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand it to the server, which takes over from here, or turn it away."""
        assert isinstance(transport, asyncio.Transport)
        self._gate.admit(transport)


def _address(transport: asyncio.BaseTransport) -> str:
    """Where a connection comes from; "" where it ended before that was asked."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if peer else ""
