"""The record in memory: the real one, over an SQLite database that ends with the test."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy.dialects import sqlite

from bot.cases.errors import Stale
from bot.cases.figures import Figures
from bot.cases.record import Record
from storage import StorageError
from storage.engine import connect, parse, settle
from storage.errors import in_words
from storage.figures import FigureRows
from storage.pieces import TRIES, Listener
from storage.record import SqlRecord
from storage.rows import Session
from storage.schema import metadata
from storage.upgrade import upgrade
from storage.watched import make_private

T = TypeVar("T")

_URL = parse("sqlite://")
_DIALECT = sqlite.dialect()


@cache
def _empty() -> bytes:
    """A database with every table and no row. Making the tables takes a hundred times as long as a copy."""
    engine = connect(_URL)
    metadata.create_all(engine)
    with engine.connect() as connection:
        made = connection.connection.driver_connection
        assert isinstance(made, sqlite3.Connection)
        content = made.serialize()
    engine.dispose()
    return content


def put_ready(file: Path) -> None:
    """Put a database without rows at `file`, as the program makes one at its first start. To make one takes
    most of such a start."""
    make_private(file)
    file.write_bytes(_made_before())


@cache
def _made_before() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "webcare.db"
        engine = connect(parse(f"sqlite:///{file}"))
        try:
            settle(engine)
            with engine.begin() as connection:
                upgrade(connection)
        finally:
            engine.dispose()
        return file.read_bytes()


def _fresh() -> sqlite3.Connection:
    # The end of a record may come in any thread: where its last user is collected.
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.deserialize(_empty())
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def record() -> SqlRecord:
    """An empty record outside any transaction: what is changed stays changed at once."""
    connection = _fresh()
    made = SqlRecord(connection.cursor(), _DIALECT)
    weakref.finalize(made, connection.close)
    return made


class MemoryStore:
    """Implements `bot.cases.record.Store`. A piece of work is run and committed before `do` first waits."""

    def __init__(self) -> None:
        self._connection = _fresh()
        self._listeners: list[Listener] = []
        self._closed = False

    async def do(self, work: Callable[[Record], T]) -> T:
        """Run `work` in a transaction; its result, which is committed."""
        if self._closed:
            raise StorageError("The record is closed.")
        for left in reversed(range(TRIES)):
            try:
                return self._attempt(work)
            except Stale:
                if not left:
                    raise
        raise AssertionError  # TRIES is not 0

    async def figures(self, now: datetime) -> Figures:
        """How things stand."""
        return FigureRows(Session(self._connection.cursor(), _DIALECT)).figures(now)

    def on_wake(self, listener: Listener) -> None:
        """Call `listener` after each commit that woke something."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Drop the database. A second call does nothing."""
        self._closed = True
        self._connection.close()

    def _attempt(self, work: Callable[[Record], T]) -> T:
        record = SqlRecord(self._connection.execute("BEGIN"), _DIALECT)
        try:
            with self._connection:
                result, wakes = work(record), record.finish()
        except sqlite3.Error as error:
            raise in_words(error, _URL) from error
        for listener in self._listeners if wakes else ():
            listener(wakes)
        return result
