"""What the record keeps of backups that were put back, on either database."""

from __future__ import annotations

from bot.cases.outbox import Entry, EntryState, Say
from bot.cases.record import Record, Store
from tests.contract.samples import MINUTE, NOW, SAID, an_entry


async def test_a_record_that_never_was_a_backup_says_so(store: Store) -> None:
    assert await store.do(lambda record: record.upkeep.restored_at()) is None


async def test_the_newest_time_that_a_backup_was_put_back_counts(store: Store) -> None:
    for at in (NOW, NOW + MINUTE, NOW - MINUTE, NOW):
        await store.do(lambda record, at=at: record.upkeep.note_restore(at))  # type: ignore[misc]  # the default binds the loop's value

    assert await store.do(lambda record: record.upkeep.restored_at()) == NOW + MINUTE


async def test_only_what_waits_is_doubted(store: Store) -> None:
    def add(record: Record) -> list[Entry | None]:
        waiting = an_entry(Say(SAID), "waiting")
        underway = an_entry(Say(SAID), "underway", state=EntryState.UNDERWAY, detail="no such channel")
        return [record.outbox.add(entry) for entry in (waiting, underway)]

    added = [entry.id for entry in await store.do(add) if entry is not None]
    await store.do(lambda record: record.outbox.doubt_all())
    details = await store.do(
        lambda record: [entry.detail for number in added if (entry := record.outbox.get(number))]
    )

    assert details == ["unclear", "no such channel"]
