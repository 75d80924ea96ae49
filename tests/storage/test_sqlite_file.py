"""An SQLite file: who may have it, what survives a kill, and what a person reads when it cannot be used."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import storage
from bot.cases.model import Case, CaseId
from bot.cases.record import Record, Wake
from storage import StorageError
from tests.contract.samples import a_case


def another_writer(url: str) -> subprocess.Popen[str]:
    """Another process that owns the file and writes to it without end."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.processes", "write", url], stdout=subprocess.PIPE, text=True
    )


def read_ids(process: subprocess.Popen[str], many: int) -> list[CaseId]:
    """The next cases that the process was told are saved."""
    assert process.stdout is not None
    return [CaseId(int(process.stdout.readline())) for _ in range(many)]


async def test_a_kill_loses_nothing_that_was_acknowledged(sqlite_url: str) -> None:
    with another_writer(sqlite_url) as process:
        acknowledged = read_ids(process, 50)
        process.kill()
        rest, _ = process.communicate()
        acknowledged += [CaseId(int(line)) for line in rest.splitlines() if line]
    store = storage.open_store(sqlite_url)
    kept = await store.do(lambda record: {case.id for case in record.cases.open()})
    await store.close()

    assert set(acknowledged) <= kept


async def test_the_file_of_a_running_process_is_refused_with_its_number(sqlite_url: str) -> None:
    with another_writer(sqlite_url) as process:
        read_ids(process, 1)
        with pytest.raises(StorageError, match=rf"in use by another webcare \(process {process.pid}\)"):
            storage.open_store(sqlite_url)
        process.kill()
        process.communicate()


async def test_the_file_can_be_opened_again_once_it_is_closed(sqlite_url: str) -> None:
    first = storage.open_store(sqlite_url)
    await first.do(lambda record: record.cases.add(a_case()))
    await first.close()
    second = storage.open_store(sqlite_url)
    kept = await second.do(lambda record: len(record.cases.open()))
    await second.close()

    assert kept == 1


def test_a_failed_start_lets_go_of_the_file(file: Path, sqlite_url: str) -> None:
    file.write_text("this is a letter to my grandmother, and long enough to be read as a header " * 20)
    with pytest.raises(StorageError, match="is not a database of webcare"):
        storage.open_store(sqlite_url)
    file.unlink()

    asyncio.run(storage.open_store(sqlite_url).close())


async def test_a_full_disk_fails_everyone_in_the_group_and_later_work_goes_on(
    file: Path, sqlite_url: str
) -> None:
    store = storage.open_store(sqlite_url)
    woken: list[frozenset[Wake]] = []
    store.on_wake(woken.append)

    def add(record: Record) -> Case:
        record.wake(Wake.DELIVER)
        return record.cases.add(a_case())

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.with_name("webcare.db-wal").stat().st_size, hard))
    try:
        failed = await asyncio.gather(*(store.do(add) for _ in range(5)), return_exceptions=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    woken_by_failures = list(woken)
    case = await store.do(lambda record: record.cases.add(a_case()))
    kept = await store.do(lambda record: record.cases.open())
    await store.close()

    assert [type(outcome) for outcome in failed] == [StorageError] * 5
    assert "disk" in str(failed[0])
    assert woken_by_failures == []
    assert kept == [case]


async def test_a_program_that_holds_the_file_locked_is_told_and_later_work_goes_on(
    file: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.PATIENCE", 0.05)
    store = storage.open_store(sqlite_url)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"Another program holds .* locked"):
        await store.do(lambda record: record.cases.add(a_case()))
    other.execute("ROLLBACK")
    other.close()
    case = await store.do(lambda record: record.cases.add(a_case()))
    await store.close()

    assert case.id == 1


async def test_pieces_that_wait_together_are_committed_together(sqlite_url: str) -> None:
    store = storage.open_store(sqlite_url)
    heard: list[frozenset[Wake]] = []
    store.on_wake(heard.append)

    await asyncio.gather(*(store.do(lambda record: record.wake(Wake.DELIVER)) for _ in range(40)))
    await asyncio.sleep(0)
    await store.close()

    assert len(heard) < 5


def test_a_database_in_memory_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    async def use() -> int:
        store = storage.open_store("sqlite://")
        case = await store.do(lambda record: record.cases.add(a_case()))
        await store.close()
        return case.id

    assert asyncio.run(use()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_check_of_a_file_that_is_not_there_makes_none(file: Path, sqlite_url: str) -> None:
    assert storage.check(sqlite_url) == f"The database {file} will be made at the first start."
    assert list(file.parent.iterdir()) == []


async def test_a_check_of_a_running_programs_file_says_so(sqlite_url: str) -> None:
    store = storage.open_store(sqlite_url)
    with pytest.raises(StorageError, match="in use by another webcare"):
        storage.check(sqlite_url)
    await store.close()


def test_a_database_of_another_program_is_refused_untouched(file: Path, sqlite_url: str) -> None:
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE cases (title TEXT)")
    before = file.read_bytes()

    with pytest.raises(StorageError, match=r"tables that webcare did not make \(cases\)"):
        storage.open_store(sqlite_url)
    with pytest.raises(StorageError, match=r"tables that webcare did not make \(cases\)"):
        storage.check(sqlite_url)
    assert file.read_bytes() == before


@pytest.mark.parametrize("url", ["webcare.db", "mysql://host/webcare", "", "sqlite+aiosqlite:///webcare.db"])
def test_a_url_that_we_do_not_speak_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StorageError, match=r"sqlite:///webcare\.db"):
        storage.open_store(url)
