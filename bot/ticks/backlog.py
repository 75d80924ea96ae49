"""The tick that tells the channels that replies wait for long until their threads are read."""

from __future__ import annotations

from bot.cases.ports import Clock
from bot.cases.record import Store
from bot.work import unread
from bot.work.house import House


class Backlog:
    """Looks now and then; most of the time nothing waits, and nothing is asked of the record for it."""

    def __init__(self, store: Store, house: House, clock: Clock) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        #: What the process before told may still stand.
        self._stands = True

    async def run(self) -> None:
        """Tell what is new."""
        now = self._clock.now()
        if self._stands or await self._store.do(lambda record: bool(unread.late(record, now))):
            self._stands = await self._store.do(lambda record: unread.tell(record, self._house, now))
