"""Where the async edges hand over a piece of work, and where it gets its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from bot.cases.ports import Clock
from bot.cases.record import Store
from bot.cases.tx import Setup, Tx

T = TypeVar("T")


class Transactions:
    """Hands out units of work, one transaction of the store each."""

    def __init__(self, store: Store, setup: Setup, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.setup = setup

    async def do(self, piece: Callable[[Tx], T], *, now: datetime | None = None, stamp: str = "") -> T:
        """Run a piece of work as `Store.do` does, and return its result once it is committed.

        The time is read when the piece runs, also when it runs again after a `Stale`; `now` is for a caller
        that goes on with the same instant. `stamp` is the desk's own of the act that is carried out.
        """
        return await self._store.do(
            lambda record: piece(Tx(record, self.setup, now or self._clock.now(), stamp))
        )
