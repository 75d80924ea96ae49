"""PostgreSQL with two processes and one outbox: what is shown once is shown once."""

from __future__ import annotations

import asyncio

from bot.cases.model import MessageRef
from bot.cases.outbox import Say, Shown
from bot.cases.record import Record
from storage import SqlStore
from tests.contract.samples import NOW, SAID, an_entry
from tests.postgres import postgres_record_url as postgres_record_url
from tests.storage.test_postgresql import Pause, then_pause
from tests.storage.test_postgresql import two as two


async def test_what_another_process_has_just_shown_is_not_asked_for_again(
    two: tuple[SqlStore, SqlStore],
) -> None:
    first, second = two
    pause = Pause()
    entry = an_entry(Say(SAID), "notice", keep=True)
    added = await first.do(lambda record: record.outbox.add(entry))
    assert added is not None

    def shown(record: Record) -> object:
        record.outbox.keep(Shown("notice", MessageRef("C1", "1700000005.000100"), NOW))
        record.outbox.remove(added)
        return record.outbox.of_key("notice")

    showing = asyncio.ensure_future(first.do(then_pause(shown, pause)))
    await pause.reached()
    asking = asyncio.ensure_future(second.do(lambda record: record.outbox.add(entry)))
    await asyncio.sleep(0.1)
    pause.end()
    await showing

    assert await asking is None
    assert await second.do(lambda record: record.outbox.waiting()) == []
