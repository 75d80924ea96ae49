"""On a disk that is full or nearly so a backup is put back without more room, or refused with a sentence."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

import storage
from storage import StorageError
from tests.contract.samples import a_case

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
GROWN = 1_000_000


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def copy(file: Path, sqlite_url: str) -> Path:
    """A backup of a database with one case; the database has grown since."""

    async def one_case() -> None:
        store = storage.open_store(sqlite_url)
        await store.do(lambda record: record.cases.add(a_case()))
        await store.close()

    asyncio.run(one_case())
    made = file.with_name("copy.db")
    storage.back_up(sqlite_url, made)
    with closing(sqlite3.connect(file)) as grown:
        grown.execute("CREATE TABLE grown (bytes BLOB)")
        grown.execute("INSERT INTO grown VALUES (zeroblob(?))", (GROWN,))
        grown.commit()
    return made


def names(file: Path) -> list[str]:
    """What lies beside a database, itself included."""
    return sorted(path.name for path in file.parent.iterdir())


def put_back(url: str, copy: Path) -> Path | None:
    with storage.put_back(url, copy, NOW) as restored:
        pass
    return restored.kept


def test_what_a_backup_replaces_is_kept_without_room_for_a_copy(
    file: Path, sqlite_url: str, copy: Path
) -> None:
    with room_for(GROWN // 2):
        kept = put_back(sqlite_url, copy)

    assert kept is not None
    assert kept.stat().st_size > GROWN
    assert file.stat().st_size == copy.stat().st_size


def test_what_a_backup_replaces_is_copied_where_a_file_has_one_name_only(
    file: Path, sqlite_url: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_link)
    kept = put_back(sqlite_url, copy)

    assert kept is not None
    assert kept.stat().st_size > GROWN


def no_link(*_: object) -> None:
    """What a file system says that has no hard links."""
    raise PermissionError(1, "Operation not permitted")


def test_a_copy_that_does_not_fit_leaves_everything_as_it_was(
    file: Path, sqlite_url: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_link)
    before = names(file)
    with (
        room_for(GROWN // 2),
        pytest.raises(StorageError, match=r"could not be put .* Make room on its disk"),
    ):
        put_back(sqlite_url, copy)

    assert names(file) == before
    assert file.stat().st_size > GROWN


def test_what_was_kept_before_is_not_overwritten(file: Path, sqlite_url: str, copy: Path) -> None:
    kept = put_back(sqlite_url, copy)
    with pytest.raises(StorageError, match="File exists"):
        put_back(sqlite_url, copy)

    assert kept is not None
    assert kept.stat().st_size > GROWN


def test_a_lock_that_cannot_be_written_is_told_and_not_held(file: Path, sqlite_url: str) -> None:
    with (
        room_for(0),
        pytest.raises(StorageError, match=r"lock of the database .* cannot be written .* Make room"),
    ):
        storage.open_store(sqlite_url)

    asyncio.run(storage.open_store(sqlite_url).close())
