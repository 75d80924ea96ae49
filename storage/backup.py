"""Backups: copies of the SQLite file, made in use and put back; and what PostgreSQL's own tools put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import URL, create_engine

from storage.engine import connect, file_of, parse, to_read
from storage.errors import StorageError, Unusable, in_words, place_of
from storage.lock import FileLock
from storage.upgrade import version_behind
from storage.watched import make_private, mark, refuse_if_lost, refuse_place

#: What SQLite keeps beside a database: commits that are not in the file itself yet, and their index.
_BESIDE = ("-wal", "-shm")
_ANOTHER = "Name a file that webcare backup has made; the database is as it was."


def back_up(url: str, copy: Path) -> None:
    """Copy the database at `url`, as it stands at one instant, into the new file `copy`.

    The bot may be at work meanwhile and does not wait for this. Blocks. Raises `StorageError`, and leaves
    nothing behind then.
    """
    source = _sqlite_file(url)
    refuse_if_lost(source, empty=not source.exists())
    if not source.exists():
        raise StorageError(f"There is no database {source} yet, so there is nothing to back up.")
    try:
        with copy.open("xb"):
            copy.chmod(0o600)  # customers' words are in it
    except FileExistsError:
        raise StorageError(f"{copy} exists already. Name a new file: a backup overwrites nothing.") from None
    except OSError as error:
        raise StorageError(f"{copy} cannot be written ({error.strerror}). Name another place.") from error
    lock = None
    with suppress(StorageError):  # a bot has it, and will have it until this is done or it is stopped
        lock = FileLock(source)
    try:
        _copy(source, copy)
    except BaseException:
        copy.unlink()
        raise
    finally:
        if lock is not None:
            lock.release()


@dataclass(frozen=True, slots=True)
class Restored:
    """A copy that is about to take the place of the database."""

    #: The copy as a database that can be opened and changed before it is put into its place.
    url: str
    #: Where the database that it replaces is kept; None when there was none.
    kept: Path | None


@contextmanager
def put_back(url: str, copy: Path, now: datetime) -> Iterator[Restored]:
    """Put the backup `copy` in the place of the database at `url` when the block ends well.

    The database that was there is kept beside it. Until the block has ended, and when anything goes wrong,
    everything stays as it was. Blocks. Raises `StorageError`, also while a bot runs on the database.
    """
    database = _sqlite_file(url)
    if not copy.is_file():
        raise StorageError(f"There is no file {copy}. Name a backup that webcare backup has made.")
    refuse_place(database)
    lock = FileLock(database)
    fresh = database.with_name(f"{database.name}.restoring")
    try:
        _remove(fresh)
        _is_ours(copy)
        make_private(fresh)
        _copy(copy, fresh)
        kept = database.with_name(f"{database.name}.replaced-{now:%Y%m%d-%H%M%S}")
        yield Restored(f"sqlite:///{fresh}", kept if database.exists() else None)
        _replace(database, fresh, kept)
    finally:
        _remove(fresh)
        lock.release()


def check_refilled(url: str) -> None:
    """Refuse the PostgreSQL database at `url` when its own tools cannot have put a backup into it. Changes
    nothing. Blocks. Raises `StorageError`, also for an SQLite file: that is not filled but replaced."""
    address = parse(url)
    if address.get_backend_name() == "sqlite":
        raise StorageError(
            "Name the backup that is to take the place of the SQLite database: webcare restore FILE."
        )
    if version_behind(connect(address), address) is None:
        raise StorageError(
            f"There is nothing of webcare in the database {place_of(address)} yet. Put the backup into it "
            "with pg_restore, and then run webcare restore again."
        )


def _sqlite_file(url: str) -> Path:
    file = file_of(parse(url))
    if file is None:
        raise StorageError(
            "This is for an SQLite file. Back up PostgreSQL with its own pg_dump, and put a backup back with "
            "pg_restore while no webcare runs; then run webcare restore without a file, and start webcare."
        )
    return file


def _copy(source: Path, target: Path) -> None:
    """Copy through SQLite, what is only in the -wal file included, and look whether the copy is sound."""
    read = to_read(source)
    try:
        with (
            closing(sqlite3.connect(f"{read.database}?{urlencode(read.query)}", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            # A plain file, without the -wal beside it that a database at work has.
            new.execute("PRAGMA journal_mode=DELETE")
            sound = new.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        raise in_words(error, _url(source)) from error
    if sound != ("ok",):
        raise StorageError(f"{source} is damaged ({sound[0]}). Take an older backup.")
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def _is_ours(copy: Path) -> None:
    """Refuse what is no database of webcare, or one of a newer program."""
    try:
        version = version_behind(create_engine(to_read(copy)), _url(copy))
    except Unusable as error:
        raise StorageError(f"{copy} is not a sound backup of webcare. {_ANOTHER}") from error
    if version is None:
        raise StorageError(f"{copy} is not a backup of webcare: there is nothing of it inside. {_ANOTHER}")


def _merge(database: Path) -> None:
    """Bring everything of a database that nobody has open into its one file."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _replace(database: Path, fresh: Path, kept: Path) -> None:
    """Put `fresh` in the place of a database, which is kept as `kept` if there was one."""
    try:
        _merge(fresh)
        if database.exists():
            _give_to_owner_of(database, fresh)
            _keep(database, kept)
        fresh.replace(database)
        mark(database)
    except sqlite3.Error as error:
        raise in_words(error, _url(database)) from error
    except OSError as error:
        raise StorageError(
            f"The backup could not be put in the place of {database} ({error.strerror}). Make room on its "
            "disk, see that this user may write there, and try again: what was there still is."
        ) from error


def _give_to_owner_of(database: Path, fresh: Path) -> None:
    """The person who puts a backup back need not be the one who runs the bot, and may be root."""
    shutil.copymode(database, fresh)
    make_private(fresh)
    if hasattr(os, "chown"):
        old = database.stat()
        with suppress(PermissionError):
            os.chown(fresh, old.st_uid, old.st_gid)


def _keep(database: Path, kept: Path) -> None:
    """Keep a database as `kept`, and leave nothing beside it that would be taken for its successor's."""
    with suppress(sqlite3.Error):  # a damaged one is kept as it is
        _merge(database)
    try:
        os.link(database, kept)  # needs no room on a disk that is nearly full
    except FileExistsError:
        raise
    except OSError:  # a file system that has no second names for a file
        _copy_file(database, kept)
    for suffix in _BESIDE:
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))


def _copy_file(database: Path, kept: Path) -> None:
    try:
        shutil.copy2(database, kept)
    except OSError:
        kept.unlink(missing_ok=True)
        raise


def _remove(database: Path) -> None:
    for suffix in ("", *_BESIDE, ".lock", ".marker"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _url(file: Path) -> URL:
    return URL.create("sqlite", database=str(file))
