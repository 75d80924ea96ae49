"""The record as the async edges see it: pieces of work in, committed results out."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.cases.figures import Figures
from bot.cases.record import Record
from storage import figures
from storage.engine import connect, file_of, parse, settle
from storage.errors import StorageError, in_words, place_of
from storage.lock import FileLock
from storage.pieces import Listener, Piece
from storage.schema import HEAD
from storage.upgrade import upgrade, version_behind, version_of
from storage.watched import Watched, make_private, mark, refuse_if_lost, refuse_place, refuse_read_only
from storage.writer import Writer

T = TypeVar("T")


class Threads(Protocol):
    """What runs the pieces of work."""

    def put(self, piece: Piece) -> None: ...
    def finish(self) -> None: ...


class SqlStore:
    """Implements `bot.cases.record.Store`. Made by `open_store`."""

    def __init__(self, engine: Engine, lock: FileLock | None, watched: Watched | None) -> None:
        self._engine = engine
        self._lock = lock
        self._watched = watched
        self._listeners: list[Listener] = []
        self._threads = _threads(engine, self._listeners, watched)
        self._closed = False

    async def do(self, work: Callable[[Record], T]) -> T:
        """Run `work` in a transaction; its result once that is committed.

        Raises what `work` raises, `Stale` after a few tries, and `StorageError` when the database fails: then
        nothing was kept, unless it says so. Cancelling the caller does not take the work back.
        """
        if self._closed:
            raise StorageError("The record is closed; this program is stopping.")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._threads.put(Piece(work, future))
        return await future

    async def figures(self, now: datetime) -> Figures:
        """How things stand at `now`, read beside the work. Raises `StorageError`."""
        return await asyncio.to_thread(figures.read, self._engine.url, now)

    def on_wake(self, listener: Listener) -> None:
        """Call `listener` in the event loop after each commit that woke something."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finish what was handed over, then let go of the database. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._threads.finish)
        self._engine.dispose()
        if self._watched is not None:
            self._watched.close()
        if self._lock is not None:
            self._lock.release()


def _threads(engine: Engine, listeners: list[Listener], watched: Watched | None) -> Threads:
    if engine.dialect.name == "sqlite":
        return Writer(engine, listeners, watched)
    from storage.pool import Pool  # loads PostgreSQL's driver: 9 MB that nobody else needs

    return Pool(engine, listeners)


def open_store(url: str) -> SqlStore:
    """The store at `url`, brought up to this program's tables. Blocks. Raises `StorageError`."""
    address = parse(url)
    file = file_of(address)
    if file is not None:
        refuse_place(file)
    lock = None if file is None else FileLock(file)
    engine = connect(address)
    try:
        watched = _bring_up(engine, file)
    except BaseException as error:
        engine.dispose()
        if lock is not None:
            lock.release()
        if isinstance(error, (DBAPIError, sqlite3.Error)):
            raise in_words(error, address) from error
        raise
    return SqlStore(engine, lock, watched)


def _bring_up(engine: Engine, file: Path | None) -> Watched | None:
    """Bring a database up to this program's tables; returns what watches its file."""
    if file is not None:
        refuse_if_lost(file, empty=not file.exists())  # before an empty one is made
        refuse_read_only(file)
        make_private(file)
    with engine.connect() as connection:
        version = version_of(connection)  # refuses what is not ours before anything is changed
    if file is not None:
        refuse_if_lost(file, empty=version is None)
    settle(engine)
    with engine.begin() as connection:
        upgrade(connection)
    if file is None:
        return None
    mark(file)
    return Watched(file)


def check(url: str) -> str:
    """How the database at `url` stands, in a sentence. Changes nothing. Raises `StorageError`."""
    address = parse(url)
    file = file_of(address)
    if file is not None:
        refuse_place(file)
        if not file.exists():
            refuse_if_lost(file, empty=True)
            return f"The database {file} will be made at the first start."
    lock = None if file is None else FileLock(file)
    try:
        if file is not None:
            refuse_read_only(file)
        version = version_behind(connect(address), address)
    finally:
        if lock is not None:
            lock.release()
    if file is not None:
        refuse_if_lost(file, empty=version is None)
    place = place_of(address)
    if version == HEAD:
        return f"The database {place} is ready."
    return f"The database {place} can be reached and will be brought up to date at the next start."
