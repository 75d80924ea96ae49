"""What a supervisor is told: the process lives, and every part is well or says what is in its way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.cases.record import Wake
from bot.jobs import STALLED_AFTER, Ticks
from bot.web import health, server
from bot.web.health import Health, Question
from bot.web.server import Server
from tests.fakes import FakeClock


def says(answer: str) -> Question:
    """A part that says this of itself."""

    async def say() -> str:
        return answer

    return say


async def silence() -> str:
    """A part that never answers."""
    await asyncio.Event().wait()
    return ""


async def asked(path: str, **parts: Question) -> tuple[int, dict[str, object]]:
    """Status and answer."""
    pages = Health(parts)
    app = web.Application()
    app.router.add_get("/healthz", pages.lives)
    app.router.add_get("/readyz", pages.is_ready)
    async with TestClient(TestServer(app)) as client:
        response = await client.get(path)
        return response.status, await response.json()


async def test_a_bot_whose_parts_are_well_is_ready() -> None:
    assert await asked("/readyz", database=says(""), desk=says("")) == (200, {"ready": True, "reasons": {}})


async def test_a_part_that_is_not_well_is_named_with_its_reason() -> None:
    answer = await asked("/readyz", database=says(""), desk=says("is not connected to Slack"))

    assert answer == (503, {"ready": False, "reasons": {"desk": "is not connected to Slack"}})


async def test_a_part_that_does_not_answer_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    status, answer = await asked("/readyz", database=silence)

    assert (status, answer["reasons"]) == (503, {"database": "gives no answer within 0.05 seconds"})


async def test_a_part_that_breaks_is_not_well_and_the_others_still_answer() -> None:
    async def broken() -> str:
        raise LookupError("the disk is gone")

    status, answer = await asked("/readyz", desk=broken, database=says("was deleted"))

    assert status == 503
    assert answer["reasons"] == {
        "desk": "cannot tell how it is: the disk is gone",
        "database": "was deleted",
    }


async def test_a_process_lives_whatever_its_parts_say() -> None:
    assert await asked("/healthz", database=says("is gone")) == (200, {"lives": True})


class TestTicks:
    async def test_that_come_to_their_end_are_not_stalled(self) -> None:
        clock, ran = FakeClock(datetime.now(UTC)), asyncio.Event()

        async def tick() -> datetime | None:
            ran.set()
            return None

        ticks = Ticks({Wake.POLL: tick}, clock, timedelta(minutes=1))
        ticks.start()
        await asyncio.wait_for(ran.wait(), 5)

        assert ticks.stalled() == []
        await ticks.stop(1)

    async def test_that_break_each_time_are_stalled_after_a_while(self) -> None:
        clock, ran = FakeClock(datetime.now(UTC)), asyncio.Event()

        async def broken() -> datetime | None:
            clock.turn(seconds=STALLED_AFTER.total_seconds() + 1)
            ran.set()
            raise LookupError("the disk is gone")

        ticks = Ticks({Wake.POLL: broken}, clock, timedelta(minutes=1))
        ticks.start()
        await asyncio.wait_for(ran.wait(), 5)

        assert ticks.stalled() == ["poll"]
        await ticks.stop(1)

    async def test_that_hang_are_stalled_after_a_while(self) -> None:
        clock, ran = FakeClock(datetime.now(UTC)), asyncio.Event()

        async def hanging() -> datetime | None:
            ran.set()
            await asyncio.Event().wait()
            return None

        ticks = Ticks({Wake.SEND: hanging}, clock, timedelta(minutes=1))
        ticks.start()
        await asyncio.wait_for(ran.wait(), 5)
        young = ticks.stalled()
        clock.turn(seconds=STALLED_AFTER.total_seconds() + 1)

        assert (young, ticks.stalled()) == ([], ["send"])
        await ticks.stop(0)

    async def test_that_were_stopped_are_stalled(self) -> None:
        async def tick() -> datetime | None:
            return None

        ticks = Ticks({Wake.POLL: tick}, FakeClock(datetime.now(UTC)), timedelta(minutes=1))

        assert ticks.stalled() == ["poll"]


class TestTheServer:
    async def test_takes_any_free_port(self) -> None:
        async def page(_request: web.Request) -> web.Response:
            return web.Response(text="here")

        opened = Server({"/": page}, {})
        address = await opened.open("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await opened.close()

        assert (answer[:15], answer.endswith(b"here")) == (b"HTTP/1.1 200 OK", True)

    async def test_does_not_wait_for_a_request_that_trickles_in(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "ARRIVAL", 0.05)

        async def door(_request: web.Request) -> web.Response:
            return web.Response(text="let through")

        opened = Server({}, {"/": door})
        address = await opened.open("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc")
        answer = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await opened.close()

        assert answer == b"HTTP/1.1 408 Request Timeout\r\n"

    async def test_says_when_this_machine_has_no_such_address(self) -> None:
        with pytest.raises(
            server.AddressTaken, match=r"this machine has no such address. Correct web.listen"
        ):
            await Server({}, {}).open("192.0.2.1", 8080)
