"""On PostgreSQL a piece of work that lasts keeps no other from being done, nor the store from closing."""

from __future__ import annotations

import asyncio
import threading

import storage
from bot.cases.record import Record
from storage.engine import POOL
from tests.postgres import postgres_record_url as postgres_record_url


async def test_pieces_that_wait_for_each_other_are_done_side_by_side(postgres_record_url: str) -> None:
    store = storage.open_store(postgres_record_url)
    meeting = threading.Barrier(POOL)

    def meet(_: Record) -> bool:
        meeting.wait(10)
        return True

    met = await asyncio.gather(*(store.do(meet) for _ in range(POOL)))
    await store.close()

    assert all(met)


async def test_what_waits_when_the_store_closes_is_still_done(postgres_record_url: str) -> None:
    store = storage.open_store(postgres_record_url)
    begun, go_on = threading.Event(), threading.Event()

    def last(_: Record) -> bool:
        begun.set()
        return go_on.wait(10)

    asked = [asyncio.ensure_future(store.do(last)) for _ in range(3 * POOL)]
    await asyncio.to_thread(begun.wait, 10)
    closing = asyncio.ensure_future(store.close())
    await asyncio.sleep(0.05)
    go_on.set()
    await closing

    assert all(await asyncio.gather(*asked))
