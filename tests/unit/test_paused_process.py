"""A process that is stopped right after it took work comes back when the work may be somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from bot.cases.leases import LEASE
from bot.cases.ports import Page
from bot.cases.posts import AccountId
from bot.cases.record import Record
from bot.ticks.poll import Poll
from tests.contract.samples import BRAND, NOW
from tests.fakes import FakeClock, FakeConnector, FakeNetwork
from tests.memory import MemoryStore
from tests.unit.office import Office
from tests.unit.office import office as office

T = TypeVar("T")


class Stopped:
    """A store that loses this process so much time with each commit."""

    def __init__(self, clock: FakeClock) -> None:
        self._store = MemoryStore()
        self._clock = clock

    async def do(self, work: Callable[[Record], T]) -> T:
        result = await self._store.do(work)
        self._clock.turn(seconds=LEASE.total_seconds())
        return result

    async def close(self) -> None:
        await self._store.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Counted(FakeConnector):
    """A connector that counts how often it was asked for something new."""

    def __init__(self, network: FakeNetwork, account: AccountId) -> None:
        super().__init__(network, account)
        self.pulls = 0

    async def pull(self, stream: str, cursor: Any) -> Page:
        self.pulls += 1
        return await super().pull(stream, cursor)


@pytest.mark.parametrize(("paused", "pulls"), [(False, 3), (True, 0)])
async def test_a_network_is_looked_at_only_while_the_lease_lasts(
    office: Office, paused: bool, pulls: int
) -> None:
    clock = FakeClock(NOW)
    store = Stopped(clock) if paused else MemoryStore()
    connector = Counted(FakeNetwork(clock), BRAND)
    poll = Poll(office.transactions(store, clock), {BRAND: connector}, clock, "process")
    await poll.connect()
    await store.close()

    assert connector.pulls == pulls
