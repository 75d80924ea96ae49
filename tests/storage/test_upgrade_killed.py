"""An update of a large database that is killed again and again, or begun by two at once, loses nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import storage
from bot.cases.figures import Figures
from bot.cases.record import Record
from bot.cases.tx import Tx
from storage import StorageError
from storage.engine import parse
from tests.storage import old_record, portraits
from tests.storage.upgrading import STAGES, later_migrations, starting

#: Together with the record itself some 5,000 cases; with ten times as many nothing is different but the time.
COPIES = 112
#: When else it is killed, as parts of the time that it takes until the last migration begins.
MOMENTS = (0.5, 0.7, 0.9)
#: Of so many copies one is looked at case by case.
SAMPLE = 16


@pytest.fixture
def large_url(empty_url: str) -> str:
    """A large database of each kind, as the earlier program left it."""
    old_record.load(empty_url, COPIES)
    return empty_url


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations of a program that comes after this one."""
    return later_migrations(tmp_path)


def revision_of(url: str) -> str:
    """Where the database stands, as it says itself."""
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        found = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    engine.dispose()
    return found


def kill_at(url: str, later: Path, stage: str) -> float:
    """Start the later program and kill it once its update has come so far; returns after how many seconds."""
    begun = time.monotonic()
    with starting(url, later) as process:
        while process.says() != stage:
            process.go_on()
        process.kill()
    return time.monotonic() - begun


def kill_after(url: str, later: Path, seconds: float) -> None:
    """Start the later program and kill it after so long, wherever it is."""
    with starting(url, later) as process:
        time.sleep(seconds)
        process.kill()


async def stands_in_line(url: str) -> None:
    """Wait until somebody waits for a lock of this PostgreSQL database."""
    engine = create_engine(parse(url), isolation_level="AUTOCOMMIT")
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with engine.connect() as connection:
        for _ in range(1000):
            if connection.execute(waiting).scalar_one():
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError("nobody waits")
    engine.dispose()


def outlines(url: str, copies: range) -> list[list[portraits.Facts]]:
    """The cases of these copies, the first being the record itself, as this program sees them."""
    numbers = sorted(map(int, old_record.seen()["cases"]))

    async def ask() -> list[list[portraits.Facts]]:
        setup = old_record.setup(old_record.seen())
        store = storage.open_store(url)
        try:
            return await store.do(
                lambda record: [
                    [
                        portraits.outline(
                            Tx(record, setup, old_record.ended_at()), copy * old_record.SPAN + number
                        )
                        for number in numbers
                    ]
                    for copy in copies
                ]
            )
        finally:
            await store.close()

    return asyncio.run(ask())


def counted(url: str) -> dict[str, int]:
    """How many of everything that is counted."""

    async def ask() -> Figures:
        store = storage.open_store(url)
        try:
            return await store.figures(old_record.ended_at())
        finally:
            await store.close()

    figures = asyncio.run(ask())
    counts = {f"cases {status.value}": number for status, number in figures.cases.items()}
    counts |= {f"replies {state.value}": number for state, number in figures.replies.items()}
    names = ("waiting", "overdue", "errands", "blocked", "published", "refused", "in_doubt")
    return counts | {name: getattr(figures, name) for name in names} | {"late": figures.lateness.count}


def test_killed_at_every_moment_and_started_again_it_finds_everything(
    large_url: str, later: Path, tmp_path: Path
) -> None:
    seconds = [kill_at(large_url, later, stage) for stage in STAGES]
    for share in MOMENTS:
        kill_after(large_url, later, share * seconds[0])
    stands = revision_of(large_url)
    with starting(large_url) as process:
        assert process.says() == "up"
    small = f"sqlite:///{tmp_path / 'small.db'}"
    old_record.load(small)
    (record,) = outlines(small, range(1))

    assert stands == old_record.REVISION
    assert counted(large_url) == {what: (COPIES + 1) * many for what, many in counted(small).items()}
    assert all(copy == record for copy in outlines(large_url, range(0, COPIES + 1, SAMPLE)))


async def test_of_two_that_start_at_once_one_updates_and_the_other_waits(
    postgres_url: str, later: Path
) -> None:
    old_record.load(postgres_url)
    with starting(postgres_url, later) as first:
        assert first.says() == "begun"
        with starting(postgres_url, later) as second:
            await stands_in_line(postgres_url)
            for _ in STAGES:
                first.go_on()

            assert [first.says() for _ in STAGES] == [*STAGES[1:], "up"]
            assert second.says() == "up"


async def test_the_one_that_waits_updates_when_the_other_is_killed(postgres_url: str, later: Path) -> None:
    old_record.load(postgres_url)
    with starting(postgres_url, later) as first:
        assert first.says() == "begun"
        with starting(postgres_url, later) as second:
            await stands_in_line(postgres_url)
            first.kill()

            assert second.says() == "begun"


async def test_a_program_that_still_runs_waits_and_is_told_to_stop(postgres_url: str, later: Path) -> None:
    old_record.load(postgres_url)
    former = storage.open_store(postgres_url)
    with starting(postgres_url, later) as process:
        while process.says() != "nearly done":
            process.go_on()
        change = asyncio.ensure_future(former.do(lambda record: portraits.touch(record, 4)))
        await stands_in_line(postgres_url)
        process.go_on()

        assert process.says() == "up"
    with pytest.raises(StorageError, match="If a newer webcare has been started on it, stop this one"):
        await change
    await former.close()


async def test_an_update_waits_for_what_a_program_that_still_runs_is_doing(
    postgres_url: str, later: Path
) -> None:
    old_record.load(postgres_url)
    former = storage.open_store(postgres_url)
    doing, go_on = threading.Event(), threading.Event()

    def work(record: Record) -> None:
        portraits.touch(record, 4)
        doing.set()
        go_on.wait(10)

    with starting(postgres_url, later) as process:
        assert process.says() == "begun"
        change = asyncio.ensure_future(former.do(work))
        await asyncio.to_thread(doing.wait, 10)
        process.go_on()
        await stands_in_line(postgres_url)
        go_on.set()
        await change

        assert process.says() == "changed"
    await former.close()
