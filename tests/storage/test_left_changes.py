"""On PostgreSQL changes of which nobody reads the outcome wait for others to go with; none is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import storage
from bot.cases.history import Event, EventKind
from bot.cases.model import Agent, AgentId, CaseId
from bot.cases.outbox import Card
from bot.cases.record import Record
from storage import SqlStore, StorageError
from tests.contract.samples import NOW, SECOND, a_case, an_entry
from tests.postgres import postgres_record_url as postgres_record_url


@pytest.fixture
async def store(postgres_record_url: str) -> AsyncIterator[SqlStore]:
    """An empty record on PostgreSQL."""
    store = storage.open_store(postgres_record_url)
    yield store
    await store.close()


async def test_a_change_that_fails_at_the_end_of_a_piece_takes_the_piece_with_it(store: SqlStore) -> None:
    def work(record: Record) -> None:
        record.cases.add(a_case())
        record.history.add(Event(CaseId(999), NOW, EventKind.OPENED))

    with pytest.raises(StorageError):
        await store.do(work)

    assert await store.do(lambda record: record.cases.open()) == []


async def test_changes_of_many_tables_in_one_piece_are_all_there(store: SqlStore) -> None:
    def work(record: Record) -> CaseId:
        for name in ("U1", "U2"):
            record.people.save_agent(Agent(AgentId(name), name))
        record.outbox.take_slot("C1", NOW)
        case = record.cases.add(a_case())
        record.history.add(Event(case.id, NOW, EventKind.OPENED))
        record.outbox.add(an_entry(Card(case.id), "a"))
        record.history.add(Event(case.id, NOW, EventKind.CLAIMED))
        record.outbox.take_slot("C1", NOW + SECOND)
        return case.id

    case_id = await store.do(work)

    def read(record: Record) -> object:
        happened = [event.kind for event in record.history.of_case(case_id)]
        return (
            happened,
            record.outbox.slot("C1"),
            [record.people.agent(AgentId(name)) for name in ("U1", "U2")],
        )

    assert await store.do(read) == (
        ["opened", "claimed"],
        NOW + SECOND,
        [Agent(AgentId("U1"), "U1"), Agent(AgentId("U2"), "U2")],
    )
