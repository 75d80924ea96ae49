"""A database file that is deleted, cut off or overwritten: noticed at once, and not begun anew by mistake."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import storage
from storage import StorageError
from storage.watched import marker_of
from tests.contract.samples import NOW, a_case

#: What may happen to a file, and what a person reads then.
LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "deleted": (lambda file: file.unlink(), "deleted or replaced"),
    "replaced": (lambda file: _other(file).replace(file), "deleted or replaced"),
    "moved away": (lambda file: file.rename(file.with_name("old.db")), "deleted or replaced"),
    "emptied": (lambda file: os.truncate(file, 0), "overwritten"),
    "cut off": (lambda file: os.truncate(file, 4096), "cut off"),
    "overwritten": (lambda file: file.write_bytes(b"a letter to my grandmother " * 9000), "overwritten"),
    "overwritten by a backup": (lambda file: shutil.copyfile(_other(file), file), "overwritten"),
    "without its log": (lambda file: file.with_name("webcare.db-wal").unlink(), "deleted or replaced"),
}


def _other(file: Path) -> Path:
    """Another database beside this one."""
    other = file.with_name("other.db")
    with closing(sqlite3.connect(other)) as made:
        made.execute("CREATE TABLE cases (title TEXT)")
    return other


def begin(url: str) -> None:
    """Begin a record, and end it in good order: all of it is in the file itself."""

    async def use() -> None:
        store = storage.open_store(url)
        await store.do(lambda record: record.cases.add(a_case()))
        await store.close()

    asyncio.run(use())


@pytest.mark.parametrize("loss", LOSSES)
def test_a_file_that_is_lost_is_noticed_with_the_next_piece_of_work(
    file: Path, sqlite_url: str, loss: str
) -> None:
    lose, words = LOSSES[loss]
    begin(sqlite_url)

    async def use() -> None:
        store = storage.open_store(sqlite_url)
        try:
            lose(file)
            for _ in range(2):
                with pytest.raises(StorageError, match=f"{words} while webcare was running.*restore FILE"):
                    await store.do(lambda record: record.cases.add(a_case()))
        finally:
            await store.close()

    asyncio.run(use())
    with pytest.raises(StorageError, match=r"webcare restore FILE"):
        storage.open_store(sqlite_url)


def test_a_lost_record_is_begun_again_with_a_backup(file: Path, sqlite_url: str) -> None:
    begin(sqlite_url)
    copy = file.with_name("copy.db")
    storage.back_up(sqlite_url, copy)

    async def lose() -> None:
        store = storage.open_store(sqlite_url)
        os.truncate(file, 0)
        with pytest.raises(StorageError, match="overwritten"):
            await store.do(lambda _record: None)
        await store.close()

    asyncio.run(lose())
    with storage.put_back(sqlite_url, copy, NOW):
        pass

    begin(sqlite_url)


async def test_a_file_at_work_is_never_taken_for_lost(file: Path, sqlite_url: str) -> None:
    store = storage.open_store(sqlite_url)
    for _ in range(60):  # enough to write the log back into the file several times
        await store.do(lambda record: [record.cases.add(a_case()) for _ in range(40)])
    with closing(sqlite3.connect(file)) as reader:
        many = reader.execute("SELECT count(*) FROM cases").fetchone()
    await store.close()

    assert many == (2400,)


@pytest.mark.parametrize("emptied", [True, False], ids=["empty", "missing"])
@pytest.mark.parametrize("ask", [storage.open_store, storage.check], ids=["start", "check"])
def test_an_empty_file_where_a_record_was_is_refused(
    file: Path, sqlite_url: str, emptied: bool, ask: Callable[[str], object]
) -> None:
    begin(sqlite_url)
    file.unlink()
    if emptied:
        file.touch()

    with pytest.raises(StorageError, match=r"there was a record in it.*webcare restore FILE"):
        ask(sqlite_url)
    assert file.exists() is emptied


def test_a_record_is_begun_anew_once_the_marker_is_deleted(file: Path, sqlite_url: str) -> None:
    begin(sqlite_url)
    file.unlink()
    marker_of(file).unlink()
    begin(sqlite_url)

    assert file.exists()


def test_a_first_start_that_failed_is_no_record(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_connection: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("storage.store.upgrade", full)
    with pytest.raises(StorageError, match="disk"):
        storage.open_store(sqlite_url)
    monkeypatch.undo()

    begin(sqlite_url)


def rights(file: Path, url: str) -> set[int]:
    """The rights of a file at work, and of what SQLite keeps beside it."""

    async def use() -> set[int]:
        store = storage.open_store(url)
        await store.do(lambda record: record.cases.add(a_case()))
        beside = [file.with_name(file.name + suffix) for suffix in ("", "-wal", "-shm")]
        found = {path.stat().st_mode & 0o777 for path in beside}
        await store.close()
        return found

    return asyncio.run(use())


def test_nobody_else_may_read_the_record_or_what_sqlite_keeps_beside_it(file: Path, sqlite_url: str) -> None:
    before = os.umask(0)
    try:
        found = rights(file, sqlite_url)
    finally:
        os.umask(before)

    assert found == {0o600}


@pytest.mark.parametrize(("was", "becomes"), [(0o644, 0o600), (0o640, 0o640)], ids=["everybody", "a group"])
def test_a_record_that_everybody_could_read_is_closed_to_them(
    file: Path, sqlite_url: str, was: int, becomes: int
) -> None:
    begin(sqlite_url)
    file.chmod(was)

    assert rights(file, sqlite_url) == {becomes}
