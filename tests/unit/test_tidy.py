"""The tick that drops what is over: in small pieces, until nothing is left that goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.cases import ends
from bot.cases.record import Record
from bot.ticks.watch import BATCH, Tidy
from tests.contract.samples import NOW, SECOND
from tests.fakes import FakeClock
from tests.memory import MemoryStore

T = TypeVar("T")


class Counting(MemoryStore):
    """A store that counts the pieces of work."""

    pieces = 0

    async def do(self, work: Callable[[Record], T]) -> T:
        self.pieces += 1
        return await super().do(work)


async def test_one_walk_drops_all_that_is_over_so_many_rows_at_a_time() -> None:
    store, keys = Counting(), [f"Ev{number}" for number in range(2 * BATCH + 1)]
    await store.do(lambda record: [record.upkeep.first_time(key, NOW) for key in keys])
    store.pieces = 0
    await Tidy(store, FakeClock(NOW + ends.DELIVERIES + SECOND), rest=0).run()
    pieces = store.pieces
    is_new = await store.do(lambda record: [record.upkeep.first_time(key, NOW) for key in keys])
    await store.close()

    assert pieces == 3
    assert all(is_new)
