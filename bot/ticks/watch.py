"""The watching tick: flags the cases whose time is running out or has run out."""

from __future__ import annotations

from datetime import datetime

from bot.cases.ports import Clock
from bot.cases.record import Record, Store
from bot.work import watch
from bot.work.house import House


class Watch:
    """Compares due times with the clock."""

    def __init__(self, store: Store, house: House, clock: Clock) -> None:
        self._store = store
        self._house = house
        self._clock = clock

    async def run(self) -> datetime | None:
        """Flag what turned; returns when the next case will."""
        turned, due = watch.CHUNK, None
        while turned == watch.CHUNK:
            turned, due = await self._store.do(self._flag)
        return due

    def _flag(self, record: Record) -> tuple[int, datetime | None]:
        return watch.flag(record, self._house, self._clock.now()), record.next_turn()
