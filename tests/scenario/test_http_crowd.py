"""Slack over requests while strangers crowd at the door: cases go on, and the log stays short."""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import AsyncExitStack

from tests.scenario.program import Program, environ_of, running, written
from tests.scenario.rig import Rig, own_rig
from tests.scenario.slack_requests import signed, slack_side
from tests.scenario.test_http_mode import free_port, over_http

rig = own_rig(hold="0s", start=False, brisk=False)

CROWD = 1000
#: What no header of Slack's holds.
HOSTILE = (
    b"",
    b"9" * 400,
    b"9" * 5000,
    b"-1",
    b"1e309",
    b"nan",
    b"0x10",
    b"1_000",
    b" 17 ",
    "١٢٣".encode(),
    b"\xed\xb3\xa9",
    b"\xff\xfe",
    b"v0=",
    b"v0=" + b"g" * 64,
    b"v0=" + b"0" * 64,
    b"v0=\xc3\xa9" + b"0" * 62,
    b"None",
    b"[]",
    b"true",
)
#: Bodies that Slack never signed, and yet signed.
JUNK = (b"{", b"[]", b"1", b"null", b"payload=[", b"payload=1", b"a=b")
FIGURES = b"GET /metrics HTTP/1.1\r\nHost: here\r\nAccept: %s\r\n\r\n"
HOSTILE_ACCEPT = (b"application/openmetrics-text; version=x", b"text/plain; version=\xff")


def half(port: int) -> socket.socket:
    """A connection that has sent half a head."""
    opened = socket.create_connection(("127.0.0.1", port))
    opened.sendall(b"POST /slack/events HTTP/1.1\r\nHost: here\r\nX-Slack-")
    return opened


async def files_of(program: Program) -> int:
    """How many files and sockets the program has open."""
    listed = await asyncio.create_subprocess_exec(
        "ls", f"/proc/{program.process.pid}/fd", stdout=asyncio.subprocess.PIPE
    )
    return len((await listed.communicate())[0].split())


async def test_a_thousand_half_requests_stop_nothing(rig: Rig) -> None:
    port = free_port()
    secret = over_http(rig, port)
    app_token = rig.world.description()["slack"]["bot"]["app_token"]
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as program:
        await program.says("Webcare is up")
        url = f"http://127.0.0.1:{port}/slack/events"
        async with slack_side(rig.http, rig.slack_url, app_token, url, secret), AsyncExitStack() as crowd:
            before = await files_of(program)
            for _ in range(CROWD):
                crowd.enter_context(half(port))
            within = await files_of(program) - before
            case = await rig.claimed("my parcel is lost")
            await rig.write(case.agent, case.ts, "We look for it at once.")
            await rig.reply_under(case.post_id)

            async def gone() -> bool:
                return await files_of(program) - before < 20

            await rig.until(gone, "half requests are still open")

        assert within < CROWD / 2
        assert program.err.count("\n") < 20, program.err


async def test_no_header_however_hostile_is_an_error_of_ours(rig: Rig) -> None:
    port = free_port()
    secret = over_http(rig, port)
    chance = random.Random(7)
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as program:
        await program.says("Webcare is up")
        answers = {
            name: [await answer(port, forged(secret, name, value)) for value in (*HOSTILE, *noise(chance))]
            for name in ("X-Slack-Signature", "X-Slack-Request-Timestamp")
        }
        others = [
            await answer(port, forged(secret, name, value, b'{"type": "url_verification", "challenge": "x"}'))
            for name in ("Content-Type", "Accept", "X-Slack-Retry-Num", "X-Slack-Bolt-Lazy-Only", "Cookie")
            for value in HOSTILE
        ]
        junk = [await answer(port, forged(secret, "", b"", body)) for body in JUNK]
        figures = [await answer(port, FIGURES % accept) for accept in HOSTILE_ACCEPT]

        assert {status for of_name in answers.values() for status in of_name} <= {"400", "401"}
        assert set(others) <= {"200", "400", "401"}
        assert set(junk) <= {"200", "400", "404"}
        assert set(figures) <= {"200", "400"}
        assert "Traceback" not in program.err
        assert program.err.count("\n") < 20


def noise(chance: random.Random) -> list[bytes]:
    """Header values of any bytes that a header can hold."""
    allowed = bytes({*range(256)} - {0, 10, 13})
    return [bytes(chance.choices(allowed, k=chance.randrange(1, 300))) for _ in range(100)]


def forged(secret: str, name: str, value: bytes, body: bytes = b"{}") -> bytes:
    """A request as bytes, signed, whose header `name` was replaced after that."""
    lines = [b"POST /slack/events HTTP/1.1", b"Host: here", b"Content-Length: %d" % len(body)]
    headers = {key: text.encode() for key, text in signed(secret, body).headers.items()}
    if name:
        headers[name] = value
    lines += [key.encode() + b": " + text for key, text in headers.items()]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def answer(port: int, request: bytes) -> str:
    """The status of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()
    return line.decode().split()[1]
