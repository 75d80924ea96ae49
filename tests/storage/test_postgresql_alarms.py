"""Two processes and one warning: what one saves of it is not undone by the other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import storage
from bot.cases.alarms import Alarm, Audience
from bot.cases.model import MessageRef
from bot.cases.record import Record
from tests.contract.samples import NOW, a_case
from tests.postgres import postgres_record_url as postgres_record_url
from tests.storage.test_postgresql import Pause

WHO = Audience("C1", "channel", is_agent=False)
PLACE = MessageRef("C1", "9.1")


async def test_where_a_warning_stands_is_kept_while_it_grows(postgres_record_url: str) -> None:
    first, second = storage.open_store(postgres_record_url), storage.open_store(postgres_record_url)
    case = await first.do(lambda record: record.cases.add(a_case()))
    alarm = await first.do(
        lambda record: record.alarms.add(Alarm(0, WHO, "alarm-1", case.id, False, NOW, NOW, True))
    )
    pause = Pause()

    def grow(record: Record) -> None:
        newest = record.alarms.newest(WHO)
        assert newest is not None
        pause.here()
        record.alarms.save(replace(newest, grown_at=NOW + timedelta(seconds=1)))

    def place(record: Record) -> None:
        known = record.alarms.get(alarm.id)
        assert known is not None
        record.alarms.save(replace(known, ref=PLACE))

    growing = asyncio.ensure_future(first.do(grow))
    await pause.reached()
    placing = asyncio.ensure_future(second.do(place))
    await asyncio.sleep(0.3)  # it would be done by now if nothing held it up
    pause.end()
    await asyncio.gather(growing, placing)
    now = await first.do(lambda record: record.alarms.get(alarm.id))

    assert now is not None
    assert (now.ref, now.grown_at) == (PLACE, NOW + timedelta(seconds=1))
    await first.close()
    await second.close()
