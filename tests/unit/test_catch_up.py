"""Catching up where there is more to read than time until the next look: the last thread has its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.cases.model import MessageRef, ReplyState, Status
from bot.cases.record import Record
from bot.slack.catch_up import PUBLISHED, CatchUp
from bot.slack.pace import Pace
from bot.slack.reading import Thread
from tests.contract.samples import MINUTE, NOW, a_case, a_reply, a_waiting_case
from tests.fakes import FakeClock
from tests.memory import MemoryStore
from tests.unit.office import MO, Office
from tests.unit.office import office as office

THREADS = 6


class SlowReading:
    """Something may be new in every thread, always; each is read when it is its turn."""

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(0)
        #: Threads in which the channel shows nothing new.
        self.quiet: set[str] = set()
        self.read: list[str] = []
        self.done: asyncio.Queue[str] = asyncio.Queue()

    async def channel(self, _channel: str, threads: Mapping[str, Thread]) -> list[Thread]:
        """All of them, without the quiet ones."""
        return [thread for thread in threads.values() if thread.ref.ts not in self.quiet]

    async def thread(self, thread: Thread) -> str:
        """Read in its turn."""
        await self.turns.acquire()
        self.read.append(thread.ref.ts)
        self.done.put_nowait(thread.ref.ts)
        return thread.ref.ts


async def connected() -> bool:
    return True


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    opened = MemoryStore()
    yield opened
    await opened.close()


@pytest.fixture
async def catching_up(office: Office, store: MemoryStore) -> AsyncIterator[tuple[CatchUp, SlowReading]]:
    """Connected, with threads to read."""
    clock, reading = FakeClock(NOW), SlowReading()
    for number in range(THREADS):
        await store.do(partial(a_thread, number))
    slow: Any = reading
    catch_up = CatchUp(office.transactions(store, clock), slow, Pace(store, clock), clock, None)
    catch_up.begin(connected)
    yield catch_up, reading
    catch_up.close()


def a_thread(number: int, record: Record) -> None:
    """A case whose thread is known."""
    fields: dict[str, Any] = {"status": Status.CLAIMED, "assignee": MO.id}
    case = record.cases.add(a_waiting_case(NOW + number * MINUTE, **fields))
    record.cases.save(replace(case, thread=MessageRef("C1", f"{number + 1}.0")))


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
    catching_up: tuple[CatchUp, SlowReading], store: MemoryStore
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


def a_published_thread(hours: float, record: Record) -> None:
    """A settled case whose thread is known, with a reply that was published so many hours ago."""
    root = f"{1000 - hours}"
    sent_at = NOW - timedelta(hours=hours)
    fields: dict[str, Any] = {"status": Status.ANSWERED}
    case = record.cases.add(a_case(**fields))
    case = record.cases.save(replace(case, thread=MessageRef("C1", root)))
    message = MessageRef("C1", f"{float(root) + 0.1}")
    reply = a_reply(case.id, state=ReplyState.SENT, sent_at=sent_at, message=message, key=f"p{hours}")
    record.replies.add(reply)


async def test_where_replies_were_published_lately_is_read_once_a_connection_and_last(
    office: Office, store: MemoryStore
) -> None:
    clock, reading = FakeClock(NOW), SlowReading()
    reading.quiet = {f"{1000 - hours}" for hours in range(1, 31)}
    for number in range(THREADS):
        await store.do(partial(a_thread, number))
    for hours in range(1, 31):
        await store.do(partial(a_published_thread, hours))
    slow: Any = reading
    catch_up = CatchUp(office.transactions(store, clock), slow, Pace(store, clock), clock, None)
    catch_up.begin(connected)
    for _ in range(THREADS + PUBLISHED):
        reading.turns.release()
        await asyncio.wait_for(reading.done.get(), 10)
    await catch_up.again()  # as every few minutes
    for _ in range(THREADS):
        reading.turns.release()
        await asyncio.wait_for(reading.done.get(), 10)
    catch_up.close()

    urgent = [f"{number + 1}.0" for number in range(THREADS)]
    assert sorted(reading.read[:THREADS]) == sorted(urgent)
    assert sorted(reading.read[THREADS:-THREADS]) == sorted(
        f"{1000 - hours}" for hours in range(1, PUBLISHED + 1)
    )
    assert sorted(reading.read[-THREADS:]) == sorted(urgent)
