"""Catching up where there is more to read than time until the next look: the last thread has its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.cases.model import MessageRef, Status
from bot.cases.record import Record
from bot.slack.catch_up import CatchUp
from bot.slack.pace import Pace
from bot.slack.reading import Thread
from tests.contract.samples import MINUTE, NOW, a_waiting_case
from tests.fake_store import FakeStore
from tests.fakes import FakeClock
from tests.unit.office import MO, Office
from tests.unit.office import office as office

THREADS = 6


class SlowReading:
    """Something may be new in every thread, always; each is read when it is its turn."""

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(0)
        self.read: list[str] = []
        self.done: asyncio.Queue[str] = asyncio.Queue()

    async def channel(self, _channel: str, threads: Mapping[str, Thread]) -> list[Thread]:
        """All of them."""
        return list(threads.values())

    async def thread(self, thread: Thread) -> str:
        """Read in its turn."""
        await self.turns.acquire()
        self.read.append(thread.ref.ts)
        self.done.put_nowait(thread.ref.ts)
        return thread.ref.ts


async def connected() -> bool:
    return True


@pytest.fixture
async def store() -> AsyncIterator[FakeStore]:
    opened = FakeStore()
    yield opened
    await opened.close()


@pytest.fixture
async def catching_up(office: Office, store: FakeStore) -> AsyncIterator[tuple[CatchUp, SlowReading]]:
    """Connected, with threads to read."""
    clock, reading = FakeClock(NOW), SlowReading()
    for number in range(THREADS):
        await store.do(partial(a_thread, number))
    slow: Any = reading
    catch_up = CatchUp(store, office.house, slow, Pace(store, clock), clock, None)
    catch_up.begin(connected)
    yield catch_up, reading
    catch_up.close()


def a_thread(number: int, record: Record) -> None:
    """A case whose thread is known."""
    fields: dict[str, Any] = {"status": Status.CLAIMED, "assignee": MO.id, "root_id": f"r{number}"}
    case = record.add_case(a_waiting_case(NOW + number * MINUTE, **fields))
    record.save_case(replace(case, thread=MessageRef("C1", f"{number + 1}.0")))


async def test_no_thread_is_read_again_before_each_was_read_once(
    catching_up: tuple[CatchUp, SlowReading],
) -> None:
    catch_up, reading = catching_up
    for _ in range(THREADS):
        reading.turns.release()
        await asyncio.wait_for(reading.done.get(), 10)
        await catch_up.again()  # as every few minutes
        await asyncio.sleep(0.02)

    assert sorted(reading.read) == [f"{number + 1}.0" for number in range(THREADS)]


async def test_a_thread_found_while_others_are_read_is_read_after_them(
    catching_up: tuple[CatchUp, SlowReading], store: FakeStore
) -> None:
    catch_up, reading = catching_up
    reading.turns.release()
    await asyncio.wait_for(reading.done.get(), 10)

    await store.do(partial(a_thread, THREADS))
    await catch_up.again()  # as when a card is found that may have been there for a while
    for _ in range(2 * THREADS):
        reading.turns.release()
        await asyncio.wait_for(reading.done.get(), 10)

    assert f"{THREADS + 1}.0" in reading.read
