"""The store's side of the record: transactions, repeats, wakes, and many asking at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from bot.cases.alarms import Flag
from bot.cases.errors import Stale
from bot.cases.model import AgentId, CaseId
from bot.cases.record import Record, Store, Wake
from bot.cases.timers import FlagKind
from storage import StorageError
from tests.contract.samples import NOW, a_case

pytestmark = pytest.mark.parametrize("opened", ["memory", "sqlite", "postgresql"], indirect=True)


async def test_the_result_of_the_work_comes_back(store: Store) -> None:
    assert await store.do(lambda _: 42) == 42


async def test_what_one_piece_wrote_the_next_reads(store: Store) -> None:
    case = await store.do(lambda record: record.cases.add(a_case()))

    assert await store.do(lambda record: record.cases.get(case.id)) == case


async def test_a_fault_undoes_the_piece_and_reaches_the_one_who_asked(store: Store) -> None:
    def write_and_fail(record: Record) -> None:
        record.cases.add(a_case())
        raise LookupError("no such agent")

    with pytest.raises(LookupError, match="no such agent"):
        await store.do(write_and_fail)

    assert await store.do(lambda record: record.cases.open()) == []


async def test_even_a_stop_iteration_reaches_the_one_who_asked(store: Store) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.do(lambda _: next(iter(())))


async def test_of_many_at_once_only_the_failing_ones_are_undone(store: Store) -> None:
    def add(number: int) -> Awaitable[CaseId]:
        def work(record: Record) -> CaseId:
            case = record.cases.add(a_case(team=str(number)))
            if number % 3 == 0:
                raise LookupError(str(number))
            return case.id

        return store.do(work)

    outcomes = await asyncio.gather(*(add(number) for number in range(30)), return_exceptions=True)
    kept = await store.do(lambda record: {case.team for case in record.cases.open()})

    assert kept == {str(number) for number in range(30) if number % 3}
    assert [isinstance(outcome, LookupError) for outcome in outcomes] == [n % 3 == 0 for n in range(30)]


async def test_a_row_that_the_database_refuses_fails_its_own_piece_alone(store: Store) -> None:
    refused, case = await asyncio.gather(
        store.do(lambda record: record.alarms.add_flag(Flag(CaseId(404), NOW, FlagKind.MISSED, NOW))),
        store.do(lambda record: record.cases.add(a_case())),
        return_exceptions=True,
    )

    assert isinstance(refused, StorageError)
    assert await store.do(lambda record: record.cases.open()) == [case]


async def test_work_that_believed_an_old_version_is_run_again(store: Store) -> None:
    case = await store.do(lambda record: record.cases.add(a_case()))
    seen = []

    def claim(record: Record) -> None:
        current = record.cases.get(case.id)
        assert current is not None
        seen.append(current.version)
        believed = current if len(seen) > 1 else replace(current, version=current.version - 1)
        record.cases.save(replace(believed, assignee=AgentId("U1")))

    await store.do(claim)

    assert len(seen) == 2


async def test_what_was_written_before_the_repeat_is_written_once(store: Store) -> None:
    tries = []

    def add_then_lose(record: Record) -> None:
        tries.append(1)
        record.cases.add(a_case())
        if len(tries) < 3:
            raise Stale

    await store.do(add_then_lose)

    assert len(await store.do(lambda record: record.cases.open())) == 1


async def test_work_that_never_wins_is_told_so_after_a_few_tries(store: Store) -> None:
    tries = []

    def lose(record: Record) -> None:
        tries.append(1)
        raise Stale

    with pytest.raises(Stale):
        await store.do(lose)

    assert len(tries) == 5


async def test_of_many_claims_of_one_case_exactly_one_wins(store: Store) -> None:
    case = await store.do(lambda record: record.cases.add(a_case()))

    def claim(agent: str) -> Awaitable[bool]:
        def work(record: Record) -> bool:
            current = record.cases.get(case.id)
            if current is None or current.assignee is not None:
                return False
            record.cases.save(replace(current, assignee=AgentId(agent)))
            return True

        return store.do(work)

    won = await asyncio.gather(*(claim(f"U{number}") for number in range(20)))

    assert sum(won) == 1


async def test_listeners_hear_what_a_piece_woke_after_its_commit(store: Store) -> None:
    heard: list[frozenset[Wake]] = []
    store.on_wake(heard.append)

    await store.do(lambda record: record.wake(Wake.DELIVER, Wake.SEND))
    await asyncio.sleep(0)

    assert heard == [frozenset({Wake.DELIVER, Wake.SEND})]


async def test_nothing_is_woken_by_work_that_failed(store: Store) -> None:
    heard: list[frozenset[Wake]] = []
    store.on_wake(heard.append)

    def wake_and_fail(record: Record) -> None:
        record.wake(Wake.DELIVER)
        raise LookupError

    with pytest.raises(LookupError):
        await store.do(wake_and_fail)
    await asyncio.sleep(0)

    assert heard == []


async def test_what_a_lost_try_woke_is_forgotten(store: Store) -> None:
    heard: list[frozenset[Wake]] = []
    store.on_wake(heard.append)
    tries = []

    def wake_the_wrong_one_first(record: Record) -> None:
        tries.append(1)
        if len(tries) == 1:
            record.wake(Wake.POLL)
            raise Stale
        record.wake(Wake.SEND)

    await store.do(wake_the_wrong_one_first)
    await asyncio.sleep(0)

    assert heard == [frozenset({Wake.SEND})]


async def test_nobody_is_woken_when_nothing_was_asked(store: Store) -> None:
    heard: list[frozenset[Wake]] = []
    store.on_wake(heard.append)

    await store.do(lambda record: record.cases.add(a_case()))
    await asyncio.sleep(0)

    assert heard == []


async def test_someone_who_stops_waiting_disturbs_nobody(store: Store) -> None:
    impatient = asyncio.ensure_future(store.do(lambda record: record.cases.add(a_case())))
    await asyncio.sleep(0)
    impatient.cancel()

    assert await store.do(lambda _: "still here") == "still here"


async def test_closing_finishes_what_was_handed_over(store: Store) -> None:
    handed_over = [
        asyncio.ensure_future(store.do(lambda record: record.cases.add(a_case()))) for _ in range(50)
    ]
    await asyncio.sleep(0)
    await store.close()

    assert len({case.id for case in await asyncio.gather(*handed_over)}) == 50


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.close()

    with pytest.raises(StorageError, match="closed"):
        await store.do(lambda _: None)


async def test_closing_twice_is_well(store: Store) -> None:
    await store.close()
    await store.close()
