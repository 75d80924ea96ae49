"""A place at which no database can be kept: a check, a start and a restore say so alike, and what to do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import storage
from storage import StorageError

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can reach."""
    with TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def as_nobody() -> Iterator[None]:
    """What is read and written here is done by a user without rights; root has all of them."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def check(url: str, folder: Path) -> None:
    storage.check(url)


def start(url: str, folder: Path) -> None:
    storage.open_store(url)


def restore(url: str, folder: Path) -> None:
    copy = folder / "copy.db"
    copy.touch()
    with storage.put_back(url, copy, NOW):
        pass


def back_up(url: str, folder: Path) -> None:
    storage.back_up(url, folder / "copy.db")


def look(url: str, folder: Path) -> None:
    storage.look(url, NOW)


@pytest.mark.parametrize("use", [check, start, restore])
@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("nowhere/webcare.db", "the folder {folder}/nowhere does not exist. Create it, or name another file"),
        ("a/b/webcare.db", "the folder {folder}/a/b does not exist. Create it, or name another file"),
        ("letter/webcare.db", "{folder}/letter is a file, not a folder. Move it away, or name another file"),
        ("letter/a/webcare.db", "{folder}/letter is a file, not a folder. Move it away, or name another"),
    ],
)
def test_without_a_folder_is_told(
    folder: Path, where: str, sentence: str, use: Callable[[str, Path], None]
) -> None:
    (folder / "letter").touch()
    with pytest.raises(StorageError) as refused:
        use(f"sqlite:///{folder}/{where}", folder)

    assert sentence.format(folder=folder) in str(refused.value)


@pytest.mark.parametrize("use", [check, start, restore, back_up, look])
def test_that_is_a_folder_is_told(folder: Path, use: Callable[[str, Path], None]) -> None:
    with pytest.raises(StorageError, match=r"is a folder\. Name a file in it under `database:`"):
        use(f"sqlite:///{folder}", folder)


@pytest.mark.parametrize("use", [check, start])
def test_in_a_folder_of_somebody_else_is_told(folder: Path, use: Callable[[str, Path], None]) -> None:
    (folder / "theirs").mkdir(mode=0o555)
    with as_nobody(), pytest.raises(StorageError) as refused:
        use(f"sqlite:///{folder}/theirs/webcare.db", folder)

    assert f"this user cannot make files in the folder {folder}/theirs (Permission denied)." in str(
        refused.value
    )


@pytest.mark.parametrize("use", [check, start])
def test_behind_a_closed_folder_is_told(folder: Path, use: Callable[[str, Path], None]) -> None:
    (folder / "closed" / "room").mkdir(parents=True)
    (folder / "closed").chmod(0o600)
    with as_nobody(), pytest.raises(StorageError) as refused:
        use(f"sqlite:///{folder}/closed/room/webcare.db", folder)

    assert f"cannot make files in the folder {folder}/closed/room (Permission denied)." in str(refused.value)


@pytest.mark.parametrize("use", [check, start])
@pytest.mark.parametrize("suffix", ["", "-wal", ".marker"])
def test_with_a_file_that_may_only_be_read_is_told(
    folder: Path, suffix: str, use: Callable[[str, Path], None]
) -> None:
    url = f"sqlite:///{folder}/webcare.db"
    asyncio.run(storage.open_store(url).close())
    (folder / "webcare.db-wal").touch()
    for path in folder.iterdir():
        path.chmod(0o666)
    (folder / f"webcare.db{suffix}").chmod(0o444)
    folder.chmod(0o777)
    with as_nobody(), pytest.raises(StorageError) as refused:
        use(url, folder)

    assert f"This user may not write {folder}/webcare.db{suffix} (Permission denied)." in str(refused.value)


def test_in_order_keeps_nothing_of_the_check(folder: Path) -> None:
    storage.check(f"sqlite:///{folder}/webcare.db")

    assert list(folder.iterdir()) == []
