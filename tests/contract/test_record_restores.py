"""What the record keeps of backups that were put back, on either database."""

from __future__ import annotations

from bot.cases.errands import Errand, ErrandKind, ErrandState
from bot.cases.record import Record, Store
from tests.contract.samples import MINUTE, NOW, an_errand


async def test_a_record_that_never_was_a_backup_says_so(store: Store) -> None:
    assert await store.do(lambda record: record.upkeep.restored_at()) is None


async def test_the_newest_time_that_a_backup_was_put_back_counts(store: Store) -> None:
    for at in (NOW, NOW + MINUTE, NOW - MINUTE, NOW):
        await store.do(lambda record, at=at: record.upkeep.note_restore(at))  # type: ignore[misc]  # the default binds the loop's value

    assert await store.do(lambda record: record.upkeep.restored_at()) == NOW + MINUTE


async def test_only_what_waits_is_doubted(store: Store) -> None:
    def add(record: Record) -> list[Errand | None]:
        waiting = an_errand(ErrandKind.SAY, "waiting")
        refused = an_errand(ErrandKind.SAY, "refused", state=ErrandState.REFUSED, detail="no such channel")
        return [record.outbox.add(errand) for errand in (waiting, refused)]

    added = [errand.id for errand in await store.do(add) if errand is not None]
    await store.do(lambda record: record.outbox.doubt_all())
    details = await store.do(
        lambda record: [errand.detail for number in added if (errand := record.outbox.get(number))]
    )

    assert details == ["unclear", "no such channel"]
