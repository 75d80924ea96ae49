"""The record against the raw driver: mentions taken in, cases claimed, many tasks at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter

import psycopg
from sqlalchemy import make_url

from bot.cases.model import Agent, AgentId, CaseId
from bot.cases.record import Record
from bot.cases.tx import Tx
from bot.transactions import Transactions
from bot.work import accounts, claims, intake
from storage import SqlStore, open_store, writer
from tests.bench.figures import Figure, ratio
from tests.bench.floors import Copies, RawDriver
from tests.bench.material import ACCOUNT, CLOCK, PROCESS, look, settle, setup

PAGES, MENTIONS, CLAIMS, RACES, TASKS = 25, 400, 400, 150, 32
#: Who races for one case.
RACERS = tuple(Agent(AgentId(f"U0RACER00{n}"), f"Racer {n}") for n in range(4))


class Contest:
    """The product's store and the raw driver, on two databases that grow alike."""

    def __init__(self, store: SqlStore, driver: RawDriver) -> None:
        self.store = store
        self.driver = driver
        self.transactions = Transactions(store, setup(), CLOCK)
        self._numbers = count(1)
        self._copies: Copies | None = None

    async def take_in(self, mentions: int) -> float:
        """Seconds from a look to its commit."""
        now = CLOCK.now()
        first = next(self._numbers) * 1000
        later = now + timedelta(days=1)
        [main] = await self.transactions.do(
            lambda tx: accounts.lease_again(tx, ACCOUNT, PROCESS, later), now=now
        )
        what = look(main, first, mentions, now)
        began = perf_counter()
        await self.transactions.do(lambda tx: intake.take_in(tx, what), now=now)
        return perf_counter() - began

    def copy(self, mentions: int) -> float:
        """Seconds for the same rows by the raw driver."""
        assert self._copies is not None
        rows = self._copies.make(mentions)
        began = perf_counter()
        self.driver.begin()
        self.driver.write(rows)
        self.driver.look(ACCOUNT, '{"since":"1"}', 1)
        self.driver.commit()
        return perf_counter() - began

    async def prepare(self, pattern: RawDriver) -> None:
        """Warm up, and let the floor write what the product wrote: one page of each."""
        await self.take_in(100)
        for table in ("accounts", "streams"):
            self.driver.begin()
            self.driver.write([(table, row) for row in pattern.rows(table)])
            self.driver.commit()
        self._copies = Copies(pattern)
        self.copy(100)

    async def intake(self, mentions: int, rounds: int) -> tuple[list[float], list[float]]:
        """Interleaved rounds of both."""
        ours, floor = [], []
        for _ in range(rounds):
            ours.append(await self.take_in(mentions))
            floor.append(self.copy(mentions))
        return ours, floor

    async def claims(self, racers: tuple[Agent, ...], rounds: int) -> tuple[list[float], list[float]]:
        """Interleaved rounds in which these agents claim one case at once; exactly one gets it."""
        ours, floor = [], []
        cases = await self._new_cases(rounds)
        for case_id in cases:
            began = perf_counter()
            answers = await asyncio.gather(*(self._claim(case_id, agent) for agent in racers))
            ours.append(perf_counter() - began)
            assert answers.count(True) == 1
            floor.append(self._raw_claims(racers))
        return ours, floor

    async def _claim(self, case_id: CaseId, agent: Agent) -> bool:
        def work(tx: Tx) -> bool:
            case = tx.cases.get(case_id)
            assert case is not None
            return claims.claim(tx, case, agent, by_reaction=True).done

        return await self.transactions.do(work)

    def _raw_claims(self, racers: tuple[Agent, ...]) -> float:
        assert self._copies is not None
        rows = self._copies.make(1)
        self.driver.begin()
        self.driver.write(rows)
        self.driver.commit()
        case = next(row for table, row in rows if table == "cases")
        case_id, version = case[0], case[self.driver.columns["cases"].index("version")]
        event, entry = self._copies.beside(case_id)
        began = perf_counter()
        for agent in racers:
            self.driver.begin()
            if self.driver.claim(case_id, agent.id, version):
                self.driver.write([("events", event), ("outbox", entry)])
            self.driver.commit()
        return perf_counter() - began

    async def _new_cases(self, wanted: int) -> list[CaseId]:
        """So many fresh cases whose card is posted, so that a claim asks for a redraw of its own."""
        for _ in range(-(-wanted // 100)):
            await self.take_in(100)

        def newest(record: Record) -> list[CaseId]:
            for entry in record.outbox.waiting():
                record.outbox.remove(entry)
            return [case.id for case in record.cases.open() if case.assignee is None][-wanted:]

        return await self.store.do(newest)

    async def at_once(self) -> tuple[float, float]:
        """Seconds for 32 tasks with 20 small pieces each: grouped as the product does it, and one by one."""
        grouped = await self._tasks()
        usual, writer._GROUP = writer._GROUP, 1
        try:
            return grouped, await self._tasks()
        finally:
            writer._GROUP = usual

    async def _tasks(self) -> float:
        state = CLOCK.now() + timedelta(hours=1)

        async def task(name: int) -> None:
            for number in range(20):
                await self.store.do(partial(_mark, f"{name}-{number}-{state.isoformat()}", state))

        began = perf_counter()
        await asyncio.gather(*(task(name) for name in range(TASKS)))
        return perf_counter() - began


def _mark(delivery: str, now: datetime, record: Record) -> bool:
    return record.upkeep.first_time(delivery, now)


@asynccontextmanager
async def _contest(
    url: str, connect: Callable[[], RawDriver], own: Callable[[], RawDriver]
) -> AsyncIterator[Contest]:
    store = open_store(url)
    driver = connect()
    try:
        contest = Contest(store, driver)
        pattern = own()
        await contest.prepare(pattern)
        pattern.close()
        settle()
        yield contest
    finally:
        driver.close()
        await store.close()


def _sqlite(path: Path) -> RawDriver:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    return RawDriver(connection, "?")


def _postgres(url: str) -> RawDriver:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return RawDriver(psycopg.connect(plain, autocommit=True), "%s")


async def _made(url: str) -> None:
    """The tables of the floor."""
    await open_store(url).close()


async def sqlite(folder: Path) -> AsyncIterator[Figure]:
    """Everything on SQLite."""
    ours, floor = folder / "ours.db", folder / "floor.db"
    await _made(f"sqlite:///{floor}")
    async with _contest(f"sqlite:///{ours}", lambda: _sqlite(floor), lambda: _sqlite(ours)) as contest:
        async for figure in _all(contest, "sqlite"):
            yield figure
        pairs = [await contest.at_once() for _ in range(9)]
        yield ratio("sqlite: 32 tasks at once, grouped", [a for a, _ in pairs], [b for _, b in pairs])


async def postgresql(ours: str, floor: str) -> AsyncIterator[Figure]:
    """Everything on PostgreSQL."""
    await _made(floor)
    async with _contest(ours, lambda: _postgres(floor), lambda: _postgres(ours)) as contest:
        async for figure in _all(contest, "postgresql"):
            yield figure


async def _all(contest: Contest, name: str) -> AsyncIterator[Figure]:
    yield ratio(f"{name}: page of 100 mentions", *await contest.intake(100, PAGES))
    yield ratio(f"{name}: one mention", *await contest.intake(1, MENTIONS))
    yield ratio(f"{name}: one claim", *await contest.claims(RACERS[:1], CLAIMS))
    yield ratio(f"{name}: claim race", *await contest.claims(RACERS, RACES))
