"""What other processes do to a database: python -m tests.storage.processes write|claim|upgrade URL …"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from dataclasses import replace
from itertools import count
from pathlib import Path

import storage
from bot.cases.model import AgentId, CaseId
from bot.cases.record import Record, Store
from storage import upgrade
from tests.contract.samples import a_case


async def write(store: Store) -> None:
    """Add cases for ever, several at once; print the id of each that was acknowledged."""

    async def add(number: int) -> None:
        case = await store.do(lambda record: record.cases.add(a_case(team=str(number))))
        print(case.id, flush=True)

    for start in count(step=4):
        await asyncio.gather(*(add(start + offset) for offset in range(4)))


async def claim(store: Store, agent: str) -> None:
    """Try to claim every case, several at once; print the id of each that was won."""

    def attempt(case_id: CaseId) -> Awaitable[CaseId | None]:
        def work(record: Record) -> CaseId | None:
            case = record.cases.get(case_id)
            if case is None or case.assignee is not None:
                return None
            record.cases.save(replace(case, assignee=AgentId(agent)))
            return case_id

        return store.do(work)

    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    cases = await store.do(lambda record: [case.id for case in record.cases.open()])
    for won in await asyncio.gather(*(attempt(case_id) for case_id in cases)):
        if won is not None:
            print(won, flush=True)


async def upgraded(url: str, migrations: str = "", head: str = "") -> None:
    """Be started on a database, as the program with these migrations if any are given; print "up"."""
    if migrations:
        vars(upgrade).update(MIGRATIONS=Path(migrations), HEAD=head)
    store = await asyncio.to_thread(storage.open_store, url)
    print("up", flush=True)
    await store.close()


async def main(what: str, url: str, *more: str) -> None:
    """Do one of the above."""
    if what == "upgrade":
        await upgraded(url, *more)
        return
    store = storage.open_store(url)
    if what == "write":
        await write(store)
    else:
        await claim(store, *more)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
