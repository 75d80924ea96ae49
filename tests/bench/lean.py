"""An HTTP and WebSocket server that costs next to nothing, so that its caller is what is measured."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

Json = dict[str, Any]

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Request(NamedTuple):
    """One request, and when the last byte of it was read (`time.perf_counter`)."""

    at: float
    method: str
    path: str
    query: str
    headers: bytes
    body: bytes


class Wire(asyncio.Protocol):
    """One connection: HTTP/1.1 kept alive, and a WebSocket once it was asked for."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = b""
        self._is_socket = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _exc: Exception | None) -> None:
        self._server.wires.discard(self)

    def data_received(self, data: bytes) -> None:
        at = perf_counter()
        self._buffer += data
        while self._read_frame(at) if self._is_socket else self._read_request(at):
            pass

    def send(self, message: Json) -> None:
        """One text frame."""
        self._frame(_TEXT, json.dumps(message).encode())

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()

    def _read_request(self, at: float) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        lowered = head.lower()
        _, has_body, tail = lowered.partition(b"content-length: ")
        length = int(tail.split(b"\r\n", 1)[0]) if has_body else 0
        if len(rest) < length:
            return False
        self._buffer = rest[length:]
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        path, _, query = target.partition("?")
        if b"upgrade: websocket" in lowered:
            self._upgrade(head)
            return True
        answer = self._server.answer(Request(at, method, path, query, head, rest[:length]))
        content = json.dumps(answer).encode()
        self._write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(content), content)
        )
        return True

    def _upgrade(self, head: bytes) -> None:
        key = next(
            line.split(b": ")[1]
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key")
        )
        accept = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())
        self._write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %s\r\n\r\n" % accept
        )
        self._is_socket = True
        self._server.wires.add(self)
        self.send({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0BENCH"}})

    def _read_frame(self, at: float) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        if len(buffer) < start + 4 + length:
            return False
        mask, body = buffer[start : start + 4], buffer[start + 4 : start + 4 + length]
        self._buffer = buffer[start + 4 + length :]
        clear = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        match buffer[0] & 0x0F:
            case 1:
                self._server.hear(at, json.loads(clear))
            case 9:
                self._frame(_PONG, clear)
            case 8:
                self._frame(_CLOSE, clear)
                self.close()
            case _:
                pass
        return True

    def _frame(self, kind: int, body: bytes) -> None:
        size = len(body)
        length = bytes([size]) if size < 126 else bytes([126]) + size.to_bytes(2, "big")
        self._write(bytes([0x80 | kind]) + length + body)

    def _write(self, content: bytes) -> None:
        assert self._transport is not None
        self._transport.write(content)


class Server:
    """Answers requests by `answer`, hears frames by `hear`; both are quick and wait for nothing."""

    def __init__(self, answer: Callable[[Request], Json], hear: Callable[[float, Json], None]) -> None:
        self.answer = answer
        self.hear = hear
        self.wires: set[Wire] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen on a free port of this machine; returns it."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Wire(self), "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Listen no more."""
        assert self._server is not None
        self._server.close()
        for wire in list(self.wires):
            wire.close()
