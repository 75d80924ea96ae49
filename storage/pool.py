"""The storage threads of PostgreSQL: a few pieces of work side by side, each in a transaction of its own."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence

import psycopg
from psycopg import errors
from sqlalchemy import Engine, PoolProxiedConnection

from bot.cases.errors import Stale
from storage.engine import POOL
from storage.errors import StorageError, in_words
from storage.pieces import TRIES, Listener, Piece, deliver
from storage.record import SqlRecord

#: Others were faster: nothing was kept, and a second try meets another state of things.
_BEATEN = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
#: The rest before a broken connection is replaced, in seconds; each next one is twice as long.
_REST = 0.05


class Pool:
    """Some threads that take pieces from one queue."""

    def __init__(self, engine: Engine, listeners: Sequence[Listener]) -> None:
        self._engine = engine
        self._listeners = listeners
        self._waiting: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"storage-{number}", daemon=True)
            for number in range(1, POOL + 1)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, piece: Piece) -> None:
        """Hand over a piece; its future is resolved once it is committed."""
        self._waiting.put(piece)

    def finish(self) -> None:
        """Do what was handed over, then stop. Blocks until that is done."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (piece := self._waiting.get()) is not None:
            self._do(piece)
            deliver([piece], self._listeners)

    def _do(self, piece: Piece) -> None:
        for tried in range(TRIES):
            try:
                connection = self._engine.raw_connection()
            except psycopg.Error as error:
                piece.fail(in_words(error, self._engine.url))
                again = True
            else:
                again = self._attempt(connection, piece)
                if _is_broken(connection):
                    connection.invalidate()
                connection.close()  # undoes what was not committed
            if not again:
                return
            if not isinstance(piece.fault, Stale):
                time.sleep(_REST * 2**tried)

    def _attempt(self, connection: PoolProxiedConnection, piece: Piece) -> bool:
        """Run the piece once and keep its outcome in it; True when it may succeed if it is run again."""
        record = SqlRecord(connection.cursor(), self._engine.dialect)
        try:
            piece.succeed(piece.work(record), record.finish())
        except psycopg.Error as error:
            piece.fail(in_words(error, self._engine.url))
            return isinstance(error, _BEATEN) or _is_broken(connection)
        except BaseException as error:  # it belongs to the one who waits, not to this thread
            piece.fail(error)
            return isinstance(error, Stale)
        return self._commit(connection, piece)

    def _commit(self, connection: PoolProxiedConnection, piece: Piece) -> bool:
        """Commit what the piece did; True when it was certainly not kept and may be run again."""
        try:
            connection.commit()
        except psycopg.Error as error:
            if _is_broken(connection):
                piece.fail(
                    StorageError(
                        "The connection to PostgreSQL broke while a change was being saved, so nobody "
                        "knows whether it was. Look before doing it again."
                    )
                )
                return False
            piece.fail(in_words(error, self._engine.url))
            return isinstance(error, _BEATEN)
        return False


def _is_broken(connection: PoolProxiedConnection) -> bool:
    driver = connection.driver_connection
    return driver is None or bool(driver.closed)
