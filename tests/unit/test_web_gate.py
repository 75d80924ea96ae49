"""A crowd at the door: half a request is not waited for, and whoever has something to say gets in."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.web import gate, server
from bot.web.server import AddressTaken, Server, Unavailable

HALF = b"POST / HTTP/1.1\r\nHost: here\r\nX-Slack-"
WHOLE = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n"


class Open:
    """A server at which to ask."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def connect(self, sent: bytes, source: str = "127.0.0.1") -> asyncio.StreamReader:
        """A connection from an address of this machine that has sent this and stays open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        writer.write(sent)
        self.writers.append(writer)
        return reader

    async def status(self, sent: bytes, source: str = "127.0.0.1") -> str:
        """The status of the answer; "" where the connection ended without one."""
        reader = await self.connect(sent, source)
        try:
            line = await asyncio.wait_for(reader.readline(), 5)
        except ConnectionResetError:
            return ""
        return line.decode().partition(" ")[2][:3]

    writers: list[asyncio.StreamWriter]


async def door(request: web.Request) -> web.Response:
    """Lets everybody in; a test may have it wait."""
    if "slow" in request.query:
        await asyncio.sleep(0.5)
    if "broken" in request.query:
        raise Unavailable("The disk is full.")
    return web.Response(text="let through")


@pytest.fixture
async def opened(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    monkeypatch.setattr(server, "ARRIVAL", 0.3)
    monkeypatch.setattr(gate, "PER_ADDRESS", 5)
    monkeypatch.setattr(gate, "IN_ALL", 12)
    served = Server({}, {"/": door})
    address = await served.open("127.0.0.1", 0)
    at = Open(int(address.rpartition(":")[2]))
    at.writers = []
    yield at
    for writer in at.writers:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    await served.close()


async def ended(readers: list[asyncio.StreamReader], within: float) -> int:
    """How many of these connections the server has ended by then."""

    async def end(reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionResetError):
            await reader.read()

    _, waiting = await asyncio.wait([asyncio.create_task(end(reader)) for reader in readers], timeout=within)
    for task in waiting:
        task.cancel()
    return len(readers) - len(waiting)


@pytest.mark.parametrize("sent", [b"", b"P", HALF], ids=["nothing", "a letter", "half a head"])
async def test_what_does_not_arrive_is_closed(opened: Open, sent: bytes) -> None:
    began = time.monotonic()

    assert await ended([await opened.connect(sent)], within=5) == 1
    assert time.monotonic() - began < 2


async def test_a_head_that_comes_letter_by_letter_is_closed(opened: Open) -> None:
    reader = await opened.connect(HALF)
    for _ in range(20):
        await asyncio.sleep(0.05)
        opened.writers[-1].write(b"a")

    assert await ended([reader], within=0.2) == 1


async def test_one_address_has_so_many_connections_and_the_oldest_make_room(opened: Open) -> None:
    crowd = [await opened.connect(HALF) for _ in range(30)]

    assert await ended(crowd, within=0.15) == 25
    assert await opened.status(WHOLE) == "200"


async def test_a_crowd_from_many_addresses_leaves_room_too(opened: Open) -> None:
    crowd = [await opened.connect(HALF, f"127.0.0.{number}") for number in range(10, 40)]

    assert await ended(crowd, within=0.15) == 18
    assert await opened.status(WHOLE) == "200"


async def test_a_request_that_is_being_answered_makes_room_for_nobody(opened: Open) -> None:
    slow = WHOLE.replace(b"POST /", b"POST /?slow")
    answers = [asyncio.create_task(opened.status(slow)) for _ in range(5)]
    await asyncio.sleep(0.1)

    assert await opened.status(WHOLE) == ""
    assert [await answer for answer in answers] == ["200"] * 5
    assert await opened.status(WHOLE) == "200"


async def test_a_connection_carries_one_request(opened: Open) -> None:
    reader = await opened.connect(WHOLE + WHOLE)
    answers = await asyncio.wait_for(reader.read(), 5)

    assert answers.count(b"HTTP/1.1 200 OK") == 1


async def test_a_connection_that_comes_while_the_server_closes_is_ended_too() -> None:
    served = Server({}, {"/": door})
    address = await served.open("127.0.0.1", 0)
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as late:
        late.setblocking(False)
        for _ in range(2):
            await asyncio.sleep(0)  # it is accepted in the second turn of the loop, and set up in the third
        await served.close()
        ended = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(late, 1), 5)
        gc.collect()

    assert ended == b""


async def test_what_cannot_be_had_now_is_said(opened: Open) -> None:
    reader = await opened.connect(WHOLE.replace(b"POST /", b"POST /?broken"))
    answer = await asyncio.wait_for(reader.read(), 5)

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"The disk is full." in answer


@pytest.mark.parametrize(
    "sent",
    [
        b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: here\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"POST http://[::1 HTTP/1.1\r\nHost: here\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
    ids=["no chunk", "less than nothing", "a huge length", "a long header", "no address", "TLS"],
)
async def test_what_is_no_http_is_refused_without_a_trace(
    opened: Open, sent: bytes, caplog: pytest.LogCaptureFixture, heard: None
) -> None:
    assert (await opened.status(sent))[:1] == "4"
    assert "Traceback" not in caplog.text


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    # import-linter, where it ran before in the same process, has switched off every logger there was.
    monkeypatch.setattr(logging.getLogger("bot.web.server.connections"), "disabled", False)


async def test_an_address_is_looked_at_without_being_kept() -> None:
    await server.check("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("192.0.2.1", 8080, "no such address"),
        ("127.0.0.1", 99999, "Correct web.listen"),
        ("nowhere.invalid", 8080, "Correct web.listen"),
    ],
)
async def test_an_address_that_cannot_be_had_is_told(host: str, port: int, words: str) -> None:
    with pytest.raises(AddressTaken, match=words):
        await server.check(host, port)
